"""Commands of people to a wearer's band: show something, measure now, where is it. The first two take their time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, Protocol, TypeVar

import msgspec
from msgspec import Meta, Struct

from drivers.driver import Find, Measure, Order, Outcome, ShowText, Vibrate
from drivers.measurement import Kind
from gateway.alert import LastPosition
from gateway.clock import Clock
from gateway.commands import Begun, Command, Handler, Rejected, Reply, answered
from gateway.readings import Enrolment, Reading
from gateway.roster import Roster

NOTIFY_S, MEASURE_S = 60.0, 180.0
AGAIN_S = 5.0  # a band that is not connected is visited when it is heard; one that is busy is asked again
OBEYED = frozenset({"done", "sent"})
MAY_COME = frozenset({"unreachable", "busy"})
CALL_ME = {"en": "Please call", "zh-CN": "请回电"}

Wearer = Annotated[str, Meta(min_length=1, max_length=128)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
T = TypeVar("T")


class Notify(Struct, frozen=True):
    """The args of `notify`."""

    wearer: Wearer
    signal: Literal["received", "help_on_the_way", "call_me"]
    text: Text | None = None


class MeasureNow(Struct, frozen=True):
    """The args of `measure`."""

    wearer: Wearer
    kind: Kind


class Locate(Struct, frozen=True):
    """The args of `locate`."""

    wearer: Wearer


class TakesOrders(Protocol):
    """The way down to the bands."""

    async def do(self, address: str, order: Order) -> Outcome:
        """Have a band do this; what came of it."""
        ...


class HearsBands(Protocol):
    """What hears the bands."""

    def heard_ago_s(self, address: str) -> float | None:
        """How long ago; None: not since the start."""
        ...

    def heard_by(self, address: str) -> tuple[str, int | None]:
        """By which port or adapter, and how loud (dBm)."""
        ...


class Measured(Protocol):
    """The way of the readings."""

    @property
    def listeners(self) -> set[Callable[[Reading], None]]:
        """Each is given what is measured from now on."""
        ...

    def position(self, wearer: str) -> LastPosition | None:
        """Where the wearer was last known to be."""
        ...


@dataclass(frozen=True, kw_only=True)
class BandCommands:
    """`stored`: returns when the readings are on the disk. `language`: of the texts that a band shows, asked anew each time."""

    gateway: str
    roster: Roster
    ways: TakesOrders
    heard: HearsBands
    measured: Measured
    stored: Callable[[], Awaitable[None]]
    remember: Callable[..., Awaitable[None]]
    clock: Clock
    language: Callable[[], str]

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """By verb."""
        return {"notify": self._notify, "measure": self._measure, "locate": self._locate}

    def _bands(self, wearer: str) -> list[Enrolment]:
        """Of this wearer. Raises Rejected."""
        bands = [band for band in self.roster.bands.values() if band.wearer == wearer]
        if not bands:
            raise Rejected("unknown wearer")
        return bands

    # --- show something -----------------------------------------------------------------------------------------------

    async def _notify(self, command: Command) -> Begun:
        args = _args(command, Notify)
        bands = self._bands(args.wearer)
        return _begun(command, partial(self._show, command, [band.address for band in bands], self._orders(args)))

    def _orders(self, args: Notify) -> list[Order]:
        """What says it, the best first: a text where there is one, else the signal that every band knows."""
        if args.signal == "call_me":
            return [ShowText(args.text or CALL_ME[self.language()]), Find()]
        signal = Vibrate(1 if args.signal == "received" else 2)
        return [ShowText(args.text), signal] if args.text else [signal]

    async def _show(self, command: Command, bands: Sequence[str], orders: Sequence[Order]) -> Reply:
        outcome = await self._until_obeyed(bands, orders, NOTIFY_S)
        if outcome.result not in OBEYED:
            return _failed(command, outcome)
        return _done(command, {"band": "shown" if outcome.result == "done" else "sent"})

    async def _until_obeyed(self, bands: Sequence[str], orders: Sequence[Order], limit_s: float) -> Outcome:
        """Ask until one of the bands obeys, as long as it may still come; else what came of it last."""
        outcome = Outcome("unreachable")
        try:
            async with asyncio.timeout(limit_s):
                while True:
                    outcome = _best([await self._first_known(band, orders) for band in bands])
                    if outcome.result not in MAY_COME:
                        return outcome
                    await asyncio.sleep(AGAIN_S)
        except TimeoutError:
            return outcome

    async def _first_known(self, band: str, orders: Sequence[Order]) -> Outcome:
        """The first order that the band has a way to obey."""
        outcome = Outcome("unsupported")
        for order in orders:
            outcome = await self.ways.do(band, order)
            if outcome.result != "unsupported":
                break
        return outcome

    # --- measure now --------------------------------------------------------------------------------------------------

    async def _measure(self, command: Command) -> Begun:
        args = _args(command, MeasureNow)
        able = [band.address for band in self._bands(args.wearer) if args.kind in self.roster.driver_of(band).measures]
        return _begun(command, partial(self._measured, command, able, args.kind))

    async def _measured(self, command: Command, bands: Sequence[str], kind: Kind) -> Reply:
        if not bands:
            return _failed(command, Outcome("unsupported"))
        came: list[Reading] = []
        one_came = asyncio.Event()
        since_ms = self.clock.wall_ms()

        def listen(reading: Reading) -> None:
            fits = reading.device in bands and reading.kind == kind and reading.valid
            if fits and (not reading.history or reading.at_ms >= since_ms - 1000):
                came.append(reading)
                one_came.set()

        self.measured.listeners.add(listen)
        try:
            return await self._readings(command, bands, kind, came, one_came)
        finally:
            self.measured.listeners.discard(listen)

    async def _readings(
        self, command: Command, bands: Sequence[str], kind: Kind, came: Sequence[Reading], one_came: asyncio.Event
    ) -> Reply:
        ends_s = self.clock.monotonic_s() + MEASURE_S
        outcome = await self._until_obeyed(bands, [Measure(kind)], MEASURE_S)
        if outcome.result in OBEYED:
            try:
                async with asyncio.timeout(max(0.0, ends_s - self.clock.monotonic_s())):
                    await one_came.wait()
            except TimeoutError:
                outcome = Outcome("failed", "no value came")
        if not came:
            return _failed(command, outcome)
        await self.stored()
        return _done(command, {"readings": [f"{self.gateway}/{one.epoch}/{one.seq}" for one in came]})

    # --- where is it --------------------------------------------------------------------------------------------------

    async def _locate(self, command: Command) -> Reply:
        wearer = _args(command, Locate).wearer
        bands = self._bands(wearer)
        result: dict[str, object] = {}
        if last := self.measured.position(wearer):
            place = msgspec.to_builtins(last.place)
            age_s = max(0, (self.clock.wall_ms() - last.at_ms) // 1000)
            result["position"] = {key: value for key, value in place.items() if value is not None} | {"age_s": age_s}
        if room := self.roster.room(wearer):
            result["room"] = room
        heard = [(ago_s, band.address) for band in bands if (ago_s := self.heard.heard_ago_s(band.address)) is not None]
        if heard:
            ago_s, address = min(heard)
            by, rssi = self.heard.heard_by(address)
            result["heard"] = {"by": by or "bluetooth", "rssi": rssi, "age_s": int(ago_s)}
        reply = _done(command, result)
        await self.remember(answered(command, reply))
        return reply


def _args(command: Command, kind: type[T]) -> T:
    try:
        return msgspec.convert(dict(command.args), kind)
    except msgspec.ValidationError:
        raise Rejected("unreadable") from None


def _begun(command: Command, work: Callable[[], Awaitable[Reply]]) -> Begun:
    return Begun(Reply(id=command.id, verb=command.verb, status="accepted"), work)


def _done(command: Command, result: Mapping[str, object]) -> Reply:
    return Reply(id=command.id, verb=command.verb, status="done", result=result)


def _failed(command: Command, outcome: Outcome) -> Reply:
    return Reply(id=command.id, verb=command.verb, status="failed", reason=outcome.result)


BEST_FIRST = ("done", "sent", "busy", "failed", "unreachable", "unsupported")


def _best(outcomes: Sequence[Outcome]) -> Outcome:
    """Of several bands: that one obeyed, or else why none did."""
    return min(outcomes, key=lambda outcome: BEST_FIRST.index(outcome.result))
