"""A fake relay on the loopback: an ESPHome Bluetooth proxy that speaks the real protocol, with virtual bands in its reach.

Messages and their order as in esphome/components/bluetooth_proxy of ESPHome; one listener at a time, as there.
"""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from fake_devices.ble_link.adapter import Adapter
from fake_devices.ble_link.advertising_data import Advert
from fake_devices.relay_links import RelayLinks
from fake_devices.relay_wire import RelayWire, WrongKey

KEY = base64.b64encode(bytes(range(32))).decode()
ALL_FEATURES = 0b1111111  # BluetoothProxyFeature of ESPHome
ACTIVE_CONNECTIONS, RAW_ADVERTISEMENTS = 1 << 1, 1 << 5
RANDOM = 1


class FakeRelay:
    """Switched on by `async with`. `adapter`: its radio. `features`, `version`: what it says of itself."""

    def __init__(self, adapter: Adapter, name: str = "house-3", key: str = KEY, *, slots: int = 3) -> None:
        self.name, self.key, self.port = name, key, 0
        self.features, self.version = ALL_FEATURES, "2026.10.1"
        self.slots = slots
        self.answers = True  # False: the link stands, and nobody is behind it
        self.speaks_first = b""  # what is no hello
        self.lets_in = True  # False: it takes the call, and says nothing
        self.ends_services = True  # False: it never says that there are no more
        self.breaks_after = ""  # the kind of question whose answer is followed by nonsense, in the same segment
        self.callers: list[RelayWire] = []
        self.calls = 0
        self.asked: Counter[str] = Counter()  # by kind of message
        self.heard = 0  # advertisements that it has passed on
        self._adapter = adapter
        self._listener: RelayWire | None = None  # of the advertisements
        self._stop: Callable[[], None] = lambda: None
        self._server: asyncio.Server | None = None
        self._tasks = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        await self.comes_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.goes()
        await self._tasks.__aexit__(None, None, None)

    # --- verbs

    async def goes(self) -> None:
        """Its power is gone: links end, nobody listens at its port."""
        if self._server:
            self._server.close()
            self._server = None
        self.cuts()

    async def comes_back(self) -> None:
        """At the port that it had."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def cuts(self) -> None:
        """Ends every link with a gateway."""
        for caller in self.callers:
            caller.close()

    def forgets_its_listener(self) -> None:
        """Whoever asks next gets its advertisements."""
        if self._listener:
            self._listens_no_more(self._listener)

    def tells(self, kind: str, **fields: object) -> None:
        """Whatever, to all who called."""
        for caller in self.callers:
            caller.tells(kind, **fields)

    def tells_advertisement(self, address: int, data: bytes, *, rssi: int = -60, address_type: int = RANDOM) -> None:
        """That it heard this, whether it did or not."""
        one = {"address": address, "rssi": rssi, "address_type": address_type, "data": data}
        self.tells("BluetoothLERawAdvertisementsResponse", advertisements=[one])

    @property
    def is_off(self) -> bool:
        """Whether nobody listens at its port."""
        return self._server is None

    @property
    def is_listened_to(self) -> bool:
        """Whether somebody has asked for its advertisements."""
        return self._listener is not None

    # --- parts

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Coroutine[None, None, None]:
        self.calls += 1
        return self._serve(RelayWire(reader, writer, self.name, self.key, lambda: self.answers))

    async def _serve(self, caller: RelayWire) -> None:
        self.callers.append(caller)
        links = RelayLinks(self._adapter, self.slots, caller.tells, lambda: self.ends_services)
        try:
            with suppress(OSError, EOFError, WrongKey):
                caller.tells_garbage(self.speaks_first)
                while not self.lets_in:
                    await caller.is_ignored()
                await caller.shakes_hands()
                while True:
                    asked = await caller.next()
                    self._answer(caller, links, asked)
                    if type(asked).__name__ == self.breaks_after:
                        caller.tells_garbage(bytes(3))
        finally:
            self._listens_no_more(caller)
            self.callers.remove(caller)
            caller.close()
            await links.end()

    def _answer(self, caller: RelayWire, links: RelayLinks, asked: Any) -> None:
        self.asked[type(asked).__name__] += 1
        match type(asked).__name__:
            case "HelloRequest":
                caller.tells("HelloResponse", api_version_major=1, api_version_minor=12, server_info="fake", name=self.name)
            case "DeviceInfoRequest":
                caller.tells(
                    "DeviceInfoResponse",
                    name=self.name,
                    mac_address="02:00:4C:4F:4F:50",
                    esphome_version=self.version,
                    bluetooth_proxy_feature_flags=self.features,
                )
            case "PingRequest":
                caller.tells("PingResponse")
            case "DisconnectRequest":
                caller.tells("DisconnectResponse")
                caller.close()
            case "SubscribeBluetoothLEAdvertisementsRequest":
                self._listens(caller)
            case "UnsubscribeBluetoothLEAdvertisementsRequest":
                self._listens_no_more(caller)
            case "SubscribeBluetoothConnectionsFreeRequest":
                links.tells_free()
            case _:
                if job := _of_a_band(links, asked):
                    self._tasks.create_task(job)

    def _listens(self, caller: RelayWire) -> None:
        if self._listener is None:
            self._listener = caller
            self._stop = self._adapter.listen(self._hears)

    def _listens_no_more(self, caller: RelayWire) -> None:
        if self._listener is caller:
            self._stop()
            self._listener = None

    def _hears(self, advert: Advert) -> None:
        if self._listener:
            self.heard += 1
            address = int(advert.address.replace(":", ""), 16)
            one = {"address": address, "rssi": advert.rssi, "address_type": RANDOM, "data": advert.data + advert.scan_response}
            self._listener.tells("BluetoothLERawAdvertisementsResponse", advertisements=[one])


def _of_a_band(links: RelayLinks, asked: Any) -> Coroutine[None, None, None] | None:
    match type(asked).__name__:
        case "BluetoothDeviceRequest" if asked.request_type == 1:
            return links.disconnects(asked.address)
        case "BluetoothDeviceRequest":
            return links.connects(asked.address)
        case "BluetoothGATTGetServicesRequest":
            return links.tells_services(asked.address)
        case "BluetoothGATTReadRequest":
            return links.reads(asked.address, asked.handle)
        case "BluetoothGATTWriteRequest":
            return links.writes(asked.address, asked.handle, asked.data, asked.response)
        case "BluetoothGATTWriteDescriptorRequest":
            return links.configures(asked.address, asked.handle)
        case "BluetoothGATTNotifyRequest" if asked.enable:
            links.wants(asked.address, asked.handle)
    return None
