"""Nonin data format 8: four bytes a second, from the same devices as format 2 (nonin_df2.py). No checksum.

    1rOL MAhh   0hhhhhhh   0sssssss   0rSr ArrL
        byte 0  O out of track: questionable:out_of_track; L low, M marginal perfusion: questionable:weak_signal; A artifact;
                h bits 8, 7 of the pulse
        byte 1  h bits 6-0 of the pulse, /min, 511 none
        byte 2  s SpO2-D, %, 127 none
        byte 3  S SmartPoint; A sensor alarm, finger out: no measurement; L battery low; r reserved

Refused: `length` a frame cut by a byte with bit 7 set, which begins the next; `implausible` more than 100 %; `not_mine` bytes
with bit 7 clear that belong to no frame. When a frame is believed: bit_frames.py. Sources as there. Confidence: high.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from functools import partial

from drivers.driver import Item, SensorTraits, SerialDriver, StreamDecoder
from drivers.serial_line import nonin
from drivers.serial_line.bit_frames import BitFrames
from drivers.serial_line.oximeter import readings
from drivers.serial_line.state_changes import StateChanges

_SIZE = 4
_BELIEVED_AFTER = 5  # frames, as many seconds
_TRACK, _WEAK = 0x20, 0x18
_ALARM, _BATTERY_LOW = 0x08, 0x01


def _decoder() -> StreamDecoder:
    return BitFrames(_SIZE, partial(_read, StateChanges()), _BELIEVED_AFTER)


def _read(states: StateChanges, frame: bytes) -> list[Item]:
    status, low, oxygen, more = frame
    quality = (nonin.OUT_OF_TRACK if status & _TRACK else ()) + (nonin.WEAK_SIGNAL if status & _WEAK else ())
    told: list[Item] = []
    if not more & _ALARM:
        told += readings(nonin.rate(status, low), nonin.percent(oxygen), quality=quality)
    return told + states.told({"sensor_alarm": more & _ALARM != 0, "battery_low": more & _BATTERY_LOW != 0})


DRIVER = SerialDriver(
    name="nonin-df8",
    title="Nonin 9560, 3150, Xpod, OEM III, 3231: oximeters, data format 8",
    title_zh="Nonin 9560、3150、Xpod、OEM III、3231：血氧仪，数据格式 8",
    measures=("heart_rate", "oxygen_saturation", "battery_low"),
    decoder=_decoder,
    converse=partial(nonin.converse, 8, _decoder),
    baud=9600,
    many_a_second=True,
    sensor=SensorTraits(site="finger"),
)
