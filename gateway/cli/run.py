"""`lifering run`: the daemon. SIGTERM stops it, SIGHUP has it read its configuration again, SIGUSR1 switches debug lines."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import structlog

from gateway import app, logs
from gateway.errors import FaultySettings
from gateway.language import spoken_here
from gateway.settings import file as config_file
from gateway.settings.file import Configuration
from gateway.settings.language import USUAL_FILE
from gateway.systemd_notify import notify
from gateway.words.mistakes import told

log = structlog.get_logger()

SWITCH_S = 0.001  # the loop and the databases' threads take turns: in a flood an alert is stored in 50 ms instead of 140


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the verb."""
    parser.description = "The daemon: hears the wristbands, keeps what they say, brings the alerts up to the platform."
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help="the configuration (%(default)s)")


def run(args: argparse.Namespace) -> int:
    """Runs until SIGTERM or SIGINT; 0 then. Raises FaultySettings when the configuration is not valid at the start."""
    configuration = config_file.load(args.config)
    logs.set_up(language=configuration.settings.gateway.language)
    sys.setswitchinterval(SWITCH_S)
    asyncio.run(_daemon(args.config, configuration))
    return 0


async def _daemon(path: Path, configuration: Configuration) -> None:
    """One life of the gateway after another, each with the settings as they are then; what matters is on the disk."""
    stop, reload = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    loop.add_signal_handler(signal.SIGUSR1, logs.toggle_debug)
    while not stop.is_set():
        async with asyncio.TaskGroup() as tasks:
            end = asyncio.Event()
            life = tasks.create_task(app.run(configuration, end, ready=_ready), name="app")
            watch = tasks.create_task(_until_asked(path, configuration, stop, reload), name="signals")
            await asyncio.wait((life, watch), return_when=asyncio.FIRST_COMPLETED)
            end.set()
        configuration = watch.result()


def _ready() -> None:
    notify("READY=1")
    log.info("ready")


async def _until_asked(path: Path, configuration: Configuration, stop: asyncio.Event, reload: asyncio.Event) -> Configuration:
    """Returns when the gateway should end (the settings as they were), or begin anew (those of the file now)."""
    while True:
        async with asyncio.TaskGroup() as tasks:
            either = [tasks.create_task(event.wait()) for event in (stop, reload)]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            for task in either:
                task.cancel()
        if stop.is_set():
            notify("STOPPING=1")
            return configuration
        reload.clear()
        if (fresh := _read_again(path)) is not None:
            notify("RELOADING=1")
            return fresh


def _read_again(path: Path) -> Configuration | None:
    """The settings of the file; None when it is faulty: then nothing changes, and the log says why."""
    try:
        configuration = config_file.load(path)
    except FaultySettings as error:
        for mistake in error.mistakes:
            problem = told(mistake, error.language or spoken_here())
            log.error("configuration not taken over", problem=problem)
        return None
    logs.set_language(configuration.settings.gateway.language)
    log.info("configuration read again")
    return configuration
