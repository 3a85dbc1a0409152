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

Refused: `not_mine` no JSON at the beginning (log lines of the same UART), or an object without an address (`origin`,
/SYStoMQTT); `length` broken JSON, odd hex, manufacturer data below two bytes, a part too long for an advertisement, a line
above 4096 bytes, nesting deeper than 4. Service data without `servicedatauuid` are left out.

Sources: OpenMQTTGateway `ZgatewaySERIAL.cpp`, `config_SERIAL.h`, `ZgatewayBT.cpp`, docs/use/ble.md and serial.md; tests of the
theengs decoder. Confidence: medium (prefix and end are build options; nothing else depends on them).

Sensor: no pressure, at no known place, not worn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import Advertisement, Context, Conversation, Item, Refused, Send, SensorTraits, SerialDriver, Status
from drivers.framing import (
    COMPLETE_LOCAL_NAME,
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
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
ACKNOWLEDGEMENT = b'{"type":"heartbeat_ack"}'
_ADDRESS_TYPES: dict[object, Literal["public", "random"]] = {0: "public", 1: "random"}
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
        text = line.removeprefix(_PREFIX)
        if not text.startswith(b"{"):
            raise Refused("not_mine", "a line that is no JSON")
        told = _object(text)
        self._prefix = line[: len(line) - len(text)]
        if told.get("type") == "heartbeat":
            return [Status({"heartbeat": True})]
        return [_advertisement(told)]


def _object(text: bytes) -> Mapping[str, object]:
    if text.count(b"{") + text.count(b"[") > _DEEPEST and _is_deep(text):
        raise Refused("length", f"JSON nested deeper than {_DEEPEST}")
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused("length", "broken JSON") from error


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


def _advertisement(told: Mapping[str, object]) -> Advertisement:
    address = next((word for key in ("id", "mac") if _ADDRESS.fullmatch(word := _text(told, key))), None)
    if address is None:
        raise Refused("not_mine", "JSON without an address")
    structures, parts = _structures(told)
    rssi = told.get("rssi")
    return Advertisement(
        b"".join(structures),
        address.upper(),
        rssi if type(rssi) is int else None,
        _ADDRESS_TYPES.get(told.get("mac_type"), ""),
        shown_as=parts,
    )


def _structures(told: Mapping[str, object]) -> tuple[list[bytes], dict[str, object]]:
    """The parts of an advertisement, as AD structures and as `decode` shows them."""
    structures, parts = list[bytes](), dict[str, object]()
    if name := _text(told, "name"):
        structures.append(ad_structure(COMPLETE_LOCAL_NAME, name.encode()))
        parts["name"] = name
    if digits := _text(told, "manufacturerdata"):
        data = _bytes(digits)
        if len(data) < 2:
            raise Refused("length", f"manufacturer data: {len(data)} bytes, needs 2")
        structures.append(ad_structure(MANUFACTURER_DATA, data))
        parts["manufacturer_data"] = {data[1::-1].hex(): data[2:].hex()}
    data = _bytes(_text(told, "servicedata"))
    if uuid := _text(told, "servicedatauuid"):
        short, structure = _service_data(uuid, data)
        structures.append(structure)
        parts["service_data"] = {short: data.hex()}
    return structures, parts


def _service_data(uuid: str, data: bytes) -> tuple[str, bytes]:
    try:
        full = parse_uuid(uuid)
    except ValueError as error:
        raise Refused("length", "a UUID that is none") from error
    if full.startswith("0000") and full.endswith(_BASE_UUID):
        return full[4:8], ad_structure(SERVICE_DATA_16, bytes.fromhex(full[4:8])[::-1] + data)
    return full, ad_structure(SERVICE_DATA_128, bytes.fromhex(full.replace("-", ""))[::-1] + data)


def _text(told: Mapping[str, object], key: str) -> str:
    word = told.get(key)
    return word if isinstance(word, str) else ""


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
