"""choicemmed-oximeter: finger clips of ChoiceMMed, sold as Innovo and Zacurate (iP900BP-B, 500E-B, MD300C228).

Enrolled by hand. Nothing is written, nothing is paired. It speaks while a finger is in it, and switches itself off seconds
later; it keeps nothing. It speaks only where both of its characteristics are subscribed.

    service 6e400001-b5a3-f393-e0a9-e50e24dcca9e, with characteristics of its own in it
    FFF0   indicate: must be subscribed      FFF1   notify      FFF2   read: no measurement
    service 00000001-0000-6465-6d6d-65636c6f6843 (the maker's name, backwards), by which the family is told

    3E oo 00 pp 00 rr 20 00 00 00 00 ii F0     once a second
        o  oxygen saturation, %: 0 and 127 none        p  pulse, /min: 0 and 255 none
        r  breaths, /min: an estimate that three programs call useless, no measurement
        i  perfusion index, tenths of a percent (no kind in the contract: stepped over)
    01 ww    the wave, 25 a second; another first byte: no finger. No measurement

No checksum. 3E with another length: `length`; another first byte in more than two bytes: `unsupported`. All zeros come now and
then, and are none.

Confidence: medium: three programs agree on the bytes, no whole captured frame is published. Not known: what byte 6 is, whether
the zeros behind oxygen and pulse are their high bytes; a battery in the frame.
Sources: an analysis of four oximeters on the market (iP900BP-B, 500E-B: services, characteristics, layout);
BluetoothDeviceController, its notes on pulse oximeters; `innovo_ble_reader.py` and the program that logs its perfusion index
(97 %, 72); a program in React Native with tests of the same bytes.

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from datetime import datetime

from drivers.bands import vital_signs
from drivers.bands.clip_talk import Clip, ClipTalk, whole
from drivers.bluetooth_uuid import full_uuid
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

SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
FAMILY = "00000001-0000-6465-6d6d-65636c6f6843"
WAKES, VALUES = full_uuid(0xFFF0), full_uuid(0xFFF1)

_VALUE, _VALUE_BYTES, _WAVE_BYTES = 0x3E, 13, 2


def decode(characteristic: str, data: bytes, _at: datetime | None = None) -> Decoded:
    """One value of a characteristic, which is a frame. Raises Refused."""
    if characteristic == WAKES:
        return Decoded()
    if characteristic != VALUES:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    if len(data) == _WAVE_BYTES or (len(data) == _VALUE_BYTES and not any(data)):
        return Decoded()
    if data[:1] not in (b"", b"\x3e"):
        raise Refused("unsupported", f"first byte {data[0]:02x}")
    if len(data) != _VALUE_BYTES:
        raise Refused("length", f"3e: {len(data)} bytes, has {_VALUE_BYTES}")
    return Decoded([*vital_signs.oxygen(data[1]), *vital_signs.heart_rate(data[3])])


def converse(services: Services, context: Context, order: Order) -> Conversation:
    """Begins the conversation of one connection."""
    clip = Clip(whole(decode), Subscribe(VALUES, SERVICE), Subscribe(WAKES, SERVICE, "indicate"))
    return ClipTalk(services, context).converse(clip, order)


DRIVER = ConnectionDriver(
    name="choicemmed-oximeter",
    title="ChoiceMMed finger clips (Innovo iP900BP-B, Zacurate 500E-B)",
    title_zh="超思 ChoiceMMed 指夹式血氧仪（Innovo iP900BP-B、Zacurate 500E-B）",
    measures=("oxygen_saturation", "heart_rate"),
    services=(FAMILY,),
    converse=converse,
    decode=decode,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)
