"""What the fleet holds against a run: each fault of the account is named, and none is made up."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from fake_devices.consumer import Consumer
from gateway.snapshot import Counts
from tests.fleet.press import Press, Span
from tests.fleet.verdict import (
    Stored,
    Verdict,
    disk_and_platform_agree,
    each_press_is_one_alert,
    each_reading_is_its_wearers,
    holes,
    presses_of,
)

BAND = "C0:F1:EE:00:00:01"
PRESS = Press(at_s=100.0, at_ms=5_000, told_until_s=103.0)
ANSWERS = [Span(float(at_s), at_s + 1.0) for at_s in range(96, 120, 2)] + [Span(inf)]  # the second behind 100 came at 103


@pytest.mark.parametrize(
    ("troubles", "heard"),
    [
        ([], True),
        ([Span(50, 99)], True),
        ([Span(103, 200)], True),  # the gateway had answered twice since
        ([Span(101, 102.9)], True),  # it was still told behind it
        ([Span(101, 104)], False),
        ([Span(102.5, 105)], False),  # nobody told it again, and nobody knows whether it was on the disk
        ([Span(101, 102), Span(102.5, 110)], False),
        ([Span(99)], False),
    ],
)
def test_a_press_is_surely_heard_where_it_was_told_and_the_gateway_answered_since(troubles: list[Span], heard: bool) -> None:
    assert PRESS.is_surely_heard(troubles, ANSWERS) is heard


def test_a_gateway_that_answers_slowly_had_no_time_to_hear() -> None:
    slow = [Span(101, 130), Span(131, 160), Span(inf)]

    assert not PRESS.is_surely_heard([Span(150, 155)], slow)
    assert PRESS.is_surely_heard([Span(161, 165)], slow)


def test_a_line_keeps_what_a_daemon_had_not_read_unless_it_is_pulled_out() -> None:
    down = [Span(101, 140)]

    assert not PRESS.is_surely_heard(down, ANSWERS)
    assert PRESS.kept_by(down, []).is_surely_heard(down, ANSWERS)
    for pulled in (Span(110, 115), Span(99, 110)):
        assert not PRESS.kept_by(down, [pulled]).is_surely_heard([*down, pulled], ANSWERS)
    assert PRESS.kept_by([Span(104, 140)], []) == PRESS  # it was all told by then


@pytest.mark.parametrize("answered", [True, False])
def test_who_is_answered_knows_whether_it_was_heard(answered: bool) -> None:
    assert replace(PRESS, told_until_s=inf, answered=answered).is_surely_heard([Span(99)], ANSWERS) is answered


def shown(*at_ms: int, alert: str = "g-1/1/A1") -> dict[str, Any]:
    return {f"g-1/1/{at}": [{"alert": alert, "at_ms": at}] for at in at_ms}


def judged(presses: list[tuple[Press, bool]], came: dict[str, Any]) -> tuple[int, int, int, int]:
    """How many are told; how many are lost, come twice, and how many faults there are."""
    verdict = Verdict()
    told = each_press_is_one_alert(verdict, BAND, presses, came)
    return told, verdict.lost, verdict.twice, len(verdict.faults)


def test_each_press_is_one_alert() -> None:
    later = replace(PRESS, at_ms=60_000)
    both = [(PRESS, True), (later, False)]

    assert judged(both, shown(5_100, 60_100)) == (2, 0, 0, 0)
    assert judged(both, shown(5_100)) == (1, 0, 0, 0)  # nobody may have heard the other
    assert judged(both, shown(60_100)) == (1, 1, 0, 1)
    assert judged(both, shown(5_100, 5_900, 60_100)) == (2, 0, 1, 1)
    assert judged(both, shown(4_000, 5_100)) == (1, 0, 0, 1)  # nobody had pressed
    assert judged([], {}) == (0, 0, 0, 0)
    in_two = {"g-1/1/7": [{"alert": "g-1/1/A1", "at_ms": 5_100}, {"alert": "g-1/1/A2", "at_ms": 5_100}]}
    assert judged([(PRESS, True)], in_two) == (1, 0, 1, 1)


def reading(seq: int, kind: str = "heart_rate") -> dict[str, Any]:
    at = "2026-12-01T08:00:00.000Z"
    return {"id": f"g-1/1/{seq}", "device": BAND, "kind": kind, "value": 72, "received_at": at}


def platform(*readings: dict[str, Any]) -> Consumer:
    consumer = Consumer()
    consumer.take("lifering/v1/g-1/up/readings", json.dumps({"readings": readings}).encode(), 0)
    return consumer


def faults(consumer: Consumer, stored: Stored) -> tuple[int, int]:
    """How many, and how many of them are ids with two contents."""
    verdict = Verdict()
    disk_and_platform_agree(verdict, consumer, stored)
    return len(verdict.faults), verdict.two_contents


def test_the_disk_and_the_platform_have_the_same() -> None:
    three = {f"g-1/1/{seq}": reading(seq) for seq in (1, 2, 3)}
    stored = Stored(three, [], Counts(received=3, stored=3, delivered=3), gaps=0)
    whole = platform(*three.values())

    assert faults(whole, stored) == (0, 0)
    assert faults(platform(reading(1), reading(2)), stored) == (2, 0)  # one never came, and the account says that it did
    assert faults(platform(*three.values(), reading(4)), stored) == (2, 0)
    other = {**three, "g-1/1/2": reading(2) | {"value": 73}}
    assert faults(whole, replace(stored, readings=other)) == (1, 1)
    assert faults(whole, replace(stored, events=["g-1/1/A1#1"])) == (1, 0)
    assert faults(whole, replace(stored, faults=["the chain is broken"])) == (1, 0)
    assert faults(whole, replace(stored, counts=Counts(received=3, stored=3, delivered=2, pending=1))) == (1, 0)


def test_a_reading_is_of_who_wears_its_band() -> None:
    verdict = Verdict()
    mine, anothers = reading(1) | {"wearer": "W-001"}, reading(2) | {"wearer": "W-002"}

    each_reading_is_its_wearers(verdict, platform(mine, anothers), {BAND: "W-001"})

    assert verdict.faults == ["1 readings are another's: ['g-1/1/2']"]


def test_a_number_that_is_left_out_is_told_by_a_gap() -> None:
    two = {f"g-1/1/{seq}": reading(seq) for seq in (1, 3)}
    stored = Stored(two, [], Counts(received=2, stored=2, delivered=2), gaps=0)
    came = platform(*two.values())

    assert list(holes([*two, "g-1/2/9"])) == ["g-1/1/2"]
    assert faults(came, stored) == (1, 0)
    assert faults(came, replace(stored, gaps=1)) == (0, 0)


def test_the_presses_of_an_alert_are_those_that_its_events_show() -> None:
    consumer = Consumer()
    event = {"id": "g-1/1/A1", "kind": "sos", "event": "raised", "readings": [reading(1, "button"), reading(2)]}
    for seq in (1, 2):
        consumer.take("lifering/v1/g-1/up/alerts", json.dumps(event | {"seq": seq}).encode(), 0)

    of_band = presses_of(consumer)[BAND]

    assert list(of_band) == ["g-1/1/1"]
    assert {one["alert"] for one in of_band["g-1/1/1"]} == {"g-1/1/A1"}
