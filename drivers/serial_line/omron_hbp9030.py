"""Omron HBP-9030, HBP-9031C: arm-in blood pressure booths with USB output "format 5".

USB (CDC, any rate; 9600 8N1 is usual). Item 32 of the function menu must be set to format 5. Nothing is asked; one line for
each measurement, no checksum, no repetition: what was measured while the gateway was off is not heard of again. 53 characters,
then CR LF, or LF alone:

    YYYY,MM,DD,HH,mm,IIIIIIIIIIIIIIIIIIII,e,SSS,DDD,PPP,M
        Y M D H m   the booth's own clock, local, to the minute; a date that cannot be: it was never set, no device time
        I           subject number, 20 characters, spaces when none. It may be the number of an identity or insurance card:
                    it is skipped, and goes into no value, no status, no refusal
        e           error number, 0 fine; else the three numbers are spaces, and it goes into the status. Their meanings are
                    unknown here: the booth's own table has them
        S D         systolic and diastolic, mmHg; P pulse, /min: three digits with leading zeros
        M           how often movement was seen; above 0: questionable:movement

Refused: `not_mine` what does not begin with four digits and a comma; `unsupported` a line that begins with "bp," or MMBP203N,
other formats of the same maker: choose format 5; `length` another length, a comma or a digit out of its place; `implausible`
diastolic not below systolic, or either outside 20 to 300 (the maker: 60 to 260 over 30 to 215, pulse 40 to 180).

With no checksum and one line only, the exact length and the ranges are all the protection that there is.

Unknown: whether a line with an error is followed by another for the same person (each stands for itself); whether other HBP
models offer format 5. Sources: a public ESP32 project that quotes the manual of the HBP-9030 / 9031C (2873643-0F, page 20), a
hospital's Raspberry Pi reader, a C# hospital gateway. Confidence: high for the line, medium for the error numbers.

Sensor: cuff, arm, not worn.
"""

from __future__ import annotations

import re
from functools import partial

from drivers.device_clock import device_time
from drivers.driver import Item, Refused, SensorTraits, SerialDriver, Status
from drivers.measurement import Measurement
from drivers.serial_line.cuff import pressure
from drivers.serial_line.text_lines import TextLines

_BEGINNING = re.compile(rb"\d{4},")
_OTHER_FORMATS = (b"bp,", b"MMBP203N")
_CHARACTERS = 53
_LINE = re.compile(rb"(\d{4}),(\d\d),(\d\d),(\d\d),(\d\d),.{20},(\d),(\d{3}|   ),(\d{3}|   ),(\d{3}|   ),(\d)", re.DOTALL)


def _read(line: bytes) -> list[Item]:
    if line.startswith(_OTHER_FORMATS):
        raise Refused("unsupported", "another output format: set item 32 of the function menu to format 5")
    if not _BEGINNING.match(line):
        raise Refused("not_mine", "a line that begins with no year")
    if len(line) != _CHARACTERS:
        raise Refused("length", f"{len(line)} characters, needs {_CHARACTERS}")
    fields = _LINE.fullmatch(line)
    if fields is None:
        raise Refused("length", "a field that is not of its form")
    *clock, error, systolic, diastolic, pulse, movements = fields.groups()
    if error != b"0":
        return [Status({"error": int(error)})]
    return [_measurement(clock, [systolic, diastolic, pulse], int(movements))]


def _measurement(clock: list[bytes], numbers: list[bytes], movements: int) -> Measurement:
    if b"   " in numbers:
        raise Refused("length", "a number is missing, and no error is told")
    return Measurement(
        kind="blood_pressure",
        value=pressure(*map(int, numbers)),
        device_time=device_time(*map(int, clock)),
        quality=("questionable:movement",) if movements else (),
    )


DRIVER = SerialDriver(
    name="omron-hbp9030",
    title="Omron HBP-9030, HBP-9031C: blood pressure booths, USB output format 5",
    title_zh="欧姆龙 HBP-9030、HBP-9031C：血压亭，USB 输出格式 5",
    measures=("blood_pressure",),
    decoder=partial(TextLines, _read, longest=256),
    baud=9600,
    sensor=SensorTraits(cuff=True, site="arm"),
)
