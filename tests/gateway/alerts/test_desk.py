"""The desk on a real database: stored before told, a person's word kept, and what nobody answers is told again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.driver import Outcome
from fake_devices import serial_hub_frames as frames
from fake_devices.patience import HANGS_S
from fake_devices.serial_hub_frames import RecordValues
from gateway.alerts.ladder import Duty
from gateway.alerts.notices import WearerNotice
from gateway.alerts.technical import technical
from gateway.commands import Command, Reply
from gateway.store.connection import T, Work
from gateway.store.database import Database
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, upper_half


async def press(half: UpperHalf, number: int = 1) -> str:
    """Its alert's id."""
    await half.streams(frames.record(BAND, number, RecordValues(sos=True)))
    return f"xishan-01/{half.stores.epoch}/A1"


async def asks(half: UpperHalf, verb: str, alert: object, number: int = 1, **args: object) -> Reply:
    command = Command(id=f"c-{number}", verb=verb, args={"alert": alert, **args}, actor="dispatcher-7")
    return await half.router.answer(command)


# --- stored before told -----------------------------------------------------------------------------------------------


@asynccontextmanager
async def hanging_disk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """Inside, a commit comes no further than to set the event; all of it goes on at the end."""
    reached, may_go_on, write = asyncio.Event(), asyncio.Event(), Database.write

    async def slowly(database: Database, work: Work[T]) -> T:
        reached.set()
        await may_go_on.wait()
        return await write(database, work)

    monkeypatch.setattr(Database, "write", slowly)
    try:
        yield reached
    finally:
        may_go_on.set()


@pytest.mark.fault(
    "power", "the power is cut at any moment of a press", promise="nobody has learnt of an alert that is not on the disk"
)
async def test_nobody_learns_of_an_alert_before_it_is_on_the_disk(half: UpperHalf, monkeypatch: pytest.MonkeyPatch) -> None:
    before = half.desk.changes.number
    async with asyncio.TaskGroup() as tasks, hanging_disk(monkeypatch) as reached:
        tasks.create_task(press(half))
        await reached.wait()

        assert half.told() == []
        assert half.desk.waiting == 0
        assert half.desk.open_alerts == []
        assert half.desk.changes.number == before
    assert [told.event for told in half.told()] == ["raised"]
    assert half.desk.changes.number > before


