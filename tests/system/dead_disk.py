"""A disk that dies under one file: from a moment on each fsync of it waits for ever. A preloaded library, compiled here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void hang_where_it_is_dead(int fd) {
    char link[64], path[4096];
    const char *dead = getenv("DEAD_FILE"), *since = getenv("DEAD_SINCE");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0 || !dead || !since) return;
    path[n] = 0;
    while (strstr(path, dead) && access(since, F_OK) == 0) usleep(100000);
}

int fsync(int fd) { hang_where_it_is_dead(fd); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { hang_where_it_is_dead(fd); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""


class DeadDisk:
    """`environment` is for the process that is to suffer from it; `dies` is told when."""

    def __init__(self, folder: Path, file: str) -> None:
        if not shutil.which("gcc"):
            pytest.skip("gcc is missing: it compiles the library that stands in for the dead disk")
        self._since, library = folder / "dead", folder / "dead_disk.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], input=SOURCE.encode(), check=True)
        self.environment = {"LD_PRELOAD": str(library), "DEAD_FILE": file, "DEAD_SINCE": str(self._since)}

    def dies(self) -> None:
        """From now on nothing comes to an end."""
        self._since.touch()
