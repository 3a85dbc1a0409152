"""The roster says whose a band is, and whoever asks after a change gets the new answer."""

from __future__ import annotations

from msgspec.structs import replace

from drivers import all_drivers
from gateway.readings import Enrolment
from gateway.roster import Roster

DRIVERS = {driver.name: driver for driver in all_drivers()}
BAND = Enrolment(address="C0:FF:EE:00:00:01", driver="ble-heart-rate", wearer="W-017", room="3-201")
BOOTH = Enrolment(address="C0:FF:EE:00:00:02", driver="raycome-rbp", wearer="hall", port="booth")


def test_a_band_is_found_by_its_address_and_a_docked_device_by_its_port() -> None:
    roster = Roster(DRIVERS, {BAND.address: BAND, BOOTH.address: BOOTH})

    assert roster.band(BAND.address) == BAND
    assert roster.docked_at("booth") == BOOTH
    assert roster.driver_of(BAND).name == "ble-heart-rate"
    assert roster.band("C0:FF:EE:00:00:09") is None


def test_a_wearer_who_moves_is_found_in_the_new_room_at_once() -> None:
    roster = Roster(DRIVERS, {BAND.address: BAND})
    before = roster.changes.number

    roster.replace({BAND.address: Enrolment(address=BAND.address, driver=BAND.driver, wearer="W-017", room="5-102")})

    assert roster.room("W-017") == "5-102"
    assert roster.changes.number == before + 1


def test_a_band_without_a_room_hides_no_room_of_its_wearers_other_band() -> None:
    second = Enrolment(address="C0:FF:EE:00:00:03", driver="ble-heart-rate", wearer="W-017")
    roster = Roster(DRIVERS, {BAND.address: BAND, second.address: second})

    assert roster.room("W-017") == "3-201"


def test_what_was_unenrolled_is_known_no_more() -> None:
    roster = Roster(DRIVERS, {BAND.address: BAND, BOOTH.address: BOOTH})

    roster.replace({})

    assert roster.band(BAND.address) is None
    assert roster.docked_at("booth") is None
    assert not roster.knows("W-017")
    assert roster.room("W-017") == ""


def test_the_model_in_the_roster_says_what_a_sensor_is_like_and_may_change_at_once() -> None:
    band = Enrolment(address="A", driver="serial-hub", wearer="W-1")
    roster = Roster({driver.name: driver for driver in all_drivers()}, {"A": band})

    assert roster.sensor("A", "serial-hub").cuff is True
    roster.replace({"A": replace(band, model="cuffless finger")})
    assert roster.sensor("A", "serial-hub").cuff is False
    assert roster.sensor("A", "serial-hub").site == "finger"
    assert roster.sensor("nobody's", "lefun").cuff is False
    assert roster.sensor("A", "unknown").cuff is None
