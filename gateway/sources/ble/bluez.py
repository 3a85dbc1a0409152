"""bleak, which no other file speaks with: scanning, connecting, GATT, each step with a deadline, each error as one of ours.

What bleak 3.1 does on BlueZ decided this file (measured with bluetoothd 5.66):
- a scan may go deaf without an error, and then its stop fails: stopping is best effort;
- a time-out cancels bleak, which then cleans up with awaits of its own, and those may hang too: hence a second deadline;
- a device must have been heard by this adapter lately to be connected to, else bleak would begin a scan of its own;
- a signal strength of -127 is a property taken away, and no advertisement.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Literal, NamedTuple, cast

import structlog
from bleak import BleakClient, BleakScanner
from bleak.args.bluez import BlueZScannerArgs, OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from drivers.driver import Advertisement, Services
from gateway.awake import awake_timeout
from gateway.errors import SourceLost
from gateway.sources.ble.advertising_data import advertising_data
from gateway.sources.ble.backends import Backends
from gateway.sources.ble.bleak_errors import NOT_PAIRED, word
from gateway.sources.ble.bleak_internals import forget_devices, known_devices
from gateway.sources.ble.carried import Carried, LastTold
from gateway.sources.recording import Recording

log = structlog.get_logger()

START_SCAN_S = 15
# BlueZ awaits the band's next advertisement, up to 10 s, the kernel the link, up to 20 s, and bluetoothd the band's answers
# while it discovers the services, up to 30 s. Whoever hangs up before has the kernel (6.1) kill bluetoothd, with all links.
CONNECT_S = 10 + 20 + 30 + 2
STEP_S = 5
PAIRING_S = 32  # a step that meets a band without a bond pairs first, for which the two have 30 s (volume 3, part H, 3.4)
LEAVE_S = 3  # to stop a scan or hang up; with the next one below the 10 s that stopping the daemon may take
CLEAN_UP_S = 3
NO_STRENGTH_DBM = -127
OF_MOST_BANDS = OrPattern(0, AdvertisementDataType.FLAGS, b"\x06")  # general discoverable, no Bluetooth Classic


class Heard(NamedTuple):
    """One advertisement, by which adapter, and what is needed to connect to its sender.

    `data`: all that BlueZ knows of the sender by now; `carried`: what of it came with this one.
    """

    adapter: str
    device: BLEDevice
    data: AdvertisementData
    carried: Carried

    @property
    def address(self) -> str:
        """As printed."""
        return self.device.address

    @property
    def advertisement(self) -> Advertisement:
        """As the drivers know it: what came with it, and who says so; nothing where it only was a sign of life."""
        if not any(self.carried):
            return self._with(b"")
        data, carried = self.data, self.carried
        service_data = data.service_data if carried.service_data else {}
        manufacturer_data = data.manufacturer_data if carried.manufacturer_data else {}
        return self._with(advertising_data(data.service_uuids, service_data, manufacturer_data, data.local_name))

    @property
    def everything(self) -> Advertisement:
        """With all that the sender said earlier: to tell who it is, not what it says."""
        data = self.data
        return self._with(advertising_data(data.service_uuids, data.service_data, data.manufacturer_data, data.local_name))

    @property
    def path(self) -> str:
        """What bluetoothd calls the sender on the D-Bus."""
        return str(self.data.platform_data[0])

    @property
    def bonded(self) -> bool:
        """Whether bluetoothd has a bond with the sender."""
        return bool(self.data.platform_data[1].get("Paired"))

    def _with(self, structures: bytes) -> Advertisement:
        return Advertisement(structures, self.address, self.data.rssi, self._address_type(), by=self.adapter)

    def _address_type(self) -> Literal["public", "random", ""]:
        properties = (self.device.details or {}).get("props", {})
        return cast("Literal['public', 'random', '']", properties.get("AddressType", ""))


class Radio:
    """bleak on any adapter, by its name: "hci0"."""

    def __init__(self, backends: Backends = Backends(), recording: Recording | None = None) -> None:  # noqa: B008 (immutable)
        self._backends = backends
        self._recording = recording

    @asynccontextmanager
    async def scanning(
        self,
        adapter: str,
        heard: Callable[[Heard], None],
        *,
        linked: Callable[[Heard], None] = lambda _: None,
        repeats: bool = False,
    ) -> AsyncIterator[bool]:
        """Scans as long as one is inside. `heard` must be quick. Raises SourceLost when the scan cannot start.

        `linked` is told of whom BlueZ is connected to as the scan begins: they do not advertise. `repeats`: the adapter shall
        tell them too, where it can be had; gives whether it does.

        DuplicateData makes BlueZ tell equal data again, and forget old service data when new comes
        (`device_set_service_data` in its src/device.c); what the adapter itself filters stays filtered.
        """

        def tell(device: BLEDevice, data: AdvertisementData) -> None:
            carried = told.carried(*data.platform_data)
            if data.rssi == NO_STRENGTH_DBM:
                return
            one = Heard(adapter, device, data, carried)
            if self._recording:
                self._recording.advertisement(adapter, one.advertisement)
            heard(one)

        options: BlueZScannerArgs = {"filters": {"DuplicateData": True}, "adapter": adapter}
        async with _monitor(adapter if repeats and not self._backends.scanner else None) as told_all:
            async with _limited(START_SCAN_S):
                known = {} if self._backends.scanner else await known_devices()
                told = LastTold(known)
                scanner = BleakScanner(tell, bluez=options, backend=self._backends.scanner)
                await scanner.start()
            try:
                for one in _linked(adapter, known):
                    linked(one)
                yield told_all
            finally:
                await _stop(scanner)

    @asynccontextmanager
    async def connected(self, heard: Heard, hung_up: Callable[[], None]) -> AsyncIterator[GattClient]:
        """A connection as long as one is inside. `hung_up` is called when it ends before. Raises SourceLost."""
        client = BleakClient(heard.device, lambda _: hung_up(), timeout=CONNECT_S, backend=self._backends.client)
        try:
            async with _limited(CONNECT_S):
                await client.connect()
                link = GattClient(client, self._recording)  # fails when it hung up already
            yield link
        finally:
            await _hang_up(client)

    async def forget_bond(self, heard: Heard) -> None:
        """bluetoothd forgets a band that is not connected, with its half of the bond. Raises SourceLost."""
        async with _limited(STEP_S):
            await BleakClient(heard.device, backend=self._backends.client).unpair()


class GattClient:
    """A band that is connected. A step that it refuses, or does not answer in time, gives False or None and no error.
    `wants_bond`: it refused one that only a bond opens."""

    def __init__(self, client: BleakClient, recording: Recording | None = None) -> None:
        self.wants_bond = False
        self._client = client
        self._value = partial(recording.value, client.address) if recording else None
        self.services = Services(
            {
                service.uuid: {each.uuid: frozenset(each.properties) for each in service.characteristics}
                for service in client.services
            }
        )

    async def subscribe(self, characteristic: str, service: str | None, on_value: Callable[[str, bytes], None]) -> bool:
        """Notifications or indications, whichever there are, go to `told` from now on."""
        found = self._find(characteristic, service)
        if found is None:
            return False

        def notified(_sender: BleakGATTCharacteristic, value: bytearray) -> None:
            if self._value:
                self._value(characteristic, bytes(value))
            on_value(characteristic, bytes(value))

        try:
            async with _limited(PAIRING_S):
                await self._client.start_notify(found, notified)
        except SourceLost as why:
            return self._refused("subscribe", characteristic, why)
        return True

    async def read(self, characteristic: str, service: str | None, limit_s: float) -> bytes | None:
        """A value."""
        found = self._find(characteristic, service)
        if found is None:
            return None
        try:
            async with _limited(min(limit_s, CONNECT_S)):
                value = bytes(await self._client.read_gatt_char(found))
        except SourceLost as why:
            self._refused("read", characteristic, why)
            return None
        if self._value:
            self._value(characteristic, value)
        return value

    async def write(self, characteristic: str, service: str | None, data: bytes, response: bool) -> bool:
        """Whether the band took it; without a response: whether it went out."""
        found = self._find(characteristic, service)
        if found is None:
            return False
        try:
            async with _limited(STEP_S):
                await self._client.write_gatt_char(found, data, response=response)
        except SourceLost as why:
            return self._refused("write", characteristic, why)
        return True

    def _find(self, characteristic: str, service: str | None) -> BleakGATTCharacteristic | None:
        if not self._client.is_connected:
            return None
        for each in self._client.services:
            if service in (None, each.uuid) and (found := each.get_characteristic(characteristic)):
                return found
        return None

    def _refused(self, step: str, characteristic: str, why: SourceLost) -> Literal[False]:
        self.wants_bond |= str(why) == NOT_PAIRED
        log.debug("step refused", device=self._client.address, step=step, of=characteristic, why=repr(why.__cause__))
        return False


async def forget_links() -> None:
    """bluetoothd was killed: no link stands that bleak believes in."""
    with suppress(SourceLost):  # it has no D-Bus, and begins anew by itself
        async with _limited(STEP_S):
            await forget_devices()


def _linked(adapter: str, known: Mapping[str, Mapping[str, Any]]) -> Iterator[Heard]:
    """Who is connected, as if it had been heard without a word."""
    for path, properties in known.items():
        if properties.get("Connected") and path.startswith(f"/org/bluez/{adapter}/"):
            device = BLEDevice(properties["Address"], None, {"path": path, "props": properties})
            data = AdvertisementData(None, {}, {}, [], None, NO_STRENGTH_DBM, (path, properties))
            yield Heard(adapter, device, data, Carried(False, False, False))


@asynccontextmanager
async def _monitor(adapter: str | None) -> AsyncIterator[bool]:
    """An AdvertisementMonitor as long as one is inside, and whether there is one. Needs `bluetoothd --experimental`.

    While one is registered, of whatever pattern, the kernel asks the adapter for repeats in every scan. Else it has them
    filtered out, and adapters that do so by address alone tell nothing of a press after the same band's last word. It comes
    before the scan: one that runs already filters on until the kernel begins it anew, up to 10 s later.
    """
    if adapter is None:
        yield False
        return
    options: BlueZScannerArgs = {"adapter": adapter, "or_patterns": [OF_MOST_BANDS]}
    monitor, registered = BleakScanner(lambda _device, _data: None, scanning_mode="passive", bluez=options), False
    try:
        async with _limited(START_SCAN_S):
            await monitor.start()
            registered = True
    except SourceLost as why:
        log.info("repeats stay filtered", adapter=adapter, why=repr(why.__cause__))
    try:
        yield registered
    finally:
        await _stop(monitor)


async def _stop(scanner: BleakScanner) -> None:
    try:
        async with _limited(LEAVE_S):
            await scanner.stop()
    except SourceLost as why:  # "No discovery started", InProgress: it is over all the same, or the next scan will show it
        log.debug("scan not stopped", why=repr(why.__cause__))


async def _hang_up(client: BleakClient) -> None:
    try:
        async with _limited(LEAVE_S):
            await client.disconnect()
    except SourceLost as why:  # whatever is left of it, this object is not used again
        log.debug("not disconnected", device=client.address, why=repr(why.__cause__))


@asynccontextmanager
async def _limited(seconds: float) -> AsyncIterator[None]:
    """A step of bleak with its deadline. Raises SourceLost, whatever went wrong."""
    try:
        async with awake_timeout(seconds + CLEAN_UP_S), awake_timeout(seconds):
            yield
    except SourceLost:
        raise
    except Exception as error:  # bleak lets through what D-Bus, asyncio and its own asserts raise
        raise SourceLost(word(error)) from error
