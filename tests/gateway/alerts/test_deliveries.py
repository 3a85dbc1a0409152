"""How far each event has come on its way to the platform, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from gateway.alert import AlertEvent, Delivery, alert_id
from tests.gateway.upper_half import BAND, GATEWAY, TestClock, UpperHalf, upper_half


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def half(tmp_path: Path, clock: TestClock) -> AsyncIterator[UpperHalf]:
    async with upper_half(tmp_path, clock) as half:
        yield half


async def press(half: UpperHalf, number: int = 1) -> None:
    await half.streams(frames.record(BAND, number, RecordValues(sos=True)))


async def sent(half: UpperHalf, late_s: int = 0) -> AlertEvent:
    """The one event that is due leaves, and the broker takes it."""
    ((event, _),) = half.deliveries.due(half.clock.now_s)
    await half.deliveries.handed_over(event.seq, late_s)
    await half.deliveries.sent(event.seq, half.clock.now_s)
    return event


def id_of(event: AlertEvent) -> str:
    return alert_id(GATEWAY, event.alert)


async def stored(half: UpperHalf) -> list[Delivery]:
    return [delivery for _, delivery in await half.stores.alerts.undelivered()]


async def workflow(half: UpperHalf) -> str:
    (alert,) = await half.stores.alerts.open_alerts()
    return alert.workflow


async def test_the_brokers_word_ends_nothing(half: UpperHalf) -> None:
    await press(half)

    event = await sent(half)

    assert await workflow(half) == "sent"
    assert await stored(half) == [Delivery(event=event.seq, channel="mqtt", state="sent", tries=1, late_s=0)]
    half.clock.now_s += 12
    assert [told.seq for told in half.told()] == [event.seq]


async def test_how_late_it_is_is_on_the_disk_before_it_is_sent_and_never_changes(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        ((event, _),) = half.deliveries.due(half.clock.now_s)

        await half.deliveries.handed_over(event.seq, 7_200)

        assert [(one.state, one.late_s) for one in await stored(half)] == [("waiting", 7_200)]
        await half.deliveries.handed_over(event.seq, 7_210)
        await half.deliveries.sent(event.seq, half.clock.now_s)

    async with upper_half(tmp_path, clock) as half:
        ((again, delivery),) = half.deliveries.due(half.clock.now_s)
        assert again == event
        assert (delivery.late_s, delivery.tries) == (7_200, 2)


async def test_an_alert_that_is_raised_while_the_link_stands_waits_for_no_second_write(
    half: UpperHalf, monkeypatch: pytest.MonkeyPatch
) -> None:
    half.deliveries.reconnected()
    await press(half)
    assert [one.late_s for one in await stored(half)] == [0]
    ((event, delivery),) = half.deliveries.due(half.clock.now_s)
    assert delivery.late_s is not None

    with monkeypatch.context() as disk:
        disk.setattr(half.stores.alerts, "save", never)
        await half.deliveries.handed_over(event.seq, delivery.late_s)


async def never(*_: object) -> None:
    raise AssertionError("nothing is to be written here")


async def test_an_alert_that_is_raised_while_there_is_no_link_may_come_late(half: UpperHalf) -> None:
    half.deliveries.reconnected()
    half.deliveries.disconnected()

    await press(half)

    assert [one.late_s for one in await stored(half)] == [None]


async def test_what_was_not_taken_is_tried_again_after_ten_seconds(half: UpperHalf) -> None:
    await press(half)
    ((event, _),) = half.deliveries.due(half.clock.now_s)

    await half.deliveries.not_sent(event.seq, half.clock.now_s, "quota exceeded")

    half.clock.now_s += 8
    assert half.told() == []
    half.clock.now_s += 4
    assert [told.seq for told in half.told()] == [event.seq]
    assert await workflow(half) == "raised"


@pytest.mark.parametrize("name", ["{id}#{seq}", "{id}"], ids=["the event", "the alert"])
async def test_the_platforms_receipt_ends_the_delivery(half: UpperHalf, name: str) -> None:
    await press(half)
    event = await sent(half)

    await half.deliveries.receipt(name.format(id=id_of(event), seq=event.seq), "ok", "")

    half.clock.now_s += 1000
    assert half.told() == []
    assert await stored(half) == []
    assert await workflow(half) == "received"


async def test_when_the_first_receipt_came_is_remembered(half: UpperHalf) -> None:
    await press(half)
    event = await sent(half)
    came_ms = half.clock.wall_ms()
    await half.deliveries.receipt(f"{id_of(event)}#{event.seq}", "ok", "")

    half.clock.now_s += 100
    await press(half, 2)
    again = await sent(half)
    await half.deliveries.receipt(f"{id_of(again)}#{again.seq}", "ok", "")

    (alert,) = await half.stores.alerts.open_alerts()
    assert alert.received_ms == came_ms != half.clock.wall_ms()


async def test_a_receipt_that_overtakes_the_brokers_word_is_not_taken_back_by_it(half: UpperHalf) -> None:
    await press(half)
    ((event, _),) = half.deliveries.due(half.clock.now_s)

    await half.deliveries.receipt(id_of(event), "ok", "")
    await half.deliveries.sent(event.seq, half.clock.now_s)

    assert half.desk.waiting == 0
    assert await stored(half) == []
    assert await workflow(half) == "received"


async def test_where_the_technician_chose_so_the_brokers_word_is_the_receipt(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock, alerts_need="puback") as half:
        await press(half)

        await sent(half)

        assert half.desk.waiting == 0
        assert await workflow(half) == "received"
        half.clock.now_s += 40
        assert half.desk.second_paths == []


@pytest.mark.parametrize("name", ["xishan-01/9/A99", "xishan-01/9/A1", "other/1/A1", "A1", "", "x/1/A1#", "x/1/A1#x" * 100])
async def test_a_receipt_for_what_nobody_knows_changes_nothing(half: UpperHalf, name: str) -> None:
    await press(half)
    await sent(half)

    await half.deliveries.receipt(name, "ok", "")

    assert half.desk.waiting == 1


async def test_a_receipt_that_comes_twice_changes_nothing(half: UpperHalf) -> None:
    await press(half)
    event = await sent(half)
    await half.deliveries.receipt(f"{id_of(event)}#{event.seq}", "ok", "")
    await press(half, 2)

    await half.deliveries.receipt(f"{id_of(event)}#{event.seq}", "ok", "")

    assert half.desk.waiting == 1


async def test_hold_means_ten_seconds_and_rejected_five_minutes(half: UpperHalf) -> None:
    await press(half)
    event = await sent(half)
    half.clock.now_s += 8

    await half.deliveries.receipt(id_of(event), "hold", "")
    half.clock.now_s += 8
    assert half.told() == []
    half.clock.now_s += 4
    assert [told.seq for told in half.told()] == [event.seq]

    await half.deliveries.receipt(id_of(event), "rejected", "no such wearer")
    technical = half.told()
    assert [(told.kind, told.detail, told.device) for told in technical] == [("technical", "alert_rejected", id_of(event))]
    half.clock.now_s += 290
    assert event.seq not in [told.seq for told in half.told()]
    half.clock.now_s += 12
    assert event.seq in [told.seq for told in half.told()]


@pytest.mark.parametrize(("status", "state"), [("hold", "held"), ("rejected", "rejected")])
async def test_the_brokers_word_takes_no_receipt_back(half: UpperHalf, status: str, state: str) -> None:
    await press(half)
    event = await sent(half)
    await half.deliveries.receipt(id_of(event), status, "")
    half.clock.now_s += 302

    half.deliveries.due(half.clock.now_s)
    await half.deliveries.sent(event.seq, half.clock.now_s)

    assert [one.state for one in await stored(half) if one.event == event.seq] == [state]


async def test_what_the_platform_says_opens_and_shuts_the_second_path(half: UpperHalf) -> None:
    await press(half)
    event = await sent(half)

    def open_numbers(after_s: float) -> list[int]:
        half.clock.now_s += after_s
        return [alert.number for alert in half.desk.second_paths]

    assert open_numbers(29) == []
    assert open_numbers(1) == [1]  # no receipt for 30 s
    await half.deliveries.receipt(id_of(event), "hold", "")
    assert open_numbers(1) == []
    await half.deliveries.receipt(id_of(event), "rejected", "no such wearer")
    assert open_numbers(0) == [1]
    await half.deliveries.receipt(id_of(event), "ok", "")
    assert open_numbers(28) == []
    assert open_numbers(1) == [1]  # no person for 60 s: nothing keeps it shut


async def test_a_rejected_technical_alert_raises_no_other(half: UpperHalf) -> None:
    await press(half)
    await half.deliveries.receipt(id_of(await sent(half)), "rejected", "no such wearer")
    technical = await sent(half)

    await half.deliveries.receipt(id_of(technical), "rejected", "no such gateway")

    half.clock.now_s += 10
    assert half.told() == []


async def test_a_rejection_survives_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        await half.deliveries.receipt(id_of(await sent(half)), "rejected", "no such wearer")

    async with upper_half(tmp_path, clock) as half:
        assert [one.state for one in await stored(half)] == ["rejected", "waiting"]
        assert [alert.kind for alert in half.desk.second_paths] == ["sos"]
