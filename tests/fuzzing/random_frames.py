"""A million random frames for every driver, a million octets from an SMS modem.

`./dev fuzz [--frames N] [--seed S] [driver|modem ...]`

Nothing may crash, nothing may grow, no frame may cost more steps than its length allows; what is given must be sound. Prints a
line a driver, with its dearest frame; the seed repeats a run. Exit 1 when a driver failed.

`./dev fuzz --coverage` is another search, with its own `--help`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field

import drivers
from drivers.driver import REASONS, Advertisement, AdvertisementDriver, Decoded, Driver, Item, Refusal, Refused, SerialDriver
from drivers.measurement import Measurement
from drivers.presses import PressMemory, deduplicate_presses
from drivers.soundness import is_sound
from tests.drivers.mutation import hostile_frames
from tests.drivers.running import told
from tests.drivers.vectors import Frame
from tests.gateway.channels.sms.hostile_modem import Abuse
from tests.steps import may_take, steps

FRAMES = 1_000_000
NOW = datetime(2026, 11, 23, 12)  # noqa: DTZ001 (local time, from which bands count days)
COUNT_EVERY = 100  # frames; counting the steps of each would take ten times as long
MODEM = "modem"  # no driver: what it says goes to the SMS dialogue
MAY_GROW_KB = 8_000  # the interpreter's own caches; a leak of ten bytes a frame is more
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


class Outcome(Struct):
    """What a run over many frames came to."""

    frames: int = 0
    measurements: int = 0
    advertisements: int = 0  # that a hub hands on
    refused: Counter[str] = field(default_factory=Counter)
    dearest: float = 0  # of what a frame may cost, 1 being all of it
    dearest_frame: str = ""
    grown_kb: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Joins what another process found."""
        self.frames += other.frames
        self.measurements += other.measurements
        self.advertisements += other.advertisements
        self.refused += other.refused
        self.cost(other.dearest, other.dearest_frame)
        self.grown_kb = max(self.grown_kb, other.grown_kb)
        self.failures += other.failures

    def cost(self, share: float, frame: str) -> None:
        """Keeps what a frame cost, if none has cost more."""
        if share > self.dearest:
            self.dearest, self.dearest_frame = share, frame


