"""jumper-oximeter: finger clips of Jumper, which call themselves "My Oximeter" (JPD-500F, JPD-500G, Custom PLS-01BT).

Recognised by the name `My Oximeter` and the service, which they advertise. Nothing is written, nothing is paired: whoever
subscribes hears the clip while a finger is in it.

    service cdeacb80-5235-4c07-8846-93a37ee6b86d
    cdeacb81   notify

    81 pp oo ii        about once a second
        p  pulse, /min: 0 and 255 none      o  oxygen saturation, %: 0 and 127 none, 101 to 126 cannot be
        i  perfusion index, tenths of a percent (no kind in the contract: stepped over)
    88 ..              11 bytes: the wave, no measurement. Also 80 ..
    2D 2D ...          until a finger is in it, of some models: nothing

No checksum. 81 with another length: `length`; another first byte: `unsupported`. Cuffs of Yonker (YK-IBPA1) have the same
service and characteristic, with frames of 15 bytes: they are not read.

Confidence: high for the frame of 81, on which six programs agree; one of its values is published. Medium for the rest: the
wave's first byte has one source, and who says 2D is not told. Not known: a battery, stored values.
Sources: obniz/obniz `src/parts/Ble/PLS_01BT` (length, 255); particle-iot/ble-gateway-library `peripherals/pulse-oximeter`
(0 is none); KookKookKool/smarttelemed-v4 `jumper_po_jpd_500f.dart` (the captured 81 38 63 44); a program in Swift of Brian
Dutton, 2016 (255, 127, tenths); iot.agile `MedicalDevice` (length, tenths, 88); a test program for the JPD500F in JavaScript;
derdilla/blood-pressure-monitor-fl issue 615 (the cuff).

Sensor: no pressure, finger, not worn.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from drivers.bands import vital_signs
from drivers.driver import ConnectionDriver, Decoded, Refused, SensorTraits
from drivers.standard import battery
from drivers.standard.conversation import converse
from drivers.standard.profile import Profile

SERVICE = "cdeacb80-5235-4c07-8846-93a37ee6b86d"
VALUES = "cdeacb81-5235-4c07-8846-93a37ee6b86d"

_VALUE, _VALUE_BYTES = 0x81, 4
_WAVES, _WAVE_BYTES = (0x80, 0x88), 11
_IDLE = b"\x2d"


def decode(characteristic: str, data: bytes, _settings: Mapping[str, bytes] | None = None) -> Decoded:
    """One value of a characteristic. Raises Refused."""
    if characteristic != VALUES:
        raise Refused("not_mine", f"characteristic {characteristic} is none of this driver's")
    if not data:
        raise Refused("length", "no bytes")
    if not data.strip(_IDLE):
        return Decoded()
    size = _VALUE_BYTES if data[0] == _VALUE else _WAVE_BYTES
    if data[0] not in (_VALUE, *_WAVES):
        raise Refused("unsupported", f"first byte {data[0]:02x}")
    if len(data) != size:
        raise Refused("length", f"{data[0]:02x}: {len(data)} bytes, has {size}")
    if data[0] in _WAVES:
        return Decoded()
    return Decoded([*vital_signs.heart_rate(data[1]), *vital_signs.oxygen(data[2])])


PROFILE = Profile(
    name="jumper-oximeter",
    title='Jumper finger clips ("My Oximeter": JPD-500F, JPD-500G, Custom PLS-01BT)',
    title_zh="京柏 Jumper 指夹式血氧仪（“My Oximeter”：JPD-500F、JPD-500G、Custom PLS-01BT）",
    measures=("oxygen_saturation", "heart_rate", "battery"),
    service=SERVICE,
    values=(VALUES,),
    decode=decode,
    streams=True,
    on_sight=True,
    sensor=SensorTraits(site="finger"),
)

DRIVER = ConnectionDriver(
    name=PROFILE.name,
    title=PROFILE.title,
    title_zh=PROFILE.title_zh,
    measures=PROFILE.measures,
    services=(SERVICE,),
    converse=partial(converse, (PROFILE, battery.PROFILE)),
    decode=lambda characteristic, data, _at: decode(characteristic, data),
    streams=PROFILE.streams,
    on_sight=PROFILE.on_sight,
    sensor=PROFILE.sensor,
)
