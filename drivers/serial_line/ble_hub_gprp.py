"""Ingics iGS01S, iGS02, iGS03 and modules with the same line output: hubs that forward BLE advertisements.

ASCII lines, CR LF (LF alone is accepted). Over TCP or a serial bridge 115200 8N1; on a UART the rate is the module's: unknown,
the technician sets it. No checksum.

    $TYPE,AAAAAAAAAAAA,GGGGGGGGGGGG,-rrr,HEX[,time]
        TYPE  GPRP advertisement, RSPR scan response, SRRP both in one (iGS02), LRAD and LRSR long range, 1MAD and 1MSR
              extended on 1M
        A the band, G the hub: 12 digits as printed, either case; whether the address is public or random is not told
        r     RSSI, dBm
        HEX   AD structures, may be empty; zero bytes after the last one are padding
        time  Unix seconds, with or without a fraction. The clock of a hub without NTP begins at 1970: the gateway takes its own
    $HBRP,G,G,-127,00000000                                                   heartbeat: what tells a quiet hub from a dead one
    $GPSR,G,G,-127,yymmdd,hhmmss.ss,latitude,longitude,speed,hdop[,time]      where the hub is, in degrees: nobody's position

Heartbeats are sent when the hub is told so (`SYS HEARTBEAT 1`). Refused: `unsupported` other types, NMEA too (looked at first);
`length` a field that is missing or not of its form, an odd number of digits, a structure past the end; `not_mine` before a $.

Sources: manuals of the iGS01S and the iGS03M, ingics/ingics-message-parser (JavaScript, Python) with its tests, beaconzone on
heartbeats. Confidence: high.

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

import re
from functools import partial

from drivers.device_clock import device_time
from drivers.driver import Advertisement, Item, Refused, SensorTraits, SerialDriver, Status
from drivers.framing import ad_structures
from drivers.serial_line.text_lines import TextLines

_LONGEST = 4096  # an extended advertisement has at most 1650 bytes
_ADVERTISEMENTS = (b"GPRP", b"RSPR", b"SRRP", b"LRAD", b"LRSR", b"1MAD", b"1MSR")
_ADDRESSES = rb"([0-9A-Fa-f]{12}),([0-9A-Fa-f]{12}),"
_ADVERTISEMENT = re.compile(_ADDRESSES + rb"(-?\d{1,3}),((?:[0-9A-Fa-f]{2})*)(?:,(\d{1,12}(?:\.\d{1,9})?))?")
_HEARTBEAT = re.compile(_ADDRESSES + rb".*")
_PLACE = re.compile(
    _ADDRESSES + rb"[^,]*,(\d\d)(\d\d)(\d\d),(\d\d)(\d\d)(\d\d)[^,]*,(-?\d{1,2}\.\d{1,9}),(-?\d{1,3}\.\d{1,9})(?:,.*)?"
)


def _read(line: bytes) -> list[Item]:
    kind, _, rest = line.partition(b",")
    if kind in _ADVERTISEMENTS:
        return [_advertisement(kind, _form(_ADVERTISEMENT, rest))]
    if kind == b"HBRP":
        return [Status({"hub": _printed(_form(_HEARTBEAT, rest)[2]), "heartbeat": True})]
    if kind == b"GPSR":
        return [_place(_form(_PLACE, rest))]
    raise Refused("unsupported", "a type of line that is not known")


def _form(form: re.Pattern[bytes], fields: bytes) -> re.Match[bytes]:
    found = form.fullmatch(fields)
    if found is None:
        raise Refused("length", "a field is missing or not of its form")
    return found


def _printed(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).hex(":").upper()


def _advertisement(kind: bytes, fields: re.Match[bytes]) -> Advertisement:
    data = bytes.fromhex(fields[4].decode())
    for _ in ad_structures(data):  # raises where one runs past the end
        pass
    told: dict[str, object] = {"type": kind.decode(), "data": data.hex()}
    if time := fields[5]:
        told["hub_time"] = float(time) if b"." in time else int(time)
    return Advertisement(data, _printed(fields[1]), int(fields[3]), shown_as=told)


def _place(fields: re.Match[bytes]) -> Status:
    day = [int(part) for part in fields.groups()[2:8]]
    at = device_time(2000 + day[0], *day[1:])
    told: dict[str, object] = {"hub": _printed(fields[2]), "latitude": float(fields[9]), "longitude": float(fields[10])}
    return Status(told | {"fix_at": f"{at}Z"} if at else told)


DRIVER = SerialDriver(
    name="ble-hub-gprp",
    title="Ingics iGS01S, iGS02, iGS03: hubs that forward advertisements",
    title_zh="Ingics iGS01S、iGS02、iGS03：转发蓝牙广播的手环接收器（串口）",
    measures=(),
    decoder=partial(TextLines, _read, longest=_LONGEST, start=b"$"),
    baud=115_200,
    hub=True,
    sensor=SensorTraits(),
)
