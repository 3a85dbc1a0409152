"""`lifering run`: the daemon. SIGTERM stops it, SIGHUP has it read its configuration again, SIGUSR1 switches debug lines."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from gateway import failures, lives, logs
from gateway.app import Parts
from gateway.changes import Changes
from gateway.cli import INTERRUPTED, WELL
from gateway.clock import SystemClock
from gateway.deadline import Deadline
from gateway.errors import LiferingError
from gateway.settings.file import load
from gateway.settings.language import USUAL_FILE
from gateway.sources.playback import frames
from gateway.sources.recording import Recording, recording_to
from gateway.systemd_notify import notify

log = structlog.get_logger()

SWITCH_S = 0.001  # the loop and the databases' threads take turns: in a flood an alert is stored in 50 ms instead of 140


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the verb."""
    parser.description = "The daemon: hears the wristbands, keeps what they say, brings the alerts up to the platform."
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help="the configuration (%(default)s)")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="keep every raw frame in this file too, to look for a fault"
    )
    parser.add_argument("--play", type=Path, metavar="FILE", help="play back a recording beside what is heard")


def run(args: argparse.Namespace) -> int:
    """Runs until SIGTERM or SIGINT. Raises FaultySettings when the configuration or the recording is none, at the start."""
    who = load(args.config).settings.gateway
    logs.set_up(language=who.language)
    if args.play:
        next(frames(args.play), None)
    sys.setswitchinterval(SWITCH_S)
    with _recording(args.record, who.id) as recording:
        return asyncio.run(_daemon(args.config, Parts(recording=recording, play=args.play)))


@contextmanager
def _recording(file: Path | None, gateway: str) -> Iterator[Recording | None]:
    if file is None:
        yield None
        return
    try:
        with recording_to(file, gateway, SystemClock()) as recording:
            yield recording
    except OSError as error:
        raise LiferingError(f"--record {file}: {error.strerror}") from error


async def _daemon(config: Path, parts: Parts) -> int:
    stop, interrupted, hang_ups, deadline = asyncio.Event(), asyncio.Event(), Changes(), Deadline()
    failures.are_told_to(deadline.begin)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, _end, stop, deadline)
    loop.add_signal_handler(signal.SIGINT, _interrupt, stop, interrupted, deadline)
    loop.add_signal_handler(signal.SIGHUP, hang_ups.happened)
    loop.add_signal_handler(signal.SIGUSR1, logs.toggle_debug)
    try:
        await lives.run(config, stop, parts=parts, ready=_ready, hang_ups=hang_ups)
    finally:
        deadline.begin()
    return INTERRUPTED if interrupted.is_set() else WELL


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
