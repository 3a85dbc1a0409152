"""Finds the port that is meant: a path, or `vid:pid[:serial]` of a USB device wherever it is plugged in now. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from gateway.errors import SourceLost

USB = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?", re.IGNORECASE)


class UsbPort(NamedTuple):
    """A serial port at USB as the system lists it. Many cheap converters have no serial number."""

    path: str
    vid: int
    pid: int
    serial: str | None


def names_usb(wanted: str) -> bool:
    """Whether this is `vid:pid[:serial]` and no path."""
    return USB.fullmatch(wanted) is not None


def find_port(wanted: str, ports: Iterable[UsbPort]) -> str:
    """The path to open. Raises SourceLost: no such device is there, or two are and nothing tells them apart."""
    usb = USB.fullmatch(wanted)
    if usb is None:
        return wanted
    vid, pid, serial = int(usb[1], 16), int(usb[2], 16), usb[3]
    paths = [port.path for port in ports if (port.vid, port.pid) == (vid, pid) and serial in (None, port.serial)]
    if not paths:
        raise SourceLost("absent")
    if len(paths) > 1:
        raise SourceLost("ambiguous") from LookupError(f"{wanted} is {', '.join(paths)}: name one by /dev/serial/by-path/")
    return paths[0]
