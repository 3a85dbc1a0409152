"""Finds the message that a delivery report is about: by reference and the end of the number, newest first. Pure.

References wrap at 256 and belong to the modem, so only what was sent in the last 48 h is looked at. A report may come before
the reference of its own message is known; several may come, of which the last final one counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct, field

from gateway.channels.sms.sms import DeliveryReport, ReportOutcome

LOOKED_AT_MS = 48 * 3600 * 1000
EARLY_MS = 10 * 60 * 1000  # a report of a message whose reference is not known yet
EARLY_KEPT = 64
DIGITS = 8  # at the end of a number: with and without its country they are the same
FINAL: frozenset[ReportOutcome] = frozenset({"delivered", "failed", "expired"})

MessageFate = Literal["pending", "delivered", "failed", "expired"]


class SentMessage(Struct):
    """A message that the network has: its number, the reference of each part, what was reported of them."""

    key: str  # the caller's own name for it
    number: str
    references: list[int]
    at_ms: int
    reported: dict[int, ReportOutcome] = field(default_factory=dict)  # by the place of the part

    @property
    def fate(self) -> MessageFate:
        """Delivered when all parts are; failed or expired when one is."""
        outcomes = [self.reported.get(part) for part in range(len(self.references))]
        if "failed" in outcomes:
            return "failed"
        if "expired" in outcomes:
            return "expired"
        return "delivered" if all(outcome == "delivered" for outcome in outcomes) else "pending"


class ReportBook:
    """The messages that reports may still be about. `sent` is what is known of them from before, oldest first."""

    def __init__(self, sent: Iterable[SentMessage] = ()) -> None:
        self.messages = list(sent)
        self._early: list[tuple[int, DeliveryReport]] = []

    def sent(self, message: SentMessage) -> bool:
        """The network has this one. Gives whether its fate is known already: reports of it came before."""
        self._forget(message.at_ms)
        self.messages.append(message)
        before = message.fate
        early = [report for _, report in self._early if _is_about(report, message)]
        self._early = [(at_ms, report) for at_ms, report in self._early if report not in early]
        for report in early:
            _enter(report, message)
        return message.fate != before

    def reported(self, report: DeliveryReport, now_ms: int) -> SentMessage | None:
        """The message whose fate it changes; None: of nobody, or nothing new."""
        self._forget(now_ms)
        for message in reversed(self.messages):
            if _is_about(report, message):
                before = message.fate
                _enter(report, message)
                return message if message.fate != before else None
        self._early = [*self._early[1 - EARLY_KEPT :], (now_ms, report)]
        return None

    def _forget(self, now_ms: int) -> None:
        self.messages = [message for message in self.messages if now_ms - message.at_ms <= LOOKED_AT_MS]
        self._early = [(at_ms, report) for at_ms, report in self._early if now_ms - at_ms <= EARLY_MS]


def _is_about(report: DeliveryReport, message: SentMessage) -> bool:
    return report.reference in message.references and _end(report.recipient) == _end(message.number)


def _end(number: str) -> str:
    return "".join(character for character in number if character.isdigit())[-DIGITS:]


def _enter(report: DeliveryReport, message: SentMessage) -> None:
    """The part with this reference; final never goes back to pending."""
    part = message.references.index(report.reference)
    if report.outcome in FINAL or message.reported.get(part) not in FINAL:
        message.reported[part] = report.outcome
