"""Any beacon that advertises another iBeacon identity while its key is pressed: that identity, enrolled as key, means SOS.

Most SOS wristbands of Chinese beacon makers (MOKO, Minew, KKM, Feasycom ...) have such a trigger slot. Heard: manufacturer data
of company 004C (AD type FF). Source: Apple's iBeacon layout, as in custom-components/ble_monitor (commit 5690220:
test_ibeacon_parser.py). Confidence high. Numbers are big endian.

    4C 00  02 15  UUID (16)  MMMM mmmm  PP
        M, m  major, minor
        P     power at one metre, s8, dBm

Key: 20 bytes (UUID, major, minor), or 16 (UUID: any major and minor). Any other identity, or no key: alive, no more. The next
press is told by 30 s of silence.

Sensor: no pressure, at no known place, worn.
"""

from __future__ import annotations

from drivers.advertisements.structures import by_id, decode_structures
from drivers.driver import Advertisement, AdvertisementDriver, Decoded, SensorTraits
from drivers.framing import MANUFACTURER_DATA, need
from drivers.measurement import Measurement

COMPANY = 0x004C
UUID_BYTES = 16
KEY_BYTES = (UUID_BYTES, UUID_BYTES + 4)

_TYPE = b"\x02\x15"
_BYTES = 23


def decode(advertisement: Advertisement, key: bytes | None = None) -> Decoded:
    """What one advertisement tells. `key`: the identity that means SOS, 20 or 16 bytes. Raises Refused."""
    return decode_structures(advertisement, by_id({(MANUFACTURER_DATA, COMPANY): lambda data: _frame(data, key)}))


def _frame(frame: bytes, key: bytes | None) -> Decoded | None:
    told = identity(frame)
    if told is None:
        return None
    if key is None or len(key) not in KEY_BYTES or not told.startswith(key):
        return Decoded()
    return Decoded([Measurement(kind="button", value="sos")])


def identity(frame: bytes) -> bytes | None:
    """UUID, major and minor of an iBeacon; None: Apple's, but no iBeacon. Raises Refused (`length`)."""
    if not frame.startswith(_TYPE):
        return None
    need(frame, _BYTES, "iBeacon")
    return frame[2 : _BYTES - 1]


DRIVER = AdvertisementDriver(
    name="ibeacon",
    title="Any beacon with a trigger slot: an iBeacon identity that means SOS",
    title_zh="带触发时隙的任意信标：以一个 iBeacon 标识表示求助",
    measures=("button",),
    decode=decode,
    companies=(COMPANY,),
    identity_bytes=KEY_BYTES,
    keys_call_for_help=True,
    sensor=SensorTraits(worn=True),
)
