"""Hands the parts of a message to the modem, one by one, and does what its errors ask for. Pure.

A PDU is never written before the prompt: the modem would take it for a command. When it is not known whether a part went out,
it is sent again: people see by the alert's number that two are one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from gateway.channels.sms.errors import WRONG_MODE, ModemError, error_of
from gateway.channels.sms.exchange import Exchange, NoAnswerInTime, Talk
from gateway.channels.sms.job import MOST_BUSY, MOST_NO_PROMPT, MOST_STORAGE, MOST_WRONG_MODE, SendJob
from gateway.channels.sms.sim import cannot_send

REFERENCE = re.compile(r"\+CMGS:\s*(\d{1,3})\b", re.IGNORECASE)
NO_PROMPT = ModemError("temporary", "no prompt", strange=True)
STRANGE_IN_A_ROW = 3
LATE = 2  # times as long as a modem is given, and its word is not awaited any more


class ResetWanted(Exception):
    """It answers, and nothing that makes sense: only a reset helps."""


class _Handed(NamedTuple):
    """A PDU that the modem has said nothing of."""

    at_s: float
    hex: str


class Sender:
    """`make_room`: empties the modem's store."""

    def __init__(self, exchange: Exchange, make_room: Callable[[], Talk[None]]) -> None:
        self._exchange = exchange
        self._make_room = make_room
        self._strange = 0
        self._unsaid: deque[_Handed] = deque()

    def begins_anew(self) -> None:
        """The modem was reset: what it had not said it will not say."""
        self._unsaid.clear()

    def send(self, job: SendJob) -> Talk[None]:
        """Until it has a result. Raises CannotSend, ResetWanted, what an exchange raises; the job can be gone on with then."""
        job.take_up_again()
        while job.result is None:
            error = yield from self._send_part(job)
            if error is None:
                self._strange = 0
                continue
            if not (yield from self._try_again(job, error)):
                job.failed(error)
                self._judge(error)

    def _judge(self, error: ModemError) -> None:
        if error.kind == "fault":
            raise cannot_send(error)
        self._strange = self._strange + 1 if error.strange else 0
        if self._strange >= STRANGE_IN_A_ROW or error is NO_PROMPT:
            self._strange = 0
            raise ResetWanted

    def _try_again(self, job: SendJob, error: ModemError) -> Talk[bool]:
        """Does what may help at once; False: nothing does."""
        if error is NO_PROMPT and job.may_try("prompt", MOST_NO_PROMPT):
            yield from self._exchange.escape()
            yield from self._exchange.ask("AT")
            return True
        if error.kind == "busy" and job.may_try("busy", MOST_BUSY):
            yield from self._exchange.pause(self._exchange.timings.busy_s)
            return True
        if error.kind == "storage" and job.may_try("storage", MOST_STORAGE):
            yield from self._make_room()
            return True
        if error.code in WRONG_MODE and job.may_try("mode", MOST_WRONG_MODE):
            yield from self._exchange.ask("AT+CMGF=0")
            return True
        return False

    def _send_part(self, job: SendJob) -> Talk[ModemError | None]:
        """None: the network has it."""
        part = job.part
        self._exchange.write(f"AT+CMGS={part.length}", prompt=True)
        error = yield from self._prompt()
        if error is not None:
            return error
        yield from self._exchange.pause(self._exchange.timings.behind_prompt_s)
        self._exchange.write_pdu(part.hex)
        job.handed_over()
        self._unsaid.append(_Handed(self._exchange.now_s, part.hex))
        return (yield from self._word(job))

    def _prompt(self) -> Talk[ModemError | None]:
        until_s = self._exchange.now_s + self._exchange.timings.prompt_s
        while heard := (yield from self._exchange.next(until_s)):
            if heard.kind == "prompt":
                return None
            if heard.kind == "final":
                return error_of(heard.text) or NO_PROMPT
        return NO_PROMPT

    def _word(self, job: SendJob) -> Talk[ModemError | None]:
        """The reference is the proof that it went out; the OK may come before it, behind it, or never."""
        timings, part = self._exchange.timings, job.part
        until_s = self._exchange.now_s + timings.sent_s
        final = referred = False
        while not (final and referred) and (heard := (yield from self._exchange.next(until_s))):
            found = REFERENCE.match(heard.text)
            if found and not referred:
                if referred := self._is_of(part.hex):
                    job.went_out(int(found[1]) & 0xFF)
            elif heard.kind == "final":
                error = error_of(heard.text)
                if error is not None and not referred and self._is_of(part.hex):
                    job.not_sent()
                    return error
                final = True
            else:
                continue
            until_s = min(until_s, self._exchange.now_s + timings.late_final_s)
        if not referred:
            raise NoAnswerInTime
        return None

    def _is_of(self, pdu: str) -> bool:
        """Whether a word of the modem is of this PDU: one of an earlier message, which was given up, comes first where it comes
        late. Where it does not come at all this takes the word for that, and the message goes twice: better than never.
        """
        latest_s = LATE * self._exchange.timings.sent_s
        while len(self._unsaid) > 1 and self._exchange.now_s - self._unsaid[0].at_s > latest_s:
            self._unsaid.popleft()
        return self._unsaid.popleft().hex == pdu
