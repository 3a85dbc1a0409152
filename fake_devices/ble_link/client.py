"""bleak's client on a virtual adapter: `BleakClient(..., backend=...)` connects to the virtual bands.

Errors are those of bleak's BlueZ backend, where it has them: what bluetoothd 5.66 does was measured, and is done here.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden are bleak's abstract methods, and Bumble's; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, TypeVar, cast

from bleak.args import SizedBuffer
from bleak.args.bluez import BlueZClientArgs
from bleak.assigned_numbers import CHARACTERISTIC_PROPERTIES, CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDBusError, BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bumble import att, core
from bumble.core import UUID
from bumble.device import Connection, Peer
from bumble.gatt_client import CharacteristicProxy, Client, DescriptorProxy, ServiceProxy

from fake_devices.ble_link import advertising_data
from fake_devices.ble_link.adapter import Adapter
from fake_devices.ble_link.exchange import answered
from fake_devices.ble_link.scanner import pick

T = TypeVar("T")
WANTED_MTU = 517  # what BlueZ asks for
HIDDEN_SERVICES = {"00001800-0000-1000-8000-00805f9b34fb"}  # Generic Access: BlueZ keeps it to itself


class ForgivingClient(Client):
    """Bumble's GATT client, which by itself fails at the answer to a request that was cancelled a moment before."""

    def on_gatt_pdu(self, att_pdu: att.ATT_PDU) -> None:
        """What the band sends."""
        too_late = self.pending_response is not None and self.pending_response.done()
        if not (too_late and att_pdu.op_code in att.ATT_RESPONSES):
            super().on_gatt_pdu(att_pdu)


