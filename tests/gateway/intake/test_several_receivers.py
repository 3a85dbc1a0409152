"""The same band heard by two adapters, a relay and a hub: what it says counts once, and it is where it is heard best."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from drivers.driver import Advertisement
from tests.gateway.upper_half import PENDANT, UpperHalf, hub

PRESS = "16D2FC44 00 {:02X} 3A01"  # BTHome, in service data
WARM = bytes.fromhex("0716D2FC4002420E")  # 36.5 degrees
RECEIVERS = ("hci0", "hci1", "house-3")


def press(number: int) -> bytes:
    body = bytes.fromhex(PRESS.format(number))
    return bytes((len(body),)) + body


def seen_by_bluez(said: bytes, by: str, rssi: int = -60) -> Advertisement:
    """Without flags."""
    return Advertisement(said, PENDANT, rssi, "public", by=by)


def seen_by_a_hub(said: bytes, rssi: int = -60) -> Advertisement:
    """As it was sent: with flags."""
    return Advertisement(b"\x02\x01\x06" + said, PENDANT, rssi, "public")


async def all_hear(half: UpperHalf, said: bytes) -> None:
    for by in RECEIVERS:
        await half.hears(seen_by_bluez(said, by))
    await half.brings("hall-hub", hub(), [seen_by_a_hub(said)])


async def test_a_press_that_four_receivers_hear_is_one_press_and_the_next_is_the_next(half: UpperHalf) -> None:
    for number in (7, 8):
        await all_hear(half, press(number))
        half.clock.now_s += 5
        await all_hear(half, press(number))

    assert [(told.event, told.kind) for told in half.told()] == [("raised", "sos"), ("updated", "sos")]
    assert len([one for one in await half.kept() if one.kind == "button"]) == 2
    assert half.stores.readings.counts().rejected == {"duplicate": 14}


async def test_a_measurement_that_an_adapter_and_a_hub_hear_is_one_reading(half: UpperHalf) -> None:
    """BlueZ leaves the flags out, so the bytes differ."""
    await all_hear(half, WARM)

    assert [(one.kind, one.value) for one in await half.kept()] == [("skin_temperature", 36.5)]
    assert half.stores.readings.counts().rejected == {"duplicate": 3}


async def test_it_is_near_the_receiver_that_hears_it_best(half: UpperHalf) -> None:
    for by, rssi in (("hci0", -70), ("house-3", -45), ("hci1", -88)):
        await half.hears(seen_by_bluez(WARM, by, rssi))
    await half.brings("hall-hub", hub(), [seen_by_a_hub(WARM, -91)])

    assert half.intake.heard_by(PENDANT) == ("house-3", -45)


@pytest.mark.fault(
    "bytes from outside", "somebody sends in the name of a pendant", promise="told as a hint; no press is refused for it"
)
async def test_a_pendant_that_may_be_imitated_is_named_once_and_each_press_counts(half: UpperHalf) -> None:
    with capture_logs() as lines:
        for number in range(6):
            for counter, by in ((10 + number, "hci0"), (200 + number, "house-3")):
                half.clock.now_s += 1
                await half.hears(seen_by_bluez(press(counter), by))

    assert half.intake.imitated() == [PENDANT]
    assert [(line["device"], line["why"], line["times"]) for line in lines if line["event"] == "wristband may be imitated"] == [
        (PENDANT, "counter back", 3)
    ]
    assert len([one for one in await half.kept() if one.kind == "button"]) == 12
    assert {told.kind for told in half.told()} == {"sos"}
