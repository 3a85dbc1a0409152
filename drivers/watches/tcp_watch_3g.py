"""tcp-watch-3g: 4G SOS watches with a SIM card that call a server over TCP (4P-Touch, SeTracker, Beesure).

No encryption, no secret, no checksum: who knows the id that is printed on a watch can speak in its name. A frame:

    [ MM * IIIIIIIIII * (XXXX *) LLLL * CONTENT ]

    M maker, two letters: 3G, SG, CS, ZJ ...; echoed          X index, four hex digits, of some makers; echoed
    I id, 10 digits out of the IMEI (up to 15 seen)            L bytes of CONTENT, four hex digits
    CONTENT: command, or command,field,field...; compared without regard to case

    LK                steps, tumbles, battery %                                        answered LK
    AL, AL_LTE ...    position block: an alarm                                         answered AL, also each repeat
    UD, UD2 ..., WT   position block; UD2 was stored while offline                     not answered
    bphrt             systolic, diastolic, pulse, ...                                  answered bphrt
    BLOOD / heart, PULSE   systolic, diastolic / pulse                                 not answered
    oxygen            0 by hand, %                                                     answered oxygen,1
    btemp2            0 forehead or 1 wrist, degrees; 0 or 1 in their place: failed    answered btemp2
    TEMP              degrees                                                          not answered
    CONFIG, INIT, TKQ, TKQ2                                                            answered CONFIG,1 INIT,1 TKQ TKQ2
    TK, TK2, JXTK, img     voices and pictures: dropped unread

Position block: DDMMYY, hhmmss (UTC), A or V, latitude, N or S, longitude, E or W, km/h, course, m, satellites, signal %,
battery %, steps, tumbles, STATUS, and what is not read. STATUS, 8 hex digits: bit 16 SOS, 20 taken off, 21 fall; each is told.
V: the numbers are those of the last known place, so no position is told. An AL is never refused: without a bit from 16 to 31,
or unreadable, it is an SOS that is marked so; what cannot be in it (a date, a place) is left out. With a status of 4 digits the
bits 0 to 2 (low battery, fences) are the cause, and no SOS is made up.

The length is often wrong in watches that work: LK, UD, WT and AL are taken all the same, `questionable:length`. A health frame
is refused (`length`), since a lost digit changes its value. 0 is no value. Refused, in this order: `not_mine` a run of bytes
without `[`, another maker or id; `length` no `]`, fewer than four parts, L no number; `unsupported` another command; `length` a
health frame whose length or fields do not fit; `implausible` what cannot be. What is refused is answered if its word is known.

Orders: hrtstart,1 (pulse and pressure), bodytemp2, CR (positions for three minutes), MESSAGE (UTF-16 in hex), FIND (rings); the
watch confirms with the same word. Never sent, though there are such words: those that listen or take pictures in secret,
and those that change whom it calls.

Sources: the maker's "Beesure GPS SeTracker Server Protocol", parts I to VIII; the tests of traccar, with about fifty real
frames. Confidence: high. Medium: which words are answered on each firmware, the answer to AL_LTE (AL; from the third repeat
in a connection its own word is tried).

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from msgspec.structs import replace

from drivers.driver import (
    CommandResult,
    Item,
    Order,
    Outcome,
    PressPolicy,
    Refusal,
    Refused,
    SensorTraits,
    Status,
    WatchDriver,
    WriteBack,
)
from drivers.watches.tcp_watch_frames import LONGEST, WatchFrame, WatchSender, cut, parse
from drivers.watches.tcp_watch_words import SAID_BACK, known, order_content, told, told_besides

_BETWEEN = b" \r\n"
_ANOTHER_WORD_AFTER = 3  # repeats of an alarm that was answered


class TcpWatchStream:
    """The bytes of one connection: what became whole, with the answers to it, and orders to the watch that spoke."""

    def __init__(self) -> None:
        self._data = b""
        self._astray = False  # bytes that belong to no frame are refused already
        self._records = 0
        self._sender: WatchSender | None = None
        self._ordered: dict[str, int] = {}
        self._alarm: tuple[str, ...] = ()
        self._repeats = 0

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        items: list[Item] = []
        data, at = self._data + data, 0
        while (begin := self._begin(data, at, items)) >= 0:
            at = begin
            end, again = data.find(b"]", begin), data.find(b"[", begin + 1)
            stop = min((place for place in (end, again) if place >= 0), default=len(data))
            if stop - begin >= LONGEST:
                items.append(Refusal("length", "a frame of more than 16 KB"))
                at, self._astray = begin + LONGEST, True
            elif stop == len(data):
                break
            elif stop == end:
                items += self._frame(data[begin + 1 : end])
                at, self._astray = end + 1, False
            else:
                items.append(cut(data[begin + 1 : again]))
                at = again
        self._data = data[at:] if begin >= 0 else b""
        return items

    def close(self) -> list[Item]:
        """What is left over is refused."""
        left, self._data, self._astray = self._data, b"", False
        return [cut(left[1:])] if left else []

    def order(self, command: int, order: Order) -> bytes:
        """The bytes that make the watch do this; nothing where it has no word for it, or nobody has spoken yet."""
        content = order_content(order)
        if not content or self._sender is None:
            return b""
        self._ordered[content.partition(",")[0].upper()] = command
        return self._sender.frame(content)

    def _begin(self, data: bytes, at: int, items: list[Item]) -> int:
        """Where the next frame begins; -1: nowhere. What stands before it belongs to none."""
        begin = data.find(b"[", at)
        stray = data[at:begin] if begin >= 0 else data[at:]
        if stray.strip(_BETWEEN) and not self._astray:
            items.append(Refusal("not_mine", "bytes that belong to no frame"))
            self._astray = True
        return begin

    def _frame(self, inside: bytes) -> list[Item]:
        try:
            frame = parse(inside)
        except Refused as why:
            return [why.refusal]
        self._sender, self._records = frame.sender, self._records + 1
        items: list[Item] = []
        try:
            measured = told(frame)
            besides = told_besides(frame)
            items += [Status(besides, frame.sender.id)] if besides else []
            items += [replace(one, address=frame.sender.id, record=self._records) for one in measured]
        except Refused as why:
            items.append(replace(why.refusal, address=frame.sender.id))
        return [*items, *self._answers(frame)]

    def _answers(self, frame: WatchFrame) -> list[Item]:
        name, word = known(frame.command)
        if word is not None and word.answer:
            content = self._alarm_answer(frame) if name == "AL" else word.answer
            return [WriteBack(frame.sender.frame(content), frame.sender.id, after_stored=word.keeps)]
        ordered = self._ordered.pop(name, None) if name in SAID_BACK else None
        return [] if ordered is None else [CommandResult(ordered, Outcome("done"))]

    def _alarm_answer(self, frame: WatchFrame) -> str:
        """AL; a watch that goes on repeating may want to hear its own word."""
        self._repeats = self._repeats + 1 if frame.content == self._alarm else 0
        self._alarm = frame.content
        own = frame.command if frame.command.isascii() and frame.command.replace("_", "").isalnum() else "AL"
        return own if self._repeats >= _ANOTHER_WORD_AFTER else "AL"


DRIVER = WatchDriver(
    name="tcp-watch-3g",
    title="4G SOS watches that call a server (4P-Touch, SeTracker, Beesure)",
    title_zh="通过 4G 网络连接服务器的 SOS 手表（4P-Touch、SeTracker、Beesure）",
    measures=(
        "button",
        "fall",
        "worn",
        "position",
        "heart_rate",
        "blood_pressure",
        "oxygen_saturation",
        "body_temperature",
        "skin_temperature",
        "steps",
        "battery",
    ),
    decoder=TcpWatchStream,
    hub=True,
    presses=PressPolicy(silence_s=120),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
)
