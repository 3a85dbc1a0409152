"""Every silence is an alert, in the whole application: of bands, of what hears them, of the ways to people, of the machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.mqtt import connecting
from gateway.channels.mqtt.broker import Address, Broker
from tests.app.center import HUB_BAND, OTHER_BAND, Band, Center, center
from tests.certificates import Authority
from tests.simulation.virtual_time import run

Story = Callable[[Center], Awaitable[None]]
MINUTE_S = 60
BANDS = [Band(HUB_BAND, "serial-hub", "W-001", "3-201"), Band(OTHER_BAND, "serial-hub", "W-002", "3-202")]


def quarter(place: Center) -> None:
    """A quarter of an hour is too long a silence here: an hour would only be longer."""
    place.tables = "[supervision]\nsilent_warning_min = 15\n"


def plays(folder: Path, *stories: Story, before: Callable[[Center], None] = lambda place: None) -> None:
    """One story after another, each in a life of the gateway of its own."""

    async def whole() -> None:
        async with center(folder) as place:
            place.roster = [replace(band) for band in BANDS]
            before(place)
            for story in stories:
                async with place.runs():
                    await story(place)

    run(whole())


async def both_are_heard(place: Center, minutes: int, *bands: str) -> None:
    for _ in range(minutes):
        for band in bands:
            place.hub.says(band, heart_rate=70)
        await asyncio.sleep(MINUTE_S)


def told(place: Center, **fields: object) -> list[tuple[str, str]]:
    return [(one["event"], one["device"]) for one in place.events(**fields)]


# --- bands --------------------------------------------------------------------------------------------------------------


def test_a_band_that_is_not_heard_for_an_hour_is_told_with_its_room_and_ends_when_it_is_heard(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await both_are_heard(place, 1, HUB_BAND, OTHER_BAND)
        await both_are_heard(place, 62, OTHER_BAND)
        alert = await place.alert(kind="silent", within_s=1)
        assert (alert["wearer"], alert["room"], alert["device"], alert["priority"]) == ("W-001", "3-201", HUB_BAND, "warning")
        assert alert["rule"]["id"] == "SILENT"

        await both_are_heard(place, 5, HUB_BAND, OTHER_BAND)

        assert told(place, kind="silent") == [("raised", HUB_BAND), ("cleared", HUB_BAND)]

    plays(tmp_path, story)


def test_one_lost_port_is_one_alert_within_ten_seconds_and_no_silent_bands(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await both_are_heard(place, 2, HUB_BAND, OTHER_BAND)
        place.hub.vanishes()
        await place.alert(kind="technical", detail="port_lost", device="hall-hub", within_s=10)
        await asyncio.sleep(45 * MINUTE_S)
        assert place.events(kind="silent") == []

        place.hub.comes_back()
        await both_are_heard(place, 2, HUB_BAND, OTHER_BAND)

        assert told(place, kind="technical") == [("raised", "hall-hub"), ("cleared", "hall-hub")]
        assert place.events(kind="silent") == []

    plays(tmp_path, story, before=quarter)


@pytest.mark.fault("ports and radio", "a port is lost over a restart", promise="one alert, and one end")
def test_a_port_that_is_lost_over_a_restart_is_one_alert_and_one_end(tmp_path: Path) -> None:
    async def before(place: Center) -> None:
        place.hub.vanishes()
        await place.alert(kind="technical", detail="port_lost", within_s=10)

    async def after(place: Center) -> None:
        await asyncio.sleep(MINUTE_S)
        still = told(place, kind="technical")
        place.hub.comes_back()
        await asyncio.sleep(MINUTE_S)

        assert still == [("raised", "hall-hub")]
        assert told(place, kind="technical") == [("raised", "hall-hub"), ("cleared", "hall-hub")]

    plays(tmp_path, before, after)


def test_a_restart_begins_no_silence_anew_and_tells_none_twice(tmp_path: Path) -> None:
    async def before(place: Center) -> None:
        await both_are_heard(place, 1, HUB_BAND, OTHER_BAND)
        await both_are_heard(place, 8, OTHER_BAND)

    async def after(place: Center) -> None:
        await both_are_heard(place, 5, OTHER_BAND)
        early = place.events(kind="silent")
        await both_are_heard(place, 5, OTHER_BAND)
        assert (early, told(place, kind="silent")) == ([], [("raised", HUB_BAND)])

    async def at_last(place: Center) -> None:
        await both_are_heard(place, 20, OTHER_BAND)
        assert told(place, kind="silent", event="raised") == [("raised", HUB_BAND)]

    plays(tmp_path, before, after, at_last, before=quarter)


def test_what_a_person_closes_and_still_holds_is_told_anew_after_an_hour(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await both_are_heard(place, 17, OTHER_BAND)
        alert = await place.alert(kind="silent", within_s=1)
        command = place.platform.commands("resolve", {"alert": alert["id"]})
        await place.reply(command)
        await both_are_heard(place, 58, OTHER_BAND)
        assert len(place.events(kind="silent", event="raised")) == 1

        await both_are_heard(place, 4, OTHER_BAND)

        assert len(place.events(kind="silent", event="raised")) == 2

    plays(tmp_path, story, before=quarter)


def test_a_reload_takes_over_other_limits_and_keeps_what_was_counted(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        await both_are_heard(place, 12, OTHER_BAND)
        place.tables = "[supervision]\nsilent_warning_min = 10\n"
        place.writes_config()
        place.hang_ups.happened()

        await place.alert(kind="silent", device=HUB_BAND, within_s=10)

    plays(tmp_path, story)


def test_a_band_off_the_wrist_and_one_with_a_low_battery_are_told(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.hub.says(HUB_BAND, worn=False)
        place.hub.says(OTHER_BAND, battery=15)
        low = await place.alert(kind="battery", within_s=5)
        off = await place.alert(kind="off_wrist", within_s=31 * MINUTE_S)
        place.hub.says(HUB_BAND, worn=True)
        await place.alert("cleared", kind="off_wrist")

        assert (low["priority"], low["device"], low["readings"][0]["value"], low["rule"]["id"]) == (
            "advisory",
            OTHER_BAND,
            15,
            "BATT",
        )
        assert (off["priority"], off["wearer"], off["readings"][0]["kind"]) == ("warning", "W-001", "worn")

    plays(tmp_path, story)


def test_who_leaves_the_area_around_the_center_is_told_with_the_place(tmp_path: Path) -> None:
    def before(place: Center) -> None:
        place.tables = "[home]\nlatitude = 30.53\nlongitude = 120.68\ngeofence_m = 200\n"

    async def story(place: Center) -> None:
        for _ in range(3):
            place.hub.says(HUB_BAND, position=(30.6, 120.68, 10, 0))
            await asyncio.sleep(MINUTE_S)
        alert = await place.alert(kind="geofence")

        assert (alert["wearer"], alert["rule"]["id"]) == ("W-001", "GEO")
        assert alert["position"]["latitude"] == 30.6

    plays(tmp_path, story, before=before)


# --- what hears ---------------------------------------------------------------------------------------------------------


@pytest.mark.fault("ports and radio", "a port that brings nothing but noise", promise="told after a minute")
def test_a_port_that_brings_nothing_but_noise_is_told_after_a_minute(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        for _ in range(58):
            place.hub.noise(b"\x01garbage\0")
            await asyncio.sleep(1)
        early = place.events(detail="port_garbled")
        for _ in range(6):
            place.hub.noise(b"\x01garbage\0")
            await asyncio.sleep(1)
        await place.alert(kind="technical", detail="port_garbled", device="hall-hub", within_s=5)
        place.hub.says(HUB_BAND, heart_rate=70)
        await place.alert("cleared", detail="port_garbled", within_s=5)

        assert early == []

    plays(tmp_path, story)


# --- ways to people -----------------------------------------------------------------------------------------------------


class RefusedAtFirst:
    """The broker's port is closed, a real one of this machine; later the platform in memory is there."""

    def __init__(self, place: Center, port: int) -> None:
        self.closed = True
        self._there, self._port = place.platform.connect, port

    def __call__(self, broker: Broker, *others: Any) -> AbstractAsyncContextManager[Any]:
        if self.closed:
            return connecting.connect(replace(broker, addresses=(Address("127.0.0.1", self._port),)), *others)
        return self._there(broker, *others)


