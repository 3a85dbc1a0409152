"""masimo-mightysat: finger clips of Masimo with Bluetooth (MightySat, MightySat Rx).

Enrolled by hand. Bluetooth is switched on in its menu; nothing is paired. It is told once a connection to speak, and then tells
its numbers once a second while a finger is in it.

    service 54c21000-a720-4b4f-11e4-9fe20002a5d5
    54c21001-...   write without response      54c21002-...   notify; frames are cut after 20 bytes

    77 LL oo data... cc      L  bytes behind it; o  what it is; c  CRC-8/SMBUS over o and the data

    01                       -> 01 vv vv nn nn ww ..    what it is: n numbers it has, u16 little endian, w waves
    03 nn nn ww              -> FE 03 good, FF 03 refused; the numbers and waves that it tells from now on
    05 ssssssss, then of each number an exception and its value, in this order
        1 oxygen saturation %, u8      2 pulse /min, u8       4 PVi, u8      8 perfusion index, hundredths of a percent, u16
        10 breaths from the wave (RRp) /min, u8               FF none; PVi and perfusion index are stepped over
        s  u32 little endian: bit 21 no finger; 22 searching, 23 interference, 24 low perfusion: questionable:weak_signal
        exception: bit 0 little confidence: questionable:weak_signal; bit 2 invalid: none; bit 4 too early
    04 the wave, and all else: no measurement. Never asked: 06 the stored trend, 07, which deletes it

Of the oxygen and the pulse an early value counts, of the breaths only one without any exception. First byte not 77:
`not_mine`; length or a list of numbers that ends too soon: `length`; check: `checksum`; another o: `unsupported`.

Confidence: medium to high: four independent readers agree on frame, check and numbers; a captured answer to 01 and a captured
FE fit. The numbers in the vectors were made by one of the readers, no captured ones are published. Seen with firmware 1.0.6.3
and one more. Not known: what the bits of the exceptions mean but for 0, 2 and 4; a battery.
Sources: LichtenbergM/masimo-live `docs/PROTOCOL.md` and its tests; a reader that follows Masimo's CSD-1322B (exceptions);
the app of Nipro for iOS (order of the questions); `MasimoSpO2` for Android (names of the numbers).

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from drivers.bands import vital_signs
from drivers.bands.clip_talk import Clip, ClipTalk, joined
from drivers.bands.frames import BandFrame
from drivers.bands.pieces import Joiner
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Notified,
    Order,
    Refused,
    SensorTraits,
    Services,
    Subscribe,
)
from drivers.framing import Fields, crc8_smbus, need
from drivers.measurement import Measurement
from drivers.steps import Step, now
from drivers.talk import NotDone

SERVICE = "54c21000-a720-4b4f-11e4-9fe20002a5d5"
COMMANDS = "54c21001-a720-4b4f-11e4-9fe20002a5d5"
VALUES = "54c21002-a720-4b4f-11e4-9fe20002a5d5"

ASKS_AGAIN_S = 5

_BEGIN, _AROUND, _FEWEST = 0x77, 2, 2
_BEGINS = re.compile(rb"\x77")
_WHAT_IT_IS, _TELL, _WAVE, _NUMBERS, _DONE, _REFUSED = 0x01, 0x03, 0x04, 0x05, 0xFE, 0xFF
_KNOWN = 0x1F  # the numbers of the sheet, in the first of the two bytes
_HAS = 5  # bytes behind 01 up to the waves
_ALL_NUMBERS = 15  # bytes behind 05, where it tells all five

_NO_FINGER, _WEAK = 1 << 21, 1 << 22 | 1 << 23 | 1 << 24
_LITTLE_CONFIDENCE, _INVALID = 0x01, 0x04
_WEAK_SIGNAL = ("questionable:weak_signal",)


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One whole frame. Raises Refused."""
    if characteristic != VALUES:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    size = _size(data)
    if len(data) != size:
        raise Refused("length", f"frame: {len(data)} bytes, says {size or 'nothing'}")
    if crc8_smbus(data[2:-1]) != data[-1]:
        raise Refused("checksum", "CRC-8 of the frame")
    what, told = data[2], data[3:-1]
    if what == _NUMBERS:
        return _numbers(told)
    if what == _WHAT_IT_IS:
        need(told, _HAS, "what it is")
    elif what not in (_WAVE, _DONE, _REFUSED):
        raise Refused("unsupported", f"frame {what:02x}")
    return Decoded(status={"answer": "refused"} if what == _REFUSED else {})


