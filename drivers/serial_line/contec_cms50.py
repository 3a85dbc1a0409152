"""Contec CMS50D+ (firmware 4.x), CMS50E, CMS50F, CMS50EW/FW: fingertip and wrist oximeters, protocol V7.0 (2010-07-08).

115200 8N1. The micro-B socket of the CMS50D+ is TTL serial at 3.3 V, not USB: the converter sits in the maker's cable (CP210x).
No checksum. Older firmware (3.x) speaks `oximeter-bci`. What is said to the device: see contec_cms50_talk.py.

    TT HH d...        T type, bit 7 clear: it begins a packet; bit 7 of every other byte is set. Bit k of H is the true bit 7
                      of byte k + 2. The length follows from the type

    01  9  real time, 60 a second; after the bits are put back:
           byte 2  bits 0-3 signal; 4 searching too long; 5 SpO2 low by the device's own limit: ignored; 6 beat; 7 finger out
           byte 3  bits 0-6 wave; 7 searching         byte 4  bits 0-3 bar; 4 perfusion index not valid
           byte 5  pulse /min, 1 to 254, FF none      byte 6  SpO2 %, 1 to 100, above 100 none (7F is usual)
           bytes 7, 8  perfusion index: no kind of measurement here
           Finger out, searching, searching too long: no measurement, the numbers freeze
    0F  8  stored, without perfusion index: (SpO2, pulse) three times, a second each; 0 is nothing
    09  6  stored: SpO2, pulse, perfusion index low, high; how far apart is unknown
    07  8  start of a stored segment: user, segment, century, year, month, day
    12  8  its time: user, segment, hour, minute, second, 0
    08  8  its length: user, segment, 4 bytes, low first: two a second without perfusion index, unknown with it
    0A  4  user, number of segments          0B  4  answer: command, reason (00 done, 04 delete failed, 05 not supported ...)
    0C  2  free (answers A2, A7)             0D  3  it disconnects, reason       0E  3  00 perfusion index in real time, 01 none
    10  3  number of users                   11  9  notice: 01, then 01 stored data there, 00 none
    15  9  user, segment, A1 with perfusion index, A0 without
    02 03 04 05  9   model, vendor, identifier, user: not read        06 4, 13 9, 14 9   seen in captures, meaning unknown

Refused: `length` a packet cut by a byte with bit 7 clear, which begins the next; `unsupported` another type.
Pitfalls of other programs: pulse masked with 7F cannot show more than 127; one adds 127 instead of 128.

Sources: Contec "Communication protocol of pulse oximeter V7.0" (in albertcbraun/CMS50FW), MarkMLl/Contec_cms50dplus,
headrotor/contec_data, tobac/cms50ew. Confidence: high; medium for stored data with perfusion index (09), which gets no time.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from drivers.driver import Item, Refusal, SensorTraits, SerialDriver, Status
from drivers.serial_line import contec_cms50_talk
from drivers.serial_line.frame_search import Broken, Found, FrameSearch, Stray, WholeFrame
from drivers.serial_line.oximeter import readings
from drivers.serial_line.state_changes import StateChanges

_INSIDE = re.compile(rb"[\x80-\xff]*")
_UNKNOWN = [Refusal("unsupported", f"type {kind:02X}") for kind in range(0x80)]
_CUT = Refusal("length", "a packet that another one breaks off")


class Packets:
    """A StreamDecoder. `stored_s` counts the seconds of stored data that came."""

    def __init__(self) -> None:
        self.stored_s = 0
        self._search = FrameSearch(self._look)
        self._states = StateChanges()
        self._packets: dict[int, tuple[int, Callable[[bytes], list[Item]]]] = {
            **_PACKETS,
            0x01: (9, self._real_time),
            0x09: (6, _stored_with_perfusion),
            0x0F: (8, self._stored),
        }

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        return self._search.feed(data)

    def close(self) -> list[Item]:
        """What is left over is refused."""
        return self._search.close()

    def _look(self, data: bytes, at: int) -> Found | None:
        ends = _end_of_inside(data, at + 1)
        if data[at] >= 0x80:
            return Stray(ends - at)
        if data[at] not in self._packets:
            return Broken(_UNKNOWN[data[at]], ends - at)
        size, read = self._packets[data[at]]
        if ends >= at + size:
            return WholeFrame(size, read(_true_bytes(data[at : at + size])))
        return Broken(_CUT, ends - at) if ends < len(data) else None

    def _real_time(self, values: bytes) -> list[Item]:
        states = {"finger_out": values[0] >> 7 == 1, "searching": values[1] >> 7 == 1 or values[0] >> 4 & 1 == 1}
        told = list[Item]() if any(states.values()) else _pair(values[4], values[3])
        return told + self._states.told(states)

    def _stored(self, values: bytes) -> list[Item]:
        told = list[Item]()
        for at in range(0, 6, 2):
            told += _pair(values[at], values[at + 1], history=True, second=self.stored_s)
            self.stored_s += 1
        return told


def _end_of_inside(data: bytes, at: int) -> int:
    """Where the bytes end that are inside of a packet."""
    inside = _INSIDE.match(data, at)
    return inside.end() if inside else at


def _true_bytes(packet: bytes) -> bytes:
    high = packet[1]
    return bytes(byte & 0x7F | (high >> bit & 1) << 7 for bit, byte in enumerate(packet[2:]))


def _pair(percent: int, pulse: int, *, history: bool = False, second: int | None = None) -> list[Item]:
    return [
        *readings(pulse if 0 < pulse < 0xFF else None, percent if 0 < percent <= 100 else None, history=history, second=second)
    ]


def _stored_with_perfusion(values: bytes) -> list[Item]:
    return _pair(values[0], values[1], history=True)


# --- what it tells of itself ----------------------------------------------------------------------------------------------


def _start_date(values: bytes) -> list[Item]:
    user, segment, century, year, month, day, *_ = values
    return [Status({"user": user, "segment": segment, "start_date": [century * 100 + year, month, day]})]


def _start_time(values: bytes) -> list[Item]:
    user, segment, *time = values[:5]
    return [Status({"user": user, "segment": segment, "start_time": time})]


def _length(values: bytes) -> list[Item]:
    return [Status({"user": values[0], "segment": values[1], "length": int.from_bytes(values[2:], "little")})]


def _segments(values: bytes) -> list[Item]:
    return [Status({"user": values[0], "segments": values[1]})]


def _feedback(values: bytes) -> list[Item]:
    return [Status({"command": values[0], "reason": values[1]})]


def _kind_of_store(values: bytes) -> list[Item]:
    return [Status({"user": values[0], "segment": values[1], "with_perfusion": values[2] == 0xA1})]


def _notice(values: bytes) -> list[Item]:
    return [Status({"stored_data": values[1] == 1})] if values[0] == 1 else []


def _nothing(_values: bytes) -> list[Item]:
    return []


_PACKETS: dict[int, tuple[int, Callable[[bytes], list[Item]]]] = {
    0x02: (9, _nothing),
    0x03: (9, _nothing),
    0x04: (9, _nothing),
    0x05: (9, _nothing),
    0x06: (4, _nothing),
    0x07: (8, _start_date),
    0x08: (8, _length),
    0x0A: (4, _segments),
    0x0B: (4, _feedback),
    0x0C: (2, lambda _values: [Status({"free": True})]),
    0x0D: (3, lambda values: [Status({"disconnects": values[0]})]),
    0x0E: (3, lambda values: [Status({"perfusion_supported": values[0] == 0})]),
    0x10: (3, lambda values: [Status({"users": values[0]})]),
    0x11: (9, _notice),
    0x12: (8, _start_time),
    0x13: (9, _nothing),
    0x14: (9, _nothing),
    0x15: (9, _kind_of_store),
}

DRIVER = SerialDriver(
    name="contec-cms50",
    title="Contec CMS50D+ (firmware 4.x), CMS50E, CMS50F, CMS50EW/FW: oximeters, protocol V7.0",
    title_zh="康泰 Contec CMS50D+（固件 4.x）、CMS50E、CMS50F、CMS50EW/FW：血氧仪，协议 V7.0",
    measures=("heart_rate", "oxygen_saturation"),
    decoder=Packets,
    converse=partial(contec_cms50_talk.converse, Packets),
    baud=115_200,
    many_a_second=True,
    sensor=SensorTraits(site="finger"),
)
