"""A system that gives a process no more threads from a moment on (TasksMax=, a full machine). A preloaded library."""

from __future__ import annotations

from pathlib import Path

from tests.system.preloaded import preloaded

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg) {
    const char *since = getenv("NO_THREADS_SINCE");
    if (since && access(since, F_OK) == 0) return EAGAIN;
    return ((int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create"))(
        thread, attr, start, arg);
}
"""


class NoThreads:
    """`environment` is for the process that is to suffer from it."""

    def __init__(self, folder: Path) -> None:
        self._since = folder / "no threads"
        self.environment = preloaded(folder, "no_threads", SOURCE) | {"NO_THREADS_SINCE": str(self._since)}

    def begin(self) -> None:
        """From now on none is given."""
        self._since.touch()

    def end(self) -> None:
        """From now on they are."""
        self._since.unlink()
