"""What a wristband tells reaches the people it is meant for: the whole way, with nothing in between left out."""

from __future__ import annotations

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import Band, Daemon

STRANGER = "C0:FF:EE:99:99:99"


async def test_a_press_reaches_the_platform_with_room_text_and_readings(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    band = roster[0]

    hub.presses(band.address, heart_rate=96, position=(30.5301234, 120.6812345, 15, 42))
    alert = await platform.alert(kind="sos")

    assert (
        alert
        | {
            "priority": "critical",
            "condition": "active",
            "workflow": "sent",
            "wearer": band.wearer,
            "room": band.room,
            "device": band.address,
            "late_s": 0,
            "unconfirmed": False,
            "test": False,
        }
        == alert
    )
    assert band.room in alert["text"]
    assert ("button", "sos") in [(reading["kind"], reading["value"]) for reading in alert["readings"]]


async def test_the_readings_of_a_record_come_each_once(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.presses(roster[0].address, heart_rate=96, oxygen_saturation=97)
    await platform.wait_for(lambda: len(platform.consumer) >= 3)
    hub.says(roster[1].address, heart_rate=70)
    await platform.wait_for(lambda: len(platform.consumer) >= 4)

    found = [(reading["wearer"], reading["kind"], reading["value"]) for reading in platform.consumer.readings()]

    assert sorted(found) == [
        (roster[0].wearer, "button", "sos"),
        (roster[0].wearer, "heart_rate", 96),
        (roster[0].wearer, "oxygen_saturation", 97),
        (roster[1].wearer, "heart_rate", 70),
    ]


async def test_a_second_press_tells_the_same_alert_again(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.presses(roster[0].address)
    raised = await platform.alert(kind="sos")

    hub.presses(roster[0].address)
    updated = await platform.alert("updated", kind="sos")

    assert updated["id"] == raised["id"]
    assert updated["seq"] > raised["seq"]


async def test_a_fall_is_an_alert_at_once(daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]) -> None:
    hub.falls(roster[1].address)

    alert = await platform.alert(kind="fall")

    assert (alert["priority"], alert["wearer"]) == ("critical", roster[1].wearer)


async def test_a_press_on_a_band_that_nobody_enrolled_becomes_unregistered_device(
    daemon: Daemon, hub: FakeHub, platform: Platform
) -> None:
    hub.presses(STRANGER)

    alert = await platform.alert(kind="technical")

    assert (alert["device"], alert["detail"], alert["wearer"]) == (STRANGER, "unregistered_device", None)


async def test_an_implausible_value_is_kept_and_marked_and_never_alerts(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.says(roster[0].address, blood_pressure=(340, 90))
    hub.presses(roster[1].address)
    await platform.alert(kind="sos")
    await platform.wait_for(lambda: len(platform.consumer) == 2)

    pressure = next(reading for reading in platform.consumer.readings() if reading["kind"] == "blood_pressure")

    assert pressure["value"]["systolic"] == 340
    assert any(word.startswith("invalid:") for word in pressure["quality"])
    assert {event["kind"] for event in platform.consumer.events.values()} == {"sos"}


async def test_a_high_blood_pressure_is_unconfirmed_until_a_second_one_confirms_it(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.says(roster[0].address, blood_pressure=(206, 101), age_s=120)
    first = await platform.alert(kind="blood_pressure")
    hub.says(roster[0].address, blood_pressure=(208, 102), age_s=0)
    second = await platform.wait_for(
        lambda: [event for event in platform.consumer.events.values() if not event["unconfirmed"]], what="confirmation"
    )

    assert (first["unconfirmed"], first["priority"]) == (True, "warning")
    assert (second[0]["id"], second[0]["priority"]) == (first["id"], "critical")


@pytest.mark.fault("ports and radio", "a hub is pulled out and plugged in", promise="heard again")
async def test_a_hub_that_was_pulled_out_is_heard_again_when_it_comes_back(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.says(roster[0].address, heart_rate=70)
    await platform.wait_for(lambda: len(platform.consumer) == 1)

    hub.vanishes()
    hub.comes_back()
    await daemon.has_opened(hub.line.path)
    hub.presses(roster[0].address)

    assert await platform.alert(kind="sos")


@pytest.mark.fault("ports and radio", "noise on the line", promise="counted; hides nothing")
async def test_noise_on_the_line_is_counted_and_hides_nothing(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.noise(b"\x00\x13\x37\xff\x00" * 20)
    hub.presses(roster[0].address)

    assert await platform.alert(kind="sos")
