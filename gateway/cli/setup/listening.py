"""Finds out what is at a serial port by what it says; nothing is sent, for nobody knows to whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import drivers
from drivers.driver import Refusal, SerialDriver, StreamDecoder, WatchDriver
from gateway.driver_bugs import DriverFailed, DriverFaults
from gateway.errors import SourceLost
from gateway.sources.byte_line import ByteLine
from gateway.sources.ports import opened

AT_EACH_RATE_S = 1.0
# Makers whose modems people plug in, as udev writes them into the name of the port.
MODEM = re.compile("modem|quectel|simtech|simcom|huawei|zte|fibocom|luat|airm2m|sierra|telit|u-blox|option_n", re.IGNORECASE)


def looks_like_a_modem(port: str) -> bool:
    """By its name."""
    return MODEM.search(port) is not None


async def drivers_heard(ports: Sequence[str]) -> Mapping[str, str]:
    """The driver of each port that spoke in a few seconds: the first that understood."""
    found = await asyncio.gather(*map(_driver_at, ports))
    return {port: driver for port, driver in zip(ports, found, strict=True) if driver}


async def _driver_at(port: str) -> str | None:
    by_rate: dict[int, list[SerialDriver]] = {}
    for driver in drivers.all_drivers():
        if isinstance(driver, WatchDriver):
            continue  # it calls over TCP
        if isinstance(driver, SerialDriver) and not driver.converse:  # others speak when they are asked
            by_rate.setdefault(driver.baud, []).append(driver)
    for baud, candidates in by_rate.items():
        try:
            with opened(port, baud) as descriptor:
                async with ByteLine(descriptor) as line, asyncio.timeout(AT_EACH_RATE_S):
                    return await _understood(line, candidates)
        except TimeoutError:
            continue
        except SourceLost:
            return None
    return None


async def _understood(line: ByteLine, candidates: Iterable[SerialDriver]) -> str:
    faults = DriverFaults()
    decoders = dict[str, StreamDecoder]()
    for driver in candidates:
        with suppress(DriverFailed):  # which is told; the others are listened with
            decoders[driver.name] = faults.ask(driver.name, driver.decoder)
    while True:
        data = await line.read()
        for name, decoder in decoders.items():
            try:
                items = faults.ask(name, partial(decoder.feed, data))
            except DriverFailed:
                continue
            if any(not isinstance(item, Refusal) for item in items):
                return name
