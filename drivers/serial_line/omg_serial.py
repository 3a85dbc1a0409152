"""OpenMQTTGateway on an ESP32 with its serial gateway: a hub that forwards BLE advertisements, one JSON object a line.

Build options `SERIALPre` (default 00), `SERIALPost` (default CR), `SERIALBaud` (default 9600, 8N1; USB builds that are shipped
differ: the technician sets the rate). The line begins with { or 00{, and ends with CR or LF. No checksum.

    id                address xx:xx:xx:xx:xx:xx; in iBeacon mode a UUID, then the address is in `mac`
    mac_type          0 public, 1 random;    rssi  dBm;    name  as the band tells it
    manufacturerdata  hex, beginning with the company id, low byte first
    servicedata       hex, of the service `servicedatauuid`: fcd2, 0xfcd2, or 128 bits. One line for each service data, the
                      other fields repeated, so one advertisement comes several times
    {"type":"heartbeat"}       every 5 s, to be answered {"type":"heartbeat_ack"} with the same prefix and end within 15 s:
                               without it the sender sends nothing but heartbeats, and at last one a minute

Raw data are there only when the firmware publishes them (`pubadvdata`, or an external decoder). Else it sends names that it
decoded itself (`tempc`, `batt`), which belong to no driver here. What is handed on is an advertisement made of these parts.

A name is a stranger's bytes: cut within a character, with control characters, of any length (SensESP/BLE-gateway, issues 32
and 35; OpenMQTTGateway, issue 412 has Chinese ones). What is no text in it is replaced, and where an advertisement has no
room for it, it is left out. Two lines may be glued together, or a log line and an object, where an end was lost: each whole
flat object counts.

Refused: `not_mine` no JSON (log lines of the same UART), or an object without an address (`origin`, /SYStoMQTT); `length`
broken JSON, a line above 4096 bytes, nesting deeper than 4; and, of the advertisement, only the part that has odd hex, too
few bytes or too many. Service data without `servicedatauuid` are left out.

Sources: OpenMQTTGateway `ZgatewaySERIAL.cpp`, `config_SERIAL.h`, `ZgatewayBT.cpp`, docs/use/ble.md and serial.md; tests of the
theengs decoder. Confidence: medium (prefix and end are build options; nothing else depends on them).

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Literal, NamedTuple

import msgspec

from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import Advertisement, Context, Conversation, Item, Refused, Send, SensorTraits, SerialDriver, Status
from drivers.framing import (
    COMPLETE_LOCAL_NAME,
    LARGEST_STRUCTURE,
    MANUFACTURER_DATA,
    SERVICE_DATA_16,
    SERVICE_DATA_128,
    ad_structure,
)
from drivers.serial_line.line_talk import LineTalk
from drivers.serial_line.text_lines import TextLines

_LONGEST = 4096
_DEEPEST = 4
_PREFIX = b"00"
_ADDRESS = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"?')  # one without an end takes the rest along: else each " in it would look for one
_FLAT_OBJECT = re.compile(r'\{\s*"[^][{}]*\}')  # stops at the next bracket, so that no line costs more than its length
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f]")
ACKNOWLEDGEMENT = b'{"type":"heartbeat_ack"}'
_ADDRESS_TYPES: dict[int | None, Literal["public", "random"]] = {0: "public", 1: "random"}
_BASE_UUID = "-0000-1000-8000-00805f9b34fb"


class _Lines:
    """A StreamDecoder, which also knows how the other side begins and ends its lines."""

    def __init__(self) -> None:
        self._lines = TextLines(self._read, _LONGEST)
        self._prefix = b""
        self._ends: set[int] = set()

    def feed(self, data: bytes) -> list[Item]:
        """What became whole with these bytes, in order."""
        self._ends |= set(data).intersection(b"\r\n")
        return self._lines.feed(data)

    def close(self) -> list[Item]:
        """What is left over is refused."""
        return self._lines.close()

    def framed(self, text: bytes) -> bytes:
        """A line as the other side writes its own."""
        return self._prefix + text + bytes(end for end in b"\r\n" if end in self._ends)

    def _read(self, line: bytes) -> list[Item]:
        before, start, rest = line.partition(b"{")
        if not start:
            raise Refused("not_mine", "a line that is no JSON")
        if before in (b"", _PREFIX):
            self._prefix = before
        return [item for told in _objects(start + rest) for item in _items(told)]


def _objects(text: bytes) -> list[Mapping[str, object]]:
    """The object that the text is, else the flat ones in it that tell something."""
    try:
        return [_whole(text)]
    except Refused:
        if found := [told for told in _flat_objects(text) if _tells(told)]:
            return found
        raise


def _whole(text: bytes) -> Mapping[str, object]:
    if text.count(b"{") + text.count(b"[") > _DEEPEST and _is_deep(text):
        raise Refused("length", f"JSON nested deeper than {_DEEPEST}")
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused("length", "broken JSON") from error


def _flat_objects(text: bytes) -> Iterator[Mapping[str, object]]:
    """Every whole object without a bracket in it, also none in a text; what is no text is replaced."""
    readable = _CONTROL_CHARACTER.sub("\ufffd", text.decode(errors="replace"))
    for flat in _FLAT_OBJECT.findall(readable):
        with suppress(ValueError):  # it begins within what is broken
            yield json.loads(flat)


def _is_deep(text: bytes) -> bool:
    depth = 0
    for byte in _STRING.sub(b"", text):
        if byte in b"{[":
            depth += 1
        elif byte in b"}]":
            depth -= 1
        if depth > _DEEPEST:
            return True
    return False


def _tells(told: Mapping[str, object]) -> bool:
    return told.get("type") == "heartbeat" or _address(told) is not None


def _address(told: Mapping[str, object]) -> str | None:
    return next((word for key in ("id", "mac") if _ADDRESS.fullmatch(word := _text(told, key))), None)


def _items(told: Mapping[str, object]) -> list[Item]:
    """What an object tells: a heartbeat, or an advertisement of its parts that are good, and why others are not."""
    if told.get("type") == "heartbeat":
        return [Status({"heartbeat": True})]
    address = _address(told)
    if address is None:
        raise Refused("not_mine", "JSON without an address")
    data, parts, refusals = b"", dict[str, object](), list[Item]()
    for read in (_name, _manufacturer_data, _service_data):
        try:
            part = read(told)
        except Refused as why:
            refusals.append(why.refusal)
        else:
            data += part.structure
            parts |= part.shown
    if refusals and not data:
        return refusals
    advertisement = Advertisement(
        data,
        address.upper(),
        _small_number(told, "rssi"),
        _ADDRESS_TYPES.get(_small_number(told, "mac_type"), ""),
        shown_as=parts,
    )
    return [advertisement, *refusals]


class Part(NamedTuple):
    """A part of an advertisement: its AD structure, and how `decode` shows it."""

    structure: bytes
    shown: Mapping[str, object]


_NO_PART = Part(b"", {})


def _name(told: Mapping[str, object]) -> Part:
    name = _text(told, "name").encode(errors="replace")
    if not name or len(name) > LARGEST_STRUCTURE:
        return _NO_PART
    return Part(ad_structure(COMPLETE_LOCAL_NAME, name), {"name": name.decode()})


def _manufacturer_data(told: Mapping[str, object]) -> Part:
    data = _bytes(_text(told, "manufacturerdata"))
    if not data:
        return _NO_PART
    if len(data) < 2:
        raise Refused("length", f"manufacturer data: {len(data)} bytes, needs 2")
    return Part(ad_structure(MANUFACTURER_DATA, data), {"manufacturer_data": {data[1::-1].hex(): data[2:].hex()}})


def _service_data(told: Mapping[str, object]) -> Part:
    data = _bytes(_text(told, "servicedata"))
    uuid = _text(told, "servicedatauuid")
    if not uuid:
        return _NO_PART
    try:
        full = parse_uuid(uuid)
    except ValueError as error:
        raise Refused("length", "a UUID that is none") from error
    if full.startswith("0000") and full.endswith(_BASE_UUID):
        short = full[4:8]
        return Part(ad_structure(SERVICE_DATA_16, bytes.fromhex(short)[::-1] + data), {"service_data": {short: data.hex()}})
    long = bytes.fromhex(full.replace("-", ""))[::-1]
    return Part(ad_structure(SERVICE_DATA_128, long + data), {"service_data": {full: data.hex()}})


def _text(told: Mapping[str, object], key: str) -> str:
    word = told.get(key)
    return word if isinstance(word, str) else ""


def _small_number(told: Mapping[str, object], key: str) -> int | None:
    number = told.get(key)
    return number if type(number) is int and -128 <= number < 128 else None


def _bytes(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        raise Refused("length", "hex that is none") from error


def converse(_context: Context) -> Conversation:
    """Hears what comes, and answers each heartbeat."""
    lines = _Lines()
    talk = LineTalk(lines)
    while True:
        heard = yield from talk.listen()
        if any(isinstance(item, Status) and "heartbeat" in item.fields for item in heard):
            yield Send(lines.framed(ACKNOWLEDGEMENT))
        yield from talk.obey()


DRIVER = SerialDriver(
    name="omg-serial",
    title="OpenMQTTGateway with its serial gateway: a hub that forwards advertisements",
    title_zh="OpenMQTTGateway 串口网关：转发蓝牙广播的手环接收器（串口）",
    measures=(),
    decoder=_Lines,
    converse=converse,
    baud=9600,
    hub=True,
    sensor=SensorTraits(),
)
