"""What the gateway knows of itself is one value: the account, what waits, what is open, how each band is, what was counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import structs

from fake_devices import serial_hub_frames as frames
from gateway.observed import Observed, snapshot_of
from gateway.roster import Roster
from gateway.snapshot import DiskState, Fault, LinkState, Queued, Snapshot, Tallies
from tests.gateway.upper_half import BAND, ENROLMENTS, STRAP, TestClock, UpperHalf, upper_half

DISK = DiskState(state="ok", free_mb=9_000, total_mb=14_000)


@dataclass
class Port:
    state: str = "open"


@dataclass
class Adapter:
    state: str = "scanning"
    dropped_frames: int = 0
    refused_frames: int = 0
    deaf_s: float = 0


@dataclass
class Link:
    state: str = "connected"
    since_ms: int = 17
    refused: Mapping[str, int] = field(default_factory=dict)


def parts_of(half: UpperHalf) -> Observed:
    return Observed(
        gateway="xishan-01",
        epoch=half.stores.epoch,
        version="0.1.0",
        started_s=half.clock.now_s,
        clock=half.clock,
        time_zone="Asia/Shanghai",
        counters=half.stores.readings,
        alerts=half.desk,
        roster=Roster({}, ENROLMENTS),
        heard=half.intake,
        last=half.pipeline.last_readings,
        ports={"hall-hub": Port()},
        adapters={"hci0": Adapter()},
        links={"mqtt": Link()},
        disk=lambda: DISK,
        faults=lambda: (),
        driver_faults=dict,
        evicted_by_reason=dict,
    )


async def after_a_record(half: UpperHalf, parts: Observed) -> Snapshot:
    """90 s after the band told of a heart rate, of its battery and of a press, and after a frame that was refused."""
    await half.streams(frames.record(BAND, 1, {"heart_rate": 70, "battery": 81}) + frames.record(BAND, 2, {"sos": True}))
    await half.streams(b"\x01\x00")
    await half.stores.readings.flush()
    half.clock.now_s += 90
    return snapshot_of(parts)


async def test_it_has_the_account_and_what_waits(half: UpperHalf) -> None:
    snapshot = await after_a_record(half, parts_of(half))

    counts = snapshot.counts
    assert (counts.received, counts.stored, counts.rejected, counts.pending) == (4, 3, {"length": 1}, 3)
    assert snapshot.queued == Queued(alerts=1, readings=3, oldest_s=90)


async def test_it_has_who_and_when_it_is_and_how_everything_does(half: UpperHalf) -> None:
    snapshot = await after_a_record(half, parts_of(half))

    assert (snapshot.gateway, snapshot.boot, snapshot.version) == ("xishan-01", "boot-one", "0.1.0")
    assert (snapshot.at_ms, snapshot.uptime_s, snapshot.clock) == (half.clock.wall_ms(), 90, "synced")
    assert (snapshot.ports, snapshot.adapters, snapshot.disk) == ({"hall-hub": "open"}, {"hci0": "scanning"}, DISK)
    assert snapshot.links == {"mqtt": LinkState(state="connected", since_ms=17)}
    assert [alert.kind for alert in snapshot.open_alerts] == ["sos"]


async def test_each_band_is_told_with_when_it_was_heard_and_its_last_readings(half: UpperHalf) -> None:
    snapshot = await after_a_record(half, parts_of(half))

    bands = {band.address: band for band in snapshot.bands}
    band, strap = bands[BAND], bands[STRAP]
    assert (band.wearer, band.room, band.driver, band.heard_s, band.battery) == ("W-001", "3-201", "serial-hub", 90, 81)
    assert [(reading.kind, reading.value) for reading in band.last] == [("battery", 81), ("button", "sos"), ("heart_rate", 70)]
    assert (strap.heard_s, strap.battery, strap.last) == (None, None, ())


async def test_each_band_has_its_account_and_together_they_are_the_whole(half: UpperHalf) -> None:
    parts = parts_of(half)
    await after_a_record(half, parts)
    await half.streams(frames.record(BAND, 3, {"steps": 7}) * 2)
    await half.streams(frames.record(STRAP, 1, {"heart_rate": 90}))
    await half.stores.readings.flush()

    snapshot = snapshot_of(parts)

    of = {band.address: band.counts for band in snapshot.bands}
    assert (of[BAND].received, of[BAND].stored, of[BAND].rejected) == (5, 4, {"duplicate": 1})
    assert all(counts.received == counts.stored + sum(counts.rejected.values()) for counts in of.values())
    assert sum(counts.stored for counts in of.values()) == snapshot.counts.stored
    assert snapshot.counts.rejected == {"length": 1, "duplicate": 1}  # of the first nobody knows whose it was


async def test_a_band_counts_as_heard_for_an_hour(half: UpperHalf) -> None:
    parts = parts_of(half)
    after_90_s = await after_a_record(half, parts)
    half.clock.now_s += 3600 - 90
    after_an_hour = snapshot_of(parts)
    half.clock.now_s += 1

    assert [after_90_s.heard, after_an_hour.heard, snapshot_of(parts).heard] == [1, 1, 0]


async def test_a_band_that_is_enrolled_meanwhile_is_in_the_next_one(half: UpperHalf) -> None:
    roster = Roster({}, {})
    parts = structs.replace(parts_of(half), roster=roster)
    before = snapshot_of(parts)

    roster.replace({BAND: ENROLMENTS[BAND]})

    assert [len(before.bands), len(snapshot_of(parts).bands)] == [0, 1]


async def test_what_was_counted_and_is_no_reading_is_in_it(half: UpperHalf) -> None:
    parts = structs.replace(
        parts_of(half),
        adapters={"hci0": Adapter(dropped_frames=3, deaf_s=41.6), "house-3": Adapter(refused_frames=2)},
        links={"mqtt": Link(refused={"up/readings": 4})},
        driver_faults=lambda: {"hall-hub": 2, "bthome": 5, "veepoo": 0},
        evicted_by_reason=lambda: {"disk full": 6},
    )

    assert snapshot_of(parts).tallies == Tallies(
        dropped_frames={"hci0": 3},
        refused_frames={"house-3": 2},
        deaf_s={"hci0": 41},
        driver_faults={"hall-hub": 2, "bthome": 5},
        refused_messages={"up/readings": 4},
        evicted_by_reason={"disk full": 6},
    )


async def test_what_is_wrong_is_in_it(half: UpperHalf) -> None:
    fault = Fault(fault="port_lost", since_ms=5, device="hall-hub")

    assert snapshot_of(structs.replace(parts_of(half), faults=lambda: (fault,))).faults == (fault,)


async def test_after_a_restart_the_last_readings_are_known_again(tmp_path: Path) -> None:
    clock = TestClock()
    async with upper_half(tmp_path, clock) as half:
        await after_a_record(half, parts_of(half))

    async with upper_half(tmp_path, clock) as half:
        bands = {band.address: band for band in snapshot_of(parts_of(half)).bands}

    assert [reading.kind for reading in bands[BAND].last] == ["battery", "button", "heart_rate"]
