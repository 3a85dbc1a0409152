"""The links of a fake relay with virtual bands: what its radio does for one caller, and what it says of that.

As ESPHome does it: the services are told piece by piece, and a band notifies once its configuration descriptor was written,
which the caller has to do itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from bleak import BleakClient
from bleak.exc import BleakError

from fake_devices.ble_link.adapter import Adapter
from fake_devices.ble_link.backends import backends

PROPERTIES = ("broadcast", "read", "write-without-response", "write", "notify", "indicate")
CONFIGURATION = "00002902-0000-1000-8000-00805f9b34fb"
CONNECT_S = 10.0
FAILED = 0x85  # GATT_ERROR, as an ESP32 says it of nearly everything
LOW = (1 << 64) - 1


class RelayLinks:
    """`tells(kind, **fields)`: says something to the caller."""

    def __init__(self, adapter: Adapter, slots: int, tells: Callable[..., None], ends_services: Callable[[], bool]) -> None:
        self._client, self._slots, self._tells = backends(adapter).client, slots, tells
        self._ends_services = ends_services
        self._links: dict[int, BleakClient] = {}
        self._wanted: set[tuple[int, int]] = set()  # characteristics whose notifications the caller has asked for

    @property
    def addresses(self) -> list[int]:
        """Of those that are connected."""
        return list(self._links)

    def tells_free(self) -> None:
        """How many slots are free."""
        free = self._slots - len(self._links)
        self._tells("BluetoothConnectionsFreeResponse", free=free, limit=self._slots, allocated=self.addresses)

    async def connects(self, address: int) -> None:
        """To a band that advertises."""
        if len(self._links) >= self._slots:
            self._tells("BluetoothDeviceConnectionResponse", address=address, connected=False, error=FAILED)
            return
        client = BleakClient(
            address.to_bytes(6, "big").hex(":").upper(),
            lambda _: self._gone(address),
            timeout=CONNECT_S,
            backend=self._client,
        )
        self._links[address] = client
        try:
            await client.connect()
        except (BleakError, TimeoutError):
            self._gone(address)
            return
        self._tells("BluetoothDeviceConnectionResponse", address=address, connected=True, mtu=client.mtu_size)
        self.tells_free()

    async def disconnects(self, address: int) -> None:
        """The caller is done with it."""
        client = self._links.pop(address, None)
        if client:
            await client.disconnect()
        self._tells("BluetoothDeviceConnectionResponse", address=address, connected=False)
        self.tells_free()

    async def tells_services(self, address: int) -> None:
        """A message for each, and one that there are no more."""
        if address not in self._links:
            self._fails(address, 0)
            return
        for service in self._links[address].services:
            told = {**_uuid(service.uuid), "handle": service.handle, "characteristics": _of(service)}
            self._tells("BluetoothGATTGetServicesResponse", address=address, services=[told])
        if self._ends_services():
            self._tells("BluetoothGATTGetServicesDoneResponse", address=address)

    async def reads(self, address: int, handle: int) -> None:
        """A characteristic."""
        try:
            data = bytes(await self._links[address].read_gatt_char(handle))
        except (BleakError, KeyError):
            self._fails(address, handle)
        else:
            self._tells("BluetoothGATTReadResponse", address=address, handle=handle, data=data)

    async def writes(self, address: int, handle: int, data: bytes, response: bool) -> None:
        """A characteristic."""
        try:
            await self._links[address].write_gatt_char(handle, data, response=response)
        except (BleakError, KeyError):
            self._fails(address, handle)
        else:
            if response:
                self._tells("BluetoothGATTWriteResponse", address=address, handle=handle)

    async def configures(self, address: int, handle: int) -> None:
        """A descriptor is written: the band notifies from now on, where the caller has asked for it."""
        try:
            for service in self._links[address].services:
                for one in service.characteristics:
                    if any(each.handle == handle for each in one.descriptors) and (address, one.handle) in self._wanted:
                        await self._subscribes(address, one.handle)
        except (BleakError, KeyError):  # the band went meanwhile
            self._fails(address, handle)
        else:
            self._tells("BluetoothGATTWriteResponse", address=address, handle=handle)

    def wants(self, address: int, handle: int) -> None:
        """The caller asks for its notifications."""
        self._wanted.add((address, handle))
        self._tells("BluetoothGATTNotifyResponse", address=address, handle=handle)

    async def end(self) -> None:
        """The caller is gone."""
        for address in self.addresses:
            await self.disconnects(address)

    async def _subscribes(self, address: int, handle: int) -> None:
        def notified(_of: object, value: bytearray) -> None:
            self._tells("BluetoothGATTNotifyDataResponse", address=address, handle=handle, data=bytes(value))

        await self._links[address].start_notify(handle, notified)

    def _fails(self, address: int, handle: int) -> None:
        self._tells("BluetoothGATTErrorResponse", address=address, handle=handle, error=FAILED)

    def _gone(self, address: int) -> None:
        if self._links.pop(address, None):
            self._tells("BluetoothDeviceConnectionResponse", address=address, connected=False)
            self.tells_free()


def _of(service: Any) -> list[dict[str, object]]:
    return [
        {
            **_uuid(one.uuid),
            "handle": one.handle,
            "properties": sum(1 << PROPERTIES.index(each) for each in one.properties if each in PROPERTIES),
            "descriptors": [{**_uuid(each.uuid), "handle": each.handle} for each in one.descriptors],
        }
        for one in service.characteristics
    ]


def _uuid(spelled: str) -> dict[str, object]:
    whole = uuid.UUID(spelled).int
    return {"uuid": [whole >> 64, whole & LOW]}
