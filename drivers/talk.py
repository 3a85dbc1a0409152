"""What every conversation is made of: waits that end, frames that somebody expects, orders and the answer to each.

A driver gives its `acts`, what it does for which order, written with the steps here and in the file for its kind of link
(`bands/talk.py`, `serial_line/line_talk.py`, `standard/conversation.py`). A step that comes to nothing raises `NotDone`,
which ends the act, and is the outcome in its answer. Every wait has an end, so that every order is answered.

Whoever waits, everything that the device says goes the same way: `hear` joins, decodes, reports and acknowledges it at
once; then the whole frames are offered to those who expect them, the last to come first. So an order that cannot wait (help
is on the way) is done in the midst of a measurement or a fetch, and takes no frame from it; others wait for their turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf
from typing import Any, Generic, Literal, TypeVar

from drivers.conversation import Answered, BytesReceived, Conversation, Notified, Silence, Store, Wait
from drivers.orders import Find, Listen, Order, Outcome, OutcomeWord, ShowText, Vibrate
from drivers.steps import Step, local_time, now

Frame = TypeVar("Frame")
Doing = Step[Literal["done", "sent"]]
Acts = Mapping[type[Order], Callable[[Any], Doing]]  # each takes the order that it is for
AT_ONCE: frozenset[type[Order]] = frozenset({Vibrate, Find, ShowText})


def _nothing() -> Conversation:
    yield from ()


_NEVER: tuple[float, Callable[[], Conversation]] = (inf, _nothing)


class NotDone(Exception):
    """What was ordered came to nothing: what came of it instead, and why."""

    def __init__(self, why: str, result: OutcomeWord = "failed") -> None:
        super().__init__(why)
        self.outcome = Outcome(result, why)


class NoAnswer(NotDone):
    """The device said nothing: there is no use in asking it for more."""

    def __init__(self, why: str, result: OutcomeWord = "unreachable") -> None:
        super().__init__(why, result)


class NothingCame(NoAnswer):
    """The device does not take what is written, or gives no value: the next time it may."""


class Expected(Generic[Frame]):
    """Frames that somebody waits for, kept until they are taken."""

    def __init__(self, talk: Talk[Frame], fits: Callable[[Frame], bool]) -> None:
        self._talk = talk
        self._fits = fits
        self._came: deque[Frame] = deque()

    def takes(self, frame: Frame) -> bool:
        """Whether it is one of them."""
        if fits := self._fits(frame):
            self._came.append(frame)
        return fits

    def left(self) -> list[Frame]:
        """Those that came and were not taken."""
        left = list(self._came)
        self._came.clear()
        return left

    def next(self, within_s: float, by_s: float = inf) -> Step[Frame | None]:
        """The next of them; None when none came within so many seconds, or by this time of the conversation."""
        ends_s = min((yield from now()) + within_s, by_s)
        while not self._came:
            if not (yield from self._talk.live_on(ends_s)):
                return None
        return self._came.popleft()

    def until(self, wanted: Callable[[Frame], bool], within_s: float) -> Step[Frame | None]:
        """The next of them that is wanted, without those before it; None when it did not come within so many seconds."""
        by_s = (yield from now()) + within_s
        while (frame := (yield from self.next(inf, by_s))) is not None and not wanted(frame):
            pass
        return frame


class Talk(Generic[Frame]):
    """One conversation. `hear` joins, decodes, reports and acknowledges what came, gives the whole frames, raises nothing.

    `acts`: what is done for which order; `at_once`: orders that interrupt another. After `pause_s` without a word from the
    device, `hear` is given a `Silence`: what is begun will not be finished.
    """

    def __init__(
        self,
        hear: Callable[[Notified | BytesReceived | Silence], Step[list[Frame]]],
        acts: Acts | None = None,
        *,
        at_once: frozenset[type[Order]] = AT_ONCE,
        pause_s: float = inf,
    ) -> None:
        self.acts: Acts = acts or {}
        self._hear = hear
        self._at_once = at_once
        self._pause_s = pause_s
        self._expected: list[Expected[Frame]] = []
        self._orders: deque[Order] = deque()
        self._later: tuple[float, Callable[[], Conversation]] = _NEVER

    # --- what happens ---

    def live_on(self, ends_s: float) -> Step[bool]:
        """Lives through the next thing that happens before a time; False: that time has come."""
        now_s = yield from now()
        if now_s >= self.later_s:
            (_, do), self._later = self._later, _NEVER
            yield from do()
        if now_s >= ends_s:
            return False
        seconds = min(min(ends_s, self.later_s) - now_s, self._pause_s)
        event = yield Wait(seconds)
        if isinstance(event, Order):
            yield from self.take(event)
            return True
        if isinstance(event, Notified | BytesReceived):
            self._offer((yield from self._hear(event)))
            return True
        if seconds >= self._pause_s:
            self._offer((yield from self._hear(Silence())))
        return (yield from now()) < ends_s

    def do_at(self, at_s: float, do: Callable[[], Conversation] | None) -> None:
        """Does this at a time of the conversation, whatever else goes on, in place of what was to be done; None: nothing."""
        self._later = (at_s, do) if do else _NEVER

    @property
    def later_s(self) -> float:
        """When something is to be done; infinite: never."""
        return self._later[0]

    def _offer(self, frames: list[Frame]) -> None:
        for frame in frames:
            any(expected.takes(frame) for expected in reversed(self._expected))

    # --- orders ---

    def take(self, order: Order) -> Conversation:
        """Does an order that cannot wait; keeps another until it is its turn."""
        if type(order) in self._at_once:
            yield from self.act(order)
        else:
            self._orders.append(order)

    def obey(self) -> Step[bool]:
        """Does what was ordered meanwhile, one after the other; False: the device says nothing, there is no use in staying."""
        while self._orders:
            if isinstance((yield from self.act(self._orders.popleft())), NoAnswer):
                return False
        return True

    def act(self, order: Order) -> Step[NotDone | None]:
        """Does what is ordered, and answers; gives the reason where it came to nothing."""
        if isinstance(order, Listen):
            return None
        try:
            result = yield from self._done(order)
        except NotDone as why:
            yield Answered(order, why.outcome)
            return why
        yield Answered(order, Outcome(result))
        return None

    def _done(self, order: Order) -> Doing:
        act = self.acts.get(type(order))
        if act is None:
            raise NotDone(f"this driver knows no {order.name}", "unsupported")
        return (yield from act(order))

    # --- steps for acts ---

    @contextmanager
    def expecting(self, fits: Callable[[Frame], bool]) -> Iterator[Expected[Frame]]:
        """Frames that fit are kept for the caller, also those that come while something else is done."""
        expected = Expected(self, fits)
        self._expected.append(expected)
        try:
            yield expected
        finally:
            self._expected.remove(expected)

    def pause(self, seconds: float) -> Conversation:
        """Lets time pass, hearing what comes."""
        ends_s = (yield from now()) + seconds
        while (yield from self.live_on(ends_s)):
            pass

    def store(self, *, calls_only: bool = False) -> Conversation:
        """Everything reported so far is on the disk when this returns, or what calls for help. Raises NotDone."""
        if (yield Store(calls_only)) is not True:
            raise NotDone("the disk does not take the records now")

    def local(self) -> Step[datetime]:
        """The local wall clock, without a zone. Raises NotDone where nobody knows it."""
        return (yield from self.time()).replace(tzinfo=None)

    def utc(self) -> Step[datetime]:
        """The time in UTC, without a zone; a clock without an offset is taken for UTC. Raises NotDone."""
        time = yield from self.time()
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time

    def time(self) -> Step[datetime]:
        """The local wall clock, with its zone. Raises NotDone where nobody knows it."""
        time = yield from local_time()
        if time is None:
            raise NotDone("the time is not known")
        return time
