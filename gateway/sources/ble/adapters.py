"""The Bluetooth adapters of this machine as BlueZ has them now, and which of them are ours: known by address, not by name.

hci0 and hci1 are given in the order in which adapters are plugged in, so one that is pulled out may come back under the other's
name. `bluez_watch.py` keeps this true; who depends on it waits for `changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from gateway.changes import Changes
from gateway.errors import SourceLost
from gateway.sources.ble.adapter_recovery import OFF

ABSENT = "absent"
UNKNOWN = "default"  # stands for all adapters as long as there was none

Properties = Mapping[str, object]
Objects = Mapping[str, Mapping[str, Properties]]

ADAPTER = "org.bluez.Adapter1"
MONITORS = "org.bluez.AdvertisementMonitorManager1"  # there where bluetoothd runs with --experimental


class PluggedAdapter(NamedTuple):
    """An adapter as BlueZ has it. `monitors`: it can be asked to tell repeats, which adapters else leave out."""

    name: str
    address: str
    powered: bool
    discovering: bool
    monitors: bool


class Adapters:
    """`named`: names and addresses of the configuration; none: all that there ever were.

    `life` rises when bluetoothd goes or comes: what it knew is void then. `crashes`: how often it went without a word.
    `why_off(name)`: what a switch of the kernel says of an adapter, "soft blocked" or "hard blocked"; "": where none is.
    """

    def __init__(
        self, named: Sequence[str], here: Iterable[PluggedAdapter] = (), why_off: Callable[[str], str] = lambda _: ""
    ) -> None:
        self.changes = Changes()
        self.life = 0
        self.crashes = 0
        self._named = tuple(named)
        self._why_off = why_off
        self._here = {adapter.name: adapter for adapter in here}
        self._why_none = "" if self._here else "starting"
        self._address_of: dict[str, str] = {}  # by what we call it
        self._meet()

    # --- what it is asked

    @property
    def labels(self) -> list[str]:
        """What we call those that are ours, those that are lost included: as they were configured, else by address."""
        return list(self._named) or list(self._address_of) or [UNKNOWN]

    def find(self, label: str) -> PluggedAdapter:
        """The one that is called so, under whatever name it has now. Raises SourceLost, which says why it cannot be used."""
        if self._why_none:
            raise SourceLost((self._why_none == ABSENT and self._why_off("")) or self._why_none)
        found = self.plugged(label)
        if found is None:
            raise SourceLost(self._why_off("") or ABSENT)
        if not found.powered:
            raise SourceLost(self._why_off(found.name) or OFF)
        return found

    def plugged(self, label: str) -> PluggedAdapter | None:
        """The one that is called so, switched on or not."""
        address = self._address_of.get(label, label.upper())
        return next((one for one in self._here.values() if one.address == address), self._here.get(label))

    @property
    def ours(self) -> list[PluggedAdapter]:
        """Those of ours that are there, switched on or not."""
        return [adapter for label in self.labels if (adapter := self.plugged(label))]

    def stands(self, name: str, life: int) -> bool:
        """Whether what was begun with the adapter of this name in that life of bluetoothd can still be there."""
        return life == self.life and name in self._here and self._here[name].powered

    # --- what it is told

    def none(self, why: str) -> None:
        """BlueZ cannot be asked: "no D-Bus", "no bluetoothd"."""
        self.life += 1
        self._here = {}
        self._why_none = why
        self.changes.happened()

    def bluetoothd_came(self) -> None:
        """What it has is not known yet."""
        self.life += 1
        self.changes.happened()

    def bluetoothd_went(self) -> None:
        """In order it takes its adapters away first."""
        self.crashes += bool(self._here)
        self.none("no bluetoothd")

    def are(self, objects: Objects) -> None:
        """These and no others."""
        self._why_none = ""
        self._here = {}
        for path, interfaces in objects.items():
            self._put(path, interfaces)
        self._meet()

    def came(self, path: str, interfaces: Mapping[str, Properties]) -> None:
        """One is there, or can do more than was known."""
        if self._put(path, interfaces):
            self._meet()

    def changed(self, path: str, properties: Properties) -> None:
        """It was switched on or off, or scans or not."""
        adapter = self._here.get(_name(path))
        if adapter is not None:
            now = {"Powered": adapter.powered, "Discovering": adapter.discovering} | dict(properties)
            self._here[adapter.name] = adapter._replace(powered=bool(now["Powered"]), discovering=bool(now["Discovering"]))
            self.changes.happened()

    def went(self, path: str, interfaces: Iterable[str]) -> None:
        """It was pulled out."""
        if ADAPTER in interfaces and _name(path) in self._here:
            del self._here[_name(path)]
            self.changes.happened()

    def _put(self, path: str, interfaces: Mapping[str, Properties]) -> bool:
        name, known = _name(path), self._here.get(_name(path))
        if properties := interfaces.get(ADAPTER):
            address, on, scans = str(properties["Address"]), bool(properties["Powered"]), bool(properties["Discovering"])
            self._here[name] = PluggedAdapter(name, address, on, scans, MONITORS in interfaces)
        elif MONITORS in interfaces and known:
            self._here[name] = known._replace(monitors=True)
        return name in self._here and bool({ADAPTER, MONITORS} & interfaces.keys())

    def _meet(self) -> None:
        """Whoever is here for the first time is known from now on."""
        for adapter in self._here.values():
            if self._named and adapter.name in self._named:
                self._address_of.setdefault(adapter.name, adapter.address)
            elif not self._named:
                self._address_of.setdefault(adapter.address, adapter.address)
        self.changes.happened()


def _name(path: str) -> str:
    return path.rsplit("/", 1)[1]
