"""The conversation with a band of a maker: commands and answers over one write and one notify characteristic or a few.

    subscribe     what is listed; of those that some firmware has not, those that there are
    open          what the band wants before anything else: mostly nothing
    act           what the gateway asks; each ask is answered by a report: done, sent, failed, unsupported
    listen        for a while, so that the next ask finds the band; then the conversation ends

A driver gives a `Manner` (how its band is heard, opened and asked for things) and writes its acts with the steps of `Talk`.
A step that comes to nothing raises `NotDone`, which ends the act, and is the reason in its answer. Every wait has an end, so
that every act has one.

Whoever waits, everything that the band says goes the same way: `hear` joins, decodes, reports and acknowledges it at once;
then the whole frames are offered to those who expect them, the last to come first. So an ask that cannot wait (help is on
the way) is done in the midst of a measurement or a fetch, and takes no frame from it; other asks wait for their turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Generic, Literal, Protocol, TypeVar

from drivers.driver import (
    Ask,
    Conversation,
    Decoded,
    Notified,
    Report,
    Services,
    Store,
    Subscribe,
    Wait,
    Write,
)
from drivers.measurement import Kind
from drivers.steps import Step, now, read

ANSWER_S = 5  # a band answers within a second, or is not there any more
LISTENS_S = {"visit": 10, "listen": 60}  # after the last frame; else the conversation ends with what was asked
LISTENS_AT_MOST_S = 180  # a band that neither hangs up nor falls silent gives the slot back
STREAMS_S = 30  # how long a band goes on measuring after the first value, where a stream is asked for
FETCHED = "fetched"  # learnt: when all stored records were asked for last, local time of the gateway
AT_ONCE = frozenset({"vibrate", "find", "text"})  # asks that interrupt another

Frame = TypeVar("Frame")
Result = Literal["done", "sent"]
Doing = Step[Result]


class NotDone(Exception):
    """What was asked came to nothing; the text says why. `unsupported`: the band cannot do it at all."""

    def __init__(self, why: str, *, unsupported: bool = False) -> None:
        super().__init__(why)
        self.result = "unsupported" if unsupported else "failed"


class NoAnswer(NotDone):
    """The band said nothing: there is no use in asking it for more."""


class Manner(Protocol[Frame]):
    """How one make of bands is spoken with; one object a connection, which keeps what was learnt in it."""

    @property
    def subscriptions(self) -> Sequence[Subscribe]:
        """What is subscribed, in this order. The first must be there; the others where the band has them."""
        ...

    @property
    def acts(self) -> Mapping[str, Callable[[Ask], Doing]]:
        """What can be asked, by `Ask.do`. They raise NotDone."""
        ...

    def open(self, ask: Ask, /) -> Conversation:
        """What comes before the first ask, which this is. Raises NotDone."""
        ...

    def hear(self, told: Notified, now_s: float, /) -> Step[list[Frame]]:
        """Joins, decodes, reports and acknowledges what came; gives the frames that are whole now. Raises nothing."""
        ...


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

    def next(self, within_s: float, by_s: float = inf) -> Step[Frame | None]:
        """The next of them; None when none came within so many seconds, or by this time of the conversation."""
        ends_s = min((yield from now()) + within_s, by_s)
        while not self._came:
            if not (yield from self._talk.live_on(ends_s)):
                return None
        return self._came.popleft()


class Talk(Generic[Frame]):
    """One connection. `write_to` is the characteristic that takes the commands."""

    def __init__(self, services: Services, write_to: str) -> None:
        self._services = services
        self._write_to = write_to
        self._expected: list[Expected[Frame]] = []
        self._asked: deque[Ask] = deque()
        self._clock: datetime | None = None
        self._clock_s = 0.0
        self._manner: Manner[Frame]

    def converse(self, manner: Manner[Frame], ask: Ask) -> Conversation:
        """From the subscriptions to the end."""
        self._manner = manner
        yield from self._learn_clock(ask)
        if (yield from self._opened(ask)) and (yield from self._act(ask)):
            yield from self._listen(LISTENS_S.get(ask.do, 0))
        for left in self._asked:
            yield from _answer(left, NotDone("the band was gone before its turn"))

    def _opened(self, ask: Ask) -> Step[bool]:
        try:
            yield from self._subscribe()
            yield from self._manner.open(ask)
        except NotDone as why:
            yield from _answer(ask, why)
            return False
        return True

    # --- steps for acts ---

    def write(self, data: bytes, to: str | None = None) -> Conversation:
        """Writes a command, as the characteristic wants it. Raises NotDone."""
        characteristic = to or self._write_to
        how = self._services.find(characteristic)
        if how is None:
            raise NotDone("the band has no such characteristic", unsupported=True)
        answer = yield Write(characteristic, data, response="write" in how)
        if answer is not True:
            raise NoAnswer(f"the band does not take {data[:8].hex(' ')}")

    def command(self, data: bytes, fits: Callable[[Frame], bool], *, within_s: float = ANSWER_S, tries: int = 1) -> Step[Frame]:
        """Writes a command and gives the answer to it; asks again where none comes. Raises NotDone."""
        with self.expecting(fits) as answers:
            for _ in range(tries):
                yield from self.write(data)
                answer = yield from answers.next(within_s)
                if answer is not None:
                    return answer
        raise NoAnswer(f"no answer to {data[:8].hex(' ')}")

    def measure(self, ask: Ask, start: bytes, stop: bytes, ends: Callable[[Frame], bool], within_s: float) -> Step[Frame]:
        """Starts a measurement, and stops it at the frame that ends it, or when none came in time. Raises NotDone."""
        with self.expecting(ends) as values:
            yield from self.write(start)
            value = yield from self.value(ask, values, within_s)
        yield from self.write(stop)
        return found(value, within_s)

    def value(self, ask: Ask, values: Expected[Frame], within_s: float) -> Step[Frame | None]:
        """The first value; where a stream is asked for, the band goes on for a while."""
        value = yield from values.next(within_s)
        if value is not None and ask.stream:
            yield from self.pause(STREAMS_S)
        return value

    @contextmanager
    def expecting(self, fits: Callable[[Frame], bool]) -> Iterator[Expected[Frame]]:
        """Frames that fit are kept for the caller, also those that come while something else is done."""
        expected = Expected(self, fits)
        self._expected.append(expected)
        try:
            yield expected
        finally:
            self._expected.remove(expected)

    def subscribe(self, *wants: Subscribe) -> Conversation:
        """Subscribes to those that the band has. Raises NotDone where it refuses."""
        for want in wants:
            if self.has(want.characteristic) and (yield want) is not True:
                yield Report(Decoded(status={"subscription_refused": want.characteristic}))
                raise NotDone("the band refuses a subscription")

    def pause(self, seconds: float) -> Conversation:
        """Lets time pass, hearing what comes."""
        ends_s = (yield from now()) + seconds
        while (yield from self.live_on(ends_s)):
            pass

    def read(self, characteristic: str) -> Step[bytes | None]:
        """A value that is read; None where the band does not have it, or will not give it."""
        return (yield from read(self._services, characteristic))

    def store(self) -> Conversation:
        """Everything reported so far is on the disk when this returns. Raises NotDone."""
        if (yield Store()) is not True:
            raise NotDone("the disk does not take the records now")

    def since(self, ask: Ask, days: int) -> Step[datetime]:
        """From when on stored records are wanted: as asked, or since they were fetched last, but at most so many days back."""
        local = yield from self.local()
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
        return max(stored_since(ask) or midnight, midnight)

    def has(self, characteristic: str) -> bool:
        """Whether the band has it."""
        return self._services.find(characteristic) is not None

    def local(self) -> Step[datetime]:
        """The local wall clock, without a zone. Raises NotDone where nobody told the time."""
        return (yield from self._now()).replace(tzinfo=None)

    def utc(self) -> Step[datetime]:
        """The time in UTC, without a zone; a clock without an offset is taken for UTC. Raises NotDone."""
        time = yield from self._now()
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time

    # --- what happens ---

    def live_on(self, ends_s: float) -> Step[bool]:
        """Lives through the next thing that happens before a time; False: that time has come."""
        now_s = yield from now()
        if now_s >= ends_s:
            return False
        event = yield Wait(ends_s - now_s)
        if isinstance(event, Notified):
            now_s = yield from now()
            for frame in (yield from self._manner.hear(event, now_s)):
                any(expected.takes(frame) for expected in reversed(self._expected))
        elif isinstance(event, Ask):
            yield from self._learn_clock(event)
            if event.do in AT_ONCE:
                yield from self._act(event)
            else:
                self._asked.append(event)
        else:
            return (yield from now()) < ends_s
        return True

    def _listen(self, patience_s: float) -> Conversation:
        """Does what is asked, one after the other, until there was nothing to hear for so long."""
        started_s = yield from now()
        ends_s = started_s + patience_s
        while True:
            heard = yield from self.live_on(ends_s)
            if not heard and not self._asked:
                return
            while self._asked:
                if not (yield from self._act(self._asked.popleft())):
                    return
                started_s = yield from now()
            ends_s = min((yield from now()) + patience_s, started_s + LISTENS_AT_MOST_S)

    def _act(self, ask: Ask) -> Step[bool]:
        """Does what is asked, and answers; False: the band says nothing, there is no use in staying."""
        if ask.do == "listen":
            return True
        act = self._manner.acts.get(ask.do)
        if act is None:
            yield from _answer(ask, NotDone(f"this driver knows no {ask.do}", unsupported=True))
            return True
        learnt: dict[str, object] = {}
        if ask.do == "fetch" and ask.kind is None and self._clock is not None:
            learnt[FETCHED] = (yield from self.local()).isoformat(timespec="seconds")
        try:
            result = yield from act(ask)
        except NotDone as why:
            yield from _answer(ask, why)
            return not isinstance(why, NoAnswer)
        yield Report(Decoded(status={"ask": ask.do, "result": result, "learnt": learnt}))
        return True

    def _subscribe(self) -> Conversation:
        wants = self._manner.subscriptions
        if not self.has(wants[0].characteristic):
            yield Report(Decoded(status={"services_missing": True}))
            raise NotDone("services missing")
        yield from self.subscribe(*wants)

    # --- time ---

    def _learn_clock(self, ask: Ask) -> Conversation:
        if ask.clock is not None:
            self._clock, self._clock_s = datetime.fromisoformat(ask.clock), (yield from now())

    def _now(self) -> Step[datetime]:
        if self._clock is None:
            raise NotDone("the time is not known")
        return self._clock + timedelta(seconds=(yield from now()) - self._clock_s)


# --- what needs no connection ---


def found(value: Frame | None, within_s: float) -> Frame:
    """The value that came. Raises NoAnswer where none did."""
    if value is None:
        raise NoAnswer(f"no value in {within_s:g} s")
    return value


def year_since_2000(local: datetime) -> int:
    """As bands count it, two digits. Raises NotDone where the clock of the gateway cannot be right."""
    if not 0 <= local.year - 2000 < 64:  # FitPro has six bits for it
        raise NotDone("the time is not known")
    return local.year - 2000


def stored_since(ask: Ask) -> datetime | None:
    """From when on stored records are wanted: as asked, or since they were fetched last; None: all."""
    wanted = ask.since or ask.learnt.get(FETCHED)
    return datetime.fromisoformat(wanted).replace(tzinfo=None) if isinstance(wanted, str) else None


def each_kind(ask: Ask, able: Iterable[Kind], one: Callable[[Ask, Kind], Conversation]) -> Doing:
    """Does this for the kinds that are asked for, of those a band is able of. Raises NotDone where none was done.

    What the band refuses does not stand in the way of the next; a band that says nothing is asked no more.
    """
    refused: NotDone | None = None
    done = False
    for kind in [kind for kind in able if ask.kind in (None, kind)]:
        try:
            yield from one(ask, kind)
            done = True
        except NoAnswer:
            raise
        except NotDone as why:
            refused = why
    if done:
        return "done"
    raise refused or NotDone(f"this band cannot {ask.do} {ask.kind or 'anything'}", unsupported=True)


def _answer(ask: Ask, why: NotDone) -> Conversation:
    if ask.do != "listen":
        yield Report(Decoded(status={"ask": ask.do, "result": why.result, "why": str(why)}))
