"""Makes hostile inputs for a driver: random bytes, and its own vectors, changed.

Behind a length, a checksum or a cipher random changes seldom get through, so some frames are changed inside and sealed anew.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from msgspec.structs import replace

import drivers
from drivers.bands.ycbt_frames import encoded
from drivers.driver import AdvertisementDriver, Refused
from drivers.framing import ad_structures, cobs_decode, cobs_encode, crc8_maxim, crc8_smbus, crc16_ibm_sdlc, xor
from tests.drivers import line_mutation, vectors
from tests.drivers.vectors import Frame

INTERESTING = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)
SOMETIMES_LONG = (4, 8, 16, 24, 40, 80, 600)


def hostile_frames(driver: str, count: int, chance: random.Random) -> Iterator[Frame]:
    """So many inputs for a driver."""
    known = vectors.BY_DRIVER[driver].frame
    reseal = RESEAL.get(driver)
    if reseal is None and isinstance(drivers.driver(driver), AdvertisementDriver):
        reseal = _reseal_structure
    for _ in range(count):
        frame = chance.choice(known)
        kind = chance.random()
        if kind < 0.2:
            data = chance.randbytes(chance.randrange(chance.choice(SOMETIMES_LONG)))
        elif kind < 0.6 and reseal:
            data = reseal(frame, chance)
        else:
            data = changed(frame.data, chance)
        yield replace(frame, hex=data.hex())


def changed(data: bytes, chance: random.Random) -> bytes:
    """The same with one to four changes."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        _change(out, chance)
    return bytes(out)


def _change(out: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(out) + 1)
    match chance.randrange(6):
        case 0 if out:
            out[at % len(out)] ^= 1 << chance.randrange(8)
        case 1 if out:
            out[at % len(out)] = chance.choice(INTERESTING)
        case 2:
            del out[at:]
        case 3:
            out[at:at] = chance.randbytes(chance.randrange(5))
        case 4:
            del out[at : at + chance.randrange(4)]
        case _:
            out[at:at] = out[: chance.randrange(20)]


def _reseal_structure(frame: Frame, chance: random.Random) -> bytes:
    """An advertisement whose lengths fit, with one structure changed behind its id."""
    try:
        structures = list(ad_structures(frame.data))
    except Refused:
        return changed(frame.data, chance)
    if structures:
        at = chance.randrange(len(structures))
        kind, data = structures[at]
        structures[at] = kind, (data[:2] + changed(data[2:], chance))[:254]
    return b"".join(bytes((1 + len(data), kind)) + data for kind, data in structures)


def _reseal_hub(frame: Frame, chance: random.Random) -> bytes:
    try:
        inside = cobs_decode(frame.data.split(b"\0")[0])[:-2]
    except Refused:
        inside = b""
    inside = changed(inside, chance)[:510]
    return cobs_encode(inside + crc16_ibm_sdlc(inside).to_bytes(2, "little")) + b"\0"


def _reseal_bthome(frame: Frame, chance: random.Random) -> bytes:
    """A frame that is encrypted well, with anything inside."""
    if len(frame.key) != 32 or not frame.address:
        return changed(frame.data, chance)
    counter, head = chance.randbytes(4), bytes((chance.choice((0x41, 0x45)),))
    nonce = bytes.fromhex(frame.address.replace(":", "")) + b"\xd2\xfc" + head + counter
    plain = changed(bytes.fromhex(chance.choice(("00093a01", "01643a00", "0c0a0b3a04", "53026162"))), chance)
    sealed = AESCCM(bytes.fromhex(frame.key), tag_length=4).encrypt(nonce, plain, None)
    structure = b"\x16\xd2\xfc" + head + sealed[:-4] + counter + sealed[-4:]
    return bytes((len(structure),)) + structure


def _reseal_mibeacon(frame: Frame, chance: random.Random) -> bytes:
    """The same, of MiBeacon."""
    if len(frame.key) != 32 or not frame.address:
        return changed(frame.data, chance)
    product_and_counter, extended_counter = chance.randbytes(3), chance.randbytes(3)
    nonce = bytes.fromhex(frame.address.replace(":", ""))[::-1] + product_and_counter + extended_counter
    plain = changed(
        bytes.fromhex(chance.choice(("0110030000000a100164", "0020055e0d780d64", "0a0002420e", "1c4e0101"))), chance
    )
    sealed = AESCCM(bytes.fromhex(frame.key), tag_length=4).encrypt(nonce, plain, b"\x11")
    structure = b"\x16\x95\xfe\x48\x58" + product_and_counter + sealed[:-4] + extended_counter + sealed[-4:]
    return bytes((len(structure),)) + structure


