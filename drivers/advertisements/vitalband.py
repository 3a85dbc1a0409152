"""VitalBand: a wristband that broadcasts all its vital signs in one frame.

From Japan, maker unknown. Heard: manufacturer data FFFF (AD type FF), about every 10 s. Source: obniz/obniz (commit 5e6bab2,
src/parts/Ble/VitalBand: a table of fields, and its README). Confidence medium: one public decoder, no captured frame.

    FF FF  NNNNNN HH TTTT SS DD OO BB PPPPPP  ...
        N  serial number (not used)
        H  heart rate, /min
        T  body temperature, 0.01 degrees Celsius, low byte first
        S  systolic, D diastolic, mmHg
        O  oxygen saturation, %; above 100 it is dropped
        B  battery, %; above 100 it is dropped
        P  steps, low byte first: 0 is a reading
        bytes after them are ignored

0 is no measurement of H, T, O, and of S and D together. All bytes are unsigned: the source reads them signed, so that a rate
of 141 comes out as -115. Pressure is an estimate from light. There is no key, no fall and no counter: whether equal values
were measured anew nobody can tell, so each frame counts, and thinning out is the gateway's.

FFFF belongs to nobody, every hobby project uses it: only the frames of enrolled bands are to be trusted.

Sensor: cuffless, wrist, worn.
"""

from __future__ import annotations

from drivers.advertisements.battery import battery
from drivers.advertisements.broadcast_vitals import optical_pressure, steps, unless_zero
from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, SensorTraits
from drivers.framing import MANUFACTURER_DATA, need

COMPANY = 0xFFFF

_BYTES = 13


def _frame(frame: bytes) -> Decoded:
    need(frame, _BYTES, "vital signs")
    rate, systolic, diastolic, saturation = frame[3], frame[6], frame[7], frame[8]
    return Decoded(
        [
            *unless_zero("heart_rate", rate),
            *unless_zero("body_temperature", int.from_bytes(frame[4:6], "little") / 100),
            *optical_pressure(systolic, diastolic),
            *unless_zero("oxygen_saturation", saturation if saturation <= 100 else 0),
            *battery(frame[9]),
            *steps(int.from_bytes(frame[10:13], "little")),
        ]
    )


DRIVER = AdvertisementDriver(
    name="vitalband",
    title="VitalBand: a wristband that broadcasts all its vital signs",
    title_zh="VitalBand：广播全部生命体征的手环",
    measures=("heart_rate", "body_temperature", "blood_pressure", "oxygen_saturation", "steps", "battery"),
    decode=decoder({(MANUFACTURER_DATA, COMPANY): _frame}),
    companies=(COMPANY,),
    sensor=SensorTraits(cuff=False, site="wrist", worn=True),
)
