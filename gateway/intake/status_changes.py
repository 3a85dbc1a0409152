"""Makes readings of what changes in the status of a device: that it charges, that its battery is low. Pure.

At first nothing is the case. Over a restart it is remembered what the status was: a band that was taken off its charger
meanwhile says so with its first word.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.measurement import Kind, Measurement

PREFIX = "states "  # in the store, before the address: there are other memories of a device
STATES: tuple[Kind, ...] = ("charging", "battery_low")
SAID: dict[object, bool] = {True: True, False: False, "no": False, "charging": True, "full": True}  # full: it lies there still


class StatusChanges:
    """By device address."""

    def __init__(self) -> None:
        self._so: dict[str, set[str]] = {}  # what is the case
        self._changed: set[str] = set()

    def load(self, stored: Mapping[str, bytes]) -> None:
        """Take up what an earlier life of the gateway stored."""
        for name, body in stored.items():
            if name.startswith(PREFIX):
                words = body.decode("ascii", "replace").split()
                self._so[name.removeprefix(PREFIX)] = {kind for kind in STATES if kind in words}

    def of_status(self, address: str, status: Mapping[str, object], age_s: float = 0) -> list[Measurement]:
        """What is new of the states that this status names; mostly nothing. `age_s`: how long ago it was so."""
        found = []
        for kind in STATES:
            said = status.get(kind)
            so = SAID.get(said) if isinstance(said, bool | str) else None
            if so is not None and so is not (kind in self._so.get(address, ())):
                found.append(Measurement(kind=kind, value=so, age_s=age_s))
                self._keep(address, kind, so)
        return found

    def of_record(self, address: str, status: Mapping[str, object], age_s: float = 0) -> list[Measurement]:
        """The same of a record that names what is the case, and leaves out what is not; it is asked with every record."""
        if not status and not self._so.get(address):
            return []
        return self.of_status(address, {kind: bool(status.get(kind)) for kind in STATES}, age_s)

    def _keep(self, address: str, kind: Kind, so: bool) -> None:
        states = self._so.setdefault(address, set())
        if so:
            states.add(kind)
        else:
            states.discard(kind)
        self._changed.add(address)

    def new(self) -> dict[str, bytes]:
        """The memories that changed since this was asked last, as the store keeps them."""
        changed, self._changed = self._changed, set()
        return {PREFIX + address: " ".join(sorted(self._so[address])).encode() for address in sorted(changed)}