def main() -> int:
    """Fuzzes the drivers that are named, or all."""
    parser = argparse.ArgumentParser(
        prog="./dev fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=FRAMES, help="for each driver (default: a million)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32), help="repeats a run")
    parser.add_argument("drivers", nargs="*", metavar="driver", help="default: all")
    args = parser.parse_args()
    every = [*(driver.name for driver in drivers.DRIVERS), MODEM]
    if unknown := set(args.drivers) - set(every):
        parser.error(f"no such driver: {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    names = args.drivers or every
    print(f"seed {args.seed}, {args.frames} frames for each driver", flush=True)
    went_well = [fuzz(name, args.frames, args.seed) for name in names]
    return 0 if all(went_well) else 1


def fuzz(name: str, frames: int, seed: int) -> bool:
    """One driver, on all processors. Prints what came of it; gives whether all is well."""
    workers = os.cpu_count() or 1
    started = time.perf_counter()
    jobs = [(name, frames // workers + (worker < frames % workers), f"{seed}/{name}/{worker}") for worker in range(workers)]
    outcome = Outcome()
    with multiprocessing.Pool(workers) as pool:
        for part in pool.starmap(work, jobs):
            outcome.add(part)
    if outcome.dearest > 1:
        outcome.failures.append(f"cost {outcome.dearest:.1f} times what it may: {outcome.dearest_frame}")
    if outcome.grown_kb > MAY_GROW_KB:
        outcome.failures.append(f"memory has grown by {outcome.grown_kb} kB")
    print(line(name, outcome, time.perf_counter() - started), flush=True)
    for failure in outcome.failures[:10]:
        print(f"  FAILED {failure}", flush=True)
    return not outcome.failures


def line(name: str, outcome: Outcome, took_s: float) -> str:
    """What a person wants to know of a driver's run."""
    refused = ", ".join(f"{reason} {count}" for reason, count in outcome.refused.most_common())
    return (
        f"{name:20} {outcome.frames:>9} frames in {took_s:4.0f} s; {outcome.measurements} measurements, "
        f"{outcome.advertisements} advertisements; {refused}; "
        f"memory +{outcome.grown_kb} kB; dearest {outcome.dearest:.0%} of what it may cost: {outcome.dearest_frame[:80]}"
    )


# --- one process ------------------------------------------------------------------------------------------------------


def work(name: str, count: int, seed: str, count_every: int = COUNT_EVERY) -> Outcome:
    """Gives a driver so many frames, and counts the steps of every so many-th."""
    if name == MODEM:
        return abuse(count, seed)
    outcome = Outcome()
    subject = Subject(drivers.driver(name))
    warm_at, resident_kb = count // 10, 0
    for frame in hostile_frames(name, count, random.Random(seed)):
        if outcome.frames == warm_at:
            resident_kb = resident()
        outcome.frames += 1
        try:
            subject.take(frame, outcome, counted=outcome.frames % count_every == 0)
        except Exception:
            outcome.failures.append(f"{frame.characteristic} {frame.hex}\n{traceback.format_exc()}")
            if len(outcome.failures) == 10:
                break
    outcome.grown_kb = resident() - resident_kb
    return outcome


def abuse(octets: int, seed: str) -> Outcome:
    """Has an SMS modem say so many octets."""
    outcome, modem, resident_kb = Outcome(), Abuse(seed), 0
    while outcome.frames < octets and not outcome.failures:
        if not resident_kb and outcome.frames >= octets // 10:
            resident_kb = resident()
        try:
            outcome.frames += modem.step()
            modem.check()
        except Exception:
            outcome.failures.append(f"behind {outcome.frames} octets\n{traceback.format_exc()}")
    outcome.grown_kb = resident() - resident_kb
    return outcome


def resident() -> int:
    """The memory of this process that is in use, kB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KB


class Subject:
    """A driver under test, with what it keeps from frame to frame."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._memory = PressMemory("this boot")
        self._decoder = driver.decoder() if isinstance(driver, SerialDriver) else None

    def take(self, frame: Frame, outcome: Outcome, *, counted: bool) -> None:
        """Decodes a frame, and looks whether what came of it is sound."""
        ask = self._question(frame)
        if counted:
            decoded, taken = steps(ask)
            outcome.cost(taken / may_take(len(frame.data)), f"{frame.characteristic} {frame.hex}".strip())
        else:
            decoded = ask()
        for measurement in decoded.measurements:
            check(measurement)
        outcome.measurements += len(decoded.measurements)
        handed_on = decoded.status.get("advertisements", 0)
        outcome.advertisements += handed_on if isinstance(handed_on, int) else 0
        for refusal in decoded.refusals:
            assert refusal.reason in REASONS
            outcome.refused[refusal.reason] += 1
        if isinstance(self._driver, AdvertisementDriver):
            self._memory = deduplicate_presses(self._driver.presses, self._memory, decoded, outcome.frames / 10).memory
            assert len(msgspec.json.encode(self._memory)) < 4096

    def _question(self, frame: Frame) -> Callable[[], Decoded]:
        data, driver = frame.data, self._driver
        if self._decoder is not None:
            decoder = self._decoder
            return lambda: sorted_out(decoder.feed(data))
        if isinstance(driver, AdvertisementDriver):
            advertisement, key = Advertisement(data, frame.address), bytes.fromhex(frame.key) or None
            return lambda: or_refused(lambda: driver.decode(advertisement, key))
        assert not isinstance(driver, SerialDriver)
        return lambda: or_refused(lambda: told(driver, frame, NOW))


def or_refused(decode: Callable[[], Decoded]) -> Decoded:
    """What was decoded, a refusal being an answer too."""
    try:
        return decode()
    except Refused as why:
        return Decoded(refusals=[why.refusal])


def sorted_out(items: list[Item]) -> Decoded:
    """Measurements and refusals of a stream, and how many advertisements it hands on."""
    return Decoded(
        [item for item in items if isinstance(item, Measurement)],
        [item for item in items if isinstance(item, Refusal)],
        {"advertisements": sum(isinstance(item, Advertisement) for item in items)},
    )


def check(measurement: Measurement) -> None:
    """A measurement is sound, and can be stored."""
    assert is_sound(measurement)
    msgspec.json.encode(measurement)
