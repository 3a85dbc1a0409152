"""What must hold in the end: each press one alert, each reading one content, none missing, an account that adds up. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any

from fake_devices.consumer import Consumer, Message
from gateway.snapshot import Counts
from tests.fleet.press import Press


@dataclass
class BandFigures:
    """Of one band. `said`: messages it sent; `arrived`: readings at the platform; `refused`: as the gateway counts them, where
    it was asked before a kill. `sure`: presses that a receiver surely heard; `told`: those that are an alert."""

    kind: str
    said: int = 0
    arrived: int = 0
    refused: int = 0
    presses: int = 0
    sure: int = 0
    told: int = 0


@dataclass
class Stored:
    """What the daemon's own files say after its end. `readings` by id, `events` by `id#seq`."""

    readings: Mapping[str, Any]
    events: Iterable[str]
    counts: Counts
    gaps: int
    faults: Sequence[str] = ()


@dataclass
class Verdict:
    """`faults`: what must not be. `lost`, `twice`: presses."""

    faults: list[str] = field(default_factory=list)
    lost: int = 0
    twice: int = 0
    two_contents: int = 0


def presses_of(consumer: Consumer) -> dict[str, dict[str, list[Message]]]:
    """By device, and by the id of each reading of its key: the alerts' events that show it."""
    shown: dict[str, dict[str, list[Message]]] = defaultdict(lambda: defaultdict(list))
    for event in consumer.events.values():
        for reading in event["readings"]:
            if event["kind"] == "sos" and reading["kind"] == "button":
                shown[reading["device"]][reading["id"]].append({"alert": event["id"], "at_ms": _ms(reading["received_at"])})
    return shown


def each_press_is_one_alert(
    verdict: Verdict, device: str, presses: Sequence[tuple[Press, bool]], shown: Mapping[str, Sequence[Message]]
) -> int:
    """Each of these presses (and whether it was surely heard) is one reading in one alert. Returns how many are."""
    for id_, events in shown.items():
        alerts = {event["alert"] for event in events}
        if len(alerts) > 1:
            verdict.twice += 1
            verdict.faults.append(f"{device}: the press {id_} is in the alerts {sorted(alerts)}")
    came = sorted((events[0]["at_ms"], id_) for id_, events in shown.items())
    told = 0
    for place, (press, sure) in enumerate(presses):
        until_ms = presses[place + 1][0].at_ms if place + 1 < len(presses) else inf
        found = [id_ for at_ms, id_ in came if press.at_ms <= at_ms < until_ms]
        told += bool(found)
        if len(found) > 1:
            verdict.twice += 1
            verdict.faults.append(f"{device}: its press of {press.at_ms} was told as {found}")
        if sure and not found:
            verdict.lost += 1
            verdict.faults.append(f"{device}: its press of {press.at_ms} was heard, and is no alert")
    first_ms = presses[0][0].at_ms if presses else inf
    for at_ms, id_ in came:
        if at_ms < first_ms:
            verdict.faults.append(f"{device}: nobody had pressed when {id_} came")
    return told


def disk_and_platform_agree(verdict: Verdict, consumer: Consumer, stored: Stored) -> None:
    """What was stored is delivered, under the same content; what came was stored; no number is left out without a gap."""
    arrived = {one["id"]: one for one in consumer.readings()}
    verdict.faults += stored.faults
    verdict.faults += consumer.faults
    verdict.two_contents = sum("two contents" in fault for fault in consumer.faults)
    _must_be_empty(verdict, stored.readings.keys() - arrived.keys(), "readings are on the disk and never came")
    _must_be_empty(verdict, arrived.keys() - stored.readings.keys(), "readings came and are not on the disk")
    differ = [id_ for id_ in arrived.keys() & stored.readings.keys() if arrived[id_] != stored.readings[id_]]
    verdict.two_contents += len(differ)
    _must_be_empty(verdict, differ, "readings have another content on the disk than at the platform")
    _must_be_empty(verdict, set(stored.events) - consumer.events.keys(), "events of alerts are on the disk and never came")
    _must_be_empty(verdict, consumer.events.keys() - set(stored.events), "events of alerts came and are not on the disk")
    missing = list(holes(stored.readings))
    if len(missing) > stored.gaps:
        verdict.faults.append(f"{len(missing)} numbers of readings are missing, gaps tell of {stored.gaps}: {missing[:3]}")
    counts = stored.counts
    if (counts.pending, counts.stored) != (0, len(arrived) + counts.evicted):
        verdict.faults.append(f"{len(arrived)} readings at the platform, and the gateway's account: {counts}")


def each_reading_is_its_wearers(verdict: Verdict, consumer: Consumer, wearers: Mapping[str, str]) -> None:
    """Whatever came of a band is of who wears it. `wearers`: by the address of each band."""
    others = [one["id"] for one in consumer.readings() if wearers.get(one["device"]) != one["wearer"]]
    _must_be_empty(verdict, others, "readings are another's")


def holes(ids: Iterable[str]) -> Iterator[str]:
    """Which numbers are left out between the first and the last of each epoch."""
    by_epoch: dict[str, list[int]] = defaultdict(list)
    for id_ in ids:
        origin, _, seq = id_.rpartition("/")
        by_epoch[origin].append(int(seq))
    for origin, seqs in by_epoch.items():
        yield from (f"{origin}/{seq}" for seq in sorted(set(range(min(seqs), max(seqs))) - set(seqs)))


def _must_be_empty(verdict: Verdict, found: Iterable[str], what: str) -> None:
    if some := sorted(found):
        verdict.faults.append(f"{len(some)} {what}: {some[:3]}")


def _ms(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1000)
