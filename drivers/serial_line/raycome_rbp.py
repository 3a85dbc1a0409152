"""Raycome / Maibobo (瑞光康泰 脉搏波) RBP-9000, RBP-7000, RPD-7000: arm-in blood pressure booths and desk cuffs.

USB serial inside the device (Prolific 067B:23C3), 8N1. 9600 baud in three programs, 115200 in two: it depends on the model and
the cable, so the technician sets it; on a wrong rate nothing decodes.

    AA 80 03 LL tt tt d... XX      from the device        CC 80 03 LL tt tt d... XX      to it
        L bytes from the first t to the last d; X XOR of all from the 03 to the last d. Numbers are big endian

    01 01  L 03  00       connect, and its answer
    01 02  L 03  00       start, and its answer, within 1 s; else it is off or still deflating
    01 03  L 03  00       stop, and its answer
    01 05  L 04  P P      pressure in the cuff now, mmHg, many a second while it measures: never a reading
    01 06  L 0F  U YY MM DD hh mm ss S S D D P P     result: user (1, 2), device's time, systolic, diastolic mmHg, pulse /min
    01 07  L 03  E        measurement failed
    01 08  L 03  00       locks or unlocks the screen, in one program only: not used

A result comes after a start, and also when the person presses the key of the device. A failure E is no measurement; it goes
into the status. A time that cannot be (the clock was never set): no device time.

Refused: `length` L above 0F, or another than its type has; `checksum`, looked at before type and content; `unsupported` another
type; `implausible` diastolic not below systolic, or either outside 20 to 300; `not_mine` all else, host commands (CC) too.

Safety: starting a cuff on a person is an action. It is started when the gateway is asked to, never by itself, and stopped when
no result comes.

Pitfalls of other programs: one sends stop with the checksum 03 instead of 02; one reads only the low bytes, so a systolic
pressure above 255 is lost; some take the byte U for a part of the date.

Unknown: 01 08; users above 2. Sources: TJClient `Maibobo.cs` with a captured result, web serial readers (four copies of two
authors), a Vue app with CH34x, zrr1999 `maibobo`, a Python reader for the RPD-7000, a table of failures in TypeScript.
Confidence: high.

Sensor: cuff, arm, not worn.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial

from drivers.device_clock import device_time
from drivers.driver import Context, Conversation, Item, Measure, Refused, Send, SensorTraits, SerialDriver, Status
from drivers.framing import xor
from drivers.measurement import Measurement
from drivers.serial_line.cuff import pressure
from drivers.serial_line.frame_search import Found, FrameSearch, WholeFrame, stray_before
from drivers.serial_line.line_talk import LineTalk
from drivers.talk import Doing, NoAnswer, NotDone

_HEAD = bytes.fromhex("AA8003")
_LONGEST = 0x0F
_ADDITION = len(_HEAD) + 2  # bytes of a frame that L does not count
_RESULT = struct.Struct(">7BHHH")

FAILURES = {
    0x01: "over-pressure protection",
    0x02: "signal, or a leak of the upper or lower cuff: the arm is not in its place",
    0x05: "signal, or a leak of the upper or lower cuff: the arm is not in its place",
    0x06: "sensor, or the arm is not in its place",
    0x07: "battery low",
    0x09: "deflates too long",
    0x0F: "a leak in the system",
    0x10: "motor",
}

# --- from the device ----------------------------------------------------------------------------------------------------


def _look(data: bytes, at: int) -> Found | None:
    if stray := stray_before(data, at, _HEAD):
        return stray
    if len(data) - at <= len(_HEAD):
        return None
    length = data[at + len(_HEAD)]
    if not 2 <= length <= _LONGEST:
        raise Refused("length", f"a frame of {length} bytes")
    frame = data[at : at + length + _ADDITION]
    if len(frame) < length + _ADDITION:
        return None
    if xor(frame[2:-1]) != frame[-1]:
        raise Refused("checksum", "wrong XOR")
    return WholeFrame(len(frame), _read(frame[4:6], frame[6:-1]))


def _read(kind: bytes, content: bytes) -> list[Item]:
    if kind not in _KINDS:
        raise Refused("unsupported", f"type {kind.hex(' ')}")
    size, read = _KINDS[kind]
    if len(content) != size:
        raise Refused("length", f"type {kind.hex(' ')}: {len(content)} bytes, needs {size}")
    return read(content)


def _answer(name: str, _content: bytes) -> list[Item]:
    return [Status({"answer": name})]


def _cuff(content: bytes) -> list[Item]:
    return [Status({"cuff_mmhg": int.from_bytes(content)})]


def _result(content: bytes) -> list[Item]:
    user, year, *clock, systolic, diastolic, pulse = _RESULT.unpack(content)
    value, at = pressure(systolic, diastolic, pulse), device_time(2000 + year, *clock)
    return [Measurement(kind="blood_pressure", value=value, device_time=at), Status({"user": user})]


def _failure(content: bytes) -> list[Item]:
    return [Status({"error": content[0], "error_means": FAILURES.get(content[0], "failed")})]


_KINDS: dict[bytes, tuple[int, Callable[[bytes], list[Item]]]] = {
    b"\x01\x01": (1, partial(_answer, "connect")),
    b"\x01\x02": (1, partial(_answer, "start")),
    b"\x01\x03": (1, partial(_answer, "stop")),
    b"\x01\x05": (2, _cuff),
    b"\x01\x06": (_RESULT.size, _result),
    b"\x01\x07": (1, _failure),
}

# --- to the device ------------------------------------------------------------------------------------------------------

ANSWER_S = 2  # the device answers within 1 s
MEASURES_S = 180  # a cuff that inflates twice needs two minutes


def command(code: int) -> bytes:
    """1 connect, 2 start, 3 stop."""
    body = bytes((0x03, 0x03, 0x01, code, 0x00))
    return b"\xcc\x80" + body + bytes((xor(body),))


CONNECT, START, STOP = command(1), command(2), command(3)


def converse(_context: Context) -> Conversation:
    """Connects, hears what comes, and measures when it is asked to."""
    talk = LineTalk(FrameSearch(_look))
    talk.acts = {Measure: partial(_measure, talk)}
    yield Send(CONNECT)
    while True:
        yield from talk.listen()
        yield from talk.obey()


def _measure(talk: LineTalk, _order: Measure) -> Doing:
    with talk.expecting(lambda item: _has_started(item) or _is_over(item)) as items:
        yield Send(START)
        if not (yield from items.until(_has_started, ANSWER_S)):
            raise NoAnswer("no answer: the device is off, or still deflating")
        ended = yield from items.until(_is_over, MEASURES_S)
    if not ended:
        yield Send(STOP)
        raise NotDone(f"no result in {MEASURES_S} s")
    if isinstance(ended, Status):
        raise NotDone(str(ended.fields["error_means"]))
    return "done"


def _has_started(item: Item) -> bool:
    return isinstance(item, Status) and item.fields.get("answer") == "start"


def _is_over(item: Item) -> bool:
    return isinstance(item, Measurement) or (isinstance(item, Status) and "error" in item.fields)


DRIVER = SerialDriver(
    name="raycome-rbp",
    title="Raycome / Maibobo RBP-9000, RBP-7000, RPD-7000: blood pressure booths and desk cuffs",
    title_zh="瑞光康泰（脉搏波）RBP-9000、RBP-7000、RPD-7000：血压亭和台式血压计",
    measures=("blood_pressure",),
    decoder=partial(FrameSearch, _look),
    converse=converse,
    baud=9600,
    sensor=SensorTraits(cuff=True, site="arm"),
)
