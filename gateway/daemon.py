"""The daemon as a process: its log, its signals, its end. SIGTERM stops it, SIGHUP has it read its configuration again."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from gateway import apart, failures, lives, logs, tracebacks
from gateway.changes import Changes
from gateway.clock import SystemClock
from gateway.deadline import Deadline
from gateway.errors import LiferingError
from gateway.language import Language
from gateway.parts import Parts
from gateway.settings.configuration import Configuration
from gateway.sources.playback import frames
from gateway.sources.recording import Recording, recording_to
from gateway.system_errors import told
from gateway.systemd_notify import notify
from gateway.threads import started_threads

log = structlog.get_logger()

SWITCH_S = 0.001  # the loop and the databases' threads take turns: in a flood an alert is stored in 50 ms instead of 140


def run(config: Path, begun: Configuration, record: Path | None, play: Path | None) -> bool:
    """Runs until SIGTERM or SIGINT; whether it was the latter. `begun`: what the configuration says now.

    Raises FaultySettings when the recording to be played is none, at the start.
    """
    gateway = begun.settings.gateway
    logs.set_up(language=gateway.language)
    tracebacks.are_printed_so()
    if play:
        next(frames(play), None)
    sys.setswitchinterval(SWITCH_S)
    with _recording(record, gateway.id, gateway.language) as recording:
        return asyncio.run(_daemon(config, Parts(recording=recording, play=play, call=apart.call), begun))


@contextmanager
def _recording(file: Path | None, gateway: str, language: Language) -> Iterator[Recording | None]:
    if file is None:
        yield None
        return
    try:
        with recording_to(file, gateway, SystemClock()) as recording:
            yield recording
    except OSError as error:
        raise LiferingError(f"--record {file}: {told(error.strerror or '', language)}") from error


async def _daemon(config: Path, parts: Parts, begun: Configuration) -> bool:
    stop, interrupted, hang_ups, deadline = asyncio.Event(), asyncio.Event(), Changes(), Deadline()
    failures.are_told_to(deadline.begin)
    loop = asyncio.get_running_loop()
    loop.set_default_executor(started_threads())
    loop.add_signal_handler(signal.SIGTERM, _end, stop, deadline)
    loop.add_signal_handler(signal.SIGINT, _interrupt, stop, interrupted, deadline)
    loop.add_signal_handler(signal.SIGHUP, hang_ups.happened)
    loop.add_signal_handler(signal.SIGUSR1, logs.toggle_debug)
    try:
        await lives.run(config, stop, parts=parts, ready=_ready, hang_ups=hang_ups, begun=begun)
    finally:
        deadline.begin()
    return interrupted.is_set()


def _interrupt(stop: asyncio.Event, interrupted: asyncio.Event, deadline: Deadline) -> None:
    interrupted.set()
    _end(stop, deadline)


def _end(stop: asyncio.Event, deadline: Deadline) -> None:
    deadline.begin()
    notify("STOPPING=1")
    stop.set()


def _ready() -> None:
    notify("READY=1")
    log.info("ready")
