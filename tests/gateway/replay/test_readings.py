"""Lines that are readings: what may be missing, what is judged anew, what is one and the same."""

from __future__ import annotations

import pytest

from tests.gateway.replay.played import at, played, press, reading


def test_driver_and_device_may_be_missing_then_it_is_the_serial_hub_and_a_device_of_the_wearer_and_driver() -> None:
    (alert,) = played([press(0)]).alerts

    (call,) = alert["readings"]
    assert (call["driver"], call["clock"], call["quality"], call["unit"]) == ("serial-hub", "synced", [], None)
    assert alert["device"] == call["device"]
    other = played([press(0, driver="bthome", wearer="W-1")]).alerts[0]
    assert other["device"] != alert["device"]


def test_without_a_configuration_the_gateway_is_called_replay() -> None:
    (alert,) = played([press(0)]).alerts

    assert (alert["gateway"], alert["id"]) == ("replay", "replay/1/A1")
    assert alert["readings"][0]["id"].startswith("replay/1/")


def test_a_reading_keeps_the_id_that_it_has() -> None:
    (alert,) = played([press(0, id="xishan-01/3/1024")]).alerts

    assert alert["readings"][0]["id"] == "xishan-01/3/1024"


def test_every_press_on_a_pendant_calls_and_none_but_sos_on_a_band_does() -> None:
    pendant = reading(0, "button", "press", driver="bthome")
    band = reading(1, "button", "press", driver="serial-hub")

    assert played([band]).told == []
    assert played([pendant]).told == [("sos", "raised")]


def test_a_fall_is_an_alert_however_late_and_says_how_late() -> None:
    (alert,) = played([reading(0, "fall", True, received_at=at(7200))]).alerts

    assert (alert["kind"], alert["priority"], alert["late_s"], alert["at"]) == ("fall", "critical", 7200, at(0))


def test_words_of_plausibility_are_judged_anew_others_stay() -> None:
    lines = [
        reading(0, "position", {"latitude": 30.5, "longitude": 120.6}, quality=["invalid:speed", "corrected_time"]),
        press(1, quality=["invalid:out_of_range", "invalid:no_contact"]),
    ]

    (alert,) = played(lines).alerts

    assert alert["position"]["latitude"] == 30.5  # it was valid
    assert alert["readings"][0]["quality"] == ["invalid:no_contact"]


@pytest.mark.parametrize("word", ["invalid:no_contact", "invalid:out_of_range"])
def test_an_impossible_value_raises_nothing_whatever_its_line_says(word: str) -> None:
    given = [word] if word == "invalid:no_contact" else []
    lines = [reading(30 * n, "oxygen_saturation", 70 if given else 20, quality=given) for n in range(10)]

    assert [alert for alert in played(lines).alerts if alert["kind"] == "oxygen_saturation"] == []


def test_same_device_kind_time_and_value_is_one_reading() -> None:
    assert len(played([press(0), press(0)]).alerts) == 1
    assert len(played([press(0), press(0, received_at=at(40))]).alerts) == 1
    assert len(played([press(0), press(0, device="D-2")]).alerts) == 2
    assert len(played([press(0), press(0.001)]).alerts) == 2


def test_the_same_id_is_one_reading() -> None:
    assert len(played([press(0, id="g/1/5"), press(9, id="g/1/5")]).alerts) == 1
    assert len(played([press(0, id="g/1/5"), press(9, id="g/1/6")]).alerts) == 2
    assert len(played([press(0, id="g/1/5"), press(9, id="h/1/5")]).alerts) == 2


def test_where_the_wearer_was_last_goes_with_the_call() -> None:
    place = reading(0, "position", {"latitude": 30.5, "longitude": 120.6, "accuracy_m": 5})

    (alert,) = played([place, press(30)]).alerts

    assert alert["position"] == {"latitude": 30.5, "longitude": 120.6, "accuracy_m": 5, "age_s": 30}


def test_rules_are_asked_as_in_the_daemon() -> None:
    lines = [reading(20 * n, "heart_rate", 180) for n in range(40)]

    kinds = {(alert["kind"], alert["priority"]) for alert in played(lines).alerts}

    assert ("heart_rate", "critical") in kinds


def test_a_reading_that_came_late_calls_nobody_to_the_ladder() -> None:
    lines = [reading(20 * n, "heart_rate", 180, received_at=at(4000 + n)) for n in range(40)] + [reading(9000, "battery", 90)]

    alerts = [alert for alert in played(lines).alerts if alert["kind"] == "heart_rate"]

    assert {(alert["detail"], alert["priority"], alert["level"]) for alert in alerts} == {("past_event", "warning", 0)}
