"""The last part of `setup`: the gateway is started, a reading comes, and the platform answers a test alert."""

from __future__ import annotations

import argparse
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway import cli
from gateway.cli.running_gateway import Declined, MayNotAsk, NotRunning, connected
from gateway.cli.setup.asking import say
from gateway.language import Language
from gateway.settings.data_folder import data_folder
from gateway.settings.file import load
from gateway.words.setup import elapsed

SYSTEMD = Path("/run/systemd/system")
UNIT = "lifering.service"
LOOK_EVERY_S = 0.5


def checked(args: argparse.Namespace, language: Language) -> bool:
    """What `check` says of the configuration that is in place now."""
    print(flush=True)
    if cli.main(["check", "--config", str(args.config)]) == cli.WELL:
        return True
    say("faulty", language)
    return False


def finished(args: argparse.Namespace, language: Language, *, bands: int, begun_s: float) -> int:
    """Starts it, and sees that it works; the exit code."""
    print(flush=True)
    heard = tested = False
    if runs := _started(args, language):
        heard = _reading(args, language) if bands else _nobody(language)
        print(flush=True)
        say("test", language)
        tested = cli.main(["test-alert", "--config", str(args.config), "--wait", f"{args.seconds:g}"]) == cli.WELL
    if load(args.config).settings.modem:
        say("sms", language)
    print(flush=True)
    is_well = runs and heard and tested
    say("done" if is_well else "not done", language)
    say("took", language, **elapsed(time.monotonic() - begun_s))
    return cli.WELL if is_well else cli.FAILED


def _nobody(language: Language) -> bool:
    say("no bands", language)
    return True


def _started(args: argparse.Namespace, language: Language) -> bool:
    if SYSTEMD.is_dir():
        say("starting", language)
        for what in (["enable", UNIT], ["restart", UNIT]):
            subprocess.run(["systemctl", *what], check=False)  # noqa: S603, S607 (what it complains of is seen)
    else:
        say("no systemd", language, file=args.config)
    if _status(args) is None:
        say("not started" if SYSTEMD.is_dir() else "not started by hand", language)
        return False
    say("runs", language)
    return True


def _status(args: argparse.Namespace) -> Mapping[str, Any] | None:
    """Of the gateway, as soon as it answers."""
    end_s = time.monotonic() + args.seconds
    while True:
        try:
            with connected(data_folder(args.config)) as gateway:
                return gateway.one("status")
        except (NotRunning, MayNotAsk, Declined):
            if time.monotonic() > end_s:
                return None
        time.sleep(LOOK_EVERY_S)  # another program starts it


def _reading(args: argparse.Namespace, language: Language) -> bool:
    say("wait reading", language)
    end_s = time.monotonic() + args.seconds
    while time.monotonic() < end_s:
        for band in (_status(args) or {}).get("bands", []):
            if band["last"]:
                say("reading", language, wearer=band["wearer"], room=band["room"] or "-", what=_shown(band["last"][-1]))
                return True
        time.sleep(LOOK_EVERY_S)  # a person puts a band on
    say("no reading", language, seconds=args.seconds)
    return False


def _shown(reading: Mapping[str, Any]) -> str:
    value = reading.get("value", reading.get("systolic"))
    return f"{reading['kind']} {value} {reading.get('unit') or ''}".rstrip()
