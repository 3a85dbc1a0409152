"""Which port is the modem's: a path, or of the ports of one USB stick the one that answers."""

from __future__ import annotations

import pytest

from gateway.channels.sms.ports import PortChoice, ports_of
from gateway.errors import SourceLost
from gateway.sources.port_names import UsbPort

STICK = [UsbPort(f"/dev/ttyUSB{number}", 0x2C7C, 0x0125, "77") for number in (2, 0, 1)]
OTHER = UsbPort("/dev/ttyUSB9", 0x1A86, 0x7523, None)


def test_a_path_is_itself() -> None:
    assert ports_of("/dev/serial/by-id/usb-modem", lambda: [*STICK, OTHER]) == ["/dev/serial/by-id/usb-modem"]


@pytest.mark.parametrize("wanted", ["2c7c:0125", "2C7C:0125", "2c7c:0125:77"])
def test_a_stick_has_several_ports(wanted: str) -> None:
    assert ports_of(wanted, lambda: [*STICK, OTHER]) == ["/dev/ttyUSB0", "/dev/ttyUSB1", "/dev/ttyUSB2"]


@pytest.mark.parametrize("wanted", ["2c7c:0126", "2c7c:0125:78"])
def test_a_stick_that_is_not_there(wanted: str) -> None:
    with pytest.raises(SourceLost, match="absent"):
        ports_of(wanted, lambda: [*STICK, OTHER])


def test_each_is_tried_until_one_answers_and_that_one_is_healed() -> None:
    ports = PortChoice("stick", lambda _: ["a", "b", "c"])
    tried = []
    for _ in range(2):
        tried.append((ports.next(), ports.others))
        ports.was_silent()
    tried.append((ports.next(), ports.others))
    ports.answered()
    tried.append((ports.next(), ports.others))
    for _ in range(3):  # now it hangs, and the others are silent too
        ports.was_silent()
        tried.append((ports.next(), ports.others))

    assert tried == [
        ("a", True),
        ("b", True),
        ("c", False),
        ("c", True),
        ("a", True),
        ("b", False),
        ("c", False),
    ]
