"""What an answer by SMS does: who goes is dispatched, the others are told, and nothing happens twice or for a stranger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.channels.sms.a_duty import LI, VOLUNTEER, WANG, ZHAO, ADuty, a_duty, time_of
from tests.gateway.upper_half import TestClock

HINT = "lifering: please reply 1=going or 2=cannot; with a number where there are several, such as 1 A41"
NOTHING = "lifering: no alert waits for your answer, nothing was changed"


@pytest.fixture
async def duty(tmp_path: Path, clock: TestClock) -> AsyncIterator[ADuty]:
    async with a_duty(tmp_path, clock) as duty:
        yield duty


async def two_are_asked(duty: ADuty) -> None:
    """Wang and Li know of the alert."""
    await duty.press()
    await duty.passes(95)
    duty.take()


async def test_one_acknowledges_and_dispatches_and_is_confirmed_and_the_others_hear_it(duty: ADuty) -> None:
    pressed = time_of(duty.clock)
    await two_are_asked(duty)
    await duty.answers("+8613800000001", "1")

    alert = duty.alert(1)
    assert (alert.workflow, alert.actor, alert.responder) == ("dispatched", "sms:wang", "sms:wang")
    assert [(one.phone, one.answer) for one in alert.asked] == [("wang", "going"), ("li", "")]
    assert sorted(duty.take()) == [
        (95.0, "li", "lifering: wang goes to room 3-201 W-017 #A1"),
        (95.0, "wang", f"lifering: noted, you go to room 3-201 W-017 SOS {pressed}. #A1"),
    ]
    await duty.passes(3600)
    assert duty.take() == []


async def test_two_asks_the_next_phone_at_once(duty: ADuty) -> None:
    await duty.press()
    await duty.passes(40)
    await duty.answers(WANG, "2")

    assert duty.told() == [(30.0, "wang"), (40.0, "li")]
    assert [one.answer for one in duty.alert(1).asked] == ["cannot", ""]


async def test_the_newest_alert_told_to_that_phone_is_meant(duty: ADuty) -> None:
    await duty.press("W-1", "3-101")
    await duty.passes(10)
    await duty.press("W-2", "3-102")
    await duty.passes(35)
    await duty.press("W-3", "3-103")  # nobody was told of it yet
    await duty.answers(WANG, "1")

    assert [duty.alert(number).workflow for number in (1, 2, 3)] == ["raised", "dispatched", "raised"]


async def test_a_number_names_the_alert_that_is_meant(duty: ADuty) -> None:
    await duty.press("W-1", "3-101")
    await duty.press("W-2", "3-102")
    await duty.passes(35)
    await duty.answers(WANG, "１　＃ａ１")

    assert [duty.alert(number).workflow for number in (1, 2)] == ["dispatched", "raised"]


async def test_two_without_a_number_answers_the_last_question(duty: ADuty) -> None:
    await duty.press("W-1", "3-101")
    await duty.passes(10)
    await duty.press("W-2", "3-102")
    await duty.passes(35)
    duty.take()
    await duty.answers(WANG, "2")

    ((_, phone, text),) = duty.take()
    assert phone == "li"
    assert text.endswith("cannot #A2")


async def test_two_answers_all_that_was_asked_in_one_message(duty: ADuty) -> None:
    duty.is_free = False
    await duty.press("W-1", "3-101")
    await duty.press("W-2", "3-102")
    await duty.passes(35)
    duty.is_free = True
    await duty.send()
    duty.take()
    await duty.answers(WANG, "2")

    ((_, phone, text),) = duty.take()
    assert phone == "li"
    assert text.endswith("#A1 #A2")


async def test_an_answer_that_is_read_twice_changes_nothing(duty: ADuty) -> None:
    await two_are_asked(duty)
    sent_ms = duty.clock.wall_ms()
    await duty.answers(WANG, "1", sent_ms)
    duty.take()
    before = duty.alert(1)
    await duty.answers(WANG, "1", sent_ms)

    assert duty.take() == []
    assert duty.alert(1) == before


async def test_an_answer_that_is_read_again_after_a_restart_changes_nothing(tmp_path: Path, clock: TestClock) -> None:
    async with a_duty(tmp_path, clock) as duty:
        await two_are_asked(duty)
        await duty.answers(WANG, "1", 1_795_000_000_000)
        before = duty.alert(1)
    async with a_duty(tmp_path, clock) as duty:
        await duty.answers("008613800000001", "1", 1_795_000_000_000)
        await duty.answers(WANG, "1", 1_795_000_000_000)

        assert duty.alert(1).seq == before.seq
        assert [phone for _, phone in duty.told()].count("li") == 0


async def test_who_says_it_twice_goes_once(duty: ADuty) -> None:
    await two_are_asked(duty)
    await duty.answers(WANG, "1")
    seq = duty.alert(1).seq
    duty.take()
    duty.clock.now_s += 5
    await duty.answers(WANG, "1")

    assert duty.alert(1).seq == seq
    assert [phone for _, phone in duty.told()] == ["wang"]


@pytest.mark.parametrize("text", ["ok", "3", "", "我去", "1 2", "x" * 500])
async def test_anything_else_is_answered_with_how_to_reply(duty: ADuty, text: str) -> None:
    await two_are_asked(duty)
    await duty.answers(WANG, text)

    assert duty.take() == [(95.0, "wang", HINT)]
    assert duty.alert(1).workflow == "raised"


async def test_two_machines_that_answer_each_other_come_to_rest(duty: ADuty) -> None:
    for number in range(20):
        await duty.answers(WANG, f"automatic answer {number}")

    assert [text for _, _, text in duty.take()] == [HINT] * 3
    await duty.answers(LI, "?")
    assert len(duty.take()) == 1
    duty.clock.now_s += 3601
    await duty.answers(WANG, "?")
    assert len(duty.take()) == 1


@pytest.mark.parametrize("text", ["1", "2", "1 A1", "1 A77"])
async def test_an_answer_where_nothing_is_open_is_answered_and_changes_nothing(duty: ADuty, text: str) -> None:
    await duty.answers(WANG, text)

    assert duty.take() == [(0.0, "wang", NOTHING)]
    assert duty.book.alerts == []


async def test_a_volunteers_answer_counts_with_a_number_only(duty: ADuty) -> None:
    await two_are_asked(duty)
    await duty.answers(VOLUNTEER, "1")
    assert duty.alert(1).workflow == "raised"

    await duty.answers("+86" + VOLUNTEER, "1 A1")

    assert (duty.alert(1).workflow, duty.alert(1).responder) == ("dispatched", "sms:V-12")
    assert sorted(phone for _, phone in duty.told()) == ["li", "wang"]


@pytest.mark.parametrize("number", ["10086", "13800000009", "", "China Mobile", "+1" * 40])
@pytest.mark.parametrize("text", ["1", "1 A1", "2", "STOP"])
async def test_strangers_are_counted_and_change_nothing(duty: ADuty, number: str, text: str) -> None:
    await two_are_asked(duty)
    await duty.answers(number, text)

    assert duty.answering.strangers == 1
    assert duty.take() == []
    assert duty.alert(1).workflow == "raised"


async def test_who_was_on_the_way_and_cannot_come_is_followed_by_the_next_at_once_and_the_platform_learns_of_it(
    duty: ADuty,
) -> None:
    await duty.press()
    await duty.passes(35)
    await duty.answers(WANG, "1")
    seq = duty.alert(1).seq
    duty.take()
    duty.clock.now_s += 100
    await duty.answers(WANG, "2")

    assert duty.told() == [(135.0, "li")]
    assert (duty.alert(1).responder, duty.alert(1).actor) == ("", "sms:wang")
    assert duty.alert(1).seq > seq
    await duty.passes(61)
    assert [phone for _, phone in duty.told()] == ["zhao"]
    await duty.answers(LI, "1")
    assert duty.alert(1).responder == "sms:li"


async def test_no_word_that_waits_names_a_wearer_who_was_erased(duty: ADuty) -> None:
    await two_are_asked(duty)
    duty.is_free = False
    await duty.answers(WANG, "1")
    assert len(duty.out.kept.notes) == 2

    assert duty.out.kept.without_word_of("W-018") is duty.out.kept
    assert duty.out.kept.without_word_of("W-017").notes == ()


async def test_another_person_may_go_as_well(duty: ADuty) -> None:
    await two_are_asked(duty)
    await duty.answers(WANG, "1")
    duty.take()
    await duty.answers(LI, "1")

    assert duty.alert(1).responder == "sms:li"
    assert sorted(phone for _, phone in duty.told()) == ["li", "wang"]


async def test_who_was_not_asked_may_go_by_the_number(duty: ADuty) -> None:
    await two_are_asked(duty)
    await duty.answers(ZHAO, "1")
    assert [text for _, _, text in duty.take()] == [NOTHING]
    await duty.answers(ZHAO, "1A1")

    assert duty.alert(1).responder == "sms:zhao"
