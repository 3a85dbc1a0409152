"""What goes out by SMS: in time, together where it waits together, within the day's bound, each step once over restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.alerts.ladder import Duty
from gateway.channels.sms.outgoing import count_parts
from gateway.duty.duty_list import DutyList, Phone
from gateway.duty.shift import read as shift
from tests.gateway.channels.sms.a_duty import LI, THREE, WANG, ADuty, a_duty, time_of
from tests.gateway.upper_half import TestClock
from tests.steps import steps


@pytest.fixture
async def duty(tmp_path: Path, clock: TestClock) -> AsyncIterator[ADuty]:
    async with a_duty(tmp_path, clock) as duty:
        yield duty


async def test_the_first_phone_is_asked_after_receipt_s_and_the_next_every_next_phone_s(duty: ADuty) -> None:
    pressed = time_of(duty.clock)
    await duty.press()
    await duty.passes(160)

    assert duty.take() == [
        (30.0, "wang", f"lifering: URGENT room 3-201 W-017 SOS {pressed}. Reply 1=going 2=cannot #A1"),
        (90.0, "li", f"lifering: URGENT room 3-201 W-017 SOS {pressed}. Reply 1=going 2=cannot #A1"),
        (150.0, "zhao", f"lifering: URGENT room 3-201 W-017 SOS {pressed}. Reply 1=going 2=cannot #A1"),
    ]
    assert [(one.phone, one.result) for one in duty.alert(1).asked] == [("wang", "sent"), ("li", "sent"), ("zhao", "sent")]


async def test_technical_alerts_and_tests_ask_nobody(duty: ADuty) -> None:
    await duty.press(kind="technical")
    await duty.passes(1000)

    assert duty.take() == []


async def test_warnings_ask_nobody_unless_the_second_path_is_for_them(tmp_path: Path, clock: TestClock) -> None:
    async with a_duty(tmp_path / "a", clock) as duty:
        await duty.press(kind="heart_rate", priority="warning")
        await duty.passes(100)
        assert duty.told() == []
    async with a_duty(tmp_path / "b", clock, duty=Duty(second_path_for="warning")) as duty:
        await duty.press(kind="heart_rate", priority="warning")
        await duty.passes(60)
        assert duty.told() == [(30.0, "wang")]


async def test_what_waits_for_one_phone_is_told_together(duty: ADuty) -> None:
    duty.is_free = False
    await duty.press("W-1", "3-101")
    await duty.press("W-2", "3-102", "fall")
    await duty.passes(35)
    duty.is_free = True
    await duty.send()

    ((_, phone, text),) = duty.take()
    assert phone == "wang"
    assert text.startswith("lifering: URGENT 2 alerts room 3-101 SOS ")
    assert text.endswith(". Reply 1=going 2=cannot #A1 #A2")
    assert [duty.alert(number).asked[0].result for number in (1, 2)] == ["sent", "sent"]


async def test_two_hundred_presses_at_once_reach_every_phone_in_a_few_messages(tmp_path: Path, clock: TestClock) -> None:
    async with a_duty(tmp_path, clock, language="zh-CN") as duty:
        duty.a_part_s = 1.0
        async with asyncio.TaskGroup() as pressing:
            for number in range(200):
                pressing.create_task(duty.press(f"W-{number}", f"3-{number}"))
                await asyncio.sleep(0)  # it has called; that it is on the disk is waited for together
                clock.now_s += 0.005
        await duty.passes(160)

        sent = duty.take()
        assert sent[0][0] <= 35
        for phone in ("wang", "li", "zhao"):
            messages = [text for _, to, text in sent if to == phone]
            assert 2 <= len(messages) <= 5
            assert sum(map(count_parts, messages)) <= 9
            assert "#A200" in messages[-1]
        results = {one.result for number in range(1, 201) for one in duty.alert(number).asked}
        assert results == {"sent"}


async def test_a_few_presses_one_after_another_are_each_told_in_time(duty: ADuty) -> None:
    for number in range(6):
        await duty.press(f"W-{number}", f"3-{number}")
        await duty.passes(2)
    await duty.passes(30)

    assert duty.told() == [(30.0 + 2 * number, "wang") for number in range(6)]


async def test_an_urgent_alert_goes_before_a_warning(tmp_path: Path, clock: TestClock) -> None:
    async with a_duty(tmp_path, clock, DutyList(THREE.phones[:1]), duty=Duty(second_path_for="warning")) as duty:
        duty.is_free = False
        await duty.press("W-1", "3-101", "heart_rate", "warning")
        await duty.passes(10)
        await duty.press("W-2", "3-102")
        await duty.passes(40)
        duty.is_free = True
        await duty.send()

        ((_, _, text),) = duty.take()
        assert "URGENT" in text


async def test_who_has_night_duty_is_asked_at_night(tmp_path: Path, clock: TestClock) -> None:
    hour = int(time_of(clock)[:2])
    on, off = shift("", f"{hour:02}:00-{(hour + 2) % 24:02}:00"), shift("", f"{(hour + 3) % 24:02}:00-{(hour + 4) % 24:02}:00")
    async with a_duty(tmp_path, clock, DutyList((Phone("off", WANG, off), Phone("on", LI, on)))) as duty:
        await duty.press()
        await duty.passes(40)

        assert duty.told() == [(30.0, "on")]


async def test_what_cannot_be_delivered_asks_the_next_at_once(duty: ADuty) -> None:
    duty.results["wang"] = "failed"
    await duty.press()
    await duty.passes(40)

    assert duty.told() == [(30.0, "wang"), (30.0, "li")]
    assert [one.result for one in duty.alert(1).asked] == ["failed", "sent"]


async def test_a_report_that_says_failed_asks_the_next_at_once(duty: ADuty) -> None:
    await duty.press()
    await duty.passes(35)
    duty.out.reported([(1, 1)], "failed")
    await duty.passes(5)

    assert duty.told() == [(30.0, "wang"), (35.0, "li")]


async def test_who_left_the_duty_list_is_passed_over(tmp_path: Path, clock: TestClock) -> None:
    async with a_duty(tmp_path, clock) as duty:
        duty.is_free = False
        await duty.press()
        await duty.passes(31)
    async with a_duty(tmp_path, clock, DutyList(THREE.phones[1:])) as duty:
        await duty.passes(1)

        assert [phone for _, phone in duty.told()] == ["li"]


async def test_a_question_that_nobody_needs_any_more_is_not_sent(duty: ADuty) -> None:
    duty.is_free = False
    await duty.press()
    await duty.passes(35)
    message = duty.out.next()
    assert message
    await duty.answers(WANG, "1 A1")
    duty.is_free = True
    await duty.send()

    assert not duty.out.is_wanted(message)
    assert [text.partition(":")[2][:6] for _, _, text in duty.take()] == [" noted"]


# --- the bound of the day --------------------------------------------------------------------------------------------------


async def test_the_bound_of_the_day_holds_back_all_but_critical_alerts(tmp_path: Path, clock: TestClock) -> None:
    warnings = Duty(second_path_for="warning")
    async with a_duty(tmp_path, clock, sms_per_day=1, duty=warnings) as duty:
        await duty.press("W-1", "3-101", "heart_rate", "warning")
        await duty.passes(100)
        assert duty.told() == [(30.0, "wang")]  # the part that the day had; "li" is held back
        assert duty.out.held_back_since_ms is not None
        await duty.press("W-2", "3-102")
        await duty.passes(35)
        ((_, phone, text),) = duty.take()
        assert phone == "wang"
        assert "URGENT" in text
    async with a_duty(tmp_path, clock, sms_per_day=1, duty=warnings) as duty:
        assert duty.out.kept.parts_today(clock.wall_ms()) == 2  # over restarts
        clock.now_s += 86_400 + 600
        assert duty.out.kept.parts_today(clock.wall_ms()) == 0


async def test_what_the_bound_holds_back_costs_each_look_a_few_steps_a_word(tmp_path: Path, clock: TestClock) -> None:
    async with a_duty(tmp_path, clock, sms_per_day=1) as duty:
        duty.out.count("the part that the day had")
        for number in range(200):
            duty.out.keep(duty.out.kept.noted("wang", f"zhao goes to room 3-{number}", clock.wall_ms()))
        duty.out.next()  # what is imported at the first look is not counted
        held_back, taken = steps(duty.out.next)

        assert held_back is None
        assert duty.out.held_back_since_ms is not None
        assert taken <= 200 * 10


# --- restarts ---------------------------------------------------------------------------------------------------------------


async def test_a_message_is_not_sent_again_after_a_restart(tmp_path: Path, clock: TestClock) -> None:
    async with a_duty(tmp_path, clock) as duty:
        await duty.press()
        await duty.passes(35)
        assert duty.told() == [(30.0, "wang")]
    async with a_duty(tmp_path, clock) as duty:
        await duty.passes(60)

        assert duty.told() == [(55.0, "li")]


async def test_a_question_that_was_on_the_disk_and_not_sent_goes_after_a_restart_and_only_once(
    tmp_path: Path, clock: TestClock
) -> None:
    async with a_duty(tmp_path, clock) as duty:
        duty.is_free = False
        await duty.press()
        await duty.passes(30)
        assert duty.alert(1).asked
    async with a_duty(tmp_path, clock) as duty:
        await duty.passes(10)

        assert duty.told() == [(0.0, "wang")]