class VirtualClient(BaseBleakClient):
    """A connection through the adapter to a virtual band."""

    adapters: ClassVar[dict[str, Adapter]]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        services: set[str] | None = None,
        disconnected_callback: Callable[[], None] | None = None,
        timeout: float = 30.0,
        bluez: BlueZClientArgs,
        **_of_other_platforms: Any,
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        device = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._known = device is not None
        self._name = device.name if device else None
        heard_by = device.details.get("adapter") if device and device.details else None
        self.adapter = pick(self.adapters, heard_by or bluez.get("adapter"))
        self._wanted = services
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._att_dead = False
        self._subscribers: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        """The advertised name, or the address with dashes."""
        return self._name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """The MTU both sides agreed on."""
        return self._connection.att_mtu if self._connection else att.ATT_DEFAULT_MTU

    @property
    def is_connected(self) -> bool:
        """True from `connect` until either side ends the connection."""
        return self._connection is not None

    # --- connection

    async def connect(self, pair: bool, **_kwargs: Any) -> None:
        """Connects, pairs when asked to, finds the services; all of it within the timeout."""
        if self.is_connected:
            raise BleakError("Client is already connected")
        if not self._known:
            await self.adapter.find(self.address, self._timeout)
        try:
            async with asyncio.timeout(self._timeout):
                self._attach(await self.adapter.connect(self.address))
                if pair:
                    await self.pair()
                await self._find_services_or_none()
        except BaseException:
            await self._leave()
            raise

    async def disconnect(self) -> None:
        """Ends the connection; the callback is called for it too, as in the BlueZ backend."""
        if self._connection is not None:
            await self._connection.disconnect()

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        """Pairs with "just works"; the link is encrypted afterwards."""
        connection = self._must_be_connected()
        if not self.adapter.agent:
            raise BleakDBusError("org.bluez.Error.AuthenticationFailed", ["Authentication Failed"])
        try:
            await self._ask(connection.pair())
        except core.ProtocolError as error:
            raise BleakDBusError("org.bluez.Error.AuthenticationFailed", [str(error)]) from error

    async def unpair(self) -> None:
        """Bonds end with the process, so this only disconnects."""
        await self.disconnect()

    def _attach(self, connection: Connection) -> None:
        self._connection = connection
        connection.gatt_client = ForgivingClient(connection)
        self._peer = Peer(connection)
        self._att_dead = False
        connection.on(connection.EVENT_DISCONNECTION, self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self.services = None
        self._subscribers.clear()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _leave(self) -> None:
        if self._connection is not None:
            self._disconnected_callback = None  # it never was connected for the caller
            await asyncio.shield(self._connection.disconnect())

    def _must_be_connected(self) -> Connection:
        if self._connection is None:
            raise BleakError("Not connected")
        return self._connection

    # --- services

    async def _find_services_or_none(self) -> None:
        """A band that answers nothing is connected after ATT's 30 s all the same, without services: so does BlueZ."""
        try:
            await self._ask(self._find_services())
        except BleakGATTProtocolError:
            if not self._att_dead:
                raise
            self.services = BleakGATTServiceCollection()

    async def _find_services(self) -> None:
        peer = self._must_have_peer()
        await peer.request_mtu(WANTED_MTU)
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            if not self._is_wanted(_spelled(service.uuid)):
                continue
            await peer.discover_characteristics(service=service)
            for characteristic in service.characteristics:
                await peer.discover_descriptors(characteristic)
            self._add(found, service)
        self.services = found

    def _is_wanted(self, uuid: str) -> bool:
        return uuid not in HIDDEN_SERVICES and (self._wanted is None or uuid in self._wanted)

    def _add(self, found: BleakGATTServiceCollection, proxy: ServiceProxy) -> None:
        service = BleakGATTService(proxy, proxy.handle, _spelled(proxy.uuid))
        found.add_service(service)
        for each in proxy.characteristics:
            characteristic = BleakGATTCharacteristic(
                each, each.handle, _spelled(each.uuid), _properties(each), lambda: self.mtu_size - 3, service
            )
            found.add_characteristic(characteristic)
            for descriptor in each.descriptors:
                found.add_descriptor(
                    BleakGATTDescriptor(descriptor, descriptor.handle, _spelled(descriptor.type), characteristic)
                )

    def _must_have_peer(self) -> Peer:
        self._must_be_connected()
        if self._att_dead or self._peer is None:
            raise BleakDBusError("org.bluez.Error.Failed", ["Not connected"])
        return self._peer

    # --- reading, writing, subscribing

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_kwargs: Any) -> bytearray:
        """Reads, long values too."""
        return await self._read(cast("CharacteristicProxy[bytes]", characteristic.obj))

    async def read_gatt_descriptor(self, descriptor: BleakGATTDescriptor, **_kwargs: Any) -> bytearray:
        """Reads a descriptor."""
        return await self._read(cast("DescriptorProxy", descriptor.obj))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        """Writes with or without a response."""
        await self._write(cast("CharacteristicProxy[bytes]", characteristic.obj), data, response)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        """Writes a descriptor."""
        await self._write(cast("DescriptorProxy", descriptor.obj), data, True)

    async def _read(self, attribute: CharacteristicProxy[bytes] | DescriptorProxy) -> bytearray:
        return bytearray(await self._ask(self._must_have_peer().read_value(attribute)))

    async def _write(self, attribute: CharacteristicProxy[bytes] | DescriptorProxy, data: SizedBuffer, response: bool) -> None:
        await self._ask(self._must_have_peer().write_value(attribute, bytes(data), response))

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_kwargs: Any) -> None:
        """Subscribes; notifications are preferred over indications."""
        if characteristic.handle in self._subscribers:
            raise BleakError("Characteristic notifications already started")
        if not {"notify", "indicate"} & set(characteristic.properties):
            raise BleakError(f"characteristic {characteristic.uuid} does not notify")

        def subscriber(value: bytes) -> None:
            callback(bytearray(value))

        self._subscribers[characteristic.handle] = subscriber
        try:
            await self._ask(self._must_have_peer().subscribe(characteristic.obj, subscriber))
        except BaseException:
            self._subscribers.pop(characteristic.handle, None)
            raise

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Ends a subscription."""
        subscriber = self._subscribers.pop(characteristic.handle, None)
        if subscriber is not None:
            await self._ask(self._must_have_peer().unsubscribe(characteristic.obj, subscriber))

    async def _ask(self, exchange: Awaitable[T]) -> T:
        """Awaits an exchange with the band; what Bumble raises becomes what bleak's callers know."""
        try:
            return await answered(exchange)
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except core.TimeoutError as error:
            # as with BlueZ: the link stays up, this request fails, and no other will ever be answered
            self._att_dead = True
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.UNLIKELY_ERROR) from error
        except asyncio.CancelledError:
            # Bumble cancels the waiting future when the link drops: that is not a cancelled task
            task = asyncio.current_task()
            if self.is_connected or (task is not None and task.cancelling()):
                raise
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.UNLIKELY_ERROR) from None


def _spelled(uuid: UUID) -> str:
    return advertising_data.spelled_uuid(uuid.to_bytes())


def _properties(proxy: CharacteristicProxy[bytes]) -> list[CharacteristicPropertyName]:
    return [name for flag, name in CHARACTERISTIC_PROPERTIES.items() if proxy.properties & flag]
