"""The virtual bands of `fake_devices` in the room of bluetoothd's stand-in: heard, and really connected to.

The gateway speaks D-Bus with the stand-in as with bluetoothd; behind a device stands a band on the virtual BLE link, with GATT,
connections and moods of its own. So bands of every kind meet a gateway that is a process of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakError
from dbus_fast import DBusError

from fake_devices.ble_link.adapter import Adapter, opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.ble_link.backends import backends
from fake_devices.ble_link.client import VirtualClient
from tests.bluez.bands import room_heard_by
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.names import FAILED, NOT_CONNECTED
from tests.bluez.room import Characteristic, Device

CONNECT_S = 30.0  # bluetoothd awaits the next advertisement, up to 10 s, the kernel the link, up to 20 s


@dataclass
class PeerCharacteristic(Characteristic):
    """One of a band; `of`: as the link knows it."""

    of: BleakGATTCharacteristic | None = None


class VirtualPeer:
    """One band, seen from bluetoothd. `lost`: its link has ended, whoever ended it."""

    def __init__(self, adapter: Adapter, bluez: FakeBluez, address: str) -> None:
        self._adapter, self._bluez, self._address = adapter, bluez, address
        self._client: VirtualClient | None = None

    async def connect(self) -> Mapping[str, Sequence[Characteristic]]:
        """A link as a Peer has it; where bluetoothd holds one that nobody asks for any more, that one."""
        if self._client is None:
            client_type = backends(self._adapter).client
            client = client_type(self._address, disconnected_callback=self._lost, timeout=CONNECT_S, bluez={})
            assert isinstance(client, VirtualClient)
            with _errors_of_bluez():
                await client.connect(pair=False)
            self._client = client
        services = self._client.services or ()
        return {service.uuid: [_shown(each) for each in service.characteristics] for service in services}

    async def hang_up(self) -> None:
        """Ends the link."""
        if self._client is not None:
            with suppress(BleakError):
                await self._client.disconnect()

    async def read(self, characteristic: Characteristic) -> bytes:
        """The value now."""
        client, of = self._linked(characteristic)
        with _errors_of_bluez():
            return bytes(await client.read_gatt_char(of))

    async def write(self, characteristic: Characteristic, value: bytes, *, response: bool) -> None:
        """Takes a value."""
        client, of = self._linked(characteristic)
        with _errors_of_bluez():
            await client.write_gatt_char(of, value, response)

    async def notifies(self, characteristic: Characteristic, on: bool) -> None:
        """Begins or ends to notify."""
        client, of = self._linked(characteristic)
        with _errors_of_bluez():
            if on:
                await client.start_notify(of, lambda value: self._told(characteristic.uuid, bytes(value)))
            else:
                await client.stop_notify(of)

    def _linked(self, characteristic: Characteristic) -> tuple[VirtualClient, BleakGATTCharacteristic]:
        if self._client is None or not isinstance(characteristic, PeerCharacteristic) or characteristic.of is None:
            raise DBusError(NOT_CONNECTED, "Not Connected")
        return self._client, characteristic.of

    def _told(self, uuid: str, value: bytes) -> None:
        self._bluez.notify(self._address, uuid, value)

    def _lost(self) -> None:
        self._client = None
        self._bluez.drop(self._address)


class VirtualRoom:
    """An air that this bluetoothd hears, and one adapter in it. `add` a band before it is switched on."""

    def __init__(self, bluez: FakeBluez, air: Air, adapter: Adapter) -> None:
        self.bluez, self.air, self.adapter = bluez, air, adapter

    @property
    def scans(self) -> bool:
        """Whether somebody hears what is advertised."""
        with suppress(KeyError):  # it is pulled out
            return self.bluez.adapter().hears
        return False

    def add(self, address: str) -> None:
        """A band that can be connected to."""
        self.bluez.add_device(Device(address, peer=VirtualPeer(self.adapter, self.bluez, address)))

    async def adapter_vanishes(self) -> None:
        """It is pulled out of the machine, with all its links."""
        self.bluez.remove_adapter()
        await self.adapter.unplug()

    def adapter_comes_back(self) -> None:
        """It is plugged in again."""
        self.adapter.recover()
        self.bluez.add_adapter()

    async def bluetoothd_dies(self) -> None:
        """It is killed, and its links with it; systemd starts it again."""
        await self.bluez.crash()
        await self.bluez.start()


@contextmanager
def _errors_of_bluez() -> Iterator[None]:
    """What bleak raises becomes what bluetoothd answers."""
    try:
        yield
    except (BleakError, TimeoutError) as error:
        raise DBusError(FAILED, str(error)) from error


def _shown(of: BleakGATTCharacteristic) -> PeerCharacteristic:
    return PeerCharacteristic(of.uuid, list(of.properties), of=of)


@asynccontextmanager
async def virtual_room(bluez: FakeBluez) -> AsyncIterator[VirtualRoom]:
    """The air of this bluetoothd."""
    air = room_heard_by(bluez)
    async with opened_adapter(air) as adapter:
        yield VirtualRoom(bluez, air, adapter)
