"""A center with a hundred bands and twenty open alerts, as a snapshot: the page at its fullest."""

from __future__ import annotations

import random

from msgspec.structs import replace

from drivers.measurement import BloodPressure
from gateway.alert import Alert, Asked, Responder, RuleRef
from gateway.moment import Moment
from gateway.readings import Reading
from gateway.snapshot import BandState, LinkState, Snapshot
from tests.gateway.a_snapshot import NOW_MS, SNAPSHOT

WORKFLOWS = ("received", "dispatched", "acknowledged", "sent", "on_scene")


def ward(now_ms: int = NOW_MS, bands: int = 100, alerts: int = 20) -> Snapshot:
    """The same for ever, but for the time."""
    chance = random.Random(12)
    return replace(
        SNAPSHOT,
        at_ms=now_ms,
        bands=tuple(band(number, chance, now_ms) for number in range(bands)),
        faults=tuple(replace(fault, since_ms=now_ms - 300_000) for fault in SNAPSHOT.faults),
        heard=bands - bands // 20,
        open_alerts=tuple(alert(number, now_ms) for number in range(alerts)),
        links={**SNAPSHOT.links, "modem": LinkState(state="ready", signal=21)},
    )


def band(number: int, chance: random.Random, now_ms: int) -> BandState:
    address, wearer = f"C0:FF:EE:00:01:{number:02X}", f"W-{number:03}"

    def reading(kind: str, value: object, ago_s: int) -> Reading:
        at_ms = now_ms - 1000 * ago_s
        given = {"kind": kind, "value": value, "at_ms": at_ms, "received_ms": at_ms}
        return Reading(wearer=wearer, device=address, driver="bthome", clock="synced", seq=number, epoch=3, **given)  # type: ignore[arg-type]

    pressure = BloodPressure(systolic=chance.randint(105, 158), diastolic=chance.randint(62, 95))
    return BandState(
        address=address,
        driver="bthome",
        wearer=wearer,
        room=f"{1 + number // 20}-{101 + number % 20}",
        heard_s=None if number % 20 == 7 else chance.uniform(1, 1500),
        battery=chance.randint(15, 100),
        last=(
            reading("heart_rate", chance.randint(55, 98), chance.randint(1, 300)),
            reading("blood_pressure", pressure, chance.randint(600, 30_000)),
            reading("oxygen_saturation", chance.randint(93, 99), chance.randint(60, 3000)),
            reading("steps", chance.randint(0, 6000), 200),
        ),
    )


def alert(number: int, now_ms: int = NOW_MS) -> Alert:
    kind, priority = (("sos", "critical"), ("heart_rate", "warning"), ("battery", "advisory"))[min(number % 4, 2)]
    at_ms = now_ms - 60_000 * (3 + 2 * number)
    return Alert(
        number=41 + number,
        epoch=3,
        kind=kind,  # type: ignore[arg-type]
        priority=priority,  # type: ignore[arg-type]
        condition="active",
        workflow=WORKFLOWS[number % 5],  # type: ignore[arg-type]
        at_ms=at_ms,
        raised_ms=at_ms,
        rule=RuleRef("SOS", "1"),
        wearer=f"W-{5 * number:03}",
        room=f"{1 + number // 4}-{101 + 5 * number % 20}",
        level=number % 3,
        actor="sms:Li" if number % 5 in (1, 2, 4) else "",
        responder="sms:Li" if number % 5 in (1, 4) else "",
        eta_min=6 if number % 5 == 1 else None,
        responders=(Responder("V-12", 180),) if number % 4 == 0 else (),
        asked=(Asked(phone="Wang", since=Moment(at_ms, 0.0, "b1"), at_ms=at_ms),) if number % 4 == 0 else (),
    )
