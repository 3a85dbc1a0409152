"""The desk on a real database: stored before told, resent until confirmed, answered once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from gateway.messages import CommandMessage, with_lateness

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import Told
from tests.gateway.upper_half import BAND, TestClock, UpperHalf, read, upper_half


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def half(tmp_path: Path, clock: TestClock) -> AsyncIterator[UpperHalf]:
    async with upper_half(tmp_path, clock) as half:
        yield half


async def press(half: UpperHalf, number: int = 1) -> None:
    await half.streams(frames.record(BAND, number, Told(sos=True)))


async def sent(half: UpperHalf) -> Any:
    """The one event that is due leaves, and the broker takes it."""
    (event,) = half.desk.due(half.clock.now_s)
    await half.desk.sent(event, half.clock.now_s)
    return read(event.body)


def command(verb: str, alert: str, number: int = 1) -> CommandMessage:
    return CommandMessage(id=f"c-{number}", verb=verb, args={"alert": alert}, actor="dispatcher-7")


async def workflow(half: UpperHalf) -> str:
    (alert,) = await half.stores.alerts.open_alerts()
    return alert.workflow


async def test_the_brokers_word_ends_nothing(half: UpperHalf) -> None:
    await press(half)

    await sent(half)
    half.clock.now_s += 12

    assert await workflow(half) == "sent"
    assert len(half.told()) == 1


async def test_what_is_sent_again_is_the_same_to_the_byte(half: UpperHalf) -> None:
    await press(half)
    (first,) = half.desk.due(half.clock.now_s)
    await half.desk.sent(first, half.clock.now_s)
    body = first.body
    half.clock.now_s += 12

    (again,) = half.desk.due(half.clock.now_s)

    assert again.body == body


async def test_the_platforms_receipt_ends_the_delivery(half: UpperHalf) -> None:
    await press(half)
    message = await sent(half)

    await half.desk.receipt(f"{message.id}#{message.seq}", "ok", "")
    half.clock.now_s += 1000

    assert half.told() == []
    assert await workflow(half) == "received"
    assert (await half.desk.wishes.get()).signal == "received"


async def test_where_the_technician_chose_so_the_brokers_word_is_enough(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock, alerts_need="puback") as half:
        await press(half)

        await sent(half)

        assert half.desk.waiting == 0
        assert len(half.desk.open_alerts) == 1


@pytest.mark.parametrize("name", ["xishan-01/9/A99", "other/1/A1", "A1", "", "xishan-01/1/A1#", "xishan-01/1/A1#x" * 100])
async def test_a_receipt_for_what_nobody_knows_changes_nothing(half: UpperHalf, name: str) -> None:
    await press(half)
    await sent(half)

    await half.desk.receipt(name, "ok", "")

    assert half.desk.waiting == 1


async def test_a_receipt_that_comes_twice_changes_nothing(half: UpperHalf) -> None:
    await press(half)
    message = await sent(half)
    await half.desk.receipt(f"{message.id}#{message.seq}", "ok", "")
    await press(half, 2)

    await half.desk.receipt(f"{message.id}#{message.seq}", "ok", "")

    assert half.desk.waiting == 1


async def test_hold_means_ten_seconds_and_rejected_five_minutes(half: UpperHalf) -> None:
    await press(half)
    message = await sent(half)
    half.clock.now_s += 8

    await half.desk.receipt(message.id, "hold", "")
    half.clock.now_s += 8
    assert half.told() == []
    half.clock.now_s += 4
    assert [told.seq for told in half.told()] == [message.seq]

    await half.desk.receipt(message.id, "rejected", "no such wearer")
    technical = half.told()
    assert [(told.kind, told.detail, told.device) for told in technical] == [("technical", "alert_rejected", message.id)]
    half.clock.now_s += 290
    assert message.seq not in [told.seq for told in half.told()]
    half.clock.now_s += 12
    assert message.seq in [told.seq for told in half.told()]


async def test_open_alerts_and_what_waits_survive_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        before = half.told()

    async with upper_half(tmp_path, clock) as half:
        assert half.told() == before
        assert [alert.kind for alert in half.desk.open_alerts] == ["sos"]


async def test_a_person_acknowledges_dispatches_and_resolves(half: UpperHalf) -> None:
    await press(half)
    message = await sent(half)
    await half.desk.receipt(message.id, "ok", "")
    await half.desk.wishes.get()

    replies = [
        await half.desk.command(command(verb, message.id, n)) for n, verb in enumerate(("acknowledge", "dispatch", "resolve"))
    ]

    assert [(reply.status, reply.result) for reply in replies] == [
        ("done", {"alert": message.id, "workflow": "acknowledged"}),
        ("done", {"alert": message.id, "workflow": "dispatched"}),
        ("done", {"alert": message.id, "workflow": "resolved"}),
    ]
    assert [told.event for told in half.told()] == ["acknowledged", "dispatched", "resolved"]
    assert (await half.desk.wishes.get()).signal == "help_on_the_way"
    assert half.desk.open_alerts == []


async def test_the_same_command_again_gets_the_same_answer_and_does_nothing(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        message = await sent(half)
        first = await half.desk.command(command("dispatch", message.id))

    async with upper_half(tmp_path, clock) as half:
        events = half.desk.waiting

        assert await half.desk.command(command("dispatch", message.id)) == first
        assert half.desk.waiting == events


@pytest.mark.parametrize("args", [{}, {"alert": "xishan-01/9/A99"}, {"alert": 7}, {"alert": None}])
async def test_a_command_about_no_open_alert_is_refused_in_words(half: UpperHalf, args: dict[str, object]) -> None:
    reply = await half.desk.command(CommandMessage(id="c-1", verb="dispatch", args=args))

    assert reply.status == "rejected"
    assert "args.alert" in str(reply.reason)


async def test_an_unknown_verb_is_refused(half: UpperHalf) -> None:
    await press(half)
    message = await sent(half)

    reply = await half.desk.command(command("explode", message.id))

    assert (reply.status, reply.reason) == ("rejected", "unknown verb explode")


async def test_what_the_band_showed_is_told_to_the_platform(half: UpperHalf) -> None:
    await press(half)
    message = await sent(half)
    await half.desk.command(command("dispatch", message.id))
    wish = await half.desk.wishes.get()

    await half.desk.told(wish, "not_in_reach")
    await half.desk.told(wish, "not_in_reach")
    await half.desk.told(wish, "done")

    told = [event.band.help_on_the_way for event in half.told() if event.event == "updated"]
    assert told == ["not_in_reach", "done"]


async def test_after_a_restart_the_wearer_is_told_that_help_is_on_the_way(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        message = await sent(half)
        await half.desk.command(command("dispatch", message.id))

    async with upper_half(tmp_path, clock) as half:
        assert (await half.desk.wishes.get()).signal == "help_on_the_way"


async def test_a_late_alert_says_how_late_it_is(half: UpperHalf) -> None:
    await press(half)
    (event,) = half.desk.due(half.clock.now_s)

    await half.desk.late(event, with_lateness(event.body, 7200))

    (stored,) = await half.stores.alerts.undelivered()
    assert b'"late_s":7200' in stored.body
    assert not stored.fresh
