"""The USB device of an adapter is found, and reset only where it is an adapter and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.errors import SourceLost
from gateway.sources.ble import usb_reset
from gateway.sources.ble.adapter_means import AdapterMeans


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a dongle at hci0 and, as on a Raspberry Pi, a chip at a serial line."""
    plug_in(tmp_path, "hci0", ["e0", "e0"])
    chip = tmp_path / "sys/devices/platform/serial0/serial0-0"
    (chip / "bluetooth/hci1").mkdir(parents=True)
    link(tmp_path, "hci1", chip)
    return tmp_path


def plug_in(root: Path, adapter: str, classes: list[str]) -> None:
    """A USB device that has these functions."""
    device = root / f"sys/devices/usb1/1-1.{adapter[3:]}"
    device.mkdir(parents=True)
    for number, each in enumerate(classes):
        interface = device / f"1-1:1.{number}"
        interface.mkdir()
        (interface / "bInterfaceClass").write_text(f"{each}\n")
    (device / "busnum").write_text("1\n")
    (device / "devnum").write_text("7\n")
    link(root, adapter, device / "1-1:1.0")
    node = root / "dev/bus/usb/001/007"
    node.parent.mkdir(parents=True, exist_ok=True)
    node.touch()


def link(root: Path, adapter: str, device: Path) -> None:
    place = root / "sys/class/bluetooth" / adapter
    place.mkdir(parents=True)
    (place / "device").symlink_to(device)


def test_a_dongle_is_found_and_a_chip_at_a_serial_line_is_none(root: Path) -> None:
    means = AdapterMeans(root)

    assert usb_reset.device_of("hci0", root) == root / "dev/bus/usb/001/007"
    assert [means.can_reset(adapter) for adapter in ("hci0", "hci1", "hci7")] == [True, False, False]


@pytest.mark.parametrize(
    "classes", [["e0", "ff"], ["e0", "03"], ["ff"], []], ids=["with Wi-Fi", "with a keyboard", "other", "none"]
)
def test_a_device_that_is_more_than_an_adapter_is_left_alone(classes: list[str], root: Path) -> None:
    plug_in(root, "hci2", classes)

    assert usb_reset.device_of("hci2", root) is None


def test_one_with_a_way_to_its_firmware_is_an_adapter_all_the_same(root: Path) -> None:
    plug_in(root, "hci2", ["e0", "e0", "fe"])

    assert usb_reset.device_of("hci2", root) is not None


def test_a_node_that_is_no_device_or_gone_is_told_by_a_word(root: Path) -> None:
    with pytest.raises(SourceLost, match="failed"):
        usb_reset.reset(root / "dev/bus/usb/001/007")
    with pytest.raises(SourceLost, match="failed"):
        usb_reset.reset(root / "dev/bus/usb/001/008")


async def test_one_that_is_pulled_out_as_it_is_to_be_reset_is_absent(root: Path) -> None:
    with pytest.raises(SourceLost, match="absent"):
        await AdapterMeans(root).take("USB reset", "hci7")
