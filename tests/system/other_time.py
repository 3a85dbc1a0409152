"""A wall clock that is off, for one process: it can be stepped while that runs. A preloaded library."""

from __future__ import annotations

from pathlib import Path

from tests.system.preloaded import preloaded

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    int error = ((int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime"))(clock, now);
    const char *path = getenv("OFF_BY");
    FILE *file = error || clock != CLOCK_REALTIME || !path ? NULL : fopen(path, "r");
    long off_s = 0;
    if (!file) return error;
    if (fscanf(file, "%ld", &off_s) == 1) now->tv_sec += off_s;
    fclose(file);
    return 0;
}
"""


class OtherTime:
    """`environment` is for the process that is to believe it."""

    def __init__(self, folder: Path, off_s: int) -> None:
        self._off_by = folder / "off_by"
        self.is_off_by(off_s)
        self.environment = preloaded(folder, "other_time", SOURCE) | {"OFF_BY": str(self._off_by)}

    def is_off_by(self, seconds: int) -> None:
        """From now on."""
        new = self._off_by.with_suffix(".new")
        new.write_text(str(seconds))
        new.rename(self._off_by)  # whoever reads it reads the old or the new
