"""What the tests of the store begin with: a clock that stands still, readings, alerts, and both stores in a folder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from drivers.measurement import Kind, Value
from fake_devices.patience import HANGS_S
from gateway.alert import Alert, AlertEvent, Delivery, DeliveryState, Priority, RuleRef, Workflow
from gateway.clock import ClockState
from gateway.commands import AnsweredCommand, Command, Reply, answered
from gateway.readings import Reading
from gateway.store import untold
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.stores import Stores

NOW_MS = 1_795_500_000_000  # 2026-11-24T06:00:00Z
GATEWAY = "xishan-01"


class StillClock:
    """A wall clock that stands still until the test moves it; the monotonic one runs."""

    def __init__(self, now_ms: int = NOW_MS, boot: str = "boot-one", state: ClockState = "synced") -> None:
        self.now_ms = now_ms
        self.boot = boot
        self.now_is: ClockState = state

    def wall_ms(self) -> int:
        return self.now_ms

    def monotonic_s(self) -> float:
        return time.monotonic()

    def state(self) -> ClockState:
        return self.now_is


@asynccontextmanager
async def stores_in(folder: Path, clock: StillClock | None = None, max_mb: int = 2048) -> AsyncIterator[Stores]:
    """Both stores, open; closed in peace at the end."""
    stores = await open_stores(folder, GATEWAY, clock or StillClock(), max_mb)
    try:
        yield stores
    finally:
        await stores.close()


def reading(
    number: int = 0,
    *,
    kind: Kind = "heart_rate",
    value: Value = 72,
    wearer: str = "W-001",
    at_ms: int | None = None,
    quality: tuple[str, ...] = (),
) -> Reading:
    """One of many: each comes 100 ms after the last."""
    came_ms = NOW_MS + number * 100 if at_ms is None else at_ms
    return Reading(
        wearer=wearer,
        device="C0:FF:EE:00:00:01",
        driver="serial-hub",
        kind=kind,
        value=value,
        at_ms=came_ms,
        received_ms=came_ms,
        clock="synced",
        quality=quality,
    )


def sos(number: int = 0) -> Reading:
    """A call for help."""
    return reading(number, kind="button", value="sos")


def numbered(stores: Stores, one: Reading) -> Reading:
    """The same with its number, which is in hand."""
    return replace(one, seq=stores.readings.next_seq(), epoch=stores.readings.epoch)


def added(stores: Stores, one: Reading) -> Reading:
    """The same with its number, waiting for the disk."""
    one = numbered(stores, one)
    stores.readings.add(one)
    return one


def referenced(stores: Stores, one: Reading) -> Reading:
    """The same, waiting for the disk, and named by an alert."""
    one = added(stores, one)
    stores.readings.reference([one])
    return one


async def take(stores: Stores, n: int, make: Callable[[int], Reading] = reading, start: int = 0) -> list[Reading]:
    """So many readings, on the disk."""
    taken = [added(stores, make(number)) for number in range(start, start + n)]
    await stores.readings.flush()
    return taken


def people_are_told(stores: Stores) -> None:
    """Of what the opening found: each is an alert, and the store need not keep it any more."""
    stores.alerts.hold(Transaction(memories=untold.TOLD))


async def listed(readings: AsyncIterator[Reading]) -> list[Reading]:
    """All of them at once."""
    return [one async for one in readings]


async def until(holds: Callable[[], bool]) -> None:
    """Returns when it holds. Raises TimeoutError."""
    async with asyncio.timeout(HANGS_S):
        while not holds():  # noqa: ASYNC110 (what holds is on a disk)
            await asyncio.sleep(0.01)


def alert(number: int, *readings: Reading, workflow: Workflow = "raised", priority: Priority = "critical") -> Alert:
    """A call for help that names these readings."""
    return Alert(
        number=number,
        epoch=1,
        kind="sos",
        priority=priority,
        condition="active",
        workflow=workflow,
        at_ms=NOW_MS,
        raised_ms=NOW_MS,
        rule=RuleRef(id="SOS", table="1"),
        wearer="W-001",
        readings=readings,
    )


def event(seq: int, of: int) -> AlertEvent:
    """One that was raised."""
    return AlertEvent(alert=alert(of), event="raised", seq=seq, at_ms=NOW_MS, text="help")


def delivery(seq: int, state: DeliveryState = "waiting") -> Delivery:
    """On its way to the platform."""
    return Delivery(event=seq, channel="mqtt", state=state)


def answer(command: str) -> AnsweredCommand:
    """It was done."""
    asked = Command(id=command, verb="acknowledge", args={"alert": "xishan-01/1/A1"}, actor="dispatcher-7")
    return answered(asked, Reply(id=command, verb="acknowledge", status="done"))
