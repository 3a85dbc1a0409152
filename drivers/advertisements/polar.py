"""Polar's sensors: heart rate without a connection, so that hundreds of them can be heard.

H7, H9, H10, OH1, Verity Sense. Heard: manufacturer data 006B (AD type FF); the name is `Polar MODEL ID`. Source: the maker's
polarofficial/polar-ble-sdk (commit 8fb5311: BlePolarHrAdvertisement, PolarHrBroadcastData, BleAdvertisementContent and their
tests; the bytes of one OH1 stand in a comment there). Confidence medium-high.

    6B 00  blocks...
        F with bit 6 set:    FF LL data        other data of L bytes: stepped over
        F with bit 6 clear:  FF CC AA [SS]     heart rate, 3 or 4 bytes to the end
            F  bit 0 battery, clear: low, to be replaced or charged; bit 1 contact with the skin, bits 2-4 frame counter,
               bit 5 broadcast, bit 7 status
            C  code of the sensor's other radio
            A  fast average, S slow average, /min: the reading is S, or A where there is no S; 0: no measurement

Contact clear says nothing, for not every model has it. A sensor that is connected elsewhere may stop advertising: that is
silence, and no sign that it is off the body.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from drivers.advertisements.broadcast_vitals import unless_zero
from drivers.advertisements.structures import decoder
from drivers.driver import AdvertisementDriver, Decoded, Refused, SensorTraits
from drivers.framing import MANUFACTURER_DATA, Fields
from drivers.measurement import Measurement

COMPANY = 0x006B

_BATTERY_GOOD, _CONTACT, _OTHER_DATA = 0x01, 0x02, 0x40
_AVERAGES = (1, 2)  # fast, or fast and slow


def _blocks(data: bytes) -> Decoded:
    fields = Fields(data)
    flags = fields.u8("block")
    while flags & _OTHER_DATA:
        fields.take(fields.u8("length of other data"), "other data")
        if not fields.left:
            return Decoded()
        flags = fields.u8("block")
    return _heart_rate(flags, fields)


def _heart_rate(flags: int, fields: Fields) -> Decoded:
    fields.u8("code")
    averages = fields.take(fields.left, "averages")
    if len(averages) not in _AVERAGES:
        raise Refused("length", f"averages: {len(averages)} bytes, needs 1 or 2")
    worn = [Measurement(kind="worn", value=True)] if flags & _CONTACT else []
    return Decoded(unless_zero("heart_rate", averages[-1]) + worn, status={"battery_low": not flags & _BATTERY_GOOD})


DRIVER = AdvertisementDriver(
    name="polar",
    title="Polar H7, H9, H10, OH1, Verity Sense, without a connection",
    title_zh="Polar H7、H9、H10、OH1、Verity Sense，无需连接",
    measures=("heart_rate", "worn", "battery_low"),
    decode=decoder({(MANUFACTURER_DATA, COMPANY): _blocks}),
    companies=(COMPANY,),
    sensor=SensorTraits(worn=True),
)
