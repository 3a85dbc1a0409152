"""A virtual Bluetooth adapter on the air: hears advertisements, holds a few connections, fails on command.

Advertisements come straight from the air. Connections are Bumble's: host, controller, L2CAP, ATT and pairing are real.
"""
# mypy: disable-error-code="explicit-override"
# (what is overridden is Bumble's; typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDeviceNotFoundError,
    BleakError,
)
from bumble import core, hci
from bumble.controller import Controller
from bumble.device import Connection, Device
from bumble.host import Host
from bumble.pairing import PairingConfig
from bumble.transport.common import AsyncPipeSink

from fake_devices.ble_link.advertising_data import Advert
from fake_devices.ble_link.air import Air, Listener

OWN_ADDRESS = "F0:00:00:00:00:01"
ATTEMPT_S = 2.0  # a band that was heard and does not let itself be connected is listened for anew


class CentralController(Controller):
    """Bumble's controller, which by itself does not end a pending connection attempt when it is cancelled."""

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Ends the attempt, and says so to the host as Core Specification Vol 4, Part E, 7.8.13 wants it."""
        if self.pending_le_connection is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        peer, self.pending_le_connection = self.pending_le_connection.peer_address, None
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=peer.address_type,
                peer_address=peer,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


class Adapter:
    """One adapter, with verbs for what adapters do wrong. Open it with `opened_adapter`."""

    def __init__(self, air: Air) -> None:
        self.air = air
        self.name = "hci0"
        self.slots = 5  # connections at once
        self.scan_gap_s = 0.0  # how deaf a connect makes the scan; radios differ
        self.agent = True  # somebody says yes to pairing; bleak brings nobody
        self.powered = True
        self._deaf_until = 0.0
        self._connecting = 0
        self._one_at_a_time = asyncio.Lock()  # a controller has one LE Create Connection at a time
        self._controller = CentralController(self.name, link=air)
        air.add_central(self._controller)
        host = Host(self._controller, AsyncPipeSink(self._controller))
        self.device = Device(self.name, hci.Address(OWN_ADDRESS), host=host)
        self.device.pairing_config_factory = lambda _: PairingConfig(sc=True, mitm=False, bonding=True)

    # --- verbs

    def recover(self) -> None:
        """As after a power cycle."""
        self.powered = True

    async def unplug(self) -> None:
        """The adapter is gone: connections end, everything fails until `recover`."""
        self.powered = False
        for connection in tuple(self.device.connections.values()):
            await connection.disconnect()

    # --- what the bleak backends need

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hears advertisements until the returned function is called."""
        self.must_be_powered()
        return self.air.listen(lambda advert: self._hear(advert, listener))

    async def connect(self, address: str) -> Connection:
        """Waits for the band to advertise, however long, then connects to it. Raises BleakError when no slot is free."""
        self.must_be_powered()
        if len(self.device.connections) + self._connecting >= self.slots:
            raise BleakError("le-connection-abort-by-local: no free connection")
        self._connecting += 1
        try:
            return await self._connect(address)
        finally:
            self._connecting -= 1

    async def find(self, address: str, timeout_s: float) -> None:
        """Raises, as bleak does, when the address is not heard in time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._heard(address)
        except TimeoutError:
            raise BleakDeviceNotFoundError(address, f"Device with address {address} was not found.") from None

    def must_be_powered(self) -> None:
        """Raises what bleak raises without an adapter."""
        if not self.powered:
            reason = BleakBluetoothNotAvailableReason.NO_BLUETOOTH
            raise BleakBluetoothNotAvailableError(f"adapter '{self.name}' not found", reason)

    # --- parts

    def _hear(self, advert: Advert, listener: Listener) -> None:
        if self.powered and asyncio.get_running_loop().time() >= self._deaf_until:
            listener(advert)

    async def _connect(self, address: str) -> Connection:
        while True:
            await self._heard(address)
            async with self._one_at_a_time:
                self._deaf_until = asyncio.get_running_loop().time() + self.scan_gap_s
                try:
                    # the air shows the controller the next advertisement, and with it the connection is made
                    return await self.device.connect_le(hci.Address(address), timeout=ATTEMPT_S)
                except core.TimeoutError:
                    continue

    async def _heard(self, address: str) -> None:
        """Returns when the band advertises connectably."""
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def listener(advert: Advert) -> None:
            if advert.address == address and advert.connectable and not heard.done():
                heard.set_result(None)

        self.must_be_powered()
        stop = self.air.listen(listener)  # a gap in the scan does not keep it from connecting
        try:
            await heard
        finally:
            stop()


@asynccontextmanager
async def opened_adapter(air: Air) -> AsyncIterator[Adapter]:
    """An adapter that is powered on; leaving ends its connections."""
    adapter = Adapter(air)
    await adapter.device.power_on()
    try:
        yield adapter
    finally:
        await adapter.unplug()
        await adapter.device.power_off()
