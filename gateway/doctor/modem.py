"""The SMS modem, asked by AT commands where no gateway holds it. Nothing is sent, no PIN is tried."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from gateway.channels.sms.exchange import Exchange, Interrupted, NoAnswerInTime, Talk
from gateway.channels.sms.network import NetworkWatch
from gateway.channels.sms.sim import why_not
from gateway.channels.sms.status import ModemStatus
from gateway.channels.sms.timings import REAL, Timings
from gateway.doctor.diagnosis import Diagnosis
from gateway.errors import SourceLost
from gateway.sources.byte_line import ByteLine
from gateway.sources.ports import opened

WAKE_TRIES = 5
WEAK = 6  # of 31: below it SMS fail often (-101 dBm, 3GPP TS 27.007, 8.5)
STATES = {
    "lost": "modem_silent",
    "no_sim": "modem_no_sim",
    "pin": "modem_pin",
    "PUK": "modem_puk",
    "locked": "modem_locked",
    "searching": "modem_searching",
    "no_network": "modem_searching",
    "denied": "modem_denied",
    "no_service_centre": "modem_no_service_centre",
}


class ModemFacts(NamedTuple):
    """`state` is a key of `STATES`, or "ready"; `signal`: 0 to 31, None: not known."""

    state: str
    signal: int | None = None


async def look(path: str, baud: int, timings: Timings = REAL) -> ModemFacts:
    """What is behind this port."""
    exchange = Exchange(timings, lambda _: None)
    try:
        with opened(path, baud) as descriptor:
            async with ByteLine(descriptor) as line:
                return await _through(line, exchange, _questions(exchange))
    except (SourceLost, NoAnswerInTime, Interrupted):
        return ModemFacts("lost")


async def _through(line: ByteLine, exchange: Exchange, talk: Talk[ModemFacts]) -> ModemFacts:
    now_s = asyncio.get_running_loop().time
    while True:
        exchange.now_s = now_s()
        try:
            until_s = next(talk)
        except StopIteration as end:
            facts: ModemFacts = end.value
            return facts
        if exchange.out:
            line.write(bytes(exchange.out))
            exchange.out.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until_s):
                exchange.feed(await line.read())


def _questions(exchange: Exchange) -> Talk[ModemFacts]:
    """Raises NoAnswerInTime, Interrupted."""
    yield from exchange.escape()
    yield from _wake(exchange)
    yield from exchange.ask("ATE0")
    yield from exchange.ask("AT+CMEE=1")
    sim = yield from exchange.ask_old("AT+CPIN?")
    word = (sim.value("+CPIN:") or "").upper()
    if word == "SIM PIN":
        return ModemFacts("pin")
    if word != "READY":
        why = why_not(word, sim.error)
        return ModemFacts(why.why if why.why in STATES else why.state)
    status = ModemStatus()
    yield from NetworkWatch().look(exchange, status)
    if status.registered:
        centre = (yield from exchange.ask("AT+CSCA?")).value("+CSCA:")
        if centre is not None and not any(character.isdigit() for character in centre.split(",")[0]):
            return ModemFacts("no_service_centre", status.signal)
    return ModemFacts(status.state, status.signal)


def _wake(exchange: Exchange) -> Talk[None]:
    for _ in range(WAKE_TRIES):
        with suppress(NoAnswerInTime):
            if (yield from exchange.ask("AT", exchange.timings.wake_s)).ok:
                return
    raise NoAnswerInTime


def diagnoses(modem: ModemFacts, *, has_pin: bool) -> Iterator[Diagnosis]:
    """What is wrong with it. `has_pin`: the gateway will enter the PIN. Pure."""
    if modem.state in STATES and not (modem.state == "pin" and has_pin):
        yield Diagnosis("modem", STATES[modem.state])
    if modem.signal is not None and modem.signal < WEAK:
        yield Diagnosis("modem", "modem_weak", {"signal": modem.signal}, is_fault=False)
