"""Looks at the serial ports that a configuration names, and at the names of those that are there."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from gateway.settings.machine.service_user import me

Doubt = tuple[str, Mapping[str, object]]

OF_WINDOWS = re.compile(r"COM[0-9]+", re.IGNORECASE)
BY_NUMBER = re.compile(r"tty(USB|ACM)[0-9]+")
USB_DEVICE = re.compile(r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}(:.+)?")


class Ports(NamedTuple):
    """The stable names of the ports that are there: link -> device."""

    by_id: Mapping[Path, Path]
    by_path: Mapping[Path, Path]

    def stable(self, device: Path) -> Path | None:
        """A name of this device that stays: where ids are equal, that of the socket that it is plugged into.

        Two devices without a serial number have one id, and the link goes to one of them: then another has none.
        """
        ids_differ = set(self.by_path.values()) <= set(self.by_id.values())
        names = (self.by_id, self.by_path) if ids_differ else (self.by_path, self.by_id)
        return next((link for links in names for link, target in links.items() if target == device), None)

    @property
    def all(self) -> tuple[str, ...]:
        """A stable name of each."""
        devices = dict.fromkeys([*self.by_id.values(), *self.by_path.values()])
        return tuple(str(name) for device in devices if (name := self.stable(device)))


def plugged(root: Path = Path("/dev")) -> Ports:
    """Those that udev has named."""
    return Ports(_links(root / "serial/by-id"), _links(root / "serial/by-path"))


def _links(folder: Path) -> dict[Path, Path]:
    try:
        return {link: Path(os.path.realpath(link)) for link in sorted(folder.iterdir())}
    except OSError:
        return {}


def doubt(port: str, there: Ports, dev: Path = Path("/dev")) -> Doubt | None:
    """What should be asked about a port, as a code and facts; `port` is a path, or the ids of a USB device."""
    path = Path(port)
    if USB_DEVICE.fullmatch(port):
        return None
    if OF_WINDOWS.fullmatch(path.name):
        return "port_of_windows", {"there": there.all}
    if BY_NUMBER.fullmatch(path.name):
        stable = there.stable(dev / path.name)
        return ("port_may_change", {"stable": str(stable)}) if stable else ("port_has_no_name", {"there": there.all})
    if not path.exists():
        return "port_is_not_there", {"there": there.all}
    may = os.access(path, os.R_OK | os.W_OK, effective_ids=True)
    return None if may else ("port_forbidden", {"user": me()})
