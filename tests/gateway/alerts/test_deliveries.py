"""How far each event has come on its way to the platform, on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from gateway.alert import AlertEvent, Delivery, alert_id
from gateway.commands import Command
from gateway.formats.native import NativeFormat
from tests.gateway.upper_half import BAND, GATEWAY, TestClock, UpperHalf, upper_half


async def press(half: UpperHalf, number: int = 1) -> None:
    await half.streams(frames.record(BAND, number, RecordValues(sos=True)))


async def sent(half: UpperHalf) -> AlertEvent:
    """The one event that is due leaves, and the broker takes it."""
    ((event, _),) = half.due()
    await half.deliveries.handed_over(event.seq)
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
        ((event, _),) = half.due()
        clock.now_s += 7_200

        assert await half.deliveries.handed_over(event.seq) == 7_200

        assert half.stores.alerts.held == 0
        assert [(one.state, one.late_s) for one in await stored(half)] == [("waiting", 7_200)]
        clock.now_s += 10
        assert await half.deliveries.handed_over(event.seq) == 7_200
        await half.deliveries.sent(event.seq, half.clock.now_s)

    async with upper_half(tmp_path, clock) as half:
        ((again, delivery),) = half.due()
        assert again == event
        assert (delivery.late_s, delivery.tries) == (7_200, 2)


async def test_an_alert_that_is_raised_while_the_link_stands_waits_for_no_second_write(
    half: UpperHalf, monkeypatch: pytest.MonkeyPatch
) -> None:
    half.deliveries.reconnected()
    await press(half)
    assert [one.late_s for one in await stored(half)] == [0]
    ((event, delivery),) = half.due()
    assert delivery.late_s is not None

    with monkeypatch.context() as disk:
        disk.setattr(half.stores.alerts, "hold", never)
        await half.deliveries.handed_over(event.seq)


def never(*_: object) -> None:
    raise AssertionError("nothing is to be written here")


async def test_an_alert_that_is_raised_while_there_is_no_link_may_come_late(half: UpperHalf) -> None:
    half.deliveries.reconnected()
    half.deliveries.disconnected()

    await press(half)

    assert [one.late_s for one in await stored(half)] == [None]


async def test_what_was_not_taken_is_tried_again_after_ten_seconds(half: UpperHalf) -> None:
    await press(half)
    ((event, _),) = half.due()

    half.deliveries.not_sent(event.seq, half.clock.now_s, "quota exceeded")

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
    ((event, _),) = half.due()

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


@pytest.mark.fault(
    "bytes from outside",
    "a receipt or a command for an alert of an earlier card",
    promise="refused, and no alert of now is meant",
)
@pytest.mark.parametrize(
    "name",
    [
        "xishan-01/１/A1",
        "xishan-01/{epoch}/A１",
        "xishan-01/{epoch}/A\u0661",
        "xishan-01/{epoch}/A01",
        "xishan-01/0{epoch}/A1",
        "xishan-01/{epoch}/A1#0{seq}",
        "xishan-01/{epoch}/A1#",
        "xishan-01/{epoch}/A1 ",
        " xishan-01/{epoch}/A1",
        "xishan-01/{epoch}/A1\n",
        "xishan-01/{epoch}/A1#{seq}#{seq}",
        "xishan-01/{epoch}/A10",
        "xishan-01/{epoch}/a1",
        "Xishan-01/{epoch}/A1",
        "xishan-011/{epoch}/A1",
        "xishan-0/{epoch}/A1",
        "xishan.01/{epoch}/A1",
        "xishan-01/1/A1",
        "xishan-01//A1",
        "xishan-01/-{epoch}/A1",
        "{epoch}/A1",
    ],
)
async def test_an_id_is_compared_whole_as_text(half: UpperHalf, name: str) -> None:
    """The card of before had its own first alert, and the broker may have kept the receipt for it."""
    await press(half)
    event = await sent(half)
    other = name.format(epoch=event.alert.epoch, seq=event.seq)

    for status in ("ok", "hold", "rejected"):
        await half.deliveries.receipt(other, status, "")
    command = Command(id="c-1", verb="resolve", args={"alert": other}, actor="dispatcher-7")
    assert (await half.router.answer(command)).reason == "unknown alert"

    assert [one.state for one in await stored(half)] == ["sent"]
    assert await workflow(half) == "sent"
    half.clock.now_s += 12
    assert [told.seq for told in half.told()] == [event.seq]


@pytest.mark.fault(
    "bytes from outside",
    "a receipt whose number is cut short, or has a digit too many",
    promise="no event is taken for another",
)
async def test_a_number_of_an_event_is_compared_whole(half: UpperHalf) -> None:
    while half.stores.alerts.next_seq() < 122:
        pass
    await press(half)
    event = await sent(half)
    assert event.seq == 123

    for number in ("1", "12", "1230", "3", "23"):
        await half.deliveries.receipt(f"{id_of(event)}#{number}", "ok", "")

    assert [one.state for one in await stored(half)] == ["sent"]
    await half.deliveries.receipt(f"{id_of(event)}#123", "ok", "")
    assert await stored(half) == []


async def test_a_receipt_that_comes_twice_changes_nothing(half: UpperHalf) -> None:
    await press(half)
    event = await sent(half)
    await half.deliveries.receipt(f"{id_of(event)}#{event.seq}", "ok", "")
    await press(half, 2)

    await half.deliveries.receipt(f"{id_of(event)}#{event.seq}", "ok", "")

    assert half.desk.waiting == 1


@pytest.mark.parametrize(("status", "workflow"), [("ok", "received"), ("hold", "received"), ("rejected", "raised")])
async def test_hold_is_a_receipt_and_the_wearer_is_told_that_the_call_was_received(
    half: UpperHalf, status: str, workflow: str
) -> None:
    await press(half)
    ((event, _),) = half.due()

    await half.deliveries.receipt(id_of(event), status, "")

    assert half.desk.open_alerts[0].workflow == workflow
    assert half.desk.wearer_notices.empty() == (workflow != "received")


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
    (technical,) = half.told()
    assert (technical.kind, technical.detail, technical.device) == ("technical", "alert_rejected", id_of(event))
    assert "the platform refuses an alert: no such wearer" in technical.text
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

    half.due()
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


async def test_a_rejected_alert_is_told_once_whatever_becomes_of_that(half: UpperHalf) -> None:
    await press(half)
    event = await sent(half)
    await half.deliveries.receipt(id_of(event), "rejected", "no such wearer")
    technical = await sent(half)
    await half.deliveries.receipt(id_of(technical), "ok", "")
    closed = Command(id="c-1", verb="cancel", args={"alert": id_of(technical)}, actor="dispatcher-7")
    assert (await half.router.answer(closed)).status == "done"
    half.told()

    await half.deliveries.receipt(id_of(event), "rejected", "still no such wearer")

    assert [alert.kind for alert in half.desk.open_alerts] == ["sos"]


async def test_what_was_rejected_and_is_taken_after_all_clears_what_was_told_of_it(half: UpperHalf) -> None:
    await press(half)
    event = await sent(half)
    await half.deliveries.receipt(id_of(event), "rejected", "no such wearer")
    half.told()

    await half.deliveries.receipt(id_of(event), "ok", "")

    assert [(told.event, told.detail) for told in half.told()] == [("cleared", "alert_rejected")]


async def test_a_reason_in_whatever_letters_fits_a_small_message(half: UpperHalf) -> None:
    await press(half)

    await half.deliveries.receipt(id_of(await sent(half)), "rejected", "没有\x00\u202e此人" + "吗" * 1_000)

    ((event, _),) = half.due()
    assert "没有  此人吗" in event.text
    assert len(NativeFormat(GATEWAY).alert(event, 0).payload) < 1_800


async def test_a_rejected_alert_keeps_its_five_minutes_over_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        event = await sent(half)
        await half.deliveries.receipt(id_of(event), "rejected", "no such wearer")
        clock.now_s += 200

    async with upper_half(tmp_path, clock) as half:
        half.deliveries.reconnected()
        assert [told.kind for told in half.told()] == ["technical"]
        clock.now_s += 98
        assert event.seq not in [told.seq for told in half.told()]
        clock.now_s += 4
        assert event.seq in [told.seq for told in half.told()]


async def test_a_closed_alert_that_is_rejected_keeps_them_too(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        event = await sent(half)
        await half.deliveries.receipt(id_of(event), "rejected", "no such wearer")
        await half.router.answer(Command(id="c-1", verb="cancel", args={"alert": id_of(event)}, actor="dispatcher-7"))

    async with upper_half(tmp_path, clock) as half:
        assert event.seq not in [told.seq for told in half.told()]


async def test_a_platform_that_says_nothing_is_a_fault_until_it_does(half: UpperHalf) -> None:
    half.deliveries.reconnected()
    with capture_logs() as logs:
        await press(half)
        event = await sent(half)
        for _ in range(3):
            assert not half.deliveries.silent(half.clock.now_s)
            half.clock.now_s += 11
            await sent(half)
        assert half.deliveries.silent(half.clock.now_s)

        await half.deliveries.receipt(f"{id_of(event)}#{event.seq}", "hold", "")

        assert not half.deliveries.silent(half.clock.now_s)
    told = [line["event"] for line in logs if line["event"].startswith("the platform")]
    assert told == ["the platform gives no receipts", "the platform gives receipts again"]


async def test_without_a_link_the_platform_is_not_silent(half: UpperHalf) -> None:
    half.deliveries.reconnected()
    await press(half)
    await sent(half)
    half.clock.now_s += 100

    half.deliveries.disconnected()

    assert not half.deliveries.silent(half.clock.now_s)


async def test_a_rejection_survives_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with upper_half(tmp_path, clock) as half:
        await press(half)
        await half.deliveries.receipt(id_of(await sent(half)), "rejected", "no such wearer")

    async with upper_half(tmp_path, clock) as half:
        assert [one.state for one in await stored(half)] == ["rejected", "waiting"]
        assert [alert.kind for alert in half.desk.second_paths] == ["sos"]
