"""Nonin data format 13: Onyx II 9560, spot checks with a memory (the format it leaves the factory with).

9600 8N1 (over Bluetooth SPP the rate does not matter).

    00 02 00 0D LL LL  YY YY MM DD hh mm ss ff  SS SS  HH HH  rr OO ...  CC 03
        L  length of the data, at least 000E, may grow: what is more is skipped
        Y M D h m s  BCD, century first (20 26); f hundredths of a second: left out; a date that cannot be: no device time
        S  bit 9 SmartPoint, the high quality (without: questionable:not_smartpoint); 8 no measurement; 4 from memory: history;
           0 battery low: a bit, no percentage, so it goes into the status
        H  pulse /min, bits 8-0, 511 none       O  SpO2 %, 7 bits, 127 none       r reserved
        C  low byte of the sum of the data

What comes from the memory comes oldest first, and is deleted in the device once it was sent: it goes to the disk at once.

Refused: `length` L below 000E or above 0100, or not leading to the 03, looked at before the checksum; `checksum`;
`implausible` a BCD digit above 9, more than 100 %; `not_mine` what stands between packets: 06, 15, and answers of the clock.

Source: Nonin 6470-000-01 (9560 OEM specification), whose examples the vectors agree with. Confidence: high.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from functools import partial

from drivers.device_clock import device_time
from drivers.driver import Item, Refused, SensorTraits, SerialDriver
from drivers.serial_line import nonin
from drivers.serial_line.frame_search import Found, FrameSearch, WholeFrame, stray_before
from drivers.serial_line.oximeter import readings
from drivers.serial_line.state_changes import StateChanges

_HEAD = bytes.fromhex("0002000D")
_BEFORE, _AFTER = 6, 2  # bytes before and after the data
_SHORTEST, _LONGEST = 0x0E, 0x100
_END = 0x03
_SMARTPOINT, _NO_MEASUREMENT, _FROM_MEMORY, _BATTERY_LOW = 0x200, 0x100, 0x10, 0x01


def _decoder() -> FrameSearch:
    return FrameSearch(partial(_look, StateChanges()))


def _look(states: StateChanges, data: bytes, at: int) -> Found | None:
    if stray := stray_before(data, at, _HEAD):
        return stray
    if len(data) - at < _BEFORE:
        return None
    length = int.from_bytes(data[at + 4 : at + _BEFORE])
    if not _SHORTEST <= length <= _LONGEST:
        raise Refused("length", f"{length} bytes of data, needs {_SHORTEST} to {_LONGEST}")
    packet = data[at : at + _BEFORE + length + _AFTER]
    if len(packet) < _BEFORE + length + _AFTER:
        return None
    if packet[-1] != _END:
        raise Refused("length", "the packet does not end where it says")
    content = packet[_BEFORE:-_AFTER]
    if sum(content) & 0xFF != packet[-2]:
        raise Refused("checksum", "wrong sum")
    return WholeFrame(len(packet), _read(states, content))


def _read(states: StateChanges, content: bytes) -> list[Item]:
    century, *clock = (_decimal(byte) for byte in content[:7])
    status = int.from_bytes(content[8:10])
    told: list[Item] = []
    if not status & _NO_MEASUREMENT:
        rate = int.from_bytes(content[10:12])
        told += readings(
            nonin.rate(rate >> 7, rate),
            nonin.percent(content[13]),
            device_time=device_time(century * 100 + clock[0], *clock[1:]),
            history=status & _FROM_MEMORY != 0,
            quality=() if status & _SMARTPOINT else ("questionable:not_smartpoint",),
        )
    return told + states.told({"battery_low": status & _BATTERY_LOW != 0})


def _decimal(byte: int) -> int:
    high, low = divmod(byte, 16)
    if high > 9 or low > 9:
        raise Refused("implausible", f"{byte:02X} is no decimal number")
    return high * 10 + low


DRIVER = SerialDriver(
    name="nonin-df13",
    title="Nonin Onyx II 9560: oximeters, data format 13, spot checks with a memory",
    title_zh="Nonin Onyx II 9560：血氧仪，数据格式 13，可存储的单次测量",
    measures=("heart_rate", "oxygen_saturation", "battery_low"),
    decoder=_decoder,
    converse=partial(nonin.converse, nonin.SPOT_CHECKS, _decoder),
    baud=9600,
    sensor=SensorTraits(site="finger"),
)
