"""A serial driver that is easy to read in a test: a line `hr 72` is a heart rate, `done 7` an answer to command 7."""

from __future__ import annotations

from drivers.driver import (
    Answered,
    BytesReceived,
    CommandResult,
    Context,
    Conversation,
    Fetch,
    Find,
    Item,
    Measure,
    Order,
    Outcome,
    Refusal,
    ReportItems,
    Send,
    SerialDriver,
    Signal,
    Silence,
    Store,
    Wait,
)
from drivers.measurement import Measurement
from drivers.steps import local_time


class Lines:
    """The line `bug` makes it fail, as a driver with a mistake would."""

    def __init__(self) -> None:
        self._begun = b""
        self.fed = 0

    def feed(self, data: bytes) -> list[Item]:
        self.fed += len(data)
        *lines, self._begun = (self._begun + data).split(b"\n")
        return [_item(line) for line in lines]

    def close(self) -> list[Item]:
        begun, self._begun = self._begun, b""
        return [Refusal("length", f"{len(begun)} bytes without an end")] if begun else []


def _item(line: bytes) -> Item:
    match line.split():
        case [b"hr", rate]:
            return Measurement(kind="heart_rate", value=int(rate))
        case [b"done", command]:
            return CommandResult(int(command), Outcome("done"))
        case [b"busy", command]:
            return CommandResult(int(command), Outcome("busy"))
        case [b"bug"]:
            raise ZeroDivisionError(line)
        case _:
            return Refusal("unsupported", line.decode("ascii", "replace"))


def _signal(command: int, address: str, signal: Signal) -> bytes:
    return f"{signal} {address} {command}\n".encode()


LINES = SerialDriver(name="lines", title="Lines of text", measures=("heart_rate",), decoder=Lines, signal=_signal)
DEAF = SerialDriver(name="deaf-lines", title="Lines of text, one way", measures=("heart_rate",), decoder=Lines)


def heart_rates(items: list[Item]) -> list[object]:
    """The rates in them, in order."""
    return [item.value for item in items if isinstance(item, Measurement)]


def _asks(_context: Context) -> Conversation:
    """Says hello with the time; `Fetch` gets all lines up to `end`, and has them deleted once they are stored.

    `Measure` comes to nothing, `Find` is never answered.
    """
    local = yield from local_time()
    yield Send(f"hello {local}\n".encode())
    lines = Lines()
    while True:
        event = yield Wait(60)
        match event:
            case BytesReceived(data):
                yield ReportItems(lines.feed(data))
            case Fetch():
                yield from _fetches(lines, event)
            case Measure():
                yield Answered(event, Outcome("failed", "nobody sits at it"))
            case Find():
                pass
            case Silence():
                yield ReportItems(lines.close())
            case _ if isinstance(event, Order):
                yield Answered(event, Outcome("unsupported"))


def _fetches(lines: Lines, order: Fetch) -> Conversation:
    yield Send(b"fetch\n")
    items: list[Item] = []
    while not (items and isinstance(items[-1], Refusal)):  # `end` is no line that it knows
        event = yield Wait(60)
        items = lines.feed(event.data) if isinstance(event, BytesReceived) else []
        yield ReportItems([item for item in items if isinstance(item, Measurement)])
    stored = yield Store()
    if stored:
        yield Send(b"delete\n")
    yield Answered(order, Outcome("done") if stored else Outcome("failed", "no disk"))


ASKED = SerialDriver(
    name="asked-lines",
    title="Lines of text, when they are asked for",
    measures=("heart_rate",),
    decoder=Lines,
    converse=_asks,
)