@contextmanager
def closed_port() -> Any:
    """Bound, and nobody listens: nobody else gets it meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.fault("network", "a broker that cannot be reached", promise="told after a minute, and its return once")
def test_a_broker_that_cannot_be_reached_is_told_after_a_minute_and_its_return_once(tmp_path: Path) -> None:
    with closed_port() as port:
        way: list[RefusedAtFirst] = []

        def before(place: Center) -> None:
            way.append(RefusedAtFirst(place, port))
            place.platform.connect = way[0]  # type: ignore[method-assign, assignment]

        async def story(place: Center) -> None:
            place.hub.presses(HUB_BAND)
            await asyncio.sleep(300)
            way[0].closed = False
            await place.alert(kind="sos", within_s=30)
            raised = await place.alert(kind="technical", detail="broker_unreachable")
            await place.alert("cleared", detail="broker_unreachable")

            assert raised["late_s"] > 200
            first = next(one for one in place.platform.consumer.arrivals if "#" in one.id)
            assert first.id.startswith(place.events(kind="sos")[0]["id"])  # a person's alert before those of the gateway

        plays(tmp_path, story, before=before)

    assert len(way) == 1


def test_a_platform_without_a_word_is_told_after_a_minute_until_it_answers_whatever_the_link_does(tmp_path: Path) -> None:
    async def story(place: Center) -> None:
        place.platform.gives_receipts = False
        place.hub.presses(HUB_BAND)
        await place.alert(kind="sos")
        await asyncio.sleep(50)
        assert place.events(detail="platform_silent") == []
        await place.alert(kind="technical", detail="platform_silent", within_s=20)
        place.platform.goes_away()
        await asyncio.sleep(30)
        place.platform.comes_back()
        await asyncio.sleep(60)
        assert len(place.events(detail="platform_silent")) == 1
        place.platform.gives_receipts = True
        await place.alert("cleared", detail="platform_silent", within_s=60)

        assert len(place.events(detail="platform_silent")) == 2

    plays(tmp_path, story)


# --- the machine --------------------------------------------------------------------------------------------------------


@pytest.mark.fault("clock", "a clock that nobody sets", promise="told after ten minutes")
def test_a_clock_that_nobody_sets_is_told_after_ten_minutes(tmp_path: Path) -> None:
    def before(place: Center) -> None:
        place.clock.becomes("unsynced")

    async def story(place: Center) -> None:
        await asyncio.sleep(9 * MINUTE_S)
        assert place.events(kind="technical") == []
        await place.alert(kind="technical", detail="clock_unset", within_s=2 * MINUTE_S)
        place.clock.becomes("synced")
        await place.alert("cleared", detail="clock_unset")

    plays(tmp_path, story, before=before)


def test_a_certificate_that_is_about_to_end_and_a_review_that_was_missed_are_told(tmp_path: Path) -> None:
    signed = Authority(tmp_path).signs("gateway", valid_for=timedelta(days=5))

    def before(place: Center) -> None:
        certificate, key = str(signed.cert_file), str(signed.key_file)
        place.mqtt = {"tls": True, "insecure": False, "cert_file": certificate, "key_file": key}
        agreed = 'critical_high = 150\nreason = "agreed"\nby = "Dr. Example"\nreview_by = "2026-11-01"\n'
        place.tables = f'[wearer."W-001".heart_rate]\n{agreed}'

    async def story(place: Center) -> None:
        review = await place.alert(kind="technical", detail="review_missed", within_s=10)
        assert (review["priority"], review["wearer"]) == ("advisory", "W-001")
        ends = await place.alert(kind="technical", detail="certificate_expires", within_s=10)
        assert ends["device"] == signed.cert_file.name

    plays(tmp_path, story, before=before)


def test_a_band_that_was_never_heard_is_told_as_long_after_the_start(tmp_path: Path) -> None:
    def before(place: Center) -> None:
        quarter(place)
        place.roster = [Band(OTHER_BAND, "serial-hub", "W-003", "3-203")]

    async def story(place: Center) -> None:
        alert = await place.alert(kind="silent", within_s=17 * MINUTE_S)

        assert alert["device"] == OTHER_BAND

    plays(tmp_path, story, before=before)
