"""`lifering drivers`: the drivers there are, how each is spoken with, and what they measure."""

from __future__ import annotations

import argparse
import sys

import msgspec

import drivers
from drivers.driver import AdvertisementDriver, ConnectionDriver, Driver, SensorTraits, WatchDriver
from gateway.cli import WELL
from gateway.cli.columns import padded
from gateway.cli.usage import Parser
from gateway.language import Language
from gateway.words.command_line import DRIVERS, KINDS, LIST, SENSORS, TRANSPORTS


def configure(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--json", action="store_true", help=parser.words("drivers json"))


def run(args: argparse.Namespace) -> int:
    """Lists them; a broken plug-in is named on stderr and is no failure."""
    for driver in drivers.all_drivers():
        print(_as_json(driver) if args.json else _as_text(driver, args.spoken))
    for name, why in drivers.plug_ins().broken.items():
        print(f"lifering drivers: {DRIVERS['broken'].of(args.spoken).format(name=name, why=why)}", file=sys.stderr)
    return WELL


def transport(driver: Driver) -> str:
    """How it is spoken with."""
    if isinstance(driver, AdvertisementDriver):
        return "ble-advertisement"
    if isinstance(driver, WatchDriver):
        return "tcp-server"
    return "ble-connection" if isinstance(driver, ConnectionDriver) else "serial"


def imitation(driver: Driver) -> str:
    """Who could pass for such a device: `anybody`; nobody `with_key`; `cable`: who is at its cable; `id`: who knows its id.

    `heard`: a hub tells what others say, and they can be imitated as they can without it. That a band is paired keeps others
    from reading it; it does not keep another device from answering in its place without encryption.
    """
    match driver:
        case AdvertisementDriver():
            return "with_key" if driver.sealed_by_key else "anybody"
        case ConnectionDriver():
            return "anybody"
        case WatchDriver():
            return "id"
        case _:
            return "heard" if driver.hub else "cable"


def sensor_words(sensor: SensorTraits) -> list[str]:
    """What the rules go by, in the words of `SENSORS`; what is not known is left out."""
    pressure = {True: ["cuff"], False: ["cuffless"], None: []}[sensor.cuff]
    return [*pressure, *([sensor.site] if sensor.site else []), "worn" if sensor.worn else "not worn"]


def _as_json(driver: Driver) -> str:
    shown = {
        "name": driver.name,
        "transport": transport(driver),
        "measures": driver.measures,
        "title": driver.title,
        "imitation": imitation(driver),
        "sensor": {"cuff": driver.sensor.cuff, "site": driver.sensor.site or None, "worn": driver.sensor.worn},
    }
    return msgspec.json.encode(shown).decode()


def _as_text(driver: Driver, language: Language) -> str:
    way = TRANSPORTS[transport(driver)].of(language)
    measures = LIST.of(language).join(KINDS[kind].of(language) for kind in driver.measures)
    sensor = LIST.of(language).join(SENSORS[word].of(language) for word in sensor_words(driver.sensor))
    title = (driver.title_zh if language == "zh-CN" else "") or driver.title
    return f"{driver.name:20} {padded(way, 18)} {measures}\n{'':20} {title}\n{'':20} {sensor}"
