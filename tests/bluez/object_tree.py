"""The objects on the D-Bus, path -> interface -> property, and the signals that tell of every change.

Plain dictionaries and messages written by hand: so hundreds of devices and thousands of signals a second stay cheap.
"""

from __future__ import annotations

from dbus_fast import Message, Variant

from tests.bluez.names import OBJECT_MANAGER, PROPERTIES
from tests.bluez.shown import Interfaces
from tests.bluez.voice import Voice


class ObjectTree:
    """Tells of changes through a voice."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self.objects: dict[str, Interfaces] = {}

    def add(self, path: str, interfaces: Interfaces) -> None:
        """An object appears."""
        self.objects[path] = interfaces
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, _as_now(interfaces)])

    def as_now(self) -> dict[str, Interfaces]:
        """All objects as they are at this moment."""
        return {path: _as_now(interfaces) for path, interfaces in self.objects.items()}

    def remove(self, path: str) -> None:
        """An object goes, those below it first."""
        for each in sorted((one for one in self.objects if one.startswith(f"{path}/")), reverse=True):
            self._remove(each)
        self._remove(path)

    def change(self, path: str, interface: str, **changed: Variant) -> None:
        """Properties have new values; without an object nothing happens."""
        if path in self.objects:
            self.objects[path][interface].update(changed)
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, changed, []])

    def invalidate(self, path: str, interface: str, name: str) -> None:
        """A property is there no more."""
        if self.objects[path][interface].pop(name, None) is not None:
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, {}, [name]])

    def tell(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        """Something happened to an object."""
        self._signal(path, interface, member, signature, body)

    def _remove(self, path: str) -> None:
        interfaces = self.objects.pop(path, None)
        if interfaces is not None:
            self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, list(interfaces)])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        self._voice.say(Message.new_signal(path, interface, member, signature, body))


def _as_now(interfaces: Interfaces) -> Interfaces:
    """A copy: what is said goes out later, and must not have changed by then."""
    return {name: dict(properties) for name, properties in interfaces.items()}
