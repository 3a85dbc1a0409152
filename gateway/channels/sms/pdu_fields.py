"""The fields that PDUs share: numbers, times, validity, and the words of a refusal (3GPP TS 23.040, 9.1.2 and 9.2.3). Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from gateway.channels.sms.gsm7 import to_text, unpack

PduReason = Literal["not_mine", "length", "unsupported"]

INTERNATIONAL, NATIONAL_A1, PLAIN, LETTERS = 0x91, 0xA1, 0x81, 0xD0
HALF_OCTETS = "0123456789*#abc"  # 9.1.2.3; F fills
NUMBER = re.compile(r"\+?[0-9*#abc]{1,20}")


class PduRefused(Exception):
    """This is no PDU that we understand."""

    def __init__(self, reason: PduReason) -> None:
        super().__init__(reason)
        self.reason: PduReason = reason


class Octets:
    """Reads from the front; refuses what ends early."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next so many."""
        taken = self._octets[self._at : self._at + count]
        if len(taken) < count:
            raise PduRefused("length")
        self._at += count
        return taken

    def octet(self) -> int:
        """The next one."""
        return self.take(1)[0]


def read_pdu(text: str) -> Octets:
    """The hexadecimal line of a modem."""
    if not re.fullmatch(r"[0-9A-Fa-f]*", text):
        raise PduRefused("not_mine")
    if len(text) % 2:
        raise PduRefused("length")
    return Octets(bytes.fromhex(text))


def swapped(digits: str) -> bytes:
    """Two digits an octet, the first one low; F at the end of an odd number."""
    halves = [HALF_OCTETS.index(digit) for digit in digits] + [0xF] * (len(digits) % 2)
    return bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True))


def unswapped(octets: bytes, count: int) -> str:
    """So many digits."""
    halves = [half for octet in octets for half in (octet & 0xF, octet >> 4)]
    return "".join(HALF_OCTETS[half] for half in halves[:count] if half != 0xF)


def encode_number(number: str) -> bytes:
    """Type and digits."""
    return bytes([INTERNATIONAL if number.startswith("+") else PLAIN]) + swapped(number.removeprefix("+"))


def encode_address(number: str) -> bytes:
    """A recipient: the number of digits, type, digits. Raises ValueError: that is no telephone number."""
    if not NUMBER.fullmatch(number):
        raise ValueError("no telephone number")
    return bytes([len(number.removeprefix("+"))]) + encode_number(number)


def encode_service_centre(number: str) -> bytes:
    """Length in octets, type, digits; without a number the SIM's own."""
    if not number:
        return b"\0"
    encoded = encode_number(number)
    return bytes([len(encoded)]) + encoded


def decode_number(kind: int, octets: bytes, digits: int) -> str:
    """A number, or the letters of a sender that has a name."""
    if kind & 0xF0 == LETTERS:
        return to_text(unpack(octets, digits * 4 // 7))
    return "+" * (kind & 0x70 == INTERNATIONAL & 0x70) + unswapped(octets, digits)


def decode_address(pdu: Octets) -> str:
    """Sender or recipient."""
    digits, kind = pdu.octet(), pdu.octet()
    return decode_number(kind, pdu.take((digits + 1) // 2), digits)


def decode_service_centre(pdu: Octets) -> str | None:
    """None: the PDU names none."""
    length = pdu.octet()
    if not length:
        return None
    kind = pdu.octet()
    return decode_number(kind, pdu.take(length - 1), 2 * (length - 1))


def decode_time(octets: bytes) -> datetime | None:
    """The service centre's local time; None: impossible numbers."""
    try:
        year, month, day, hour, minute, second = (int(f"{octet & 0xF:x}{octet >> 4:x}") for octet in octets[:6])
        zone = octets[6]
        quarters = (zone & 0x7) * 10 + (zone >> 4)
        offset = timedelta(minutes=15 * quarters) * (-1 if zone & 0x8 else 1)
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=timezone(offset) if offset else UTC)
    except ValueError:
        return None


def encode_validity(minutes: int) -> int:
    """How long the service centre tries, rounded up to what can be said (9.2.3.12.1)."""
    if minutes <= 12 * 60:
        return max(0, -(-minutes // 5) - 1)
    if minutes <= 24 * 60:
        return 143 + -(-(minutes - 12 * 60) // 30)
    days = -(-minutes // (24 * 60))
    if days <= 30:
        return 166 + days
    return min(255, 192 + -(-days // 7))
