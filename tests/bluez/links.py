"""Device1 and GattCharacteristic1: connecting, reading, writing, notifying, and links that are lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from dbus_fast import DBusError, Message, Variant

from tests.bluez.names import ADAPTER, CHARACTERISTIC, DEVICE, DOES_NOT_EXIST, NO_KEY, NOT_CONNECTED, NOT_READY, NOT_SUPPORTED
from tests.bluez.object_tree import ObjectTree
from tests.bluez.pairing import Pairing
from tests.bluez.room import Adapter, Characteristic, Device, Room
from tests.bluez.shown import device_path, gatt_objects

LATE_S = 0.1  # services that come after ServicesResolved
ATT_PATIENCE_S = 30.0  # BlueZ's own, with a device that does not answer (GATT: a transaction times out after 30 s)


class Links:
    """The connections of a room's devices, as objects of a tree. `died`: bluetoothd is killed by the kernel."""

    def __init__(self, room: Room, tree: ObjectTree, pairing: Pairing, died: Callable[[], None]) -> None:
        self.att_patience_s = ATT_PATIENCE_S
        self._room = room
        self._pairing = pairing
        self._died = died
        self._tree = tree
        self._notifying: dict[tuple[str, str], tuple[str, str]] = {}  # address and UUID -> path, and who asked for it

    # --- what happens

    def notify(self, address: str, uuid: str, value: bytes) -> bool:
        """A device notifies or indicates; False: nobody has subscribed."""
        path, _ = self._notifying.get((address, uuid), ("", ""))
        if path:
            self._tree.change(path, CHARACTERISTIC, Value=Variant("ay", value))
        return bool(path)

    def drop(self, address: str) -> None:
        """A connection is lost."""
        device = self._room.devices[address]
        if not device.connected:
            return
        self.forget(device)
        for adapter in self._room.adapters.values():
            path = device_path(adapter, address)
            self._tree.change(path, DEVICE, ServicesResolved=Variant("b", False), Connected=Variant("b", False))
            for service in [one for one in self._tree.objects if one.startswith(f"{path}/service") and one.count("/") == 5]:
                self._tree.remove(service)

    def forget(self, device: Device) -> None:
        """bluetoothd knows nothing of a connection any more, and tells nobody so."""
        device.connected = device.discovered = False
        self._notifying = {key: asked for key, asked in self._notifying.items() if key[0] != device.address}

    async def client_left(self, name: str) -> None:
        """A program left the bus: what it asked to be told it is told no more; the links stand."""
        for (address, uuid), (path, sender) in tuple(self._notifying.items()):
            device = self._room.devices[address]
            if sender != name:
                continue
            self._notifying.pop((address, uuid), None)
            self._tree.change(path, CHARACTERISTIC, Notifying=Variant("b", False))
            if device.peer is not None:
                with suppress(DBusError):  # its link ended meanwhile
                    await device.peer.notifies(device.characteristic(uuid), False)

    def stand(self, device: Device, adapter: Adapter) -> None:
        """A link stands, and the services are known."""
        path = device_path(adapter, device.address)
        device.connected = True
        self._tree.change(path, DEVICE, Connected=Variant("b", True))
        self._show_services(device, path)
        self._resolved(device, path)

    # --- methods

    async def connect(self, call: Message) -> None:
        """Connect."""
        path = call.path or ""
        device = self._device(path)
        if not self._tree.objects[path.rsplit("/", 1)[0]][ADAPTER]["Powered"].value:
            raise DBusError(NOT_READY, "Resource Not Ready")
        await asyncio.sleep(device.connect_s)
        if device.connect_error is not None:
            raise DBusError(*device.connect_error)
        if device.peer is not None:
            device.services = {uuid: list(each) for uuid, each in (await device.peer.connect()).items()}
        if device.kills:
            self._died()
            return
        device.connected = True
        self._tree.change(path, DEVICE, Connected=Variant("b", True))
        if device.hangs_up_without_key and self._pairing.is_half_lost(self._adapter(path), device):
            self.drop(device.address)
            self._tree.tell(path, DEVICE, "Disconnected", "ss", [NO_KEY, "Connection terminated due to authentication failure"])
            return
        if not device.answers:
            asyncio.get_running_loop().call_later(self.att_patience_s, self._resolved, device, path)
            return
        if device.resolved_early:
            asyncio.get_running_loop().call_later(LATE_S, self._show_services, device, path)
        else:
            self._show_services(device, path)
        self._resolved(device, path)

    def _resolved(self, device: Device, path: str) -> None:
        if device.connected:
            device.discovered = True
            self._tree.change(path, DEVICE, ServicesResolved=Variant("b", True))

    async def disconnect(self, call: Message) -> None:
        """Disconnect."""
        device = self._device(call.path or "")
        if not device.connected:
            raise DBusError(NOT_CONNECTED, "Not Connected")
        if not device.discovered:
            self._died()  # a BUG of the kernel (6.1, hci_chan_del), seen in 3 of 3
        if device.peer is not None:
            await device.peer.hang_up()
        self.drop(device.address)

    async def read(self, call: Message) -> bytes:
        """ReadValue."""
        characteristic = self._characteristic(call)
        if characteristic.read_error is not None:
            raise DBusError(*characteristic.read_error)
        await self._open(call, characteristic)
        peer = self._device(call.path or "").peer
        return await peer.read(characteristic) if peer else characteristic.value

    async def write(self, call: Message) -> None:
        """WriteValue."""
        value, options = call.body
        characteristic, peer = self._characteristic(call), self._device(call.path or "").peer
        await self._open(call, characteristic)
        characteristic.written.append(bytes(value))
        if peer is not None:
            command = "type" in options and options["type"].value == "command"
            await peer.write(characteristic, bytes(value), response=not command)

    async def start_notify(self, call: Message) -> None:
        """StartNotify: of notifications or indications, whichever there are."""
        path = call.path or ""
        characteristic = self._characteristic(call)
        if not {"notify", "indicate"} & set(characteristic.flags):
            raise DBusError(NOT_SUPPORTED, "Operation is not supported")
        if characteristic.subscribe_error is not None:
            raise DBusError(*characteristic.subscribe_error)
        await self._open(call, characteristic)
        device = self._device(path)
        self._tree.change(path, CHARACTERISTIC, Notifying=Variant("b", True))
        self._notifying[device.address, characteristic.uuid] = path, call.sender or ""
        if device.peer is not None:
            await device.peer.notifies(characteristic, True)

    async def stop_notify(self, call: Message) -> None:
        """StopNotify."""
        device, characteristic = self._device(call.path or ""), self._characteristic(call)
        self._tree.change(call.path or "", CHARACTERISTIC, Notifying=Variant("b", False))
        self._notifying.pop((device.address, characteristic.uuid), None)
        if device.peer is not None:
            await device.peer.notifies(characteristic, False)

    async def _open(self, call: Message, characteristic: Characteristic) -> None:
        """What needs a bond is had with one, and bluetoothd pairs by itself where there is none."""
        if characteristic.bonded_only:
            path = "/".join((call.path or "").split("/")[:5])
            await self._pairing.secure(self._adapter(path), self._device(path), path)
            self._characteristic(call)

    async def remove(self, call: Message) -> None:
        """RemoveDevice: its link ends, and its bond is forgotten with it."""
        path = call.body[0]
        if path not in self._tree.objects:
            raise DBusError(DOES_NOT_EXIST, "Does Not Exist")
        self._adapter(path).bonds.discard(self._device(path).address)
        self.drop(self._device(path).address)
        self._tree.remove(path)

    def _adapter(self, path: str) -> Adapter:
        return next(one for one in self._room.adapters.values() if path.startswith(f"{one.path}/"))

    def _device(self, path: str) -> Device:
        return self._room.devices["/".join(path.split("/")[:5])[-17:].replace("_", ":")]

    def _characteristic(self, call: Message) -> Characteristic:
        device = self._device(call.path or "")
        if not device.connected:
            raise DBusError(NOT_CONNECTED, "Not Connected")
        device_at = "/".join((call.path or "").split("/")[:5])
        return next(each for path, _, each in gatt_objects(device, device_at) if path == call.path and each is not None)

    def _show_services(self, device: Device, path: str) -> None:
        if device.connected:
            for each, interfaces, _ in gatt_objects(device, path):
                self._tree.add(each, interfaces)
