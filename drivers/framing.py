"""How bytes are made into frames and guarded on their way: AD structures, flagged fields, COBS, CRC, XOR."""

from __future__ import annotations

import operator
from binascii import crc_hqx
from collections.abc import Callable, Iterator
from functools import reduce

from drivers.driver import Refused

# --- fields one after the other ---------------------------------------------------------------------------------------


class Fields:
    """Takes fields from a value, one after the other; one that is not there completely refuses the frame (`length`)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int, what: str) -> bytes:
        """The next so many bytes. Raises Refused."""
        field = self._data[self._at : self._at + size]
        if len(field) < size:
            raise Refused("length", f"{what}: {len(field)} bytes, needs {size}")
        self._at += size
        return field

    def u8(self, what: str) -> int:
        """The next byte. Raises Refused."""
        return self.take(1, what)[0]

    def u16(self, what: str) -> int:
        """The next two bytes, little endian. Raises Refused."""
        return int.from_bytes(self.take(2, what), "little")

    @property
    def left(self) -> int:
        """How many bytes were not taken."""
        return len(self._data) - self._at


def need(data: bytes, size: int, what: str) -> None:
    """Raises Refused (`length`) where there are fewer bytes."""
    if len(data) < size:
        raise Refused("length", f"{what}: {len(data)} bytes, needs {size}")


# --- AD structures (Core Specification Supplement, part A) --------------------------------------------------------------

COMPLETE_LOCAL_NAME = 0x09
SERVICE_DATA_16 = 0x16  # 16-bit UUID first, low byte first
SERVICE_DATA_128 = 0x21  # 128-bit UUID first, low byte first
MANUFACTURER_DATA = 0xFF  # company id first, low byte first

LARGEST_STRUCTURE = 254  # bytes after the type: the length is one byte, and counts the type


def ad_structures(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and data of each structure `length type data...`, where the length counts the type; length 0 ends the record.

    Raises Refused (`length`) where one runs past the end, after those before it.
    """
    at = 0
    while at < len(data) and (length := data[at]):
        at += 1
        structure = data[at : at + length]
        if len(structure) < length:
            raise Refused("length", f"AD structure: {len(structure)} bytes, says {length}")
        yield structure[0], structure[1:]
        at += length


def ad_structure(kind: int, data: bytes) -> bytes:
    """One structure. Raises Refused (`length`) where there is too much for one."""
    if len(data) > LARGEST_STRUCTURE:
        raise Refused("length", f"AD structure: {len(data)} bytes, has room for {LARGEST_STRUCTURE}")
    return bytes((len(data) + 1, kind)) + data


# --- COBS (Cheshire and Baker, 1999) --------------------------------------------------------------------------------------
#
# A frame without a zero byte in it: blocks of a code byte n and n - 1 bytes, each followed by a zero that is left out,
# save after the last block and after a block of code FF.


def cobs_encode(data: bytes) -> bytes:
    """Without the zero that ends a frame on the line."""
    out = bytearray()
    for part in data.split(b"\0"):
        while len(part) >= 0xFE:
            out += b"\xff" + part[:0xFE]
            part = part[0xFE:]
        out += bytes((len(part) + 1,)) + part
    return bytes(out)


def cobs_decode(data: bytes) -> bytes:
    """Raises Refused (`length`) where a block runs past the end or holds a zero."""
    out = bytearray(data)
    full_blocks = []
    at, end = 0, len(out)
    while at < end:
        code = out[at]
        if code == 0xFF:
            full_blocks.append(at + code)
        out[at] = 0  # a code stands where the zero before its block belongs
        at += code or end + 1
    if at != end:
        raise Refused("length", f"COBS block: {end} bytes, needs {at}")
    for after in reversed(full_blocks):
        del out[after : after + 1]  # no zero follows a full block
    return bytes(out[1:])


# --- CRC-16/IBM-SDLC (X-25, HDLC): polynomial 1021 reflected, init FFFF, xorout FFFF; "123456789" -> 906E -----------------
#
# binascii.crc_hqx is the same polynomial the other way round, in C. So the bits of each byte are mirrored before it, and
# the bits of its result after it: twenty times faster than a table in Python.

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_RESIDUE = 0x1D0F  # what is left, mirrored, over any data with its own CRC behind it, low byte first


def crc16_ibm_sdlc(data: bytes) -> int:
    """The CRC of these bytes; it goes on the line low byte first."""
    high, low = divmod(crc_hqx(data.translate(_MIRRORED), 0xFFFF) ^ 0xFFFF, 256)
    return _MIRRORED[low] << 8 | _MIRRORED[high]


def crc16_ibm_sdlc_fits(data: bytes) -> bool:
    """Whether the last two bytes are the CRC of those before them."""
    return crc_hqx(data.translate(_MIRRORED), 0xFFFF) == _RESIDUE


# --- CRC-16/CCITT-FALSE: polynomial 1021, init FFFF, not reflected, xorout 0; "123456789" -> 29B1 ---------------------------


def crc16_ccitt_false(data: bytes) -> int:
    """The CRC of these bytes."""
    return crc_hqx(data, 0xFFFF)


# --- CRC-8, both with init 0 and xorout 0 -----------------------------------------------------------------------------------


def _table(shifted_out: Callable[[int], int]) -> bytes:
    """What eight shifts make of each byte."""
    return bytes(reduce(lambda crc, _: shifted_out(crc), range(8), byte) for byte in range(256))


_MAXIM = _table(lambda crc: crc >> 1 ^ (0x8C if crc & 1 else 0))
_SMBUS = _table(lambda crc: crc << 1 & 0xFF ^ (0x07 if crc & 0x80 else 0))


def crc8_maxim(data: bytes) -> int:
    """CRC-8/MAXIM-DOW (Dallas 1-Wire): polynomial 31 reflected; "123456789" -> A1."""
    return reduce(lambda crc, byte: _MAXIM[crc ^ byte], data, 0)


def crc8_smbus(data: bytes) -> int:
    """CRC-8/SMBUS: polynomial 07, not reflected; "123456789" -> F4."""
    return reduce(lambda crc, byte: _SMBUS[crc ^ byte], data, 0)


# --- XOR ------------------------------------------------------------------------------------------------------------------


def xor(data: bytes) -> int:
    """All bytes, exclusive or."""
    return reduce(operator.xor, data, 0)
