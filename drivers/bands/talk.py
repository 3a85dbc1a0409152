"""The conversation with a band of a maker: commands and answers over one write and one notify characteristic or a few.

    subscribe     what is listed; of those that some firmware has not, those that there are
    open          what the band wants before anything else: mostly nothing
    act           what the gateway orders; each order is answered
    listen        for a while, so that the next order finds the band; then it ends, unless the band stays connected

A driver gives a `Manner` (how its band is heard, opened and asked for things) and writes its acts with the steps of `BandTalk`
and of `drivers/talk.py`, which says the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from drivers.bands.silences import SILENT, Silences
from drivers.driver import (
    Answered,
    Automatic,
    BytesReceived,
    Context,
    Conversation,
    Fetch,
    Learnt,
    Listen,
    Measure,
    Notified,
    Order,
    Services,
    Silence,
    Subscribe,
    Visit,
    Write,
)
from drivers.measurement import Kind
from drivers.steps import Step, local_time, now, read
from drivers.talk import Acts, Doing, Expected, NoAnswer, NotDone, NothingCame, Talk

ANSWER_S = 5  # a band answers within a second, or is not there any more
LISTENS_S: dict[type[Order], float] = {Visit: 10, Listen: 60}  # after the last frame; else it ends with what was ordered
LISTENS_AT_MOST_S = 180  # a band that neither hangs up nor falls silent gives the slot back
STAYS_S = 60  # in such pieces a band is listened to that has a connection of its own
STREAMS_S = 30  # how long a band goes on measuring after the first value, where a stream is asked for
FETCHED = "fetched"  # learnt: when stored records were fetched last, local time of the gateway
OWED = "owed"  # learnt: what was not fetched then, by its question, and since when it is wanted; "": all of it

Frame = TypeVar("Frame")
OfKinds = TypeVar("OfKinds", Measure, Fetch, Automatic)
Questions = Mapping[str, Callable[[], Step[object]]]  # by the name that each is known by, also in the next connection


class Manner(Protocol[Frame]):
    """How one make of bands is spoken with; one object a connection, which keeps what was learnt in it."""

    @property
    def subscriptions(self) -> Sequence[Subscribe]:
        """What is subscribed, in this order. The first must be there; the others where the band has them."""
        ...

    @property
    def acts(self) -> Acts:
        """What can be ordered. They raise NotDone."""
        ...

    def open(self) -> Conversation:
        """What comes before the first order. Raises NotDone."""
        ...

    def hear(self, value: Notified, now_s: float, /) -> Step[list[Frame]]:
        """Joins, decodes, reports and acknowledges what came; gives the frames that are whole now. Raises nothing."""
        ...


class BandTalk(Talk[Frame]):
    """One connection. `write_to` is the characteristic that takes the commands."""

    def __init__(self, services: Services, context: Context, write_to: str) -> None:
        super().__init__(self._hear_band)
        self.context = context
        self._services = services
        self._silences = Silences(context.learnt)
        self._write_to = write_to
        self._manner: Manner[Frame]
        self._missed: list[str] = []  # questions for stored records that came to nothing

    def converse(self, manner: Manner[Frame], order: Order) -> Conversation:
        """From the subscriptions to the end."""
        ours: Acts = {Visit: self._visit, Fetch: self._fetch}
        self._manner = manner
        self.acts = {kind: ours.get(kind, act) for kind, act in manner.acts.items()}
        if (yield from self._opened(order)) and not isinstance((yield from self.act(order)), NoAnswer):
            yield from self._listen(LISTENS_S.get(type(order), 0))
        for left in self._orders:
            yield Answered(left, NoAnswer("the band was gone before its turn").outcome)

    def _opened(self, order: Order) -> Step[bool]:
        try:
            yield from self._subscribe()
            yield from self._manner.open()
        except NotDone as why:
            if not isinstance(order, Listen):
                yield Answered(order, why.outcome)
            return False
        return True

    def _subscribe(self) -> Conversation:
        wants = self._manner.subscriptions
        if not self.has(wants[0].characteristic):  # BlueZ may call a band connected before it knows all its services
            raise NotDone("services missing")
        yield from self.subscribe(*wants)

    def _listen(self, patience_s: float) -> Conversation:
        """Does what is ordered, one after the other, until it hears nothing for so long, or the link is lost."""
        stays = self.context.stays
        started_s = yield from now()
        ends_s = started_s + patience_s
        while True:
            heard = yield from self.live_on(ends_s)
            if not (heard or self._orders or stays):
                return
            ordered = bool(self._orders)
            if not (yield from self.obey()):
                return
            if ordered or stays:
                started_s = yield from now()
            ends_s = min((yield from now()) + (STAYS_S if stays else patience_s), started_s + LISTENS_AT_MOST_S)

    def _hear_band(self, event: Notified | BytesReceived | Silence) -> Step[list[Frame]]:
        if not isinstance(event, Notified):
            return []
        return (yield from self._manner.hear(event, (yield from now())))

    def _visit(self, order: Visit) -> Doing:
        """It begins a round of questions: what stayed unanswered in the round before is asked again."""
        self._silences = Silences(self.context.learnt)
        return (yield from self._manner.acts[Visit](order))

    def _fetch(self, order: Fetch) -> Doing:
        """When everything that was stored has been fetched, that is learnt, and what of it did not come."""
        began = yield from local_time()
        result = yield from self._manner.acts[Fetch](order)
        if began is not None and order.kind is None:
            yield Learnt(
                {
                    FETCHED: began.replace(tzinfo=None).isoformat(timespec="seconds"),
                    OWED: {name: self._fetched(name) or "" for name in self._missed},
                }
            )
        return result

    # --- steps for acts ---

    def each_kind(self, order: OfKinds, able: Iterable[Kind], one: Callable[[OfKinds, Kind], Conversation]) -> Doing:
        """Does this for the kinds that are ordered, of those a band is able of. Raises NotDone where none was done."""
        kinds = [kind for kind in able if order.kind in (None, kind)]
        failed = yield from self.each({f"{order.name} {kind}": partial(one, order, kind) for kind in kinds})
        if isinstance(order, Fetch):
            self._missed = list(failed)
        if len(failed) < len(kinds):
            return "done"
        raise next(iter(failed.values()), None) or NotDone(
            f"this band cannot {order.name} {order.kind or 'anything'}", "unsupported"
        )

    def all_of(self, questions: Questions) -> Conversation:
        """Asks these, one after the other. Raises NotDone where one came to nothing, and was not known to."""
        self.check((yield from self.each(questions)))

    def check(self, failed: Mapping[str, NotDone]) -> None:
        """Raises the first of them, but for questions that this band did not answer the last time either."""
        for name, why in failed.items():
            if not self._silences.is_known(name):
                raise why

    def each(self, questions: Questions) -> Step[dict[str, NotDone]]:
        """Asks these, one after the other; gives those that came to nothing, and why. Raises NoAnswer: the band is gone.

        What is refused, or stays unanswered, does not stand in the way of the next, and what stays unanswered is not asked
        again in this connection. The band is gone where two do, one after the other, of which that was not known.
        """
        failed: dict[str, NotDone] = {}
        for name, ask in questions.items():
            if self._silences.stayed(name):
                failed[name] = NotDone("the band gave no answer to this before")
                continue
            remembered = self._silences.remembered
            try:
                yield from ask()
                self._silences.answered(name)
            except NoAnswer as why:
                failed[name] = NotDone(why.outcome.why, why.outcome.result)
                if isinstance(why, NothingCame):
                    self._silences.nothing_came(name)
                else:
                    self._silences.silent(name)
            except NotDone as why:
                failed[name] = why
                self._silences.answered(name)
            if self._silences.remembered != remembered:
                yield Learnt({SILENT: self._silences.remembered})
            if self._silences.is_gone:
                raise NoAnswer(failed[name].outcome.why, failed[name].outcome.result)
        return failed

    def write(self, data: bytes, to: str | None = None) -> Conversation:
        """Writes a command, as the characteristic wants it. Raises NotDone."""
        characteristic = to or self._write_to
        how = self._services.find(characteristic)
        if how is None:
            raise NotDone("the band has no such characteristic", "unsupported")
        answer = yield Write(characteristic, data, response="write" in how)
        if answer is not True:
            raise NothingCame(f"the band does not take {data[:8].hex(' ')}")

    def command(self, data: bytes, fits: Callable[[Frame], bool], *, within_s: float = ANSWER_S, tries: int = 1) -> Step[Frame]:
        """Writes a command and gives the answer to it; asks again where none comes. Raises NotDone."""
        with self.expecting(fits) as answers:
            for _ in range(tries):
                yield from self.write(data)
                answer = yield from answers.next(within_s)
                if answer is not None:
                    return answer
        raise NoAnswer(f"no answer to {data[:8].hex(' ')}")

    def measure(self, order: Measure, start: bytes, stop: bytes, ends: Callable[[Frame], bool], within_s: float) -> Step[Frame]:
        """Starts a measurement, and stops it at the frame that ends it, or when none came in time. Raises NotDone."""
        with self.expecting(ends) as values:
            yield from self.write(start)
            value = yield from self.value(order, values, within_s)
        yield from self.write(stop)
        return found(value, within_s)

    def value(self, order: Measure, values: Expected[Frame], within_s: float) -> Step[Frame | None]:
        """The first value; where a stream is asked for, the band goes on for a while."""
        value = yield from values.next(within_s)
        if value is not None and order.stream:
            yield from self.pause(STREAMS_S)
        return value

    def subscribe(self, *wants: Subscribe) -> Conversation:
        """Subscribes to those that the band has. Raises NotDone where it refuses."""
        for want in wants:
            if self.has(want.characteristic) and (yield want) is not True:
                raise NotDone("the band refuses a subscription")

    def read(self, characteristic: str) -> Step[bytes | None]:
        """A value that is read; None where the band does not have it, or will not give it."""
        return (yield from read(self._services, characteristic))

    def since(self, order: Fetch, days: int, question: str = "") -> Step[datetime]:
        """From when on stored records are wanted (see `stored_since`), but at most so many days back."""
        local = yield from self.local()
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
        return max(self.stored_since(order, question) or midnight, midnight)

    def stored_since(self, order: Fetch, question: str = "") -> datetime | None:
        """From when on stored records are wanted: as ordered, or since this question brought them last; None: all."""
        fetched = self._fetched(question)
        return order.since or (datetime.fromisoformat(fetched) if fetched else None)

    def _fetched(self, question: str) -> str | None:
        fetched, owed = self.context.learnt.get(FETCHED), self.context.learnt.get(OWED)
        since = owed.get(question, fetched) if isinstance(owed, Mapping) else fetched
        return since if isinstance(since, str) else None

    def has(self, characteristic: str) -> bool:
        """Whether the band has it."""
        return self._services.find(characteristic) is not None


# --- what needs no connection ---


def found(value: Frame | None, within_s: float) -> Frame:
    """The value that came. Raises NothingCame where none did."""
    if value is None:
        raise NothingCame(f"no value in {within_s:g} s", "failed")
    return value


def year_since_2000(local: datetime) -> int:
    """As bands count it, two digits. Raises NotDone where the clock of the gateway cannot be right."""
    if not 0 <= local.year - 2000 < 64:  # FitPro has six bits for it
        raise NotDone("the time is not known")
    return local.year - 2000