@pytest.mark.fault(
    "power", "the power is cut while a person answers", promise="nobody has learnt of a word that is not on the disk"
)
async def test_nobody_learns_of_a_persons_word_before_it_is_on_the_disk_with_its_answer(
    half: UpperHalf, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = await press(half)
    half.told()
    async with asyncio.TaskGroup() as tasks, hanging_disk(monkeypatch) as reached:
        answering = tasks.create_task(asks(half, "dispatch", alert))
        await reached.wait()

        assert not answering.done()
        assert half.told() == []
        assert half.desk.wearer_notices.empty()
    answered = await half.stores.alerts.answered("c-1")
    assert answered
    assert answered.reply == answering.result()
    assert [alert.workflow for alert in await half.stores.alerts.open_alerts()] == ["dispatched"]


async def test_open_alerts_and_what_waits_survive_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        before = half.told()

    async with upper_half(tmp_path, clock) as half:
        assert half.told() == before
        assert [alert.kind for alert in half.desk.open_alerts] == ["sos"]


async def test_what_is_closed_and_told_in_full_is_not_held_any_more(half: UpperHalf) -> None:
    alert = await press(half)
    half.told()
    await half.deliveries.receipt(alert, "ok", "")
    await asks(half, "resolve", alert)
    assert half.desk._book.get(1) is not None

    half.told()
    await half.deliveries.receipt(alert, "ok", "")

    assert half.desk._book.get(1) is None


async def test_a_press_is_stored_with_its_alert_so_that_it_is_known_when_it_comes_again(half: UpperHalf) -> None:
    finding = technical("port_lost", 0, device="hall-hub")

    half.desk.take(finding, memories={"C0:FF": b"7"})
    await half.desk.stored()

    assert (await half.stores.alerts.memories())["C0:FF"] == b"7"


# --- people -----------------------------------------------------------------------------------------------------------


async def test_a_person_acknowledges_dispatches_arrives_and_resolves(half: UpperHalf) -> None:
    alert = await press(half)
    half.told()
    verbs = ["acknowledge", "dispatch", "on_scene", "resolve"]

    replies = [await asks(half, verb, alert, n) for n, verb in enumerate(verbs)]

    workflows = ["acknowledged", "dispatched", "on_scene", "resolved"]
    assert [(reply.status, reply.result) for reply in replies] == [
        ("done", {"alert": alert, "workflow": workflow}) for workflow in workflows
    ]
    told = half.told()
    assert [event.event for event in told] == workflows
    assert {event.actor for event in told} == {"dispatcher-7"}
    assert half.desk.open_alerts == []


async def test_what_the_person_says_who_closes_it_is_told(half: UpperHalf) -> None:
    alert = await press(half)
    half.told()

    await asks(half, "resolve", alert, outcome="helped", note="a fall in the bath")

    (told,) = half.told()
    assert (told.workflow, told.outcome) == ("resolved", "helped")
    stored = await half.stores.alerts.alert(1)
    assert stored
    assert stored.note == "a fall in the bath"


async def test_the_workflow_never_goes_back_and_what_is_no_step_has_no_event(half: UpperHalf) -> None:
    alert = await press(half)
    await asks(half, "dispatch", alert, 1)
    half.told()

    reply = await asks(half, "acknowledge", alert, 2)

    assert (reply.status, reply.result) == ("done", {"alert": alert, "workflow": "dispatched"})
    assert half.told() == []


@pytest.mark.parametrize("name", ["xishan-01/9/A1", "xishan-01/9/A99", "other/1/A1", "A1", "", 7, None, ["A1"]])
async def test_a_command_about_no_alert_of_ours_is_rejected(half: UpperHalf, name: object) -> None:
    await press(half)

    reply = await asks(half, "dispatch", name)

    assert (reply.status, reply.reason) == ("rejected", "unknown alert")


async def test_an_event_is_no_alert(half: UpperHalf) -> None:
    alert = await press(half)

    assert (await asks(half, "dispatch", f"{alert}#1")).reason == "unknown alert"


async def test_a_closed_alert_says_that_it_is_closed_also_when_all_is_told(half: UpperHalf) -> None:
    alert = await press(half)
    await asks(half, "resolve", alert, 1)

    assert (await asks(half, "acknowledge", alert, 2)).reason == "alert is closed"
    half.told()
    await half.deliveries.receipt(alert, "ok", "")
    await half.deliveries.receipt(alert, "ok", "")  # one for each message
    assert half.desk.waiting == 0
    assert (await asks(half, "acknowledge", alert, 3)).reason == "alert is closed"


async def test_nobody_is_no_actor(half: UpperHalf) -> None:
    alert = await press(half)

    reply = await half.router.answer(Command(id="c-1", verb="resolve", args={"alert": alert}))

    assert (reply.status, reply.reason) == ("rejected", "actor is missing")
    assert len(half.desk.open_alerts) == 1


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("resolve", {"outcome": "whatever"}),
        ("resolve", {"note": "x" * 501}),
        ("cancel", {"reason": 7}),
        ("dispatch", {"responder": ["V-12"]}),
        ("dispatch", {"eta_min": -1}),
        ("dispatch", {"eta_min": "soon"}),
    ],
)
async def test_words_that_make_no_sense_change_nothing(half: UpperHalf, verb: str, args: dict[str, Any]) -> None:
    alert = await press(half)

    reply = await asks(half, verb, alert, **args)

    assert (reply.status, reply.reason) == ("rejected", "unreadable")
    assert [alert.workflow for alert in half.desk.open_alerts] == ["raised"]