def _reseal_ycbt(frame: Frame, chance: random.Random) -> bytes:
    """A frame whose length and checksum fit, mostly of the same group and key."""
    data = frame.data.ljust(8, b"\6")
    group, key = (data[0], data[1]) if chance.random() < 0.8 else (chance.randrange(1, 7), chance.randrange(256))
    return encoded(group, key, changed(data[4:-2], chance)[:240])


def _reseal_lefun(frame: Frame, chance: random.Random) -> bytes:
    inside = changed(frame.data[2:-1], chance)[:200]
    sealed = bytes((0x5A, len(inside) + 3)) + inside
    return sealed + bytes((crc8_maxim(sealed),))


def _reseal_colmi(frame: Frame, chance: random.Random) -> bytes:
    if len(frame.data) != 16:
        table = changed(frame.data[6:] * chance.choice((1, 1, 2, 5)), chance)
        return frame.data[:2] + len(table).to_bytes(2, "little") + frame.data[4:6] + table
    inside = changed(frame.data[:15], chance)[:15].ljust(15, b"\0")
    return inside + bytes((sum(inside) & 0xFF,))


def _reseal_wearfit(frame: Frame, chance: random.Random) -> bytes:
    inside = frame.data[3:5] + changed(frame.data[5:], chance)
    return b"\xab" + len(inside).to_bytes(2) + inside


def _reseal_moyoung(frame: Frame, chance: random.Random) -> bytes:
    if frame.data[:2] != b"\xfe\xea":
        return changed(frame.data, chance)
    inside = changed(frame.data[4:], chance)[:240]
    return b"\xfe\xea" + bytes((chance.choice((0x10, 0x20)), len(inside) + 4)) + inside


def _reseal_omron(frame: Frame, chance: random.Random) -> bytes:
    """A packet whose length and checksum fit; records have neither."""
    if frame.model:
        return changed(frame.data, chance)
    inside = changed(frame.data[1:-1], chance)[:60]
    sealed = bytes((len(inside) + 2,)) + inside
    return sealed + bytes((xor(sealed),))


def _reseal_pc60(frame: Frame, chance: random.Random) -> bytes:
    inside = frame.data[4:5] + changed(frame.data[5:-1], chance)[:200]
    sealed = b"\xaa\x55" + frame.data[2:3] + bytes((len(inside) + 1,)) + inside
    return sealed + bytes((crc8_maxim(sealed),))


def _reseal_o2ring(frame: Frame, chance: random.Random) -> bytes:
    status, inside = frame.data[1:2].ljust(1, b"\0"), changed(frame.data[7:-1], chance)[:200]
    sealed = b"\x55" + status + bytes((status[0] ^ 0xFF, 0, 0)) + len(inside).to_bytes(2, "little") + inside
    return sealed + bytes((crc8_smbus(sealed),))


def _reseal_berry(frame: Frame, chance: random.Random) -> bytes:
    """A packet whose length and sum fit; the older frames have neither."""
    if frame.data[:2] != b"\xff\xaa":
        return changed(frame.data, chance)
    packet = b"\xff\xaa" + changed(frame.data[2:19], chance)[:17].ljust(17, b"\0")
    return packet + bytes((sum(packet) & 0xFF,))


def _reseal_mightysat(frame: Frame, chance: random.Random) -> bytes:
    inside = frame.data[2:3] + changed(frame.data[3:-1], chance)[:200]
    return b"\x77" + bytes((len(inside) + 1,)) + inside + bytes((crc8_smbus(inside),))


RESEAL: dict[str, Callable[[Frame, random.Random], bytes]] = {
    "serial-hub": _reseal_hub,
    "bthome": _reseal_bthome,
    "mibeacon": _reseal_mibeacon,
    "ycbt": _reseal_ycbt,
    "colmi-ring": _reseal_colmi,
    "lefun": _reseal_lefun,
    "wearfit": _reseal_wearfit,
    "moyoung": _reseal_moyoung,
    "omron-bp": _reseal_omron,
    "berry-oximeter": _reseal_berry,
    "masimo-mightysat": _reseal_mightysat,
    "wellue-o2ring": _reseal_o2ring,
    "wellue-pc60": _reseal_pc60,
    **line_mutation.RESEAL,
}
