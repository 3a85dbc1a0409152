"""wellue-pc60: finger clips of Viatom, sold as Wellue, Lepu, Creative, KINGST (PC-60FW, PC-60NW, KS-60FW).

Enrolled by hand: the name is `PC-60F_SN` and a number, `PC-60NW-1` or `KS-60FW` and a number; the service is the plain UART of
Nordic, which many devices have. Nothing is written, nothing is paired. A clip has one connection at a time, speaks while a
finger is in it, and switches itself off seconds later; it keeps nothing.

    service 6e400001-b5a3-f393-e0a9-e50e24dcca9e
    6e400003   notify

    AA 55 tt LL ff data... cc
        L  bytes behind it, the check with them; c  CRC-8/MAXIM over all before it. Cut and joined anywhere into notifications

    0F 08 01  oo pp pp ii ss bb     once a second
        o  oxygen saturation, %: 0 none       p  pulse, /min, u16 little endian: 0 none
        i  perfusion index, tenths of a percent (no kind in the contract: stepped over)
        s  bit 1 no finger, bit 2 searching: questionable:weak_signal
        b  battery in bits 7 and 6: a quarter each, 0 the last
    0F 07 02  five bytes of the wave: no measurement
    0F 06 21  mm tt xx yy           what it is at: no measurement. m 1 spot check, 2 continuous; t 3: the result, xx oxygen, yy
                                    pulse, which came as 01 too
    F0 03 03  bb                    the battery, 0 to 3

First bytes not AA 55: `not_mine`; another length: `length`; check: `checksum`; another t and f: `unsupported`. While s tells no
finger, there is no measurement.

Confidence: high. A dozen frames of five clips are published, and all their checks fit.
Sources: sza2/viatom_pc60fw (layout, check, that it switches itself off); sycophantic/pc60fw_pulseox `raw_data.txt` (captured);
pythag/pc-60fw and pmenke-de/viatom_pc60fw (status, battery); viatom-develop/LepuDemo and its library, `PC60FwBleResponse`
(names of the fields, 0 is none, what 21 means); an analysis of a KS-60FW, notes of a program for Windows, and a program for
uni-app (captured).

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from drivers.bands import vital_signs
from drivers.bands.clip_talk import Clip, ClipTalk, joined
from drivers.bands.pieces import Joiner
from drivers.driver import (
    ConnectionDriver,
    Context,
    Conversation,
    Decoded,
    Order,
    Refused,
    SensorTraits,
    Services,
    Subscribe,
)
from drivers.framing import crc8_maxim

SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
VALUES = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"

_HEAD, _AROUND = b"\xaa\x55", 4  # bytes of a frame that its length does not count
_BEGINS = re.compile(rb"\xaa(?:\x55|\Z)")
_NO_FINGER, _SEARCHES = 0x02, 0x04


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One whole frame. Raises Refused."""
    if characteristic != VALUES:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    size = _size(data)
    if len(data) != size:
        raise Refused("length", f"frame: {len(data)} bytes, says {size or 'nothing'}")
    if crc8_maxim(data[:-1]) != data[-1]:
        raise Refused("checksum", "CRC-8 of the frame")
    what, told = data[2:5], data[5:-1]
    if what not in _MEANINGS:
        raise Refused("unsupported", f"frame {what.hex(' ')}")
    return _MEANINGS[what](told)


def _size(data: bytes) -> int | None:
    if not _HEAD.startswith(data[:2]):
        raise Refused("not_mine", f"begins with {data[:2].hex(' ')}, not with AA 55")
    return _AROUND + data[3] if len(data) >= _AROUND else None


# --- what is told, by type, length and function -------------------------------------------------------------------------


def _nothing(_told: bytes) -> Decoded:
    return Decoded()


def _value(told: bytes) -> Decoded:
    if told[4] & _NO_FINGER:
        return Decoded(status={"finger_out": True})
    measured = [*vital_signs.oxygen(told[0]), *vital_signs.heart_rate(int.from_bytes(told[1:3], "little"))]
    if told[4] & _SEARCHES:
        measured = [replace(one, quality=("questionable:weak_signal",)) for one in measured]
    return Decoded(measured, status={"finger_out": False})


def _battery(told: bytes) -> Decoded:
    return Decoded(status={"battery_low": told[0] == 0})


_MEANINGS: dict[bytes, Callable[[bytes], Decoded]] = {
    b"\x0f\x08\x01": _value,
    b"\x0f\x07\x02": _nothing,
    b"\x0f\x06\x21": _nothing,
    b"\xf0\x03\x03": _battery,
}


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    clip = Clip(joined(Joiner(_size, _BEGINS), decode), Subscribe(VALUES, SERVICE))
    return ClipTalk(services, context).converse(clip, order)


DRIVER = ConnectionDriver(
    name="wellue-pc60",
    title="Wellue, Viatom and Lepu finger clips (PC-60FW, PC-60NW, KS-60FW)",
    title_zh="乐普、源动创新 Wellue/Viatom 指夹式血氧仪（PC-60FW、PC-60NW、KS-60FW）",
    measures=("oxygen_saturation", "heart_rate", "battery_low"),
    services=(SERVICE,),
    converse=converse,
    decode=decode,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)
