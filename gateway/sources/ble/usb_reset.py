"""Resets the USB device of a Bluetooth adapter: it is as if it were pulled out and put back, power aside.

Source: Linux include/uapi/linux/usbdevice_fs.h (USBDEVFS_RESET), Documentation/ABI/stable/sysfs-bus-usb. Whoever may write to
/dev/bus/usb/BUS/DEVICE may do it; for adapters the package gives that to the service (systemd/lifering.rules).
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from gateway.errors import SourceLost

USBDEVFS_RESET = 0x5514  # _IO('U', 20)
WIRELESS, FIRMWARE = "e0", "fe"  # bInterfaceClass; what else the device does, Wi-Fi or a keyboard, is not to be disturbed


def device_of(adapter: str, root: Path) -> Path | None:
    """The node of its USB device; None: it is none, or the device is more than an adapter."""
    device = (root / "sys/class/bluetooth" / adapter / "device").resolve().parent
    classes = {_text(each / "bInterfaceClass") for each in device.glob("*:*")}
    bus, number = _text(device / "busnum"), _text(device / "devnum")
    if not (bus.isdecimal() and number.isdecimal()) or WIRELESS not in classes or classes - {WIRELESS, FIRMWARE}:
        return None
    return root / "dev/bus/usb" / f"{int(bus):03}" / f"{int(number):03}"


def is_open_to_us(node: Path) -> bool:
    """Whether this process may reset it."""
    return os.access(node, os.W_OK)


def reset(node: Path) -> None:
    """Takes up to some seconds. Raises SourceLost."""
    try:
        device = os.open(node, os.O_WRONLY | os.O_CLOEXEC)
        try:
            fcntl.ioctl(device, USBDEVFS_RESET, 0)
        finally:
            os.close(device)
    except PermissionError as error:
        raise SourceLost("no permission") from error
    except OSError as error:
        raise SourceLost("failed") from error


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
