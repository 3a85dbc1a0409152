"""What people do about alerts and kinds, on a real database: every verb with its reply, to the word, over restarts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from gateway.alert import Clearing, Finding, RuleRef
from gateway.commands import Command, Reply
from gateway.formats.times import rfc3339
from gateway.store import export, exported
from gateway.store.chain_check import BrokenEntry
from gateway.store.erase import erase
from gateway.store.export_lines import AlertLine, Wanted
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, upper_half

HOUR_MS = 3_600_000


async def press(half: UpperHalf, number: int = 1) -> None:
    await half.streams(frames.record(BAND, number, RecordValues(sos=True)))


async def asks(half: UpperHalf, verb: str, number: int = 1, *, actor: str = "nurse-3", **args: object) -> Reply:
    return await half.router.answer(Command(id=f"c-{number}", verb=verb, args=args, actor=actor))


def a_finding(kind: Any = "heart_rate", priority: Any = "critical", limit: float = 131, **others: Any) -> Finding:
    rule = RuleRef(id="HR-ABS", table="1", limit=limit)
    return Finding(kind=kind, priority=priority, at_ms=1_795_500_900_000, rule=rule, wearer="W-001", device=BAND, **others)


def a_clearing(kind: Any = "heart_rate") -> Clearing:
    return Clearing(kind=kind, at_ms=1_795_500_950_000, wearer="W-001", device=BAND)


def until(half: UpperHalf, hours: float) -> str:
    return rfc3339(half.clock.wall_ms() + int(hours * HOUR_MS))


async def shelves(half: UpperHalf, number: int = 1, hours: float = 2, **others: Any) -> Reply:
    args = {"wearer": "W-001", "kinds": ["heart_rate"], "until": until(half, hours), "reason": "sports"}
    return await asks(half, "shelve", number, **(args | others))


async def audit(half: UpperHalf) -> list[AlertLine]:
    """All entries of the chain, which holds."""
    await half.stores.alerts.stored()
    lines = [line async for line in export.alert_lines(half.stores.alerts, Wanted(), gateway="xishan-01")]
    assert (await export.verify(half.stores.alerts)).broken is None
    return lines


# --- shelve, unshelve -------------------------------------------------------------------------------------------------


async def test_a_shelved_kind_raises_nothing_until_then_and_what_still_holds_is_told_when_it_ends(half: UpperHalf) -> None:
    reply = await shelves(half)
    await half.desk.find(a_finding(limit=111, priority="warning"))
    await half.desk.find(a_finding())
    assert half.told() == []
    assert half.desk.open_alerts == []

    half.clock.now_s += 2 * 3600 + 1
    await half.desk.tick()

    assert reply.status == "done"
    assert reply.result == {"wearer": "W-001", "kinds": ["heart_rate"], "until": rfc3339(half.clock.wall_ms() - 1000)}
    told = half.told()
    assert [(one.event, one.kind, one.priority, one.late_s) for one in told] == [("raised", "heart_rate", "critical", 0)]


async def test_what_is_over_before_the_shelf_ends_is_never_told(half: UpperHalf) -> None:
    await shelves(half)
    await half.desk.find(a_finding())
    await half.desk.clear(a_clearing())

    half.clock.now_s += 3 * 3600
    await half.desk.tick()

    assert half.told() == []


async def test_the_desk_wakes_up_when_a_shelf_ends(half: UpperHalf) -> None:
    assert half.desk.next_step_s() is None
    await shelves(half, hours=0.01)

    assert half.desk.next_step_s() == pytest.approx(36, abs=1)


async def test_shelves_and_what_they_keep_back_survive_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await shelves(half)
        await half.desk.find(a_finding())

    async with upper_half(tmp_path, clock) as half:
        await half.desk.find(a_finding(limit=150))
        assert [alert.kind for alert in half.desk.standing] == ["heart_rate"]
        assert half.told() == []

    clock.now_s += 2 * 3600 + 1
    async with upper_half(tmp_path, clock) as half:
        await half.desk.tick()

        assert [(one.event, one.rule.limit) for one in half.told()] == [("raised", 150)]
    async with upper_half(tmp_path, clock) as half:
        assert half.desk.standing == half.desk.open_alerts


async def test_other_kinds_and_other_wearers_are_told_as_ever(half: UpperHalf) -> None:
    await shelves(half)

    await half.desk.find(a_finding("oxygen_saturation"))
    await press(half)

    assert [one.kind for one in half.told()] == ["oxygen_saturation", "sos"]


async def test_an_open_alert_of_a_shelved_kind_stays_and_is_told_of(half: UpperHalf) -> None:
    await half.desk.find(a_finding(priority="warning", limit=111))
    await shelves(half)

    await half.desk.find(a_finding())
    await half.desk.clear(a_clearing())

    assert [one.event for one in half.told()] == ["raised", "escalated", "cleared"]


async def test_the_later_until_wins(half: UpperHalf) -> None:
    first = await shelves(half, 1, hours=5)
    second = await shelves(half, 2, hours=1)
    third = await shelves(half, 3, hours=6)

    assert first.result["until"] == second.result["until"]
    assert third.result["until"] == until(half, 6)


async def test_unshelve_tells_at_once_what_was_kept_back(half: UpperHalf) -> None:
    await shelves(half, kinds=["heart_rate", "oxygen_saturation"])
    await half.desk.find(a_finding())
    await half.desk.find(a_finding("oxygen_saturation"))

    one = await asks(half, "unshelve", 2, wearer="W-001", kinds=["heart_rate"])
    assert [told.kind for told in half.told()] == ["heart_rate"]
    rest = await asks(half, "unshelve", 3, wearer="W-001")
    assert [told.kind for told in half.told()][-1] == "oxygen_saturation"

    assert (one.status, one.result) == ("done", {"wearer": "W-001", "kinds": ["heart_rate"]})
    assert (rest.status, rest.result) == ("done", {"wearer": "W-001", "kinds": ["oxygen_saturation"]})


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"kinds": ["heart_rate", "sos"]}, "unreadable"),
        ({"kinds": ["fall"]}, "unreadable"),
        ({"kinds": ["technical"]}, "unreadable"),
        ({"kinds": ["heart_rate", "luck"]}, "unreadable"),
        ({"kinds": []}, "unreadable"),
        ({"kinds": "heart_rate"}, "unreadable"),
        ({"until": "tomorrow"}, "unreadable"),
        ({"until": "2026-11-30T06:47:34"}, "unreadable"),
        ({"until": "2001-01-01T00:00:00Z"}, "unreadable"),
        ({"reason": ""}, "unreadable"),
        ({"reason": " "}, "unreadable"),
        ({"reason": None}, "unreadable"),
        ({"wearer": "W-999"}, "unknown wearer"),
        ({"wearer": ""}, "unreadable"),
        ({"actor": ""}, "actor is missing"),
    ],
)
async def test_one_bad_word_rejects_the_whole_shelf_and_sets_nothing_aside(
    half: UpperHalf, wrong: dict[str, Any], reason: str
) -> None:
    reply = await shelves(half, **wrong)

    assert (reply.status, reply.reason) == ("rejected", reason)
    await half.desk.find(a_finding())
    assert len(half.told()) == 1


@pytest.mark.parametrize(("hours", "status"), [(24, "done"), (24.01, "rejected")])
async def test_a_shelf_stands_for_24_hours_at_most(half: UpperHalf, hours: float, status: str) -> None:
    assert (await shelves(half, hours=hours)).status == status


async def test_a_test_alert_is_never_shelved(half: UpperHalf) -> None:
    await shelves(half, kinds=["heart_rate", "battery"])

    await half.desk.find(a_finding("battery", "advisory", test=True))

    assert len(half.told()) == 1


# --- snapshot and settlement ------------------------------------------------------------------------------------------


def name(half: UpperHalf, number: int) -> str:
    return f"xishan-01/{half.stores.epoch}/A{number}"


async def test_what_a_person_closed_on_the_platform_is_closed_here_as_of_then(half: UpperHalf) -> None:
    await press(half)
    half.told()
    closed: list[Any] = []
    half.desk.when_closed = closed.append
    at = rfc3339(half.clock.wall_ms() + 5000)
    half.clock.now_s += 60
    there = {"alert": name(half, 1), "workflow": "resolved", "actor": "dispatcher-7", "at": at}

    reply = await asks(half, "snapshot", actor="", open=[], closed=[there])

    assert (reply.status, reply.result) == ("done", {"closed": []})
    assert half.desk.open_alerts == []
    assert [alert.number for alert in closed] == [1]
    told = half.told()
    assert [(one.event, one.actor, one.at) for one in told] == [("resolved", "dispatcher-7", at)]


async def test_what_is_open_here_and_not_listed_there_is_told_again(half: UpperHalf) -> None:
    await press(half)
    await half.desk.find(a_finding())
    half.told()

    await asks(half, "snapshot", open=[name(half, 1)])

    told = half.told()
    assert [(one.id, one.event, one.kind) for one in told] == [(name(half, 2), "updated", "heart_rate")]


async def test_what_is_open_there_and_closed_or_unknown_here_is_answered(half: UpperHalf) -> None:
    await press(half)
    await asks(half, "resolve", 1, alert=name(half, 1))
    listed = [name(half, 1), "xishan-01/9/A7", "nonsense", name(half, 1)]

    reply = await asks(half, "snapshot", 2, open=listed)

    assert reply.result == {"closed": [name(half, 1), "xishan-01/9/A7", "nonsense"]}


async def test_without_lists_a_snapshot_changes_nothing(half: UpperHalf) -> None:
    await press(half)
    half.told()

    reply = await asks(half, "snapshot", actor="")

    assert (reply.status, reply.result) == ("done", {"closed": []})
    assert half.told() == []


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"open": "all"}, "unreadable"),
        ({"open": [7]}, "unreadable"),
        ({"closed": [{"alert": "x"}]}, "unreadable"),
        ({"closed": [{"alert": "x", "workflow": "on_scene", "actor": "n"}]}, "unreadable"),
        ({"closed": [{"alert": "x", "workflow": "resolved", "actor": "n", "at": "noon"}]}, "unreadable"),
        ({"closed": [{"alert": "x", "workflow": "resolved", "at": None}]}, "actor is missing"),
    ],
)
async def test_a_settlement_that_makes_no_sense_changes_nothing(half: UpperHalf, args: dict[str, Any], reason: str) -> None:
    await press(half)
    half.told()
    good = {"alert": name(half, 1), "workflow": "resolved", "actor": "n", "at": None}
    args = args | ({"closed": [good, *args["closed"]]} if "closed" in args else {})

    reply = await asks(half, "snapshot", actor="", **args)

    assert (reply.status, reply.reason) == ("rejected", reason)
    assert len(half.desk.open_alerts) == 1


# --- reminders --------------------------------------------------------------------------------------------------------


async def reminders(half: UpperHalf, *minutes: float) -> list[int]:
    """How many are told when so many minutes have passed since the acknowledgement."""
    began_s = half.clock.now_s
    counts = []
    for after_min in minutes:
        half.clock.now_s = began_s + after_min * 60
        await half.desk.tick()
        told = half.told()
        counts.append(sum(one.reminder for one in told))
        for one in told:
            assert one.event == "updated" or not one.reminder
            await half.deliveries.receipt(f"{one.id}#{one.seq}", "ok", "")
    return counts


async def acknowledged(half: UpperHalf, priority: Any = "warning", kind: Any = "heart_rate") -> None:
    await half.desk.find(a_finding(kind, priority))
    await asks(half, "acknowledge", alert=name(half, 1))


@pytest.mark.fault(
    "people and commands", "who acknowledged an alert does nothing more", promise="what still holds is reminded of"
)
async def test_what_still_holds_is_reminded_of_after_15_minutes_and_every_30_after(half: UpperHalf) -> None:
    await acknowledged(half)

    assert await reminders(half, 14.9, 15, 44.9, 45, 75, 105) == [0, 1, 0, 1, 1, 1]


async def test_of_reminders_slept_through_one_is_given_also_over_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await acknowledged(half)
        assert await reminders(half, 15) == [1]

    clock.boot = "boot-two"
    async with upper_half(tmp_path, clock) as half:
        assert await reminders(half, 29.9, 30, 100, 119.9, 120) == [0, 1, 1, 0, 1]


@pytest.mark.parametrize("verb", ["dispatch", "on_scene", "resolve", "cancel"])
async def test_nobody_is_reminded_once_somebody_is_on_the_way_or_it_is_closed(half: UpperHalf, verb: str) -> None:
    await acknowledged(half)
    await asks(half, verb, 2, alert=name(half, 1))

    assert await reminders(half, 15, 45) == [0, 0]


async def test_what_is_over_is_not_reminded_of_and_what_comes_back_is(half: UpperHalf) -> None:
    await acknowledged(half, "critical")
    await half.desk.clear(a_clearing())
    assert await reminders(half, 20) == [0]
    await half.desk.find(a_finding())

    assert await reminders(half, 5, 24.9, 25) == [0, 0, 1]


async def test_a_call_for_help_has_the_ladder_and_no_reminder(half: UpperHalf) -> None:
    await press(half)
    await asks(half, "acknowledge", alert=name(half, 1))

    assert await reminders(half, 15, 45) == [0, 0]


# --- the audit --------------------------------------------------------------------------------------------------------


async def test_what_people_do_that_is_no_event_is_in_the_audit_and_nobody_is_told_of_it(half: UpperHalf) -> None:
    await press(half)
    await asks(half, "dispatch", 1, alert=name(half, 1), responder="V-12")
    half.told()

    await asks(half, "acknowledge", 2, alert=name(half, 1), actor="dispatcher-9")
    await shelves(half, 3)
    await asks(half, "unshelve", 4, wearer="W-001")

    lines = await audit(half)
    assert half.told() == []
    assert [(line.event, line.actor) for line in lines] == [
        ("raised", None),
        ("dispatched", "nurse-3"),
        ("acknowledge", "dispatcher-9"),
        ("shelve", "nurse-3"),
        ("unshelve", "nurse-3"),
    ]
    assert (lines[2].alert, lines[2].wearer) == (name(half, 1), "W-001")
    assert (lines[3].kind, lines[3].wearer, lines[3].detail, lines[3].note) == (
        "heart_rate",
        "W-001",
        until(half, 2),
        "sports",
    )


async def test_the_audit_survives_a_restart_and_brings_no_event_back(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        await asks(half, "dispatch", 1, alert=name(half, 1))
        await asks(half, "acknowledge", 2, alert=name(half, 1))
        told = half.told()

    async with upper_half(tmp_path, clock) as half:
        assert [one.seq for one in half.told()] == [one.seq for one in told]
        assert len(await audit(half)) == 3


async def test_an_exported_audit_holds_as_a_file_and_a_deed_that_is_taken_out_or_changed_shows(half: UpperHalf) -> None:
    await press(half)
    await shelves(half, 1)
    await asks(half, "unshelve", 2, wearer="W-001")
    await asks(half, "resolve", 3, alert=name(half, 1))
    texts = [msgspec.json.encode(line).decode() for line in await audit(half)]

    assert exported.check(texts).broken is None
    assert exported.check([*texts[:1], *texts[2:]]).broken == BrokenEntry(2, "missing")
    assert exported.check(texts[:-1]).broken == BrokenEntry(4, "missing")
    changed = [text.replace("nurse-3", "nurse-4") for text in texts]
    assert exported.check(changed).broken == BrokenEntry(2, "changed")


async def test_of_who_is_erased_no_deed_and_no_shelf_is_left_and_the_chain_holds(half: UpperHalf) -> None:
    await shelves(half, 1)
    await shelves(half, 2, wearer="W-002")
    await half.desk.find(a_finding())

    await erase(half.stores, "W-001", running=True)
    half.pipeline.forget("W-001")

    lines = await audit(half)
    assert [line.wearer for line in lines] == [None, "W-002"]
    assert half.desk.standing == []
    memories = await half.stores.alerts.memories()
    assert [key for key in memories if key.startswith("shelves of")] == ["shelves of W-002"]
    half.clock.now_s += 3 * 3600
    await half.desk.tick()
    assert half.told() == []


async def test_response_times_are_counted_from_the_raising(half: UpperHalf) -> None:
    await press(half)
    half.told()
    for number, verb in enumerate(["acknowledge", "dispatch", "on_scene", "resolve"], start=1):
        half.clock.now_s += 10
        if verb == "acknowledge":
            await half.deliveries.receipt(name(half, 1), "ok", "")
        half.clock.now_s += 5
        await asks(half, verb, number, alert=name(half, 1))

    line = (await audit(half))[-1]
    times = line.received_s, line.acknowledged_s, line.dispatched_s, line.on_scene_s, line.closed_s
    assert times == (10, 15, 30, 45, 60)
