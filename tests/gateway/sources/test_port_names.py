"""A port is found by what it is, wherever it is plugged in."""

from __future__ import annotations

import pytest

from gateway.errors import SourceLost
from gateway.sources.port_names import UsbPort, find_port, names_usb

HUB = UsbPort("/dev/ttyUSB0", 0x10C4, 0xEA60, "0001")
OTHER_HUB = UsbPort("/dev/ttyUSB1", 0x10C4, 0xEA60, "0002")
MODEM = UsbPort("/dev/ttyACM0", 0x1A86, 0x7523, None)


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        pytest.param("/dev/ttyUSB7", "/dev/ttyUSB7", id="a path is itself, there or not"),
        pytest.param("/dev/serial/by-id/usb-hub", "/dev/serial/by-id/usb-hub", id="a link is itself"),
        pytest.param("1a86:7523", "/dev/ttyACM0", id="the only one of its kind"),
        pytest.param("1A86:7523", "/dev/ttyACM0", id="in capitals"),
        pytest.param("10c4:ea60:0002", "/dev/ttyUSB1", id="one of two, by its serial number"),
    ],
)
def test_a_port_is_found_by_what_the_technician_wrote(wanted: str, path: str) -> None:
    assert find_port(wanted, [HUB, OTHER_HUB, MODEM]) == path


def test_the_same_device_is_found_under_another_name() -> None:
    moved = HUB._replace(path="/dev/ttyUSB5")

    assert find_port("10c4:ea60:0001", [OTHER_HUB, moved]) == "/dev/ttyUSB5"


def test_a_device_that_is_not_plugged_in_is_absent() -> None:
    with pytest.raises(SourceLost, match="absent"):
        find_port("10c4:ea60:0003", [HUB, OTHER_HUB, MODEM])


def test_two_devices_that_nothing_tells_apart_are_not_guessed_at() -> None:
    with pytest.raises(SourceLost, match="ambiguous") as refused:
        find_port("10c4:ea60", [HUB, OTHER_HUB])

    assert "/dev/ttyUSB0, /dev/ttyUSB1" in str(refused.value.__cause__)


def test_a_path_is_no_usb_device() -> None:
    assert names_usb("10c4:ea60")
    assert not names_usb("/dev/10c4:ea60")
