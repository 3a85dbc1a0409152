"""Tells systemd that the gateway is ready, stopping, or alive (sd_notify(3)); says nothing where systemd does not listen."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger()


def notify(state: str) -> bool:
    """Send `READY=1`, `STOPPING=1`, `RELOADING=1` ... Returns whether anybody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as line:
        try:
            line.connect(address)
            line.send(state.encode())  # where its queue is full it has not read for long: nobody waits for it
        except OSError as error:
            log.warning("systemd does not listen", why=str(error))
            return False
    return True


@contextmanager
def reloading() -> Iterator[None]:
    """Within the block systemd knows that the gateway takes over another configuration, and after it that this is done."""
    now_us = int(asyncio.get_running_loop().time() * 1_000_000)  # CLOCK_MONOTONIC, as systemd wants it
    notify(f"RELOADING=1\nMONOTONIC_USEC={now_us}")
    try:
        yield
    finally:
        notify("READY=1")


def watchdog_s() -> float | None:
    """How often systemd wants to hear that we live (half of WatchdogSec); None: not at all."""
    usec = os.environ.get("WATCHDOG_USEC", "")
    pid = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    return int(usec) / 2_000_000 if usec.isdigit() and int(usec) > 0 and pid == str(os.getpid()) else None


async def feed_watchdog(alive: Callable[[], Awaitable[None]], every_s: float | None = None) -> None:
    """Feed the watchdog for ever, each time only after real progress: `alive` must have returned.

    When `alive` hangs, nothing is sent, and systemd starts the gateway anew.
    """
    every_s = every_s or watchdog_s()
    while every_s:
        await alive()
        notify("WATCHDOG=1")
        await asyncio.sleep(every_s)
