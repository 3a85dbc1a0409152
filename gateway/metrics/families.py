"""Every metric that there is: its name, its type, what it means, and its values out of a snapshot. Pure.

No label holds a wearer, a room, an address or a name that somebody has given: counts by fixed words are all there is.
`docs/metrics.md` is made of this table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from msgspec import Struct

from gateway.alert import PRIORITIES, Alert
from gateway.snapshot import Snapshot

Sample = tuple[Mapping[str, str], float]  # labels, value

UNANSWERED = frozenset({"raised", "sent", "received"})
WORKING = frozenset({"connected", "ready"})  # of a way to people


class Family(Struct, frozen=True):
    """One metric. `labels`: the names of its labels; `of`: its samples."""

    name: str
    type: Literal["counter", "gauge"]
    help: str
    of: Callable[[Snapshot], Iterable[Sample]]
    labels: tuple[str, ...] = ()


def _counter(name: str, said: str, value: Callable[[Snapshot], float]) -> Family:
    return Family(name, "counter", said, lambda snapshot: [({}, value(snapshot))])


def _gauge(name: str, said: str, value: Callable[[Snapshot], float]) -> Family:
    return Family(name, "gauge", said, lambda snapshot: [({}, value(snapshot))])


def _by(label: str, counted: Mapping[str, float]) -> list[Sample]:
    return [({label: word}, number) for word, number in sorted(counted.items())]


def _by_priority(alerts: Iterable[Alert]) -> list[Sample]:
    """Each priority, also where there is none: an absent series raises no alarm and ends none."""
    counted = Counter(alert.priority for alert in alerts)
    return [({"priority": priority}, counted[priority]) for priority in PRIORITIES]


def _unanswered(snapshot: Snapshot) -> list[Alert]:
    return [alert for alert in snapshot.open_alerts if alert.workflow in UNANSWERED and not alert.test]


def _longest_unanswered_s(snapshot: Snapshot) -> float:
    ages_ms = [snapshot.at_ms - alert.raised_ms for alert in _unanswered(snapshot) if alert.priority == "critical"]
    return max(0, *ages_ms, 0) / 1000


def _links_up(snapshot: Snapshot) -> list[Sample]:
    return _by("link", {name: float(link.state in WORKING) for name, link in snapshot.links.items()})


def _signals(snapshot: Snapshot) -> list[Sample]:
    return _by("link", {name: link.signal for name, link in snapshot.links.items() if link.signal is not None})


FAMILIES: tuple[Family, ...] = (
    Family("lifering_build_info", "gauge", "1; the version that runs.", lambda s: [({"version": s.version}, 1)], ("version",)),
    _gauge("lifering_uptime_seconds", "For how long the gateway has run.", lambda s: s.uptime_s),
    _gauge(
        "lifering_clock_synchronised", "1: the clock is set by the network; 0: it is not, now.", lambda s: s.clock == "synced"
    ),
    # who needs help
    Family(
        "lifering_open_alerts",
        "gauge",
        "Alerts that still need somebody.",
        lambda s: _by_priority(s.open_alerts),
        ("priority",),
    ),
    Family(
        "lifering_unanswered_alerts",
        "gauge",
        "Open alerts that no person has acknowledged; tests do not count.",
        lambda s: _by_priority(_unanswered(s)),
        ("priority",),
    ),
    _gauge(
        "lifering_unanswered_critical_seconds",
        "Age of the oldest critical alert that no person has acknowledged; 0: there is none.",
        _longest_unanswered_s,
    ),
    # the way to people
    Family("lifering_link_up", "gauge", "1: this way to people works (mqtt, modem).", _links_up, ("link",)),
    Family("lifering_link_signal", "gauge", "Signal of the modem, 0 to 31 (-113 + 2n dBm).", _signals, ("link",)),
    _gauge("lifering_queued_alert_events", "Events of alerts that are not delivered yet.", lambda s: s.queued.alerts),
    _gauge("lifering_queued_readings", "Readings that wait to be sent.", lambda s: s.queued.readings),
    _gauge("lifering_queued_oldest_seconds", "Age of the oldest reading that waits.", lambda s: s.queued.oldest_s),
    _counter(
        "lifering_refused_messages_total",
        "Messages of the platform that were refused, since the start.",
        lambda s: sum(s.tallies.refused_messages.values()),
    ),
    # what is heard
    _gauge("lifering_wristbands_known", "Wristbands that are enrolled.", lambda s: len(s.bands)),
    _gauge("lifering_wristbands_heard", "Enrolled wristbands that were heard within the hour.", lambda s: s.heard),
    Family(
        "lifering_serial_ports",
        "gauge",
        "Serial ports by state; all but `open` hear nothing.",
        lambda s: _by("state", Counter(s.ports.values())),
        ("state",),
    ),
    Family(
        "lifering_bluetooth_adapters",
        "gauge",
        "Bluetooth adapters by state; all but `scanning` hear nothing.",
        lambda s: _by("state", Counter(s.adapters.values())),
        ("state",),
    ),
    _counter(
        "lifering_dropped_frames_total",
        "Frames of enrolled wristbands for which there was no room, since the start.",
        lambda s: sum(s.tallies.dropped_frames.values()),
    ),
    _counter(
        "lifering_refused_frames_total",
        "Frames of relays that no radio can have heard, since the start.",
        lambda s: sum(s.tallies.refused_frames.values()),
    ),
    _counter(
        "lifering_deaf_seconds_total",
        "Seconds in which an adapter heard nothing, in gaps that are over, since the start.",
        lambda s: sum(s.tallies.deaf_s.values()),
    ),
    _counter(
        "lifering_driver_faults_total",
        "Bugs of drivers that were survived, since the start.",
        lambda s: sum(s.tallies.driver_faults.values()),
    ),
    # the account: received = stored + rejected; stored = delivered + pending + evicted
    _counter("lifering_readings_received_total", "Measurements that came, and refused frames.", lambda s: s.counts.received),
    _counter("lifering_readings_stored_total", "Readings that were stored.", lambda s: s.counts.stored),
    Family(
        "lifering_readings_rejected_total",
        "counter",
        "What came and was refused, by reason.",
        lambda s: _by("reason", s.counts.rejected),
        ("reason",),
    ),
    _counter("lifering_readings_delivered_total", "Readings that the platform has.", lambda s: s.counts.delivered),
    _counter(
        "lifering_readings_evicted_total",
        "Readings that were given up before the platform had them; each is told as a gap.",
        lambda s: s.counts.evicted,
    ),
    # the box
    _gauge("lifering_disk_ok", "1: the disk takes what is written.", lambda s: s.disk.state == "ok"),
    _gauge("lifering_disk_free_bytes", "Free space on the disk of the data folder.", lambda s: s.disk.free_mb * 1e6),
    _gauge("lifering_disk_size_bytes", "Size of that disk.", lambda s: s.disk.total_mb * 1e6),
    Family(
        "lifering_faults",
        "gauge",
        "What is wrong now, by the fixed word of the heartbeat.",
        lambda s: _by("fault", Counter(fault.fault for fault in s.faults)),
        ("fault",),
    ),
)
