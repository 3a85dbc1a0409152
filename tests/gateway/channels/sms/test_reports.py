"""Delivery reports find their message, in whatever order they come, and final is final."""

from __future__ import annotations

import pytest

from gateway.channels.sms.reports import LOOKED_AT_MS, ReportBook, SentMessage
from gateway.channels.sms.sms import DeliveryReport, ReportOutcome

PHONE = "+8613800138000"
HOUR_MS = 3_600_000


def report(reference: int, outcome: ReportOutcome = "delivered", recipient: str = PHONE) -> DeliveryReport:
    return DeliveryReport(reference=reference, recipient=recipient, outcome=outcome, status=0)


def message(key: str, *references: int, at_ms: int = 0, number: str = PHONE) -> SentMessage:
    return SentMessage(key, number, list(references), at_ms)


def test_a_report_is_about_the_message_with_its_reference_and_number() -> None:
    book = ReportBook([message("A1", 5), message("A2", 5, number="+8613900139000"), message("A3", 6)])

    found = book.reported(report(5), 10)

    assert found is not None
    assert (found.key, found.fate) == ("A1", "delivered")


@pytest.mark.parametrize("recipient", ["+8613800138000", "13800138000", "008613800138000"])
def test_a_number_is_the_same_with_and_without_its_country(recipient: str) -> None:
    assert ReportBook([message("A1", 5)]).reported(report(5, recipient=recipient), 10) is not None


def test_of_two_messages_with_one_reference_the_newer_one_is_meant() -> None:
    book = ReportBook([message("old", 5), message("new", 5, at_ms=10)])

    found = book.reported(report(5), 20)

    assert found is not None
    assert found.key == "new"


def test_what_was_sent_two_days_ago_is_not_looked_at() -> None:
    book = ReportBook([message("A1", 5)])

    assert book.reported(report(5), LOOKED_AT_MS + 1) is None


def test_a_report_may_come_before_the_reference_is_known() -> None:
    book = ReportBook()
    assert book.reported(report(54), 0) is None

    late = message("A1", 54, at_ms=1)

    assert book.sent(late)
    assert late.fate == "delivered"


def test_a_report_of_nobody_is_forgotten_after_a_while() -> None:
    book = ReportBook()
    book.reported(report(54), 0)

    later = message("A1", 54, at_ms=HOUR_MS)

    assert not book.sent(later)
    assert later.fate == "pending"


def test_of_reports_that_nobody_waits_for_only_some_are_kept() -> None:
    book = ReportBook()
    for number in range(1000):
        book.reported(report(number % 256, recipient=f"+86138{number:08}"), 0)

    assert not book.sent(message("old", 0, number="+8613800000000"))
    assert book.sent(message("new", 999 % 256, number="+8613800000999"))


def test_final_never_goes_back_to_pending_and_the_last_final_one_counts() -> None:
    book = ReportBook([message("A1", 5)])

    assert book.reported(report(5, "pending"), 1) is None
    failed = book.reported(report(5, "failed"), 2)
    assert failed is not None
    assert failed.fate == "failed"
    assert book.reported(report(5, "pending"), 3) is None
    delivered = book.reported(report(5, "delivered"), 4)
    assert delivered is not None
    assert delivered.fate == "delivered"
    assert book.reported(report(5, "delivered"), 5) is None


def test_a_message_of_several_parts_is_delivered_when_all_of_them_are() -> None:
    book = ReportBook([message("A1", 255, 0, 1)])

    assert book.reported(report(0), 1) is None
    assert book.reported(report(255), 2) is None
    whole = book.reported(report(1), 3)

    assert whole is not None
    assert whole.fate == "delivered"


def test_a_message_of_several_parts_has_failed_when_one_of_them_has() -> None:
    book = ReportBook([message("A1", 3, 4)])
    book.reported(report(3), 1)

    failed = book.reported(report(4, "expired"), 2)

    assert failed is not None
    assert failed.fate == "expired"
