"""Makes of a text the SMS-SUBMIT PDUs that carry it: as few as it takes, each as long as it may be (3GPP TS 23.040). Pure."""

from __future__ import annotations

from typing import NamedTuple

from gateway.channels.sms.gsm7 import can_say, pack, to_septets
from gateway.channels.sms.pdu_fields import encode_address, encode_service_centre, encode_validity

SUBMIT, RELATIVE_VALIDITY, REPORT_WANTED, HEADER = 0x01, 0x10, 0x20, 0x40
GSM7, UCS2, CLASS = 0x00, 0x08, 0x10
SEPTETS_ALONE, SEPTETS_A_PART = 160, 153
UNITS_ALONE, UNITS_A_PART = 70, 67
MOST_PARTS = 255
HEADER_SEPTETS, FILL_BITS = 7, 1  # six octets of header are 48 bits, one more makes 7 septets


class SubmitPdu(NamedTuple):
    """In capitals, with the service centre; `length`: octets without it, for AT+CMGS."""

    hex: str
    length: int


class Sending(NamedTuple):
    """How a message is sent. `validity_min` None: as long as the service centre likes. `flash_class`: 0 to 3."""

    validity_min: int | None = 60
    report: bool = True
    service_centre: str = ""
    message_class: int | None = None


ALERT = Sending()


def pieces(text: str) -> list[str]:
    """The text of each part; one alone where it fits. Neither an escape pair nor a surrogate pair is split."""
    septets = can_say(text)
    alone, a_part = (SEPTETS_ALONE, SEPTETS_A_PART) if septets else (UNITS_ALONE, UNITS_A_PART)
    if _length(text, septets=septets) <= alone:
        return [text]
    parts = [""]
    left = a_part
    for character in text:
        length = _length(character, septets=septets)
        if length > left:
            parts.append("")
            left = a_part
        parts[-1] += character
        left -= length
    return parts


def encode(number: str, text: str, sending: Sending = ALERT, reference: int = 0) -> list[SubmitPdu]:
    """The PDUs in order; `reference` stands in the header of those that belong together.

    Raises ValueError: no telephone number, or more text than 255 parts hold.
    """
    parts = pieces(text)
    if len(parts) > MOST_PARTS:
        raise ValueError("the text is too long for SMS")
    service_centre, head = encode_service_centre(sending.service_centre), _head(number, text, sending, len(parts) > 1)
    pdus = []
    for part, piece in enumerate(parts, 1):
        header = bytes([5, 0, 3, reference & 0xFF, len(parts), part]) if len(parts) > 1 else b""
        body = head + _user_data(piece, header, septets=can_say(text))
        pdus.append(SubmitPdu((service_centre + body).hex().upper(), len(body)))
    return pdus


def _head(number: str, text: str, sending: Sending, several: bool) -> bytes:
    """All before the user data: first octet, reference 0 (the modem's), address, protocol 0, coding, validity."""
    valid = b"" if sending.validity_min is None else bytes([encode_validity(sending.validity_min)])
    first = SUBMIT | RELATIVE_VALIDITY * bool(valid) | REPORT_WANTED * sending.report | HEADER * several
    coding = GSM7 if can_say(text) else UCS2
    if sending.message_class is not None:
        coding |= CLASS | sending.message_class
    return bytes([first, 0]) + encode_address(number) + bytes([0, coding]) + valid


def _user_data(piece: str, header: bytes, *, septets: bool) -> bytes:
    if not septets:
        data = header + _utf_16(piece)
        return bytes([len(data)]) + data
    codes = to_septets(piece)
    length = len(codes) + HEADER_SEPTETS * bool(header)
    return bytes([length]) + header + pack(codes, FILL_BITS * bool(header))


def _length(text: str, *, septets: bool) -> int:
    return len(to_septets(text)) if septets else len(_utf_16(text)) // 2


def _utf_16(text: str) -> bytes:
    """Half a surrogate pair alone cannot be told to anybody: a question mark stands for it."""
    return text.encode("utf-16-be", "replace")
