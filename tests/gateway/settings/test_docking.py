"""Which device is docked at which serial port is plain, or is said, or is a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.docking import Device, dock
from gateway.settings.file import examine, load
from gateway.words.mistakes import in_words as told_in_words

PORTS = {"hall": "raycome-rbp", "nurse": "raycome-rbp", "clip": "contec-cms50", "hub": "serial-hub"}
HUBS = frozenset({"serial-hub"})

SETTINGS = """
[gateway]
id = "a"
[mqtt]
host = "h"
[[serial]]
name = "hall"
port = "/dev/ttyUSB0"
driver = "raycome-rbp"
shared = true
[[serial]]
name = "nurse"
port = "/dev/ttyUSB1"
driver = "raycome-rbp"
"""


def band(address: str, more: str = "", driver: str = "raycome-rbp") -> str:
    worn = f'wearer = "w-{address}"\nroom = "hall"'
    return f'[[wristband]]\naddress = "02:00:00:00:00:{address}"\ndriver = "{driver}"\n{worn}\n{more}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "gateway.toml"


def in_words(file: Path, text: str) -> list[str]:
    """Every mistake and every doubt about a file, without its name."""
    file.write_text(text)
    examined = examine(file)
    return [told_in_words(one, "en").removeprefix(f"{file}:") for one in (*examined.mistakes, *examined.warnings)]


def test_the_only_device_at_the_only_port_of_its_driver_needs_no_word() -> None:
    docked = dock(
        [Device("A", "contec-cms50", None), Device("B", "serial-hub", None), Device("C", "bthome", None)], PORTS, HUBS
    )

    assert (docked.ports, docked.mistakes) == ({"A": "clip"}, {})


def test_two_devices_of_one_driver_say_where_they_are() -> None:
    docked = dock([Device("A", "raycome-rbp", "nurse"), Device("B", "raycome-rbp", "hall")], PORTS, HUBS)

    assert docked.ports == {"A": "nurse", "B": "hall"}


@pytest.mark.parametrize(
    ("device", "code"),
    [
        pytest.param(Device("A", "raycome-rbp", None), "port_needed", id="two ports"),
        pytest.param(Device("A", "raycome-rbp", "hal"), "unknown_port", id="no such port"),
        pytest.param(Device("A", "raycome-rbp", "clip"), "port_speaks_other", id="a port of another driver"),
        pytest.param(Device("A", "bthome", "hall"), "not_docked", id="a pendant"),
        pytest.param(Device("A", "serial-hub", "hub"), "not_docked", id="a band of a hub"),
    ],
)
def test_what_is_not_plain_is_a_mistake(device: Device, code: str) -> None:
    docked = dock([device], PORTS, HUBS)

    assert docked.ports == {}
    assert docked.mistakes["A"][0] == code


def test_two_devices_at_one_port_are_a_mistake_of_the_second() -> None:
    docked = dock([Device("A", "contec-cms50", None), Device("B", "contec-cms50", "clip")], PORTS, HUBS)

    assert (docked.ports, docked.mistakes) == ({"A": "clip"}, {"B": ("port_taken", {"port": "clip", "address": "A"})})


# --- as the technician sees it ---


def test_a_complete_configuration_is_fine_and_enrols_each_at_its_port(file: Path) -> None:
    text = SETTINGS + band("01", 'port = "hall"') + band("02", 'port = "nurse"')

    assert in_words(file, text) == []
    assert {address: one.port for address, one in load(file).bands.items()} == {
        "02:00:00:00:00:01": "hall",
        "02:00:00:00:00:02": "nurse",
    }


def test_lifering_check_says_at_which_line_which_port_is_meant(file: Path) -> None:
    assert in_words(file, SETTINGS + band("01") + band("02", 'port = "nurze"')) == [
        '15: wristband.port: several ports have the driver "raycome-rbp" (hall, nurse); say in [[wristband]] at which this '
        'device is docked: port = "..."',
        '21: wristband.port: no [[serial]] port has the name "nurze"; did you mean nurse?',
    ]


def test_a_port_whose_device_is_not_enrolled_is_asked_about(file: Path) -> None:
    assert in_words(file, SETTINGS + band("01", 'port = "hall"')) == [
        '14: serial.driver: no [[wristband]] has the driver "raycome-rbp" for the device at this port, so nothing that it '
        "measures is kept"
    ]


def test_a_hub_is_not_shared(file: Path) -> None:
    text = SETTINGS.replace("raycome-rbp", "serial-hub")

    assert in_words(file, text) == [
        '10: serial.shared: "serial-hub" is a hub: nobody sits down at it; `shared` is for a device that measures'
    ]


def test_a_device_in_the_roster_table_is_docked_where_only_one_port_has_its_driver(file: Path) -> None:
    table = file.with_name("wristbands.csv")
    table.write_text("address,driver,wearer,room\n02:00:00:00:00:01,contec-cms50,clip,1-001\n")
    clip = '[[serial]]\nname = "clip"\nport = "/dev/ttyUSB2"\ndriver = "contec-cms50"\n[roster]\nfile = "wristbands.csv"\n'
    text = SETTINGS + clip + band("02", 'port = "hall"') + band("03", 'port = "nurse"')

    assert in_words(file, text) == []
    assert load(file).bands["02:00:00:00:00:01"].port == "clip"
