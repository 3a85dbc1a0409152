"""The second path while it runs: what the modem says decides what comes next, and one dead phone holds up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from fake_devices.patience import HANGS_S
from gateway.alert import Alert
from gateway.channels.sms.second_path import SecondPath
from gateway.channels.sms.sms import DeliveryReport, ReportOutcome, SmsOutcome, SmsResult
from gateway.channels.sms.testing import SmsTest
from gateway.duty.duty_list import DutyList, Phone
from tests.gateway.channels.sms.a_duty import LI, THREE, WANG, ADuty, a_duty
from tests.gateway.channels.sms.fake_path import FakeSmsPath
from tests.gateway.sources.recorder import eventually, running
from tests.gateway.upper_half import TestClock


class Stage(NamedTuple):
    """What a test needs of it."""

    duty: ADuty
    modem: FakeSmsPath
    path: SecondPath

    def sent(self) -> list[str]:
        """To whom."""
        return [sms.number for sms in self.modem.sent]

    def technical(self) -> list[Alert]:
        """What is told of the path itself."""
        return [alert for alert in self.duty.book.open_alerts if alert.kind == "technical"]

    async def waits(self, seconds: float) -> None:
        """Time, and what the desk does in it."""
        self.duty.clock.now_s += seconds
        await self.duty.desk.tick()
        self.duty.book.changes.happened()  # who waits for a time looks at the clock

    async def is_asked(self) -> None:
        """Somebody calls, and half a minute later the first phone is asked."""
        await self.duty.press()
        await self.waits(30)


@pytest.fixture
async def stage(tmp_path: Path, clock: TestClock) -> AsyncIterator[Stage]:
    async with a_duty(tmp_path, clock) as duty:
        modem, path = FakeSmsPath(), SecondPath(duty.out, duty.answering, duty.desk, clock)
        async with running(path.run(modem)):
            yield Stage(duty, modem, path)


def result(outcome: SmsOutcome, again_s: float = 0) -> SmsResult:
    return SmsResult(outcome=outcome, again_s=again_s, code="CMS 38")


async def test_a_question_goes_at_once_and_its_result_is_kept(stage: Stage) -> None:
    await stage.is_asked()
    await eventually(lambda: stage.sent() == [WANG])
    await eventually(lambda: stage.duty.alert(1).asked[0].result == "sent")


async def test_a_permanent_error_asks_the_next_at_once_and_is_told_until_one_goes_out(stage: Stage) -> None:
    stage.modem.results.append(result("permanent"))
    await stage.is_asked()
    await eventually(lambda: [alert.detail for alert in stage.technical()] == ["sms_undelivered"])
    await stage.waits(0)
    await eventually(lambda: stage.sent() == [LI])
    await eventually(lambda: stage.technical() == [])

    assert [one.result for one in stage.duty.alert(1).asked] == ["failed", "sent"]


async def test_a_temporary_error_is_tried_again_and_holds_up_nobody_else(stage: Stage) -> None:
    stage.modem.results.append(result("temporary", again_s=70))
    await stage.is_asked()
    await eventually(lambda: not stage.modem.results)
    await stage.waits(60)
    await eventually(lambda: stage.sent() == [LI])
    await stage.waits(10)
    await eventually(lambda: stage.sent() == [LI, WANG])


async def test_what_may_have_gone_out_is_sent_again(stage: Stage) -> None:
    stage.modem.results.append(result("unknown"))
    await stage.is_asked()
    await eventually(lambda: not stage.modem.results)
    await stage.waits(6)
    await eventually(lambda: stage.sent() == [WANG])


async def test_what_is_tried_again_is_let_go_where_somebody_goes_meanwhile(stage: Stage) -> None:
    stage.modem.results.append(result("temporary", again_s=5))
    await stage.is_asked()
    await eventually(lambda: not stage.modem.results)
    await stage.modem.phone_sends(LI, "1 A1")
    await stage.waits(10)
    await eventually(lambda: LI in stage.sent())
    await asyncio.sleep(0.1)

    assert stage.sent() == [LI]  # the confirmation


async def test_a_modem_that_was_lost_sends_what_waits_when_it_is_back(stage: Stage) -> None:
    stage.modem.now("lost")
    await stage.is_asked()
    await asyncio.sleep(0.1)
    assert stage.sent() == []
    stage.modem.now("ready")
    await eventually(lambda: stage.sent() == [WANG])


async def test_a_delivery_report_is_kept_and_one_that_failed_asks_the_next(stage: Stage) -> None:
    await stage.is_asked()
    await eventually(lambda: stage.duty.alert(1).asked[0].result == "sent")
    await stage.modem.network_reports(report(1, WANG, "delivered"))
    assert stage.duty.alert(1).asked[0].result == "delivered"
    await stage.waits(60)
    await eventually(lambda: len(stage.sent()) == 2)
    await eventually(lambda: stage.duty.alert(1).asked[1].result == "sent")
    await stage.modem.network_reports(report(2, LI, "failed"))
    await stage.waits(0)

    assert [one.phone for one in stage.duty.alert(1).asked] == ["wang", "li", "zhao"]
    assert [alert.detail for alert in stage.technical()] in (["sms_undelivered"], [])


async def test_a_report_of_nobody_changes_nothing(stage: Stage) -> None:
    await stage.is_asked()
    await eventually(lambda: stage.duty.alert(1).asked[0].result == "sent")
    before = stage.duty.alert(1)
    await stage.modem.network_reports(report(77, WANG, "failed"))
    await stage.modem.network_reports(report(1, "+4915123456789", "failed"))

    assert stage.duty.alert(1) == before


def report(reference: int, number: str, outcome: str) -> DeliveryReport:
    return DeliveryReport(reference=reference, recipient=number, outcome=outcome, status=0)  # type: ignore[arg-type]


async def test_a_report_that_comes_after_a_restart_finds_its_message(tmp_path: Path, clock: TestClock) -> None:
    for life in range(2):
        async with a_duty(tmp_path, clock) as duty:
            modem, path = FakeSmsPath(), SecondPath(duty.out, duty.answering, duty.desk, clock)
            async with running(path.run(modem)):
                if life == 0:
                    await Stage(duty, modem, path).is_asked()
                    await eventually(lambda: duty.alert(1).asked[0].result == "sent")
                else:
                    await asyncio.sleep(0)
                    await modem.network_reports(report(1, WANG, "delivered"))
                    assert duty.alert(1).asked[0].result == "delivered"


async def test_an_answer_comes_in_through_the_modem(stage: Stage) -> None:
    await stage.is_asked()
    await eventually(lambda: stage.sent() == [WANG])
    await stage.modem.phone_sends("13800000001", "1", 1_795_000_000_000)

    assert stage.duty.alert(1).responder == "sms:wang"


# --- tests of the path ------------------------------------------------------------------------------------------------------


def the_test(stage: Stage) -> SmsTest:
    return SmsTest(stage.path, stage.duty.out, stage.duty.choices, stage.duty.clock)


async def test_a_test_goes_to_the_first_phone_on_duty_and_is_marked(stage: Stage) -> None:
    steps: list[str] = []
    stage.modem.reports_come = False
    await asyncio.sleep(0)

    assert await the_test(stage).test(daily=False, say=steps.append) == ""
    assert steps == ["sms sent"]
    assert stage.sent() == [WANG]
    assert stage.modem.sent[0].text.startswith("lifering: TEST ")
    assert "#A" not in stage.modem.sent[0].text


async def test_the_daily_test_goes_to_the_phones_with_test_and_where_there_are_none_the_signal_counts(
    tmp_path: Path, clock: TestClock
) -> None:
    for duty_list, numbers in ((DutyList((*THREE.phones[:1], Phone("li", LI, test=True))), [LI]), (THREE, [])):
        async with a_duty(tmp_path / str(len(numbers)), clock, duty_list) as duty:
            modem, path = FakeSmsPath(), SecondPath(duty.out, duty.answering, duty.desk, clock)
            async with running(path.run(modem)):
                await asyncio.sleep(0)
                stage = Stage(duty, modem, path)

                assert await the_test(stage).test(daily=True, say=lambda _: None) == ""
                assert stage.sent() == numbers
                modem.registered = False
                modem.now("searching")
                why = await the_test(stage).test(daily=True, say=lambda _: None)
                assert why == ("not registered" if not numbers else "")


async def test_a_test_that_does_not_go_out_says_why(stage: Stage) -> None:
    await asyncio.sleep(0)
    stage.modem.results.append(result("permanent"))

    assert await the_test(stage).test(daily=False, say=lambda _: None) == "CMS 38"


@pytest.mark.parametrize(
    ("outcome", "steps", "why"),
    [("delivered", ["sms sent", "sms delivered"], ""), ("failed", ["sms sent"], "not delivered")],
)
@pytest.mark.parametrize("early", [False, True])
async def test_a_test_tells_what_the_service_centre_says_of_it_also_where_that_comes_first(
    stage: Stage, outcome: ReportOutcome, steps: list[str], why: str, early: bool
) -> None:
    said: list[str] = []
    await asyncio.sleep(0)
    stage.modem.takes_s = 0.05
    testing = asyncio.create_task(the_test(stage).test(daily=False, say=said.append))
    await (asyncio.sleep(0.02) if early else eventually(lambda: said))
    await stage.modem.network_reports(DeliveryReport(reference=1, recipient=WANG, outcome="pending", status=0x30))
    await stage.modem.network_reports(DeliveryReport(reference=1, recipient=WANG, outcome=outcome, status=0))

    async with asyncio.timeout(HANGS_S):
        assert (await testing, said) == (why, steps)
    assert stage.technical() == []


async def test_a_report_of_a_question_is_no_report_of_the_test(stage: Stage) -> None:
    await stage.is_asked()
    await eventually(lambda: stage.sent() == [WANG])
    testing = asyncio.create_task(the_test(stage).test(daily=False, say=lambda _: None))
    await eventually(lambda: len(stage.sent()) == 2)
    await stage.modem.network_reports(DeliveryReport(reference=1, recipient=WANG, outcome="delivered", status=0))

    assert [one.result for one in stage.duty.alert(1).asked] == ["delivered"]
    assert not testing.done()
    testing.cancel()
