"""The part of `setup` that mends what `doctor --fix` mends: rights and sandbox of the data, a blocked radio, the clock."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from gateway.cli.doctor_page import outcomes
from gateway.doctor import radio
from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.examining import examine
from gateway.doctor.host import Host
from gateway.doctor.mends import Mended, mend
from gateway.doctor.running import Running
from gateway.language import Language
from gateway.settings.machine.service_view import is_root

BY_THE_START = frozenset({"unit_disabled"})  # which setup does itself, once all is well


def mend_radio(args: argparse.Namespace) -> None:
    """Before anybody looks for adapters: a new Raspberry Pi OS has Bluetooth switched off."""
    if args.mend and is_root():
        host = Host()
        found = list(radio.diagnoses(asyncio.run(radio.look(host)), ()))
        _tell(_mended(host, found), args.spoken)


def mend_machine(args: argparse.Namespace, language: Language) -> None:
    """For the configuration that is in place now."""
    if args.mend and is_root():
        host = Host()
        found = examine(host, args.config, Running(why_not="not running"), only_here=True).diagnoses
        _tell(_mended(host, found), language)


def _mended(host: Host, found: Sequence[Diagnosis]) -> list[Mended]:
    return list(mend(host, [one for one in found if one.code not in BY_THE_START]))


def _tell(mended: Sequence[Mended], language: Language) -> None:
    for line in outcomes(mended, language):
        print(line, flush=True)
