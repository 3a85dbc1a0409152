"""A gateway as it may be at a moment: one band that calls for help, one that was never heard, a port that is lost."""

from __future__ import annotations

from drivers.measurement import BloodPressure
from gateway.alert import Alert, RuleRef
from gateway.readings import Reading
from gateway.snapshot import BandState, Counts, DiskState, Fault, LinkState, Queued, Snapshot, Tallies

NOW_MS = 1_795_500_000_000


def reading(kind: str, value: object, ago_s: int) -> Reading:
    at_ms = NOW_MS - 1000 * ago_s
    given = {"kind": kind, "value": value, "at_ms": at_ms, "received_ms": at_ms}
    return Reading(wearer="W-001", device="C0:FF:EE:00:00:01", driver="bthome", clock="synced", seq=7, epoch=3, **given)  # type: ignore[arg-type]


SNAPSHOT = Snapshot(
    gateway="xishan-01",
    epoch=3,
    boot="b1",
    version="0.1.0",
    at_ms=NOW_MS,
    uptime_s=200_000,
    clock="synced",
    time_zone="Asia/Shanghai",
    queued=Queued(alerts=1, readings=40, oldest_s=61),
    counts=Counts(received=50, stored=48, rejected={"checksum": 2}, delivered=8, pending=40),
    adapters={"hci0": "scanning"},
    ports={"hall-hub": "absent"},
    disk=DiskState(state="ok", free_mb=9_120, total_mb=14_880),
    open_alerts=(
        Alert(
            number=4,
            epoch=3,
            kind="sos",
            priority="critical",
            condition="active",
            workflow="received",
            at_ms=NOW_MS,
            raised_ms=NOW_MS - 180_000,
            rule=RuleRef("SOS", "1"),
            wearer="W-001",
            room="3-201",
        ),
    ),
    bands=(
        BandState(
            address="C0:FF:EE:00:00:01",
            driver="bthome",
            wearer="W-001",
            room="3-201",
            heard_s=12.4,
            battery=81,
            last=(
                reading("battery", 81, 600),
                reading("blood_pressure", BloodPressure(systolic=128, diastolic=82), 120),
                reading("button", "sos", 180),
                reading("heart_rate", 70, 12),
                reading("worn", True, 30),
            ),
        ),
        BandState(address="C0:FF:EE:00:00:02", driver="bthome", wearer="W-002", room="", heard_s=None, battery=None),
    ),
    heard=1,
    links={"mqtt": LinkState(state="connected", since_ms=NOW_MS - 7_300_000)},
    faults=(Fault(fault="port_lost", since_ms=NOW_MS - 300_000, device="hall-hub"),),
    tallies=Tallies(dropped_frames={"hci0": 2}),
)
