"""Finds the packets of 25 frames that Nonin's data formats 2 and 7 have in common, and reads what they show.

A packet begins only at a valid sync frame; what stands before the first one is noise. A wrong sum in the frames after it
refuses the packet (`checksum`), as do a sync that comes too early and fewer than 25 frames (`length`); the search for the next
one goes on at the frame that failed, byte by byte, so an early sync begins the next packet itself.

The reading of a packet are the display values, HR-D and SpO2-D, an average of four beats. They stay for 10 s after the finger
left, with the sensor alarm set: then, as with a disconnected sensor, in any of the frames, there is no measurement.
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from drivers.driver import Item, Refusal, StreamDecoder
from drivers.serial_line.frame_search import Broken, Found, FrameSearch, Stray, Unclear, WholeFrame
from drivers.serial_line.nonin import OUT_OF_TRACK, percent, rate
from drivers.serial_line.oximeter import readings
from drivers.serial_line.state_changes import StateChanges

_FRAME, _FRAMES = 5, 25
_PACKET = _FRAME * _FRAMES
_IS_STATUS, _DISCONNECTED, _TRACK, _ALARM, _SYNC = 0x80, 0x40, 0x10, 0x08, 0x01
_STAT2, _OXYGEN, _RATE_HIGH, _RATE_LOW = 8, 9, 20, 21  # frames, from 1
_BATTERY_LOW = 0x01

_WRONG_SUM = Refusal("checksum", "a frame of the packet has a wrong sum")
_NO_FRAME = Refusal("length", "a frame of the packet does not begin as one")
_EARLY = Refusal("length", "the next packet begins too early")


class DataFormat(NamedTuple):
    """`head`: what each frame begins with, then comes the status byte. `looks_like_sync`: one place in a thousand does."""

    head: bytes
    looks_like_sync: bool

    def status(self, frame: bytes) -> int:
        """The status byte of a frame."""
        return frame[len(self.head)]


def decoder(data_format: DataFormat) -> StreamDecoder:
    """Of one of the two formats."""
    return FrameSearch(partial(_look, data_format, _beginnings(data_format), StateChanges()))


def _beginnings(data_format: DataFormat) -> re.Pattern[bytes]:
    """Where a sync frame may begin, as far as its first byte tells."""
    odd = b"".join(b"\\x%02x" % status for status in range(0x81, 0x100, 2))
    return re.compile(re.escape(data_format.head) or b"[" + odd + b"]")


def _look(data_format: DataFormat, beginnings: re.Pattern[bytes], states: StateChanges, data: bytes, at: int) -> Found | None:
    begins = _begins(data_format, data, at)
    if begins is None:
        return Unclear()
    if not begins:
        found = beginnings.search(data, at + 1)
        return Stray((found.start() if found else len(data)) - at)
    frames = [data[place : place + _FRAME] for place in range(at, min(len(data), at + _PACKET), _FRAME)]
    for number, frame in enumerate(frames[1:], start=1):
        if len(frame) == _FRAME and (why := _fault(data_format, frame)):
            return Broken(why, number * _FRAME)
    if len(data) - at < _PACKET:
        return None
    return WholeFrame(_PACKET, _read(data_format, states, frames))


def _begins(data_format: DataFormat, data: bytes, at: int) -> bool | None:
    """Whether a packet begins here; None: too little has come to say so."""
    frame, after = data[at : at + _FRAME], data[at + _FRAME : at + 2 * _FRAME]
    if len(frame) < _FRAME:
        return None
    status = data_format.status(frame)
    if not (frame.startswith(data_format.head) and _sum_is_right(frame) and status & _IS_STATUS and status & _SYNC):
        return False
    if not data_format.looks_like_sync or len(after) < _FRAME:
        return True
    return _sum_is_right(after) and not data_format.status(after) & _SYNC


def _sum_is_right(frame: bytes) -> bool:
    return sum(frame[:4]) & 0xFF == frame[4]


def _fault(data_format: DataFormat, frame: bytes) -> Refusal | None:
    """What is wrong with a frame inside of a packet."""
    if not _sum_is_right(frame):
        return _WRONG_SUM
    if not frame.startswith(data_format.head) or not data_format.status(frame) & _IS_STATUS:
        return _NO_FRAME
    return _EARLY if data_format.status(frame) & _SYNC else None


def _read(data_format: DataFormat, states: StateChanges, frames: list[bytes]) -> list[Item]:
    status = 0
    for frame in frames:
        status |= data_format.status(frame)
    told: list[Item] = []
    if not status & (_ALARM | _DISCONNECTED):
        told += readings(
            rate(_value(frames, _RATE_HIGH), _value(frames, _RATE_LOW)),
            percent(_value(frames, _OXYGEN)),
            quality=OUT_OF_TRACK if status & _TRACK else (),
        )
    return told + states.told(
        {
            "sensor_alarm": status & _ALARM != 0,
            "sensor_disconnected": status & _DISCONNECTED != 0,
            "battery_low": _value(frames, _STAT2) & _BATTERY_LOW != 0,
        }
    )


def _value(frames: list[bytes], number: int) -> int:
    """The byte F of a frame, counted from 1."""
    return frames[number - 1][3]
