"""The conversation with a device at a serial line: what it says is decoded and reported, and in between it is asked for things.

When nothing comes for a second, a frame that is begun will not be finished, and is refused. `drivers/talk.py` says the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from drivers.driver import (
    BytesReceived,
    Conversation,
    Item,
    Notified,
    Order,
    ReportItems,
    Send,
    Silence,
    Status,
    StreamDecoder,
    Wait,
)
from drivers.steps import Step, now
from drivers.talk import NoAnswer, Talk

PAUSE_S = 1.0
STANDS_STILL_S = 3.0  # a store that comes, comes without a pause


class LineTalk(Talk[Item]):
    """One open line. `decoder` reads what the device says by itself; `bytes_heard` counts what it said."""

    def __init__(self, decoder: StreamDecoder) -> None:
        super().__init__(self._hear_line, pause_s=PAUSE_S)
        self.decoder = decoder
        self.bytes_heard = 0
        self._change: Callable[[list[Item]], list[Item]] = list

    def _hear_line(self, event: Notified | BytesReceived | Silence) -> Step[list[Item]]:
        if isinstance(event, BytesReceived):
            self.bytes_heard += len(event.data)
            return (yield from self.report(event.data))
        return (yield from _reported(self._change(self.decoder.close())))

    def report(self, heard: bytes) -> Step[list[Item]]:
        """Reports what bytes mean that came, and gives it."""
        return (yield from _reported(self._change(self.decoder.feed(heard))))

    # --- steps ---

    def listen(self) -> Step[list[Item]]:
        """Reports what comes next, and gives it; nothing where nothing came for a second, or an order came instead."""
        with self.expecting(lambda _item: True) as items:
            yield from self.live_on((yield from now()) + PAUSE_S)
        return items.left()

    def answer(self, question: bytes, wanted: Callable[[Item], bool], seconds: float) -> Step[Item | None]:
        """Asks the device; the first item after it that is wanted, None when it did not come in time."""
        with self.expecting(wanted) as items:
            yield Send(question)
            return (yield from items.next(seconds))

    def fields(self, question: bytes, words: Collection[str], seconds: float) -> Step[Mapping[str, object]]:
        """Asks the device; what its status says, once it has all of these words. Raises NotDone."""
        fields: dict[str, object] = {}

        def complete(item: Item) -> bool:
            if isinstance(item, Status):
                fields.update(item.fields)
            return all(word in fields for word in words)

        if (yield from self.answer(question, complete, seconds)) is None:
            raise NoAnswer(f"no answer to {question.hex(' ')}")
        return fields

    def take_in(
        self, came: Callable[[], int], complete: Callable[[], bool], change: Callable[[list[Item]], list[Item]] = list
    ) -> Step[bool]:
        """Reports what comes, changed, to the last of it; False: for three seconds there was no more of it."""
        self._change = change
        try:
            return (yield from self._take_in(came, complete))
        finally:
            self._change = list

    def _take_in(self, came: Callable[[], int], complete: Callable[[], bool]) -> Step[bool]:
        before, last_s = came(), (yield from now())
        while not complete():
            yield from self.listen()
            now_s = yield from now()
            if came() > before:
                before, last_s = came(), now_s
            elif now_s - last_s >= STANDS_STILL_S:
                return False
        return True

    def read_bytes(self, size: int, seconds: float) -> Step[bytes]:
        """The bytes that come, as they are, until there are so many, or nothing came for so long."""
        heard = b""
        while len(heard) < size:
            event = yield Wait(seconds)
            if isinstance(event, BytesReceived):
                heard += event.data
            elif isinstance(event, Order):
                yield from self.take(event)
            else:
                break
        return heard

    def rest(self, seconds: float) -> Conversation:
        """Lets time pass, at most so much; what comes meanwhile is nobody's answer."""
        event = yield Wait(seconds)
        if isinstance(event, Order):
            yield from self.take(event)


def _reported(items: list[Item]) -> Step[list[Item]]:
    if items:
        yield ReportItems(items)
    return items
