"""The settings: defaults, rails, and what is made of a value."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.settings.file import plain
from gateway.settings.schema import SettingsFile
from gateway.settings.sections.bands import WristbandSection
from gateway.settings.sections.bluetooth import BluetoothSection
from gateway.settings.sections.duty import DutySection
from gateway.settings.sections.gateway import GatewaySection
from gateway.settings.sections.mqtt import MqttSection
from gateway.settings.sections.serial import SerialSection
from gateway.settings.sections.store import StoreSection
from gateway.settings.values import Surroundings

AROUND = Surroundings(
    folder=Path("/etc/lifering"),
    transports={"serial-hub": "serial", "bthome": "advertisement", "ble-heart-rate": "connection"},
    port_drivers=frozenset({"serial-hub"}),
    credentials={"mqtt-password": Path("/run/credentials/lifering.service/mqtt-password")},
)
BAND = {"address": "C0:FF:EE:00:00:01", "driver": "bthome", "wearer": "W-017"}


def test_a_gateway_needs_only_a_name_and_a_broker() -> None:
    settings = SettingsFile.model_validate({"gateway": {"id": "xishan-01"}, "mqtt": {"host": "platform.example"}})

    assert settings.gateway.data_dir == Path("/var/lib/lifering")
    assert plain(settings).mqtt.brokers == (("platform.example", 8883),)
    assert (settings.mqtt.tls, settings.mqtt.version, settings.mqtt.root) == (True, "5", "lifering/v1")
    assert (settings.mqtt.alerts_need, settings.mqtt.readings_need) == ("receipt", "puback")
    assert (settings.bluetooth.enabled, settings.bluetooth.connections) == (True, 5)
    assert (settings.store.max_mb, settings.store.keep_delivered_days) == (2048, 7)


def test_several_brokers_keep_their_order_and_may_have_ports_of_their_own() -> None:
    hosts = ("b.example:8884", "a.example", "[2001:db8::1]:1", "[2001:db8::2]")
    settings = SettingsFile.model_validate({"gateway": {"id": "a"}, "mqtt": {"hosts": hosts, "port": 8899}})

    assert plain(settings).mqtt.brokers == (("b.example", 8884), ("a.example", 8899), ("2001:db8::1", 1), ("2001:db8::2", 8899))


@pytest.mark.parametrize(("tls", "port"), [(True, 8883), (False, 1883)], ids=["encrypted", "in plain text"])
def test_the_port_is_the_usual_one(tls: bool, port: int) -> None:
    assert MqttSection(host="platform.example", tls=tls, insecure=True).port == port


@pytest.mark.parametrize("written", ["c0:ff:ee:00:00:01", "C0-FF-EE-00-00-01", "C0FFEE000001", " C0:FF:EE:00:00:01 "])
def test_an_address_is_told_as_it_is_printed(written: str) -> None:
    assert WristbandSection.model_validate({**BAND, "address": written}).address == "C0:FF:EE:00:00:01"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        pytest.param("mqtt-password", "/run/credentials/lifering.service/mqtt-password", id="a credential"),
        pytest.param("secrets/mqtt-password", "/run/credentials/lifering.service/mqtt-password", id="a file handed over"),
        pytest.param("other", "/etc/lifering/other", id="beside the configuration"),
        pytest.param("/srv/other", "/srv/other", id="somewhere else"),
    ],
)
def test_a_secret_is_found_among_the_credentials_or_beside_the_file(written: str, path: str) -> None:
    given = {"host": "h", "username": "u", "password_file": written}

    assert MqttSection.model_validate(given, context=AROUND).password_file == Path(path)


@pytest.mark.parametrize(
    ("written", "port"),
    [
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
        ("10c4:EA60", "10c4:EA60"),
        ("10c4:ea60:0001", "10c4:ea60:0001"),
        ("hub", "/etc/lifering/hub"),
    ],
)
def test_a_port_is_a_path_or_a_usb_device(written: str, port: str) -> None:
    given = {"name": "hub", "port": written, "driver": "serial-hub"}

    assert SerialSection.model_validate(given, context=AROUND).port == port


@pytest.mark.parametrize(
    ("section", "key", "low", "high"),
    [
        (MqttSection, "port", 1, 65_535),
        (MqttSection, "backlog_messages_per_s", 1, 1000),
        (BluetoothSection, "connections", 1, 10),
        (SerialSection, "baud", 300, 4_000_000),
        (MqttSection, "keep_alive_s", 15, 1200),
        (MqttSection, "max_message_kb", 2, 60),
        (DutySection, "receipt_s", 10, 120),
        (DutySection, "person_s", 15, 600),
        (DutySection, "again_s", 30, 1800),
        (DutySection, "repeat_s", 30, 3600),
        (StoreSection, "max_mb", 16, 1_000_000),
        (StoreSection, "keep_delivered_days", 0, 3650),
    ],
)
def test_numbers_have_rails(
    section: type[MqttSection | BluetoothSection | SerialSection | DutySection | StoreSection],
    key: str,
    low: int,
    high: int,
) -> None:
    all_needed: dict[type, dict[str, object]] = {
        MqttSection: {"host": "h"},
        SerialSection: {"name": "hub", "port": "/dev/x", "driver": "serial-hub"},
        DutySection: {"receipt_s": 10, "person_s": 15 if key == "again_s" else 120, "again_s": 1800},
    }
    needed = all_needed.get(section, {})

    for good in (low, high):
        assert getattr(section.model_validate({**needed, key: good}), key) == good
    for bad in (low - 1, high + 1, str(low), float(low), True):
        with pytest.raises(ValidationError):
            section.model_validate({**needed, key: bad})


@pytest.mark.parametrize(
    ("given", "key", "code"),
    [
        pytest.param({}, "host", "host_missing", id="no broker"),
        pytest.param({"host": "h", "hosts": ("a",)}, "host", "host_and_hosts", id="two ways to name it"),
        pytest.param({"host": "mqtt://h"}, "host", "string_pattern_mismatch", id="a URL"),
        pytest.param({"host": "h:8883"}, "host", "string_pattern_mismatch", id="a port in the name"),
        pytest.param({"hosts": ("a:99999",)}, "hosts", "port_out_of_range", id="a port that there is not"),
        pytest.param({"host": "h", "tls": False}, "tls", "tls_off", id="plain text by the way"),
        pytest.param({"host": "h", "password_file": "p"}, "password_file", "password_without_username", id="nobody's password"),
        pytest.param({"host": "h", "cert_file": "c"}, "cert_file", "cert_without_key", id="a certificate without its key"),
        pytest.param({"host": "h", "key_file": "k"}, "cert_file", "key_without_cert", id="a key without its certificate"),
        pytest.param({"host": "h", "root": "a/#"}, "root", "string_pattern_mismatch", id="a wildcard"),
        pytest.param({"host": "h", "root": "$SYS/a"}, "root", "brokers_own_topics", id="the broker's own topics"),
        pytest.param({"host": "h", "root": "a//b"}, "root", "string_pattern_mismatch", id="an empty level"),
        pytest.param({"host": "h", "version": "4"}, "version", "literal_error", id="a version that there is not"),
        pytest.param({"host": "h", "surprise": 1}, "surprise", "extra_forbidden", id="an unknown key"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, object], key: str, code: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        MqttSection.model_validate(given)

    assert [(error["loc"][0], error["type"]) for error in wrong.value.errors()] == [(key, code)]


@pytest.mark.parametrize("root", ["lifering/v1", "/sys/a1/dev", "$oc/devices/d/sys", "西山/a", "a"])
def test_a_root_may_be_as_clouds_want_it(root: str) -> None:
    assert MqttSection(host="h", root=root).root == root


@pytest.mark.parametrize(
    ("driver", "code"),
    [("bthom", "unknown_driver"), ("other-hub", "no_port_speaks_it")],
)
def test_a_band_speaks_as_a_driver_does_and_through_a_port_that_is_there(driver: str, code: str) -> None:
    around = Surroundings(Path(), {"bthome": "advertisement", "other-hub": "serial"})

    with pytest.raises(ValidationError) as wrong:
        WristbandSection.model_validate({**BAND, "driver": driver}, context=around)

    assert [error["type"] for error in wrong.value.errors()] == [code]


@pytest.mark.parametrize("driver", ["bthome", "nothing"])
def test_a_port_needs_a_serial_driver(driver: str) -> None:
    with pytest.raises(ValidationError):
        SerialSection.model_validate({"name": "hub", "port": "/dev/x", "driver": driver}, context=AROUND)


@pytest.mark.parametrize("id_", ["", "-a", "a b", "a/b", "a#", "西山", "a" * 39])
def test_an_id_is_letters_digits_and_dashes(id_: str) -> None:
    with pytest.raises(ValidationError):
        GatewaySection(id=id_)


def test_no_press_can_be_configured_away_altogether() -> None:
    with pytest.raises(ValidationError):
        WristbandSection.model_validate({**BAND, "sos_button": ()})


def test_settings_cannot_be_changed() -> None:
    settings = SettingsFile.model_validate({"gateway": {"id": "a"}, "mqtt": {"host": "h"}})

    with pytest.raises(ValidationError):
        settings.gateway.id = "b"


@pytest.mark.parametrize(
    ("given", "key", "code"),
    [
        pytest.param({"receipt_s": 90}, "person_s", "below_another", id="a person is waited for less long than the platform"),
        pytest.param({"person_s": 29}, "person_s", "below_another", id="said, and still less long"),
        pytest.param({"person_s": 200}, "again_s", "not_above_another", id="again before the first time"),
        pytest.param({"person_s": 180, "again_s": 180}, "again_s", "not_above_another", id="again at the first time"),
    ],
)
def test_the_steps_of_the_duty_are_in_order(given: dict[str, int], key: str, code: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        DutySection.model_validate(given)

    assert [(error["loc"][0], error["type"]) for error in wrong.value.errors()] == [(key, code)]


def test_steps_of_the_duty_that_just_follow_each_other_are_well() -> None:
    assert DutySection(receipt_s=60, person_s=60, again_s=61).again_s == 61


def test_local_time_is_that_of_the_configuration_and_not_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")

    for zone, said in (("Asia/Shanghai", {}), ("Asia/Urumqi", {"time_zone": "Asia/Urumqi"})):
        settings = SettingsFile.model_validate({"gateway": {"id": "a", **said}, "mqtt": {"host": "h"}})
        assert plain(settings).gateway.zone.key == zone


@pytest.mark.parametrize("name", ["Asia/Shanghia", "", ".", "Asia", "/etc/passwd", "../UTC", "a\x00b", "x" * 5000, "西山"])
def test_a_time_zone_is_one_that_there_is(name: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        GatewaySection(id="a", time_zone=name)

    assert [error["type"] for error in wrong.value.errors()] == ["no_such_zone"]


@pytest.mark.parametrize(
    "client_id", ["a" * 256, "设备&产品|securemode=2|"], ids=["as long as clouds want it", "of a Chinese cloud"]
)
def test_a_client_id_is_any_text(client_id: str) -> None:
    assert MqttSection(host="h", client_id=client_id).client_id == client_id


@pytest.mark.parametrize(
    ("client_id", "code"),
    [
        pytest.param("西" * 86, "string_too_long", id="258 bytes"),
        pytest.param("a\nb", "string_pattern_mismatch", id="two lines"),
        pytest.param("", "string_too_short", id="none"),
    ],
)
def test_a_client_id_has_at_most_256_bytes_on_one_line(client_id: str, code: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        MqttSection(host="h", client_id=client_id)

    assert [error["type"] for error in wrong.value.errors()] == [code]
