"""The mobile network's end of an SMS: reads what a modem submits, makes what it delivers (3GPP TS 23.040). Pure.

Written for itself: it shares no line with the gateway's PDUs, so that a mistake there does not hide itself here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SEVEN_BIT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}
CENTRE = "+8613800571500"


@dataclass(frozen=True)
class Submitted:
    """One part as it left the modem. `validity`: the octet, None: there was none; `header`: (reference, total, part)."""

    number: str
    text: str
    validity: int | None
    report: bool
    header: tuple[int, int, int] | None


def read_submit(pdu: str) -> Submitted:
    """What the modem was given. Raises ValueError."""
    octets = list(bytes.fromhex(pdu))
    try:
        return _read(octets)
    except IndexError as error:
        raise ValueError("the PDU ends early") from error


def _read(octets: list[int]) -> Submitted:
    del octets[: 1 + octets[0]]
    first, _reference, digits, kind = octets[:4]
    if first & 3 != 1:
        raise ValueError("no SUBMIT")
    end = 4 + (digits + 1) // 2
    number = ("+" if kind == 0x91 else "") + _digits(octets[4:end], digits)
    coding = octets[end + 1]
    at = end + 2
    validity = None
    if first & 0x10:
        validity, at = octets[at], at + 1
    length, data = octets[at], octets[at + 1 :]
    header = tuple(data[3:6]) if first & 0x40 else None
    text = _ucs2(data, bool(header)) if coding & 0x0C == 8 else _seven_bit(data, length, bool(header))
    expected = length if coding & 0x0C == 8 else (length * 7 + 7) // 8
    if len(data) != expected:
        raise ValueError("the length is wrong")
    return Submitted(number, text, validity, bool(first & 0x20), header)  # type: ignore[arg-type]


def _digits(octets: list[int], count: int) -> str:
    return "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in octets)[:count]


def _ucs2(data: list[int], header: bool) -> str:
    return bytes(data[6 if header else 0 :]).decode("utf-16-be")


def _seven_bit(data: list[int], length: int, header: bool) -> str:
    bits = "".join(f"{octet:08b}"[::-1] for octet in data)
    codes = [int(bits[7 * at : 7 * at + 7][::-1], 2) for at in range(7 if header else 0, length)]
    text, escaped = "", False
    for code in codes:
        text += "" if code == 27 and not escaped else ESCAPED.get(code, SEVEN_BIT[code]) if escaped else SEVEN_BIT[code]
        escaped = code == 27 and not escaped
    return text


def deliver(sender: str, text: str, at_ms: int, header: tuple[int, int, int] | None = None) -> tuple[str, int]:
    """A message for the modem, in UCS-2, and its length without the service centre."""
    said = text.encode("utf-16-be")
    head = bytes([5, 0, 3, *header]) if header else b""
    body = (
        bytes([0x44 if header else 0x04])
        + _address(sender)
        + bytes([0, 8])
        + _time(at_ms)
        + bytes([len(head) + len(said)])
        + head
        + said
    )
    return (_centre() + body).hex().upper(), len(body)


def status_report(reference: int, recipient: str, at_ms: int, status: int) -> tuple[str, int]:
    """The service centre's word about a part, and its length without the service centre."""
    body = bytes([6, reference]) + _address(recipient) + _time(at_ms) + _time(at_ms) + bytes([status])
    return (_centre() + body).hex().upper(), len(body)


def _centre() -> bytes:
    number = _address(CENTRE)[1:]
    return bytes([len(number)]) + number


def _address(number: str) -> bytes:
    digits = number.lstrip("+")
    even = digits + "f" * (len(digits) % 2)
    pairs = bytes(int(even[at + 1] + even[at], 16) for at in range(0, len(even), 2))
    return bytes([len(digits), 0x91 if number.startswith("+") else 0x81]) + pairs


def _time(at_ms: int) -> bytes:
    """Shanghai's: +08:00 is 32 quarters of an hour."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=8)
    return bytes(int(pair[::-1], 16) for pair in (*local.strftime("%y %m %d %H %M %S").split(), "32"))
