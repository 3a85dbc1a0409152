"""What goes out by SMS: for each phone all that waits for it, in one message where it can be, as soon as the modem is free.

No question waits for company: while the modem sends one, what comes gathers behind it, and a hundred calls are a few messages.
Questions wait in the alerts themselves (`Alert.asked` without a result), other words in a memory beside them: all of it is on
the disk before it goes. `next` is asked once the modem is free, `settled` is told what came of it; nothing here waits, so that
a replay plays it too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from gateway.alert import PRIORITIES, Alert, Asked, AskResult
from gateway.alerts import asking, ladder
from gateway.alerts.book import AlertBook
from gateway.channels.sms import kept
from gateway.channels.sms.kept import SmsMemory
from gateway.channels.sms.submit import pieces
from gateway.choices import Choices
from gateway.words import sms as words


class SmsMessage(Struct, frozen=True, kw_only=True):
    """One message to one phone: its text, the questions and the notes that it tells. `urgent`: no bound holds it back."""

    phone: str
    number: str
    text: str
    asks: tuple[tuple[int, int], ...] = ()  # alert, and which of its asked
    notes: tuple[int, ...] = ()
    urgent: bool = False

    @property
    def parts(self) -> int:
        """In how many parts it goes out."""
        return count_parts(self.text)


class SmsQueue:
    """`held_back_since_ms`: since when the bound of the day keeps messages back.

    `on_its_way`: the message that the modem has now.
    """

    def __init__(self, book: AlertBook, choices: Callable[[], Choices], wall_ms: Callable[[], int]) -> None:
        self.held_back_since_ms: int | None = None
        self.on_its_way: SmsMessage | None = None
        self._book, self._choices, self._wall_ms = book, choices, wall_ms
        self.kept = SmsMemory()

    def load(self, memories: Mapping[str, bytes]) -> None:
        """What an earlier life left."""
        self.kept = kept.decode(memories.get(kept.MEMORY))

    def keep(self, after: SmsMemory) -> None:
        """It is on the disk once the book is `stored`, with all that was kept before."""
        if after is not self.kept:
            self.kept = after
            self._book.keep(None, memories={kept.MEMORY: kept.encode(after)})

    async def next_reference(self) -> int:
        """Of a message of several parts: another for each, also after a restart."""
        self.keep(replace(self.kept, reference=(self.kept.reference + 1) % 256))
        await self._book.stored()
        return self.kept.reference

    # --- what is next -------------------------------------------------------------------------------------------------

    def next(self, but: Sequence[str] = ()) -> SmsMessage | None:
        """What to send now, the most urgent and then the oldest first; None: nothing waits. `but`: not to these phones now."""
        self._give_up_the_unknown()
        waiting = self._waiting()
        names = [phone.name for phone in self._choices().duty_list.phones if phone.name not in but]
        asked = sorted((name for name in names if name in waiting), key=lambda name: _urgency(waiting[name]))
        told = {note.phone for note in self._notes()}
        noted = [name for name in names if name in told]
        told_now = noted if self._room() > 0 else []  # an hour's words may wait, and are not put together for nothing
        for message in chain((self._question(name, waiting[name]) for name in asked), map(self._told, told_now)):
            if message.urgent or self.is_within_bound(message.text):
                return message
        self._hold_back(bool(asked or noted))
        return None

    def _room(self) -> int:
        """How many parts the bound of the day leaves."""
        return self._choices().sms_per_day - self.kept.parts_today(self._wall_ms())

    def _hold_back(self, held_back: bool) -> None:
        since_ms = self.held_back_since_ms
        self.held_back_since_ms = (self._wall_ms() if since_ms is None else since_ms) if held_back else None

    def is_within_bound(self, text: str) -> bool:
        """Whether the bound of the day leaves room for this."""
        return count_parts(text) <= self._room()

    def _waiting(self) -> dict[str, list[tuple[Alert, Asked]]]:
        """By phone, the questions that still are some."""
        waiting: dict[str, list[tuple[Alert, Asked]]] = {}
        for alert in self._asking():
            for one in alert.asked:
                if is_waiting(alert, one):
                    waiting.setdefault(one.phone, []).append((alert, one))
        return waiting

    def _asking(self) -> list[Alert]:
        """Those about which people are to be asked now, as the disk knows them."""
        duty, now = self._choices().duty, self._book.now()
        return [alert for alert in self._book.open_alerts if alert.asked and ladder.second_path_open(alert, duty, now)]

    def _question(self, name: str, waiting: Sequence[tuple[Alert, Asked]]) -> SmsMessage:
        """About as many alerts as one message may hold, the most urgent and oldest first."""
        choices = self._choices()
        by_number = {alert.number: alert for alert, _ in sorted(waiting, key=lambda one: _age(one[0]))}
        alerts = list(by_number.values())
        while not words.fits(alerts, choices.language, choices.zone, count_parts):
            alerts = alerts[: (len(alerts) + 1) // 2]
        told = {alert.number for alert in alerts}
        return SmsMessage(
            phone=name,
            number=self._number(name),
            text=words.question(alerts, choices.language, choices.zone, count_parts),
            asks=tuple((alert.number, one.n) for alert, one in waiting if alert.number in told),
            urgent=any(alert.priority == "critical" for alert in alerts),
        )

    def _told(self, name: str) -> SmsMessage:
        """All words for this phone together, as far as they fit one part."""
        notes = [note for note in self._notes() if note.phone == name]
        language = self._choices().language
        text, count = words.message([notes[0].text], language), 1
        while count < len(notes):  # from the first on: an hour's words may wait, and few of them fit
            longer = words.message([note.text for note in notes[: count + 1]], language)
            if count_parts(longer) > 1:
                break
            text, count = longer, count + 1
        return SmsMessage(phone=name, number=self._number(name), text=text, notes=tuple(note.n for note in notes[:count]))

    def _notes(self) -> tuple[kept.Note, ...]:
        return self.kept.without((), self._wall_ms()).notes

    def _number(self, name: str) -> str:
        phone = self._choices().duty_list.named(name)
        return phone.number if phone else ""

    def _give_up_the_unknown(self) -> None:
        """Who is no longer in the list cannot be asked: the next is."""
        duty_list = self._choices().duty_list
        for alert in self._asking():
            gone = [one.n for one in alert.asked if is_waiting(alert, one) and duty_list.named(one.phone) is None]
            self._tell(alert.number, gone, "failed")

    # --- what came of it ----------------------------------------------------------------------------------------------

    def is_wanted(self, message: SmsMessage) -> bool:
        """Whether it still says something: nobody goes yet, and a word is not too old."""
        waiting = {(alert.number, one.n) for alert in self._asking() for one in alert.asked if is_waiting(alert, one)}
        return bool(waiting & set(message.asks)) or any(note.n in message.notes for note in self._notes())

    def is_on_its_way(self, alert: Alert, phone: str) -> bool:
        """Whether the modem has a question about this alert for this phone now."""
        message = self.on_its_way
        return message is not None and message.phone == phone and any(number == alert.number for number, _ in message.asks)

    def settled(self, message: SmsMessage, result: AskResult) -> None:
        """What came of it; stored with the alerts, once the book is `stored`."""
        now_ms = self._wall_ms()
        self.reported(message.asks, result)
        after = self.kept.without(message.notes, now_ms)
        if result == "sent":
            after = after.sent(message.parts, now_ms)
            after = after.asked(message.phone, [alert for alert, _ in message.asks]) if message.asks else after
        self.keep(after)

    def count(self, text: str) -> None:
        """A test went out: it counts against the bound of the day like all others."""
        self.keep(self.kept.sent(count_parts(text), self._wall_ms()))

    def reported(self, asks: Sequence[tuple[int, int]], result: AskResult) -> None:
        """What the service centre says later."""
        for alert in {alert for alert, _ in asks}:
            self._tell(alert, [n for number, n in asks if number == alert], result)

    def _tell(self, number: int, asked: Sequence[int], result: AskResult) -> None:
        alert = self._book.get(number)
        if alert is not None and asked:
            after = asking.told(alert, asked, result)
            if after is not alert:
                self._book.keep(after, urgent=True)


def is_waiting(alert: Alert, one: Asked) -> bool:
    """Whether this question was not told yet, and is one of this run of the ladder."""
    return not one.result and not one.answer and alert.ladder is not None and one.run == alert.ladder.run


def count_parts(text: str) -> int:
    """In how many parts a text goes out."""
    return len(pieces(text))


def _urgency(waiting: Sequence[tuple[Alert, Asked]]) -> tuple[int, int]:
    """For sorting phones: the most urgent alert, and since when it waits."""
    return min((PRIORITIES.index(alert.priority), one.at_ms) for alert, one in waiting)


def _age(alert: Alert) -> tuple[int, int]:
    return PRIORITIES.index(alert.priority), alert.number
