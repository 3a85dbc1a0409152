"""Masimo Rad-8, Radical-7, older Radical: bedside oximeters, serial output ASCII 1.

RS-232, 9600 8N1, one line a second, CR LF (LF CR was seen). The device must be set to ASCII 1: a Rad-8 leaves the factory with
ASCII 2, which is polled and of another form, unknown here. No checksum.

    MM/DD/YY hh:mm:ss SN=nnnnnnnnnn SPO2=nnn% BPM=nnn PI=nn.nn% SPCO=..% SPMET=..% DESAT=.. PIDELTA=... ALARM=hhhh EXC=hhhhhh
    MM/DD/YY hh:mm:ss SPO2=nnn% BPM=nnn PI=nn.nn% ALARM=hh EXC=hhh              older Radical

Fields are found by name, others may stand between them. A value with "-", or 000: none. The year is 20YY, the month first.

    EXC, a bit each: 1 no sensor, 2 defective sensor, 8 pulse search, 20 sensor off: no measurement, the numbers may be frozen
        4 low perfusion, 10 interference, 400 low signal IQ: questionable:weak_signal
        40 ambient light, 80 unrecognised, 100 incompatible sensor, 800 Masimo SET (normal), 1000 to 10000 cable, 20000
        calibrating, 40000 sensor expired, 80000 temperature, 100000 current, 200000 and 400000 SpCO and SpMet: nothing
    ALARM: 1, 2 SpO2 high, low, 4, 8 pulse high, low, 10 active, 20 silenced, 40 battery low. By the device's own limits: status

Refused: `not_mine` a line without date and time in front; `unsupported` the trend download (SpO2= and PR=); `length` where
SPO2, BPM, PI, ALARM or EXC is missing or not of its form; `implausible` above 100 %. An impossible date: no device time.

Sources: Rad-8 operator's manual (chapter 7, trend format), mdpnp `poxrad_discrete.h`, remkolems/masimo-datacapture,
yahnatan/pulseox, and other readers with captured lines. Confidence: high.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

import re
from functools import partial

from drivers.device_clock import device_time
from drivers.driver import Item, Refused, SensorTraits, SerialDriver, StreamDecoder
from drivers.measurement import Measurement
from drivers.serial_line.state_changes import StateChanges
from drivers.serial_line.text_lines import TextLines

_CLOCK = re.compile(rb"(\d\d)/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d) ")
_FIELD = re.compile(rb"(\w+)=(\S*)")
_FORMS = {
    b"SPO2": re.compile(rb"([\d-]{3})%"),
    b"BPM": re.compile(rb"([\d-]{3})"),
    b"PI": re.compile(rb"[\d-]{2}\.[\d-]{2}%"),
    b"ALARM": re.compile(rb"([\dA-Fa-f]{2,4})"),
    b"EXC": re.compile(rb"([\dA-Fa-f]{3,6})"),
}
_NOTHING_MEASURED = {"no_sensor": 0x01, "defective_sensor": 0x02, "pulse_search": 0x08, "sensor_off": 0x20}
_WEAK = 0x04 | 0x10 | 0x400
_ALARMS = {"alarm_silenced": 0x20, "battery_low": 0x40}


def _decoder() -> StreamDecoder:
    return TextLines(partial(_read, StateChanges()), longest=512)


def _read(states: StateChanges, line: bytes) -> list[Item]:
    clock = _CLOCK.match(line)
    if clock is None:
        raise Refused("not_mine", "a line that begins with no date and time")
    fields = dict(_FIELD.findall(line, clock.end()))
    if b"SpO2" in fields and b"PR" in fields:
        raise Refused("unsupported", "a line of the trend download")
    found = {name: _value(name, fields.get(name, b"")) for name in _FORMS}
    percent, bpm = _number(found[b"SPO2"]), _number(found[b"BPM"])
    alarm, exceptions = int(found[b"ALARM"], 16), int(found[b"EXC"], 16)
    if percent > 100:
        raise Refused("implausible", f"{percent} %")
    bits = {word: bool(exceptions & bit) for word, bit in _NOTHING_MEASURED.items()}
    told: list[Item] = []
    if not any(bits.values()):
        told += _measurements(clock, bpm, percent, weak=bool(exceptions & _WEAK))
    bits |= {word: bool(alarm & bit) for word, bit in _ALARMS.items()}
    return told + states.told({**bits, "alarm": alarm})


def _value(name: bytes, text: bytes) -> bytes:
    form = _FORMS[name].fullmatch(text)
    if form is None:
        raise Refused("length", f"{name.decode()} is missing or not of its form")
    return form[form.lastindex or 0]


def _number(digits: bytes) -> int:
    """0 where there is none."""
    return 0 if b"-" in digits else int(digits)


def _measurements(clock: re.Match[bytes], bpm: int, percent: int, *, weak: bool) -> list[Measurement]:
    month, day, year, *time = map(int, clock.groups())
    at = device_time(2000 + year, month, day, *time)
    quality = ("questionable:weak_signal",) if weak else ()
    told = []
    if bpm:
        told.append(Measurement(kind="heart_rate", value=bpm, device_time=at, quality=quality))
    if percent:
        told.append(Measurement(kind="oxygen_saturation", value=percent, device_time=at, quality=quality))
    return told


DRIVER = SerialDriver(
    name="masimo-ascii",
    title="Masimo Rad-8, Radical-7, Radical: oximeters set to ASCII 1",
    title_zh="Masimo Rad-8、Radical-7、Radical：设为 ASCII 1 输出的血氧仪",
    measures=("heart_rate", "oxygen_saturation", "battery_low"),
    decoder=_decoder,
    baud=9600,
    sensor=SensorTraits(site="finger"),
)