def _size(data: bytes) -> int | None:
    if data[:1] not in (b"", b"\x77"):
        raise Refused("not_mine", f"begins with {data[:1].hex()}, not with 77")
    if len(data) < _AROUND:
        return None
    if data[1] < _FEWEST:
        raise Refused("length", f"frame: says {data[1]} bytes")
    return _AROUND + data[1]


def _numbers(told: bytes) -> Decoded:
    fields = Fields(told)
    state = int.from_bytes(fields.take(4, "state"), "little")
    oxygen, pulse = (fields.take(2, "number") for _ in range(2))
    if state & _NO_FINGER:
        return Decoded(status={"finger_out": True})
    measured = [*_valid(oxygen, vital_signs.oxygen), *_valid(pulse, vital_signs.heart_rate)]
    if len(told) == _ALL_NUMBERS:
        exception, breaths = told[-2:]
        measured += vital_signs.respiratory_rate(breaths) if not exception else []
    if state & _WEAK:
        measured = [replace(one, quality=_WEAK_SIGNAL) for one in measured]
    return Decoded(measured, status={"finger_out": False})


def _valid(number: bytes, read: Callable[[int], list[Measurement]]) -> list[Measurement]:
    """What an exception leaves of a value. Raises Refused."""
    exception, value = number
    if exception & _INVALID:
        return []
    return [replace(one, quality=_WEAK_SIGNAL) for one in read(value)] if exception & _LITTLE_CONFIDENCE else read(value)


def encoded(what: int, data: bytes = b"") -> bytes:
    """The bytes of a frame."""
    told = bytes((what,)) + data
    return bytes((_BEGIN, len(told) + 1)) + told + bytes((crc8_smbus(told),))


class _MightySat(Clip):
    """One connection: it is asked what it has, and told to tell that, until it does."""

    def __init__(self, connection: ClipTalk) -> None:
        super().__init__(joined(Joiner(_size, _BEGINS), decode), Subscribe(VALUES, SERVICE))
        self._talk = connection
        self._speaks = False

    def open(self) -> Conversation:  # type: ignore[explicit-override]  # from 3.12 on
        """Asks what it has, and again in a while. Raises NotDone."""
        yield from self._talk.write(encoded(_WHAT_IT_IS))
        self._talk.do_at((yield from now()) + ASKS_AGAIN_S, self._ask_again)

    def hear(self, told: Notified, now_s: float) -> Step[list[BandFrame]]:  # type: ignore[explicit-override]
        """Answers what it has with what it shall tell."""
        frames = yield from super().hear(told, now_s)
        for frame in frames:
            self._speaks = self._speaks or frame.data[2] == _NUMBERS
            if frame.data[2] == _WHAT_IT_IS and not self._speaks:
                with suppress(NotDone):  # it is asked again, or the link is given up
                    yield from self._talk.write(encoded(_TELL, _wanted(frame.data[3:-1])))
        return frames

    def _ask_again(self) -> Conversation:
        if not self._speaks:
            with suppress(NotDone):
                yield from self.open()


def _wanted(has: bytes) -> bytes:
    """Of what it has: the numbers of the sheet, and the waves, without which one was never seen to speak."""
    return bytes((has[2] & _KNOWN, 0)) + has[4:5]


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    connection = ClipTalk(services, context, COMMANDS)
    return connection.converse(_MightySat(connection), order)


DRIVER = ConnectionDriver(
    name="masimo-mightysat",
    title="Masimo MightySat and MightySat Rx finger clips",
    title_zh="迈心诺 Masimo MightySat、MightySat Rx 指夹式血氧仪",
    measures=("oxygen_saturation", "heart_rate", "respiratory_rate"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)
