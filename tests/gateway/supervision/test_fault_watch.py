"""Each fault of the gateway itself is a pair: told once when it has lasted, and once when it is over; whatever else happens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from gateway.alert import Alert, Finding
from gateway.alerts import lifecycle
from gateway.supervision.certificates import DAY_S, ending
from gateway.supervision.fault_watch import AGAIN_S, PATIENCE, FaultWatch, SeenFault
from gateway.supervision.reviews import missed

LOST = SeenFault(fault="port_lost", device="hall-hub")
NOON_MS = 1_795_500_000_000


class Post:
    """Looks each second, on a clock that the test moves, and writes down what was told."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.alerts: list[Alert] = []
        self.told: list[tuple[int, str, str]] = []  # seconds since the start, fault, event
        self.ahead_ms = 0
        self.watch = FaultWatch()

    def sees(self, *seen: SeenFault, for_s: float = 1.0, undecided: Iterable[str] = ()) -> None:
        until_s = self.now_s + for_s
        while self.now_s < until_s:
            self._look(seen, set(undecided))
            self.now_s += 1

    def restarts(self, down_s: float = 0) -> None:
        self.now_s += down_s
        self.watch = FaultWatch()

    def _look(self, seen: Iterable[SeenFault], undecided: set[str]) -> None:
        now_ms = NOON_MS + round(self.now_s * 1000) + self.ahead_ms
        for verdict in self.watch.look(seen, self.alerts, self.now_s, now_ms, lambda what: what.fault in undecided):
            old = lifecycle.find(self.alerts, verdict)
            after, event = lifecycle.step(old, verdict) if old else (None, None)
            if old is None and isinstance(verdict, Finding):
                after, event = lifecycle.open_alert(len(self.told) + 1, verdict, now_ms), "raised"
            self.alerts = [one for one in self.alerts if one is not old] + ([after] if after and after.open else [])
            if event:
                self.told.append((round(self.now_s - 1000), verdict.detail, event))


@pytest.mark.parametrize("fault", PATIENCE)
def test_each_fault_is_told_once_when_it_has_lasted_and_its_end_once(fault: str) -> None:
    post, patience = Post(), PATIENCE[fault]
    seen = SeenFault(fault=fault, device="x")
    post.sees(seen, for_s=1200)
    post.sees(for_s=120)

    assert post.told == [(patience.begins_s, fault, "raised"), (1200 + patience.ends_s, fault, "cleared")]


def test_a_lost_port_is_told_within_ten_seconds() -> None:
    post = Post()
    post.sees(LOST, for_s=10)

    assert post.told == [(5, "port_lost", "raised")]


def test_what_mends_itself_soon_disturbs_nobody() -> None:
    post = Post()
    for _ in range(20):
        post.sees(LOST, for_s=4)
        post.sees(for_s=1)

    assert post.told == []


def test_a_supply_that_sags_with_each_load_is_one_alert() -> None:
    post, sag = Post(), SeenFault(fault="undervoltage")
    for _ in range(20):
        post.sees(sag, for_s=1)
        post.sees(for_s=50)
    post.sees(for_s=60)

    assert post.told == [(0, "undervoltage", "raised"), (20 * 51 - 50 + 60, "undervoltage", "cleared")]


def test_what_needs_a_person_is_told_at_once() -> None:
    post = Post()
    post.sees(SeenFault(fault="modem_lost", device="modem", reason="no sim", at_once=True))

    assert post.told == [(0, "modem_lost", "raised")]


def test_over_a_restart_it_is_told_once_and_ends_once() -> None:
    post = Post()
    post.sees(LOST, for_s=20)
    post.restarts(down_s=30)
    post.sees(LOST, for_s=100)
    post.restarts()
    post.sees(for_s=10)

    assert post.told == [(5, "port_lost", "raised"), (150, "port_lost", "cleared")]


@pytest.mark.parametrize("step_ms", [-(10**12), 10**12])
def test_a_step_of_the_wall_clock_fires_delays_and_expires_nothing(step_ms: int) -> None:
    post = Post()
    post.sees(LOST, for_s=3)
    post.ahead_ms = step_ms
    post.sees(LOST, for_s=10)
    post.ahead_ms = 0
    post.sees(for_s=3)

    assert post.told == [(5, "port_lost", "raised"), (13, "port_lost", "cleared")]


def test_two_ports_are_two_alerts() -> None:
    post = Post()
    post.sees(LOST, SeenFault(fault="port_lost", device="yard-hub"), for_s=10)
    post.sees(LOST, for_s=10)

    assert [event for _, _, event in post.told] == ["raised", "raised", "cleared"]
    assert [alert.device for alert in post.alerts] == ["hall-hub"]


def test_what_a_person_closes_and_is_still_there_is_told_anew_after_an_hour() -> None:
    post = Post()
    post.sees(LOST, for_s=10)
    post.alerts.clear()
    post.sees(LOST, for_s=AGAIN_S - 1)
    before = len(post.told)
    post.sees(LOST, for_s=10)
    post.sees(for_s=1)

    assert before == 1
    assert [event for _, _, event in post.told] == ["raised", "raised", "cleared"]


