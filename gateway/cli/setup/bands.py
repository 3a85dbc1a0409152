"""The part of `setup` that enrols wristbands: the one that is pressed is the one that is meant."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.cli.setup.asking import ask, say
from gateway.cli.setup.hearing import Sighting, listen
from gateway.language import Language
from gateway.settings.configuration import Configuration
from gateway.settings.enrolling import enroll
from gateway.settings.file import load
from gateway.settings.new_band import NewBand, WrongBand
from gateway.settings.replace_file import CannotWrite
from gateway.whys import meaning
from gateway.words.command_line import SCAN
from gateway.words.mistakes import text
from gateway.words.setup import SETUP


def enrol_bands(config: Path, language: Language) -> None:
    """One after another, until an empty line. Ctrl-C ends it, too: what is enrolled stays."""
    seen: dict[str, Sighting] = {}
    say("bands", language)
    try:
        while (chosen := _chosen(load(config), seen, language)) is not None:
            if chosen.changes:
                say("changes", language, address=chosen.address)
            else:
                _enrol(config, chosen, language)
    except (KeyboardInterrupt, EOFError):
        print(flush=True)


def _chosen(known: Configuration, seen: dict[str, Sighting], language: Language) -> Sighting | None:
    """The band that is pressed, or whose number is typed; None: no more."""

    def show(one: Sighting) -> None:
        is_new = one.address not in seen
        seen[one.address] = one
        if is_new and one.address in known.bands:
            say("already", language, address=one.address, wearer=known.bands[one.address].wearer)
        elif is_new:
            rssi = "" if one.rssi is None else f"{one.rssi} dBm"
            print(f"{list(seen).index(one.address) + 1:3}  {one.address}  {one.driver:20}  {rssi}", flush=True)

    def lost(what: str, why: str) -> None:
        words = SCAN[why].of(language) if why in SCAN else meaning(why, language)
        print(f"{what}: {words}", flush=True)

    settings = known.settings
    while True:
        found = asyncio.run(listen(settings.serial, settings.bluetooth, show, lost, lambda one: one.address not in known.bands))
        if isinstance(found, Sighting):
            say("pressed", language, address=found.address, driver=found.driver)
            return found
        if not found.strip():
            return None
        if found.strip().isdecimal() and 1 <= int(found) <= len(seen):
            return list(seen.values())[int(found) - 1]


def _enrol(config: Path, chosen: Sighting, language: Language) -> None:
    """Asks whose it is until that can be written."""
    number = len(load(config).bands) + 1
    while True:
        wearer = ask(*_words("wearer", language, f"W-{number:03}")).strip() or f"W-{number:03}"
        if wearer == "<":
            return
        room = ask(*_words("room", language, "")).strip()
        try:
            written = enroll(config, NewBand(chosen.address, chosen.driver, wearer, room))
        except WrongBand as wrong:
            print(*(f"  {one.key}: {text(one, language)}" for one in wrong.mistakes), sep="\n", flush=True)
            continue
        except CannotWrite as why:
            print(f"  {why}", flush=True)
            return
        say("enrolled", language, address=written.band.address, wearer=wearer)
        return


def _words(name: str, language: Language, default: str) -> tuple[str, str]:
    return SETUP[name].of(language), default
