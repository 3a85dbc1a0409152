"""Adapter1: who scans, what is heard, and what becomes of it when the radio is switched off or pulled out.

As bluetoothd does when a discovery filter is set (bleak always sets one): each report heard changes RSSI, and the data
properties only when they differ from the last ones, unless the filter says DuplicateData. Data of other services and
companies that came earlier is told together with the new, unless the filter says so (`device_set_service_data` in its
src/device.c), but manufacturer data and service data are kept apart: what came with the one leaves the other as it was. What
it does was compared with bluetoothd 5.66. The radio itself filters nothing here, unless it `filters_by_address`.
"""

from __future__ import annotations

from dbus_fast import DBusError, Message, Variant

from tests.bluez.names import ADAPTER, DEVICE, FAILED, IN_PROGRESS, MONITORS, NOT_READY
from tests.bluez.object_tree import ObjectTree
from tests.bluez.room import Adapter, Device, Room
from tests.bluez.shown import Properties, adapter_objects, data_properties, device_objects, device_path


class Discovery:
    """The adapters of a room, as objects of a tree."""

    def __init__(self, room: Room, tree: ObjectTree) -> None:
        self._room = room
        self._tree = tree

    # --- what happens

    def show(self, adapter: Adapter, *, experimental: bool) -> None:
        """An adapter is plugged in."""
        self._tree.add(adapter.path, adapter_objects(adapter) | ({MONITORS: {}} if experimental else {}))

    def power(self, adapter: Adapter, on: bool) -> None:
        """The radio is switched on or off, as by rfkill."""
        adapter.discovering.clear()
        adapter.stale = adapter.kernel_scans = False
        adapter.is_deaf = adapter.is_deaf and adapter.for_good
        self._tree.change(adapter.path, ADAPTER, Powered=Variant("b", on))
        self._discovery_ended(adapter)

    def hear(self, device: Device, data: bytes, rssi: int) -> None:
        """A report comes in from each adapter that scans."""
        for adapter in self._room.adapters.values():
            if adapter.hears and not adapter.leaves_out(device.address):
                self._hear(adapter, _as_known_to(adapter, device), data, rssi)

    def show_device(self, adapter: Adapter, device: Device) -> None:
        """It was heard once."""
        self._tree.add(device_path(adapter, device.address), device_objects(adapter, device, device.data, -60))

    def _hear(self, adapter: Adapter, device: Device, data: bytes, rssi: int) -> None:
        path = device_path(adapter, device.address)
        if path not in self._tree.objects:
            device.data = data
            self._tree.add(path, device_objects(adapter, device, data, rssi))
            return
        changed: Properties = {"RSSI": Variant("n", rssi)}
        if data != device.data or adapter.tells_repeats:
            device.data = data
            told = data_properties(data)
            changed |= told if adapter.tells_repeats else _together(self._tree.objects[path][DEVICE], told)
        self._tree.change(path, DEVICE, **changed)

    def client_left(self, name: str) -> None:
        """A program left the bus: it scans no more."""
        for adapter in self._room.adapters.values():
            adapter.filters.pop(name, None)
            if adapter.discovering.pop(name, None) is not None:
                self._discovery_ended(adapter)

    def end(self, adapter: Adapter) -> None:
        """The kernel ends all scans, for whatever reason."""
        adapter.discovering.clear()
        self._discovery_ended(adapter)

    def _discovery_ended(self, adapter: Adapter) -> None:
        if adapter.discovering or adapter.path not in self._tree.objects:
            return
        for path, interfaces in self._tree.objects.items():
            if DEVICE in interfaces and path.startswith(f"{adapter.path}/"):
                self._tree.invalidate(path, DEVICE, "RSSI")
        self._tree.change(adapter.path, ADAPTER, Discovering=Variant("b", False))

    # --- methods

    async def set_filter(self, call: Message) -> None:
        """SetDiscoveryFilter."""
        self._adapter(call).filters[call.sender or ""] = call.body[0]

    async def start(self, call: Message) -> None:
        """StartDiscovery."""
        adapter = self._adapter(call)
        sender = call.sender or ""
        if sender in adapter.discovering or adapter.kernel_scans:
            raise DBusError(IN_PROGRESS, "Operation already in progress")
        adapter.discovering[sender] = adapter.filters.get(sender, {})
        adapter.told.clear()
        self._tree.change(adapter.path, ADAPTER, Discovering=Variant("b", True))

    async def stop(self, call: Message) -> None:
        """StopDiscovery."""
        adapter = self._adapter(call)
        if adapter.discovering.pop(call.sender or "", None) is None:
            raise DBusError(FAILED, "No discovery started")
        adapter.stale = adapter.rejects_stop > 0
        if adapter.stale:
            adapter.rejects_stop -= 1
            raise DBusError(IN_PROGRESS, "Operation already in progress")
        self._discovery_ended(adapter)

    async def register_monitor(self, call: Message) -> None:
        """RegisterMonitor."""
        self._adapter(call).monitors.add(call.body[0])

    async def unregister_monitor(self, call: Message) -> None:
        """UnregisterMonitor."""
        self._adapter(call).monitors.discard(call.body[0])

    def _adapter(self, call: Message) -> Adapter:
        adapter = next(one for one in self._room.adapters.values() if one.path == call.path)
        if not self._tree.objects[adapter.path][ADAPTER]["Powered"].value and call.member != "SetDiscoveryFilter":
            raise DBusError(NOT_READY, "Resource Not Ready")
        return adapter


def _as_known_to(adapter: Adapter, device: Device) -> Device:
    """Who is bonded is known by its identity, whatever its address is now; to others it is somebody else each time."""
    return Device(device.private) if device.private and device.address not in adapter.bonds else device


def _together(before: Properties, now: Properties) -> Properties:
    """What is new, with what the device said of other services and companies earlier."""
    return {
        name: Variant(value.signature, before[name].value | value.value)
        if name in ("ServiceData", "ManufacturerData") and name in before
        else value
        for name, value in now.items()
    }
