"""WHERE EXVital: a wristband that broadcasts its vital signs beside an iBeacon's identity.

From Japan. Heard: manufacturer data 03F5 (AD type FF), about every 10 s. Source: obniz/obniz, src/parts/Ble/EXVital (commit
57118e5). Confidence medium: one public decoder, no captured frame. Numbers are big endian; there are exactly 21 bytes.

    F5 03  04 02 00 MMMM NNNN WW DD SS AAAA TTTT HH OO FF BBBB PPPP
        04 02 00  sensor, this band, version: others are not known
        M, N, W   major, minor and power of its iBeacon (not used)
        D, S      diastolic, then systolic, mmHg
        A         temperature of the arm, 0.1 degrees Celsius
        T         temperature of the body, 0.1 degrees Celsius
        H         heart rate, /min
        O, F      oxygen saturation, fall: named, but never filled by the maker; both are ignored
        B         battery, mV (status)
        P         steps: 0 is a reading

0 is no measurement of H, A, T, and of D and S together. Pressure is an estimate from light. The source cuts major and minor
one byte too late, and lets minor overlap the power; its own table of the header, which this sheet follows, is right.

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from struct import Struct

from drivers.advertisements.broadcast_vitals import optical_pressure, steps, unless_zero
from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import MANUFACTURER_DATA

COMPANY = 0x03F5

_HEADER = b"\x04\x02\x00"
_LAYOUT = Struct(">3s 5x BB HH B 2x HH")


def _frame(frame: bytes) -> Decoded:
    if len(frame) != _LAYOUT.size:
        raise Refused("length", f"{len(frame)} bytes, needs {_LAYOUT.size}")
    header, diastolic, systolic, arm, body, rate, battery_mv, walked = _LAYOUT.unpack(frame)
    if header != _HEADER:
        raise Refused("unsupported", f"header {header.hex()}, this is for {_HEADER.hex()}")
    return Decoded(
        [
            *optical_pressure(systolic, diastolic),
            *unless_zero("skin_temperature", arm / 10),
            *unless_zero("body_temperature", body / 10),
            *unless_zero("heart_rate", rate),
            *steps(walked),
        ],
        status={"battery_mv": battery_mv},
    )


DRIVER = AdvertisementDriver(
    name="exvital",
    title="WHERE EXVital: a wristband that broadcasts its vital signs",
    title_zh="WHERE EXVital：广播生命体征的手环",
    measures=("heart_rate", "blood_pressure", "body_temperature", "skin_temperature", "steps"),
    decode=decoder({(MANUFACTURER_DATA, COMPANY): _frame}),
    companies=(COMPANY,),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
)
