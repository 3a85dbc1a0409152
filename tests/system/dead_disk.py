"""A disk that dies under one file: from a moment on each fsync of it waits for ever. A preloaded library, compiled here."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fake_devices.patience import HANGS_S
from tests.daemon import LOOK_EVERY_S
from tests.system.preloaded import preloaded

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void hang_where_it_is_dead(int fd) {
    char link[64], path[4096];
    const char *dead = getenv("DEAD_FILE"), *since = getenv("DEAD_SINCE"), *met = getenv("DEAD_MET");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0 || !dead || !since || !met) return;
    path[n] = 0;
    while (strstr(path, dead) && access(since, F_OK) == 0) {
        close(open(met, O_CREAT | O_WRONLY, 0600));
        usleep(100000);
    }
}

int fsync(int fd) { hang_where_it_is_dead(fd); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { hang_where_it_is_dead(fd); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""


class DeadDisk:
    """`environment` is for the process that is to suffer from it; `dies` is told when, `is_met` tells that a sync waits."""

    def __init__(self, folder: Path, file: str) -> None:
        self._since, self._met = folder / "dead", folder / "met"
        self.environment = preloaded(folder, "dead_disk", SOURCE) | {
            "DEAD_FILE": file,
            "DEAD_SINCE": str(self._since),
            "DEAD_MET": str(self._met),
        }

    def dies(self) -> None:
        """From now on nothing comes to an end."""
        self._since.touch()

    async def is_met(self) -> None:
        """Returns once a sync waits for it. Raises TimeoutError."""
        async with asyncio.timeout(HANGS_S):
            while not self._met.exists():  # noqa: ASYNC110 (nothing tells of a file that another process makes)
                await asyncio.sleep(LOOK_EVERY_S)
