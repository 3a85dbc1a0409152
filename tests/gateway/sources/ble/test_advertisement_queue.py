"""However many strangers are heard: a band's frame is the next one, and what waits has a bound."""

from __future__ import annotations

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from gateway.sources.ble.advertisement_queue import MOST_OF_BANDS, MOST_OF_UNREGISTERED, AdvertisementQueue
from gateway.sources.ble.bluez import Heard
from gateway.sources.ble.carried import Carried

BAND, STRANGER = "C0:FF:EE:00:00:01", "F0:0D:00:00:00:01"
DATA = AdvertisementData(None, {}, {}, [], None, -60, ())


def heard(address: str) -> Heard:
    return Heard("hci0", BLEDevice(address, None, None), DATA, Carried(True, False, False))


async def test_a_band_amid_ten_thousand_strangers_is_the_next_one() -> None:
    queue = AdvertisementQueue()
    for number in range(10_000):
        queue.put(heard(STRANGER), enrolled=False)
        if number == 5_000:
            queue.put(heard(BAND), enrolled=True)

    assert [(await queue.next()).advertisement.address for _ in range(2)] == [BAND, STRANGER]
    assert len(queue._unregistered) == MOST_OF_UNREGISTERED - 1
    assert queue.dropped == 0


async def test_of_bands_too_many_frames_are_dropped_the_oldest_first_and_counted() -> None:
    queue = AdvertisementQueue()
    for number in range(MOST_OF_BANDS + 3):
        queue.put(heard(f"C0:FF:EE:00:{number >> 8:02X}:{number & 255:02X}"), enrolled=True)

    assert (await queue.next()).advertisement.address == "C0:FF:EE:00:00:03"
    assert queue.dropped == 3
