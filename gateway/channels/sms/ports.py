"""The ports that may be the modem's: a path is one; a USB stick has several, of which some speak AT and others do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gateway.errors import SourceLost
from gateway.sources.port_names import USB, UsbPort
from gateway.sources.ports import usb_ports


def ports_of(wanted: str, usb: Callable[[], Iterable[UsbPort]] = usb_ports) -> list[str]:
    """The paths to try, as things are plugged in now. Raises SourceLost: there is no such device."""
    found = USB.fullmatch(wanted)
    if found is None:
        return [wanted]
    vid, pid, serial = int(found[1], 16), int(found[2], 16), found[3]
    paths = sorted(port.path for port in usb() if (port.vid, port.pid) == (vid, pid) and serial in (None, port.serial))
    if not paths:
        raise SourceLost("absent")
    return paths


class PortChoice:
    """Tries them in turn until one answers, and stays with that."""

    def __init__(self, wanted: str, ports: Callable[[str], list[str]] = ports_of) -> None:
        self._wanted = wanted
        self._ports = ports
        self._turn = 0
        self._silent: set[str] = set()
        self._path = self._good = ""
        self._others = False

    def next(self) -> str:
        """The path to open now. Raises SourceLost."""
        paths = self._ports(self._wanted)
        self._path = paths[self._turn % len(paths)]
        if self._silent.issuperset(paths) and self._good in paths:
            self._path = self._good  # whatever is to heal it must be said there
        self._silent &= set(paths)
        self._others = len(self._silent | {self._path}) < len(paths)
        return self._path

    @property
    def others(self) -> bool:
        """Whether there is a port that was not tried since one answered: a modem there is not to be reset here."""
        return self._others

    def was_silent(self) -> None:
        """The one that was tried last did not answer, or is not to be opened."""
        self._silent.add(self._path)
        self._turn += 1

    def answered(self) -> None:
        """It is this one."""
        self._silent.clear()
        self._good = self._path
