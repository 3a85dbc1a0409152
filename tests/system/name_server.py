"""A name server for a process: one name for which it never answers, and one with an IPv6 address before its IPv4 address."""

from __future__ import annotations

from pathlib import Path

from tests.system.preloaded import preloaded

NEVER, BOTH = "never.example", "both.example"
SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int look_up(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    look_up *real = (look_up *)dlsym(RTLD_NEXT, "getaddrinfo");
    while (node && strcmp(node, "never.example") == 0) pause();
    if (!node || strcmp(node, "both.example")) return real(node, service, hints, found);
    int error = real("::1", service, hints, found);
    struct addrinfo *last = *found;
    while (!error && last->ai_next) last = last->ai_next;
    return error ? error : real("127.0.0.1", service, hints, &last->ai_next);
}
"""


def names(folder: Path) -> dict[str, str]:
    """The environment of a process that asks it."""
    return preloaded(folder, "name_server", SOURCE)
