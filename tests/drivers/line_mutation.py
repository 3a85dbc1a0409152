"""Hostile streams of serial devices that get past what guards them: sums that fit, whole frames in a row, anything inside."""

from __future__ import annotations

import random
from collections.abc import Callable

from drivers.framing import xor
from tests.drivers.vectors import Frame

Reseal = Callable[[Frame, random.Random], bytes]


def _raycome(_frame: Frame, chance: random.Random) -> bytes:
    kind = chance.choice((b"\x01\x01", b"\x01\x05", b"\x01\x06", b"\x01\x06", b"\x01\x07", chance.randbytes(2)))
    content = bytearray(chance.randbytes(chance.choice((1, 2, 13, 13, 13, chance.randrange(15)))))
    content[7:13:2] = bytes(len(content[7:13:2]))  # pressures of less than 256 mmHg
    body = bytes((0x03, len(kind) + len(content))) + kind + content
    return b"\xaa\x80" + body + bytes((xor(body),))


def _nmea(frame: Frame, chance: random.Random) -> bytes:
    fields = frame.data.partition(b"$")[2].partition(b"*")[0].split(b",")
    for _ in range(chance.randint(0, 2)):
        at = chance.randrange(len(fields))
        fields[at] = chance.choice(
            (b"", b"N", b"A", b"1", b"6", b"9959.999", chance.randbytes(3).hex().encode(), fields[at][:-1])
        )
    body = b",".join(fields)
    return b"$%b*%02X\r\n" % (body, xor(body))


def _nonin_packet(head: bytes) -> Reseal:
    def reseal(_frame: Frame, chance: random.Random) -> bytes:
        packet = b""
        for number in range(chance.choice((25, 25, 25, 24, 26))):
            status = 0x80 | chance.choice((0, 0, 0, chance.randrange(128))) & 0xFE | (number == 0)
            frame = head + bytes((status,)) + chance.randbytes(4 - len(head) - 1)
            packet += frame + bytes((sum(frame) & 0xFF,))
        return packet

    return reseal


def _nonin_spot_check(_frame: Frame, chance: random.Random) -> bytes:
    clock = bytes(chance.choice((0x20, 0x11, 0x09, 0x59, chance.randrange(256))) for _ in range(8))
    content = clock + chance.randbytes(4) + bytes((0, chance.randrange(128))) + chance.randbytes(chance.choice((0, 0, 4)))
    return bytes.fromhex("0002000D") + len(content).to_bytes(2) + content + bytes((sum(content) & 0xFF, 0x03))


def _many_frames(size: int, count: int) -> Reseal:
    """So many whole frames, of which the first byte alone has bit 7 set; now and then one is broken."""

    def reseal(_frame: Frame, chance: random.Random) -> bytes:
        frames = [
            bytes((0x80 | chance.randrange(128), *(chance.randrange(128) for _ in range(size - 1)))) for _ in range(count)
        ]
        if chance.random() < 0.2:
            frames[chance.randrange(count)] = chance.randbytes(chance.randrange(size + 2))
        return b"".join(frames)

    return reseal


RESEAL: dict[str, Reseal] = {
    "raycome-rbp": _raycome,
    "nmea-position": _nmea,
    "nonin-df2": _nonin_packet(b"\x01"),
    "nonin-df7": _nonin_packet(b""),
    "nonin-df8": _many_frames(4, 8),
    "nonin-df13": _nonin_spot_check,
    "oximeter-bci": _many_frames(5, 32),
}
