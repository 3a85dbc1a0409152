"""Names of serial ports that do not stay, and the names to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.machine.ports import doubt, plugged


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """A hub with a serial number, as udev shows it."""
    add(tmp_path, "ttyUSB0", "usb-FTDI_FT232R_A5028-if00-port0", "platform-xhci-usb-0:1.1:1.0-port0")
    return tmp_path


def add(dev: Path, device: str, by_id: str, by_path: str) -> None:
    (dev / device).touch()
    for folder, name in (("by-id", by_id), ("by-path", by_path)):
        (dev / "serial" / folder).mkdir(parents=True, exist_ok=True)
        link = dev / "serial" / folder / name
        link.unlink(missing_ok=True)  # udev gives a name to the last that asks for it
        link.symlink_to(dev / device)


@pytest.mark.parametrize("port", ["/dev/ttyUSB0", "/etc/lifering/ttyUSB0"])
def test_a_number_is_told_with_the_name_to_write(dev: Path, port: str) -> None:
    stable = f"{dev}/serial/by-id/usb-FTDI_FT232R_A5028-if00-port0"

    assert doubt(port, plugged(dev), dev) == ("port_may_change", {"stable": stable})


def test_where_two_devices_have_one_id_the_socket_is_named(dev: Path) -> None:
    add(dev, "ttyUSB1", "usb-1a86_USB_Serial-if00-port0", "platform-xhci-usb-0:1.2:1.0-port0")
    add(dev, "ttyUSB2", "usb-1a86_USB_Serial-if00-port0", "platform-xhci-usb-0:1.3:1.0-port0")

    found = [doubt(f"/dev/ttyUSB{number}", plugged(dev), dev) for number in (1, 2)]

    assert found == [
        ("port_may_change", {"stable": f"{dev}/serial/by-path/platform-xhci-usb-0:1.2:1.0-port0"}),
        ("port_may_change", {"stable": f"{dev}/serial/by-path/platform-xhci-usb-0:1.3:1.0-port0"}),
    ]


@pytest.mark.parametrize(
    ("port", "code"),
    [
        ("/etc/lifering/COM3", "port_of_windows"),
        ("/dev/com12", "port_of_windows"),
        ("/dev/ttyUSB7", "port_has_no_name"),
        ("/dev/serial/by-id/usb-gone", "port_is_not_there"),
    ],
)
def test_another_port_is_told_with_what_there_is(dev: Path, port: str, code: str) -> None:
    there = (f"{dev}/serial/by-id/usb-FTDI_FT232R_A5028-if00-port0",)

    assert doubt(port, plugged(dev), dev) == (code, {"there": there})


@pytest.mark.parametrize("port", ["1a86:7523", "1a86:7523:A50285BI", "/dev/null"])
def test_a_port_that_stays_is_well(dev: Path, port: str) -> None:
    assert doubt(port, plugged(dev), dev) is None


def test_a_machine_without_serial_ports_has_none(tmp_path: Path) -> None:
    assert plugged(tmp_path).all == ()