def test_an_alert_that_is_not_on_the_disk_yet_was_closed_by_nobody() -> None:
    post = Post()
    post.sees(LOST, for_s=6)
    held, post.alerts = post.alerts, []
    post.sees(LOST, for_s=3)
    post.alerts = held
    post.sees(LOST, for_s=2 * AGAIN_S)

    assert [event for _, _, event in post.told] == ["raised"]


def test_what_a_person_closed_and_is_over_says_nothing_more() -> None:
    post = Post()
    post.sees(LOST, for_s=10)
    post.alerts.clear()
    post.sees(for_s=10)
    post.sees(LOST, for_s=10)

    assert [event for _, _, event in post.told] == ["raised", "raised"]


def test_after_a_restart_a_port_that_was_not_tried_yet_is_not_called_well() -> None:
    post = Post()
    post.sees(LOST, for_s=20)
    post.restarts()
    post.sees(for_s=2, undecided=["port_lost"])
    post.sees(LOST, for_s=20)
    post.sees(for_s=2)

    assert [event for _, _, event in post.told] == ["raised", "cleared"]


def test_a_fault_that_nobody_can_judge_stays_as_it_is() -> None:
    post, ends = Post(), SeenFault(fault="certificate_expires", device="client.pem")
    post.sees(ends, for_s=5)
    post.sees(for_s=100, undecided=["certificate_expires"])
    assert len(post.told) == 1

    post.sees(for_s=1)

    assert [event for _, _, event in post.told] == ["raised", "cleared"]


def test_the_next_moment_to_look_is_exact() -> None:
    watch = FaultWatch()
    watch.look([LOST], [], 100.0, NOON_MS)
    due_s = watch.next_s()
    assert due_s == 105.0

    (finding,) = watch.look([LOST], [], due_s, NOON_MS)

    assert finding.detail == "port_lost"


def test_what_is_no_alert_is_shown_all_the_same_and_what_may_pass_is_not_shown_at_once() -> None:
    watch = FaultWatch()
    seen = [SeenFault(fault="link keeps breaking"), SeenFault(fault="broker_unreachable"), LOST]
    told = watch.look(seen, [], 100.0, NOON_MS)
    at_once = [fault.fault for fault in watch.faults(100.0)]
    watch.look(seen, [], 160.0, NOON_MS + 60_000)

    assert told == []
    assert at_once == ["link keeps breaking", "port_lost"]
    assert [fault.fault for fault in watch.faults(160.0)] == ["broker_unreachable", "link keeps breaking", "port_lost"]


# --- certificates, reviews ----------------------------------------------------------------------------------------------


def test_a_certificate_is_told_a_month_a_week_and_a_day_before_it_ends_in_one_alert() -> None:
    post, end_s = Post(), NOON_MS / 1000 + 40 * DAY_S
    told: list[tuple[int, str, str]] = []
    for day in [20, 9.9, 7.1, 6.9, 3, 1.1, 0.9, -1]:
        post.sees(*ending({"client.pem": end_s}, round((end_s - day * DAY_S) * 1000)))
        told += [(round(day), alert.priority, f"{alert.rule.limit:g}") for alert in post.alerts]
    post.sees(*ending({"client.pem": end_s + 365 * DAY_S}, round(end_s * 1000)))

    assert [event for _, _, event in post.told] == ["raised", "escalated", "updated", "cleared"]
    assert told[0] == (20, "advisory", "30")
    assert told[3] == (7, "warning", "7")
    assert told[-1] == (-1, "warning", "1")


def test_a_certificate_that_lasts_is_no_fault() -> None:
    assert ending({"ca.pem": NOON_MS / 1000 + 31 * DAY_S}, NOON_MS) == []


def test_over_a_restart_a_certificate_is_told_no_step_twice() -> None:
    post, end_s = Post(), NOON_MS / 1000 + 5 * DAY_S
    post.sees(*ending({"client.pem": end_s}, NOON_MS), for_s=5)
    post.restarts()
    post.sees(*ending({"client.pem": end_s}, NOON_MS), for_s=5)

    assert [event for _, _, event in post.told] == ["raised"]


def test_a_review_that_was_missed_is_told_by_the_wearer_with_its_day() -> None:
    wearers = {
        "W-017": {
            "heart_rate": {"critical_high": 150, "review_by": "2026-11-29"},
            "body_temperature": {"review_by": date(2026, 6, 1)},
        },
        "W-018": {"heart_rate": {"review_by": "2026-11-30"}, "geofence": {"radius_m": 200}},
        "W-019": {"heart_rate": {"review_by": "next spring"}},
    }

    faults = missed(wearers, date(2026, 11, 30))

    assert [(fault.fault, fault.wearer, fault.reason) for fault in faults] == [("review_missed", "W-017", "2026-06-01")]
