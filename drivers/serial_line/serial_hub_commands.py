"""What a serial hub is told: commands to its bands, as bytes for the line (the frame is in `serial_hub.py`)."""

from __future__ import annotations

import struct

from drivers.driver import Signal
from drivers.framing import cobs_encode, crc16_ibm_sdlc
from drivers.orders import Measure, Order, ShowText, Vibrate

LONGEST_TEXT = 60  # bytes

_COMMAND = 0x10
_COMMANDS = {"received": 0x01, "help_on_the_way": 0x02, "measure": 0x03, "show_text": 0x04}
_LEVELS: dict[int, Signal] = {1: "received", 2: "help_on_the_way"}
_TEXT_FIELD = 0x20


def signal(command: int, address: str, signal: Signal) -> bytes:
    """The bytes that make a band vibrate: short for "received", long for "help is on the way"."""
    return _encode_command(command, address, signal)


def order(command: int, address: str, order: Order) -> bytes:
    """The bytes by which a band does this; nothing where the hub has no word for it."""
    match order:
        case Vibrate(level) if level in _LEVELS:
            return signal(command, address, _LEVELS[level])
        case Measure(stream=False):
            return measure_now(command, address)
        case ShowText(text) if len(text.encode()) <= LONGEST_TEXT:
            return show_text(command, address, text)
        case _:
            return b""


def measure_now(command: int, address: str) -> bytes:
    """The bytes that make a band measure."""
    return _encode_command(command, address, "measure")


def show_text(command: int, address: str, text: str) -> bytes:
    """The bytes that make a band show a text. Raises ValueError where it has more than 60 bytes in UTF-8."""
    encoded = text.encode()
    if len(encoded) > LONGEST_TEXT:
        raise ValueError(f"the text has {len(encoded)} bytes, a band shows at most {LONGEST_TEXT}")
    return _encode_command(command, address, "show_text", bytes((_TEXT_FIELD, len(encoded))) + encoded)


def _encode_command(command: int, address: str, name: str, fields: bytes = b"") -> bytes:
    head = struct.pack("<BH6sB", _COMMAND, command & 0xFFFF, bytes.fromhex(address.replace(":", "")), _COMMANDS[name])
    frame = head + fields
    return cobs_encode(frame + crc16_ibm_sdlc(frame).to_bytes(2, "little")) + b"\0"
