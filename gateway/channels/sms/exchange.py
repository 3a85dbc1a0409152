"""One command at a time: what goes to the modem and what it answers, as generators that yield the moment they wait for. Pure.

A `Talk` is resumed when something was heard or the moment has come, whatever is first; it finds the time in `now_s`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from typing import NamedTuple, TypeVar

from gateway.channels.sms.errors import ModemError, error_of
from gateway.channels.sms.lines import LineReader, ModemLine
from gateway.channels.sms.timings import Timings
from gateway.channels.sms.unsolicited import News

T = TypeVar("T")
Talk = Generator[float, None, T]

ESCAPE, END_OF_MESSAGE = b"\x1b", b"\x1a"
MOST_LINES = 1024  # of one answer: a store has at most 255 messages
ENDS_ALL: frozenset[News] = frozenset({"boot", "power_down", "sim_gone"})


class Interrupted(Exception):
    """The modem began anew, goes down or lost its SIM: what was in flight has no answer."""

    def __init__(self, news: News) -> None:
        super().__init__(news)
        self.news = news


class NoAnswerInTime(Exception):
    """It did not say the final line of a command."""


class ModemAnswer(NamedTuple):
    """The final line, and those before it (`pdu` of those that brought one)."""

    final: str
    lines: tuple[ModemLine, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the command was done."""
        return self.final == "OK"

    @property
    def error(self) -> ModemError | None:
        """What was wrong; None: nothing."""
        return error_of(self.final)

    def value(self, prefix: str) -> str | None:
        """What stands behind this prefix in the first line that has it."""
        for line in self.lines:
            if line.text.upper().startswith(prefix):
                return line.text[len(prefix) :].strip()
        return None


class Exchange:
    """The wire in memory. `told(heard)` is called with each unasked line, wherever it comes."""

    def __init__(self, timings: Timings, told: Callable[[ModemLine], None]) -> None:
        self.timings = timings
        self.now_s = 0.0
        self.unanswered_s: float | None = None  # since when a command waits for its answer
        self.answered_s: float | None = None  # when one last had it
        self.reader = LineReader()
        self.out = bytearray()
        self._heard: deque[ModemLine] = deque()
        self._told = told

    def feed(self, data: bytes) -> None:
        """What came from the modem."""
        for heard in self.reader.feed(data):
            if heard.kind in ("prompt", "answer", "final"):
                self.unanswered_s, self.answered_s = None, self.now_s
            self._heard.append(heard)

    @property
    def heard_something(self) -> bool:
        """Whether there is something that no talk has taken yet."""
        return bool(self._heard)

    def begin_anew(self) -> None:
        """The line was opened: nothing of what was before counts."""
        self.reader = LineReader()
        self.out.clear()
        self._heard.clear()

    def next(self, until_s: float, *, calm: bool = False) -> Talk[ModemLine | None]:
        """What is said next; None: nothing came in time. Raises Interrupted, unless it is calm.

        What was heard counts, however late we come to look: a process that stood still would send an SMS twice.
        """
        while self._heard or self.now_s < until_s:
            if not self._heard:
                yield until_s
                continue
            heard = self._heard.popleft()
            if heard.kind != "news":
                return heard
            self._told(heard)
            if calm:
                return heard
            if heard.news in ENDS_ALL:
                raise Interrupted(heard.news)
        return None

    def ask(self, command: str, within_s: float | None = None) -> Talk[ModemAnswer]:
        """Sends a command and gives its answer. Raises NoAnswerInTime, Interrupted."""
        self.write(command)
        return (yield from self.answer(self.timings.answer_s if within_s is None else within_s))

    def write(self, command: str, *, prompt: bool = False) -> None:
        """Sends a command."""
        self.reader.sent(command, prompt=prompt)
        self._put(command.encode("ascii") + b"\r")

    def write_pdu(self, pdu: str) -> None:
        """Hands over a message, behind the prompt only."""
        self.reader.sent_pdu(pdu)
        self._put(pdu.encode("ascii") + END_OF_MESSAGE)

    def _put(self, data: bytes) -> None:
        self.out += data
        if self.unanswered_s is None:
            self.unanswered_s = self.now_s

    def answer(self, within_s: float) -> Talk[ModemAnswer]:
        """What it says up to the final line. Raises NoAnswerInTime, Interrupted."""
        until_s = self.now_s + within_s
        lines: list[ModemLine] = []
        while heard := (yield from self.next(until_s)):
            if heard.kind == "final":
                return ModemAnswer(heard.text, tuple(lines))
            if len(lines) < MOST_LINES:
                lines.append(heard)
        raise NoAnswerInTime

    def ask_old(self, command: str) -> Talk[ModemAnswer]:
        """As `ask`, of a modem that may end its answer with nothing."""
        self.write(command)
        until_s = self.now_s + self.timings.answer_s
        lines: list[ModemLine] = []
        while heard := (yield from self.next(until_s)):
            if heard.kind == "final":
                return ModemAnswer(heard.text, tuple(lines))
            if heard.kind == "answer":
                until_s = min(until_s, self.now_s + self.timings.old_modem_s)
            if len(lines) < MOST_LINES:
                lines.append(heard)
        if any(line.kind == "answer" for line in lines):
            return ModemAnswer("OK", tuple(lines))
        raise NoAnswerInTime

    def pause(self, seconds: float) -> Talk[None]:
        """Lets time pass; what is said meanwhile and is no news is dropped."""
        until_s = self.now_s + seconds
        while (yield from self.next(until_s)) is not None:
            pass

    def escape(self) -> Talk[None]:
        """Out of the edit mode, if it is in it: it would send the next commands as a text."""
        self.reader.sent("")
        self._put(ESCAPE + b"\r")
        yield from self.pause(self.timings.escape_s)
