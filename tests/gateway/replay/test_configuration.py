"""What of a configuration counts in a replay, and what is only looked at."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.choices import choices_of
from gateway.errors import FaultySettings
from gateway.replay.usual_choices import usual_choices
from gateway.settings.file import plain
from gateway.settings.for_replay import load_for_replay
from gateway.settings.schema import SettingsFile
from gateway.settings.sections.gateway import GatewaySection
from gateway.settings.sections.mqtt import MqttSection
from gateway.settings.shipped import shipped_table
from tests.gateway.replay.played import command, deed, played, press, reading
from tests.gateway.replay.test_bad_lines import command_line

WHO = '[gateway]\nid = "xishan-01"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "gateway.toml"


def test_without_a_configuration_the_defaults_of_every_section_hold() -> None:
    default = SettingsFile(gateway=GatewaySection(id="replay"), mqtt=MqttSection(host="broker.invalid"))
    choices = choices_of(plain(default), {}, shipped_table())

    usual = usual_choices(shipped_table())

    assert usual.zone == ZoneInfo("Asia/Shanghai")
    differing = [name for name in usual.__struct_fields__ if getattr(usual, name) != getattr(choices, name)]
    assert differing in ([], ["ways"], ["table"], ["table", "ways"])  # what may hear: there is nothing; a table is an object


def test_without_a_configuration_no_file_of_this_machine_is_asked_for_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    found = command_line(given=b"{\n" + json.dumps(press(0)).encode())

    assert found.stderr == b"1: this is no JSON object\n"
    assert "calls for help" in json.loads(found.stdout)["text"]


def test_the_broker_may_be_missing_and_nothing_that_the_rest_names_is_opened(config: Path) -> None:
    config.write_text(
        WHO
        + 'data_dir = "/nowhere/data"\n[store]\nkey_file = "store.key"\n'
        + '[modem]\nport = "/dev/nothing"\npin_file = "pin"\n'
        + '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "bthome"\nwearer = "W-1"\n'
        + 'key_file = "band.key"\nroom = "3-201"\n'
    )

    (alert,) = played([press(0, device="C0:FF:EE:00:00:01")], config=config).alerts

    assert (alert["gateway"], alert["room"], alert["readings"][0]["driver"]) == ("xishan-01", "3-201", "bthome")


def test_of_the_rest_the_form_is_checked(config: Path) -> None:
    config.write_text(WHO + '[mqtt]\nhost = "a"\nport = 99999\n[store]\nmax_mb = 1\n[gatewai]\n')

    with pytest.raises(FaultySettings) as faulty:
        load_for_replay(config)

    assert [mistake.key for mistake in faulty.value.mistakes] == ["mqtt.port", "store.max_mb", "gatewai"]
    assert command_line("--config", str(config)).returncode == 2


def test_the_roster_is_opened_and_must_exist(config: Path) -> None:
    config.write_text(WHO + '[roster]\nfile = "wristbands.csv"\n')
    assert command_line("--config", str(config)).returncode == 2

    (config.parent / "wristbands.csv").write_text("address,driver,wearer,room\nC0:FF:EE:00:00:01,bthome,W-1,3-201\n")

    (alert,) = played([press(0, device="C0:FF:EE:00:00:01")], config=config).alerts
    assert alert["room"] == "3-201"


def test_language_rules_of_everybody_and_of_one_and_duty_count(config: Path) -> None:
    config.write_text(
        WHO
        + 'language = "zh-CN"\n[rules.heart_rate]\ncritical_low = 45\n[duty]\nperson_s = 40\n'
        + '[wearer."W-2".heart_rate]\ncritical_low = 42\nreason = "sport"\nby = "Dr"\n'
    )
    lines = [reading(20 * n, "heart_rate", 43, wearer=wearer) for n in range(60) for wearer in ("W-1", "W-2")]

    found = played([*lines, press(1300), deed(1345, "wait")], config=config)

    critical = {alert["wearer"] for alert in found.alerts if alert["kind"] == "heart_rate" and alert["priority"] == "critical"}
    assert critical == {"W-1"}
    assert [alert["level"] for alert in found.alerts if alert["kind"] == "sos"] == [0, 1]
    assert any("呼救" in alert["text"] or "求助" in alert["text"] for alert in found.alerts)


def test_a_key_of_the_wristband_counts(config: Path) -> None:
    config.write_text(
        WHO + '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "bthome"\nwearer = "W-1"\nsos_button = ["long_press"]\n'
    )
    lines = [reading(n, "button", word, device="C0:FF:EE:00:00:01") for n, word in enumerate(("press", "long_press"))]

    found = played(lines, config=config)

    assert [alert["readings"][-1]["value"] for alert in found.alerts] == ["long_press"]


def test_a_wearer_and_a_device_of_the_input_are_enrolled_beside_the_roster(config: Path) -> None:
    config.write_text(WHO + '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "bthome"\nwearer = "W-1"\nroom = "3-201"\n')

    found = played([press(0, wearer="W-9"), command(1, "acknowledge", alert="W-9/sos")], config=config)

    assert [alert["wearer"] for alert in found.alerts] == ["W-9", "W-9"]


def test_a_band_of_a_hub_needs_no_port_here(config: Path) -> None:
    band = '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "serial-hub"\nwearer = "W-1"\nroom = "3-201"\n'
    config.write_text(WHO + band)

    (alert,) = played([press(0, device="C0:FF:EE:00:00:01")], config=config).alerts

    assert alert["room"] == "3-201"
