"""Reads the PDUs that a modem hands on: messages that came, and the reports of the service centre (3GPP TS 23.040). Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from gateway.channels.sms.gsm7 import to_text, unpack
from gateway.channels.sms.pdu_fields import (
    Octets,
    PduRefused,
    decode_address,
    decode_service_centre,
    decode_time,
    read_pdu,
)
from gateway.channels.sms.sms import ReportOutcome

DELIVER, STATUS_REPORT = 0, 2
HEADER = 0x40
COMPRESSED, HAS_CLASS = 0x20, 0x10
PARTS_8_BIT, PARTS_16_BIT = 0x00, 0x08

Encoding = Literal["gsm7", "ucs2", "8bit"]


class Concatenation(NamedTuple):
    """Of which message this is a part; parts count from 1."""

    reference: int
    total: int
    part: int


class DeliverPdu(NamedTuple):
    """A message that came. `text` of 8-bit data is empty, `data` is there only of it."""

    service_centre: str | None
    sender: str
    at: datetime | None
    encoding: Encoding
    text: str
    data: bytes = b""
    message_class: int | None = None
    concatenation: Concatenation | None = None


class StatusReportPdu(NamedTuple):
    """What became of a part that was sent; `reference` is the one that the modem gave."""

    service_centre: str | None
    reference: int
    recipient: str
    submitted_at: datetime | None
    done_at: datetime | None
    status: int

    @property
    def outcome(self) -> ReportOutcome:
        """In a word."""
        return outcome_of(self.status)


def decode(text: str) -> DeliverPdu | StatusReportPdu:
    """What this line of hexadecimal digits says. Raises PduRefused."""
    pdu = read_pdu(text)
    service_centre = decode_service_centre(pdu)
    first = pdu.octet()
    if first & 0x03 == DELIVER:
        return _deliver(service_centre, first, pdu)
    if first & 0x03 == STATUS_REPORT:
        return _status_report(service_centre, pdu)
    raise PduRefused("unsupported")  # what we sent ourselves, from a store; and what is reserved


def outcome_of(status: int) -> ReportOutcome:
    """TP-ST in a word (9.2.3.15); the values of the service centre itself go with their group."""
    if status < 0x20:
        return "delivered"
    if status < 0x40:
        return "pending"
    if status < 0x60:
        return "failed"
    return "expired" if status < 0x80 else "unknown"


def _status_report(service_centre: str | None, pdu: Octets) -> StatusReportPdu:
    return StatusReportPdu(
        service_centre,
        reference=pdu.octet(),
        recipient=decode_address(pdu),
        submitted_at=decode_time(pdu.take(7)),
        done_at=decode_time(pdu.take(7)),
        status=pdu.octet(),  # parameters may follow
    )


def _deliver(service_centre: str | None, first: int, pdu: Octets) -> DeliverPdu:
    sender = decode_address(pdu)
    coding = pdu.take(2)[1]  # behind the protocol identifier
    encoding, message_class = _coding(coding)
    at = decode_time(pdu.take(7))
    length = pdu.octet()
    data = pdu.take((length * 7 + 7) // 8 if encoding == "gsm7" else length)
    header = _header(data) if first & HEADER else b""
    return DeliverPdu(
        service_centre,
        sender,
        at,
        encoding,
        text=_text(encoding, data, len(header), length),
        data=data[len(header) :] if encoding == "8bit" else b"",
        message_class=message_class,
        concatenation=_concatenation(header[1:]),
    )


def _coding(coding: int) -> tuple[Encoding, int | None]:
    """Alphabet and class (3GPP TS 23.038, 4). Raises PduRefused: compressed."""
    group = coding >> 4
    if group < 0x8:
        if coding & COMPRESSED:
            raise PduRefused("unsupported")
        alphabets: tuple[Encoding, ...] = ("gsm7", "8bit", "ucs2", "gsm7")
        return alphabets[coding >> 2 & 0x3], coding & 0x3 if coding & HAS_CLASS else None
    if group == 0xF:
        return "8bit" if coding & 0x4 else "gsm7", coding & 0x3
    return "ucs2" if group == 0xE else "gsm7", None


def _header(data: bytes) -> bytes:
    """With its length octet."""
    if not data or data[0] >= len(data):
        raise PduRefused("length")
    return data[: 1 + data[0]]


def _text(encoding: Encoding, data: bytes, header_octets: int, length: int) -> str:
    if encoding == "8bit":
        return ""
    if encoding == "ucs2":
        if (length - header_octets) % 2:
            raise PduRefused("length")
        return data[header_octets:].decode("utf-16-be", "replace")
    header_septets = -(-header_octets * 8 // 7)
    if header_septets > length:
        raise PduRefused("length")
    fill_bits = header_septets * 7 - header_octets * 8
    return to_text(unpack(data[header_octets:], length - header_septets, fill_bits))


def _concatenation(elements: bytes) -> Concatenation | None:
    """The last one counts where there are several. Raises PduRefused: an element runs past the header."""
    found = None
    header = Octets(elements)
    left = len(elements)
    while left:
        kind = header.octet()
        if left == 1:
            raise PduRefused("length")
        length = header.octet()
        element = header.take(length)
        left -= 2 + length
        found = _as_concatenation(kind, element) or found
    return found


def _as_concatenation(kind: int, element: bytes) -> Concatenation | None:
    """None: another element, or one that makes no sense."""
    if (kind, len(element)) not in ((PARTS_8_BIT, 3), (PARTS_16_BIT, 4)):
        return None
    *reference, total, part = element
    return Concatenation(int.from_bytes(bytes(reference)), total, part) if 1 <= part <= total else None
