"""Malformed frames of strangers and of enrolled bands, and a watch that lies: what is remembered of them has a bound.

Counted are the values that the intake holds, not bytes or time: once its memories are full, twice as many frames change little.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace

import drivers
from drivers.driver import Advertisement, AdvertisementDriver, WatchDriver
from fake_devices import serial_hub_frames as frames
from gateway.readings import Enrolment
from tests.drivers.mutation import hostile_frames
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, hub, upper_half

ADVERTISED = [driver for driver in drivers.DRIVERS if isinstance(driver, AdvertisementDriver)]
OF_DRIVER = {f"C0:FF:EE:01:00:{number:02X}": driver.name for number, driver in enumerate(ADVERTISED)}
ROUND = 1200  # frames; after four rounds most memories have had more than they keep of one device, or of all strangers
NEARLY = 1.25  # some memory has a place left at the first count; what has no bound would double
WATCH = "8800000015"
DRIVER = drivers.driver("tcp-watch-3g")
OURS = ("gateway.intake.", "drivers.")


def held(root: object) -> int:
    """How many values the intake keeps, in whatever it keeps them; not what it shares with others (the stores, the roster)."""
    seen, count, left = set[int](), 0, [root]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            count += len(one)
            left += one.values()
        elif isinstance(one, list | tuple | set | frozenset | deque):
            count += len(one)
            left += one
        elif type(one).__module__.startswith(OURS):
            left += getattr(one, "__dict__", {}).values()
            left += [getattr(one, name) for name in getattr(one, "__struct_fields__", ())]
    return count


@pytest.fixture
async def half(tmp_path: Path, clock: TestClock) -> AsyncIterator[UpperHalf]:
    """One band of each kind that advertises is enrolled, and a watch."""
    bands = [Enrolment(address=address, driver=driver, wearer=f"W-{address[-2:]}") for address, driver in OF_DRIVER.items()]
    bands.append(Enrolment(address=WATCH, driver="tcp-watch-3g", wearer="W-015"))
    async with upper_half(tmp_path, clock, more=bands) as half:
        yield half


def malformed(chance: random.Random, count: int, address_of: Callable[[str], str]) -> Iterator[Advertisement]:
    """Of every driver in turn: its own frames, cut, longer, with other bits, and mere noise, as loud as no radio is."""
    of_each = [(driver.name, hostile_frames(driver.name, count, chance)) for driver in ADVERTISED]
    for _ in range(count // len(of_each)):
        for name, hostile in of_each:
            heard = Advertisement(next(hostile).data[:255], address_of(name), chance.randint(-128, 20), by="hci0")
            yield replace(heard, address_type=chance.choice(("public", "random", "")))


async def takes(half: UpperHalf, heard: Iterator[Advertisement], by_a_hub: bool) -> None:
    for advertisement in heard:
        half.clock.now_s += 0.05
        if by_a_hub:
            half.intake.on_serial_items("hall-hub", hub(), [advertisement])
        else:
            half.intake.on_advertisement(advertisement)
    await half.desk.stored()


async def keeps_no_more(half: UpperHalf, play: Callable[[int], Iterator[Advertisement]]) -> None:
    """After eight rounds as many values as after four; and a press amid them is told."""
    kept = []
    for seed in range(8):
        await takes(half, play(seed), by_a_hub=seed % 2 == 1)
        await half.intake.tick()
        kept.append(held(half.intake))
    await half.streams(frames.record(BAND, 1, {"sos": True}))
    await half.stores.readings.flush()
    counts = half.stores.readings.counts()

    assert kept[7] <= kept[3] * NEARLY
    assert "W-001" in {alert.wearer for alert in half.desk.open_alerts if alert.kind == "sos"}
    assert counts.received == counts.stored + sum(counts.rejected.values())


@pytest.mark.fault(
    "bytes from outside", "malformed advertisements of every kind of band that is enrolled", promise="nothing grows"
)
async def test_malformed_advertisements_of_enrolled_bands_grow_nothing(half: UpperHalf) -> None:
    address = {driver: address for address, driver in OF_DRIVER.items()}

    await keeps_no_more(half, lambda seed: malformed(random.Random(seed), ROUND, address.__getitem__))

    counted = half.stores.readings.counts()
    assert sum(counted.rejected.values()) > ROUND, "they are refused, and counted"


@pytest.mark.fault("bytes from outside", "malformed advertisements of ever other strangers", promise="nothing grows, no disk")
async def test_malformed_advertisements_of_strangers_grow_nothing(half: UpperHalf) -> None:
    def invented(seed: int) -> Iterator[Advertisement]:
        chance = random.Random(seed)
        return malformed(chance, ROUND, lambda _: f"F0:{chance.randbytes(5).hex(':').upper()}")

    await keeps_no_more(half, invented)

    assert half.stores.readings.counts().rejected == {}, "a stranger's nonsense is not counted"


def lies(chance: random.Random, enrolled: bool) -> Iterator[bytes]:
    """Whole frames without an end, halves of them, in its own name and in others'."""
    while True:
        day, clock = (
            f"{chance.randint(1, 28):02}0326",
            f"{chance.randint(0, 23):02}{chance.randint(10, 59)}{chance.randint(10, 59)}",
        )
        said = chance.choice(
            (
                f"AL,{day},{clock},V,0,N,0,E,0,0,0,6,100,70,0,0,00010000,",
                f"UD,{day},{clock},A,{chance.uniform(-99, 99):.6f},N,{chance.uniform(-199, 199):.6f},E,,,,,,,,,,",
                f"bphrt,{chance.randint(-9, 999)},{chance.randint(0, 999)},{chance.randint(0, 999)},,,,",
                f"LK,{chance.randint(0, 10**9)},0,64",
                "x" * chance.randint(0, 500),
            )
        )
        id_ = WATCH if enrolled else str(chance.randint(10**9, 10**10 - 1))
        frame = f"[3G*{id_}*{len(said):04X}*{said}]".encode()
        yield frame[: chance.randrange(len(frame))] if chance.random() < 0.3 else frame


@pytest.mark.parametrize("enrolled", [True, False], ids=["an enrolled one", "ever other ids"])
@pytest.mark.fault(
    "bytes from outside", "a watch that lies: whole frames without end, halves, ids of others", promise="nothing grows"
)
async def test_a_watch_that_lies_grows_nothing(half: UpperHalf, enrolled: bool) -> None:
    assert isinstance(DRIVER, WatchDriver)
    stream, told = DRIVER.decoder(), lies(random.Random(1), enrolled)
    kept = []
    for _ in range(4):
        for frame in islice(told, ROUND):
            half.clock.now_s += 0.05
            half.intake.on_serial_items("watches", DRIVER, stream.feed(frame))
        await half.desk.stored()
        kept.append(held(half.intake) + held(stream))

    await half.streams(frames.record(BAND, 1, {"sos": True}))
    assert kept[3] <= kept[1] * NEARLY
    assert "W-001" in {alert.wearer for alert in half.desk.open_alerts if alert.kind == "sos"}
