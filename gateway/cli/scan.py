"""`lifering scan`: the wristbands in reach of this machine's radio, whose they are; at a terminal while it listens."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

import drivers
from drivers.driver import Decoded, Driver
from gateway import logs
from gateway.cli import FAILED, WELL
from gateway.cli.in_place import InPlace
from gateway.cli.scan_table import InReach, table
from gateway.cli.usage import Parser
from gateway.errors import SourceLost
from gateway.language import Language
from gateway.readings import Enrolment
from gateway.settings import file as config_file
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.credentials import within_reach
from gateway.sources.ble.adapters import Adapters
from gateway.sources.ble.bluez import Heard, Radio
from gateway.sources.ble.bluez_watch import adapters_now
from gateway.sources.ble.private_address import changes
from gateway.sources.recognition import Signs, read, recognise
from gateway.system_errors import told
from gateway.whys import WHYS
from gateway.words.command_line import REPEATS_FILTERED, SCAN

DRAWN_EVERY_S = 1.0
SECONDS = 12.0  # adapters that filter repeats tell each band once in 10 s


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="N", help=parser.words("scan seconds"))
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=parser.words("scan config"),
    )
    parser.add_argument("--json", action="store_true", help=parser.words("scan json"))


@within_reach()
def run(args: argparse.Namespace) -> int:
    """Listens and lists. 1: an adapter could not be used."""
    logs.set_up_for_a_verb(args.spoken)
    named: tuple[str, ...] = ()
    enrolments: Mapping[str, Enrolment] = {}
    if config := configuration(args.config):
        loaded = config_file.load(config)
        enrolments, named = loaded.bands, loaded.settings.bluetooth.adapters
    known = drivers.all_drivers()
    live = None if args.json or not sys.stdout.isatty() else LiveList(enrolments, known, args.seconds, args.spoken)
    heard, failed = asyncio.run(listen(named, args.seconds, args.spoken, live))
    bands = in_reach(heard, enrolments, known)
    for band in bands:
        print(msgspec.json.encode(band).decode() if args.json else _line(band, args.spoken))
    if not args.json and (heard or not failed):
        print(SCAN["count"].of(args.spoken).format(bands=len(bands), others=len(heard) - len(bands)))
    return FAILED if failed else WELL


def configuration(given: Path | None, usual: Path = USUAL_FILE) -> Path | None:
    """The one that counts; a machine that is not set up yet has none, and can scan all the same."""
    return given or (usual if os.access(usual, os.R_OK) else None)


class LiveList:
    """What is in reach, drawn again each second while it listens; the list itself comes when that is over."""

    def __init__(
        self, enrolments: Mapping[str, Enrolment], known: Sequence[Driver], seconds: float, language: Language
    ) -> None:
        self._enrolments = enrolments
        self._known = known
        self._seconds = seconds
        self._language = language
        self._place = InPlace(sys.stdout)

    async def show(self, heard: Mapping[str, Heard]) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + self._seconds
        try:
            while True:
                bands, (columns, lines) = in_reach(heard, self._enrolments, self._known), shutil.get_terminal_size()
                left_s, others = max(0.0, ends_s - loop.time()), len(heard) - len(bands)
                self._place.draw(table(bands, others, left_s, self._language, columns=columns, lines=lines))
                await asyncio.sleep(DRAWN_EVERY_S)
        finally:
            self.clear()

    def clear(self) -> None:
        """Makes room for other words."""
        self._place.clear()


async def listen(
    named: tuple[str, ...], seconds: float, language: Language, live: LiveList | None = None
) -> tuple[dict[str, Heard], bool]:
    """The last that was heard of each device, by address; and whether an adapter could not be used."""
    heard: dict[str, Heard] = {}
    try:
        adapters = await adapters_now(named)
    except SourceLost as why:
        tell("Bluetooth", why, language)
        return heard, True
    async with asyncio.TaskGroup() as tasks:
        drawing = tasks.create_task(live.show(heard)) if live else None
        ended = [tasks.create_task(_listen(adapters, label, seconds, heard, language, live)) for label in adapters.labels]
        await asyncio.wait(ended)
        if drawing:
            drawing.cancel()
    return heard, not all(task.result() for task in ended)


async def _listen(
    adapters: Adapters, label: str, seconds: float, heard: dict[str, Heard], language: Language, live: LiveList | None
) -> bool:
    def keep(one: Heard) -> None:
        heard[one.address] = one

    try:
        adapter = adapters.find(label)
        async with Radio().scanning(adapter.name, keep, repeats=adapter.monitors) as repeats:
            if not repeats:
                _make_room(live)
                print(f"lifering scan: {label}: {REPEATS_FILTERED.of(language)}", file=sys.stderr)
            await asyncio.sleep(seconds)
    except SourceLost as why:
        _make_room(live)
        tell(label, why, language)
        return False
    return True


def _make_room(live: LiveList | None) -> None:
    if live:
        live.clear()


def tell(what: str, why: SourceLost, language: Language) -> None:
    """What an adapter fails with, and what mends it, on stderr."""
    cause = getattr(why.__cause__, "strerror", None) or repr(why.__cause__)
    words = SCAN.get(str(why), WHYS.get(str(why), SCAN["failed"])).of(language).format(why=told(cause, language))
    print(f"lifering scan: {what}: {words}", file=sys.stderr)


def in_reach(heard: Mapping[str, Heard], enrolments: Mapping[str, Enrolment], known: Iterable[Driver]) -> list[InReach]:
    """The wristbands among what was heard, those that are nearest first."""
    by_name = {driver.name: driver for driver in known}
    bands = [_band(one, enrolments.get(address), by_name) for address, one in heard.items()]
    return sorted((band for band in bands if band.driver), key=lambda band: -band.rssi)


def _band(heard: Heard, enrolment: Enrolment | None, known: Mapping[str, Driver]) -> InReach:
    said, advertisement = heard.data, heard.everything
    if enrolment:
        driver = known.get(enrolment.driver)
    else:
        signs = Signs(said.service_uuids, said.service_data, said.manufacturer_data)
        driver = recognise(known.values(), advertisement, signs)
    decoded = read(driver, advertisement, enrolment.key if enrolment else None) if driver else None
    return InReach(
        address=heard.address,
        driver=driver.name if driver else None,
        rssi=said.rssi,
        battery=_battery(decoded) if decoded else None,
        enrolled=enrolment is not None,
        wearer=enrolment.wearer if enrolment else None,
        calls_itself=said.local_name,
        address_changes=changes(advertisement),
    )


def _battery(decoded: Decoded) -> float | None:
    values = [one.value for one in decoded.measurements if one.kind == "battery"]
    return float(values[0]) if values and isinstance(values[0], int | float) else None


def _line(band: InReach, language: Language) -> str:
    battery = "      -" if band.battery is None else f"{band.battery:5.0f} %"
    whose = SCAN["enrolled" if band.enrolled else "not enrolled"].of(language).format(wearer=band.wearer)
    line = f"{band.address}  {band.driver:20} {band.rssi:4} dBm  {battery}  {whose}  {band.calls_itself or ''}".rstrip()
    return f"{line}  {SCAN['address changes'].of(language)}" if band.address_changes else line