async def test_the_same_command_again_gets_the_same_answer_and_does_nothing(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        alert = await press(half)
        first = await asks(half, "dispatch", alert)

    async with upper_half(tmp_path, clock) as half:
        events = half.desk.waiting

        assert await asks(half, "dispatch", alert) == first
        assert half.desk.waiting == events


# --- nobody answers ---------------------------------------------------------------------------------------------------


async def level(half: UpperHalf, at_s: float) -> list[int]:
    """The levels of the escalations that are told when it is so late; the platform receives everything."""
    half.clock.now_s = at_s
    await half.desk.tick()
    told = half.told()
    for event in told:
        await half.deliveries.receipt(f"{event.id}#{event.seq}", "ok", "")
    return [event.level for event in told if event.event == "escalated"]


async def test_what_nobody_answers_is_told_again_and_again_with_a_higher_level(half: UpperHalf) -> None:
    await press(half)
    began_s = half.clock.now_s

    told = [await level(half, began_s + after_s) for after_s in (59, 60, 179, 180, 479, 480, 780)]

    assert told == [[], [1], [], [2], [], [3], [4]]


async def test_each_step_is_taken_when_it_is_due(half: UpperHalf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(half.clock, "monotonic_s", lambda: asyncio.get_running_loop().time())
    duty = Duty(receipt_s=0.01, person_s=0.02, again_s=0.03, repeat_s=0.01)
    monkeypatch.setattr(half.desk, "_duty", lambda: duty)
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(HANGS_S):
        watching = tasks.create_task(half.desk.watch())

        await press(half)
        while half.desk.open_alerts[0].level < 4:
            await half.desk.changes.wait_beyond(half.desk.changes.number)

        watching.cancel()
    levels = [event.level for event in half.told() if event.event == "escalated"]
    assert levels == sorted(set(levels))
    assert levels[-1] >= 4


async def test_the_ladder_goes_on_over_a_restart_and_takes_one_step_of_those_slept_through(
    tmp_path: Path, clock: TestClock
) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        half.told()

    clock.boot = "boot-two"
    wall_s = clock.now_s + 500
    async with upper_half(tmp_path, clock) as half:
        assert await level(half, wall_s) == [3]
        assert await level(half, wall_s + 270) == []
        assert await level(half, wall_s + 280) == [4]


async def test_a_clock_that_fell_back_at_the_restart_lets_the_ladder_go_on_from_there(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        await level(half, clock.now_s + 60)

    clock.boot, clock.now_s = "boot-two", 10.0  # a machine without a battery for its clock
    async with upper_half(tmp_path, clock) as half:
        assert await level(half, 129) == []
        assert await level(half, 130) == [2]
    async with upper_half(tmp_path, clock) as half:
        assert await level(half, 429) == []
        assert await level(half, 430) == [3]


async def test_who_acknowledges_ends_the_ladder_until_nobody_is_sent(half: UpperHalf) -> None:
    alert = await press(half)
    await level(half, half.clock.now_s + 70)
    acknowledged_s = half.clock.now_s

    await asks(half, "acknowledge", alert, 1)

    assert half.desk.second_paths == []
    assert await level(half, acknowledged_s + 179) == []
    assert await level(half, acknowledged_s + 180) == [2]
    assert [one.number for one in half.desk.second_paths] == [1]
    await asks(half, "dispatch", alert, 2)
    assert await level(half, acknowledged_s + 10_000) == []
    assert half.desk.second_paths == []


async def test_a_further_press_after_the_answer_begins_the_ladder_anew(half: UpperHalf) -> None:
    alert = await press(half)
    await level(half, half.clock.now_s + 60)
    await asks(half, "dispatch", alert, 1)
    half.clock.now_s += 1000

    await press(half, 2)
    began_s = half.clock.now_s

    assert await level(half, began_s + 59) == []
    assert await level(half, began_s + 60) == [2]
    await asks(half, "acknowledge", alert, 2)
    assert await level(half, began_s + 200) == []


# --- the wearer -------------------------------------------------------------------------------------------------------


async def test_what_the_band_showed_is_told_to_the_platform(half: UpperHalf) -> None:
    await asks(half, "dispatch", await press(half))
    notice = half.desk.wearer_notices.get_nowait()

    await half.desk.wearer_told(notice, Outcome("unreachable"))
    await half.desk.wearer_told(notice, Outcome("unreachable"))
    assert half.desk.owes(notice)
    await half.desk.wearer_told(notice, Outcome("done"))

    told = [event.band.help_on_the_way for event in half.told() if event.event == "updated"]
    assert told == ["unreachable", "shown"]
    assert not half.desk.owes(notice)


async def test_that_the_band_showed_the_receipt_is_known_and_no_event_of_its_own(half: UpperHalf) -> None:
    await asks(half, "acknowledge", await press(half))
    half.told()

    await half.desk.wearer_told(half.desk.wearer_notices.get_nowait(), Outcome("sent"))

    assert half.told() == []
    assert half.desk.open_alerts[0].band == {"received": "sent"}


async def test_a_port_wears_no_band(half: UpperHalf) -> None:
    await half.desk.find(technical("port_lost", 0, device="hall-hub"))
    (alert,) = half.told()

    await half.deliveries.receipt(alert.id, "ok", "")

    assert half.desk.wearer_notices.empty()


async def test_the_wearer_is_told_once_that_the_call_was_received_whoever_says_so_first(half: UpperHalf) -> None:
    alert = await press(half)
    half.told()

    await half.deliveries.receipt(alert, "ok", "")
    await half.deliveries.receipt(alert, "ok", "")
    await asks(half, "acknowledge", alert)

    assert half.desk.wearer_notices.get_nowait() == WearerNotice(1, BAND, "received")
    assert half.desk.wearer_notices.empty()


async def test_a_persons_word_is_enough_for_the_wearer(half: UpperHalf) -> None:
    await asks(half, "acknowledge", await press(half))

    assert half.desk.wearer_notices.get_nowait().signal == "received"


async def test_after_a_restart_the_wearer_is_told_that_help_is_on_the_way(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await asks(half, "dispatch", await press(half))

    async with upper_half(tmp_path, clock) as half:
        assert half.desk.wearer_notices.get_nowait().signal == "help_on_the_way"
