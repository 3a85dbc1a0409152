"""Bands are watched in a replay as in the daemon."""

from __future__ import annotations

from pathlib import Path

from tests.gateway.replay.played import at, deed, played, reading

HOUR = 3600.0


def test_a_band_that_falls_silent_is_told_after_an_hour_of_wearing_hours_and_once_it_is_heard() -> None:
    lines = [reading(0, "heart_rate", 70), deed(2 * HOUR, "wait"), reading(2 * HOUR + 1, "heart_rate", 71)]

    found = [(alert["event"], alert["sent_at"]) for alert in played(lines).alerts if alert["kind"] == "silent"]

    assert (found[0], found[-1]) == (("raised", at(HOUR)), ("cleared", at(2 * HOUR + 1)))


def test_every_wearer_and_device_of_the_input_is_enrolled_from_the_first_line() -> None:
    lines = [reading(0, "heart_rate", 70), deed(HOUR, "wait"), reading(2 * HOUR, "heart_rate", 70, wearer="W-2")]

    silent = {alert["wearer"] for alert in played(lines).alerts if (alert["kind"], alert["event"]) == ("silent", "raised")}

    assert silent == {"W-1", "W-2"}


def test_bands_of_a_lost_port_are_not_silent(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text('[gateway]\nid = "g-1"\n[[serial]]\nname = "hall-hub"\nport = "/dev/nothing"\ndriver = "serial-hub"\n')
    lost = deed(60, "port", name="hall-hub", state="lost")
    lines = [reading(0, "heart_rate", 70), lost, deed(3 * HOUR, "wait")]

    assert "silent" not in {alert["kind"] for alert in played(lines, config=config).alerts}
    assert "silent" in {alert["kind"] for alert in played([lines[0], lines[2]], config=config).alerts}


def test_off_the_wrist_and_a_low_battery_are_told() -> None:
    off, low = reading(0, "worn", False), reading(0, "battery", 9)

    found = played([off, low, deed(0.5 * HOUR, "wait")]).alerts

    kinds = [(alert["kind"], alert["priority"], alert["sent_at"]) for alert in found if alert["event"] == "raised"]
    assert kinds == [("battery", "warning", at(0)), ("off_wrist", "warning", at(0.5 * HOUR))]


def test_what_was_counted_goes_on_over_a_restart() -> None:
    lines = [reading(0, "heart_rate", 70), deed(0.5 * HOUR, "restart", down_s=600), deed(2 * HOUR, "wait")]

    (told,) = [alert for alert in played(lines).alerts if (alert["kind"], alert["event"]) == ("silent", "raised")]

    assert told["sent_at"] == at(HOUR + 600)  # the time in which nobody listened does not count


def test_limits_of_the_supervision_count(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text('[gateway]\nid = "g-1"\n[supervision]\nsilent_warning_min = 0\noff_wrist_min = 5\n')
    lines = [reading(0, "worn", False), deed(3 * HOUR, "wait")]

    found = [(alert["kind"], alert["sent_at"]) for alert in played(lines, config=config).alerts if alert["event"] == "raised"]

    assert found == [("off_wrist", at(300))]


def test_a_button_that_speaks_only_when_it_is_pressed_is_not_silent() -> None:
    presses = [reading(0, "button", "press", driver=driver, device=driver) for driver in ("bthome", "moko-button")]

    kinds = {alert["kind"] for alert in played([*presses, deed(3 * HOUR, "wait")]).alerts}

    assert "silent" not in kinds


def test_whether_its_silence_is_told_the_model_of_the_roster_says_too(tmp_path: Path) -> None:
    config, address = tmp_path / "gateway.toml", "C0:FF:EE:00:00:01"

    def silent(driver: str, model: str) -> bool:
        band = f'address = "{address}"\ndriver = "{driver}"\nwearer = "W-1"\nmodel = "{model}"\n'
        config.write_text(f'[gateway]\nid = "g-1"\n[[wristband]]\n{band}')
        lines = [reading(0, "battery", 90, device=address), deed(3 * HOUR, "wait")]
        return "silent" in {alert["kind"] for alert in played(lines, config=config).alerts}

    assert [silent("bthome", "Button1, worn"), silent("bthome", "Button1")] == [True, False]
    assert [silent("serial-hub", "EX-7"), silent("serial-hub", "EX-7, unworn")] == [True, False]


def test_what_a_band_said_of_itself_is_shown_after_a_restart_too() -> None:
    off, wait = reading(0, "worn", False), deed(2 * HOUR, "wait")

    without = played([off, wait]).alerts
    with_one = played([off, deed(0.8 * HOUR / 2, "restart"), wait]).alerts

    assert with_one == without
    assert [line["value"] for line in without[0]["readings"]] == [False]
