"""Ways through the air: bands around a radio, and the gateway's own radio, which is bluetoothd's stand-in with one adapter."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fake_devices.ble_link.air import Air
from fake_devices.story import Kind
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.virtual_bands import virtual_room
from tests.fleet.on_the_air import BroadcastingBand, ConnectedBand
from tests.fleet.press import Span
from tests.fleet.way import Draws, Fault, Way
from tests.until import until

SLOTS = 5

Heard = tuple[str, str, int]  # a kind of band, its address, its number
Asked = tuple[Kind, str, int]


class AirWay(Way):
    """Everybody who is in the air around one radio."""

    of = ""  # for the table

    def __init__(self, name: str, heard: Sequence[Heard], asked: Sequence[Asked]) -> None:
        super().__init__(name, [])
        self._heard, self._asked = heard, asked
        self._broadcasting: list[BroadcastingBand] = []
        self._connected: list[ConnectedBand] = []

    @property
    def _everybody(self) -> list[BroadcastingBand | ConnectedBand]:
        return [*self._broadcasting, *self._connected]

    @property
    @abstractmethod
    def is_heard(self) -> bool:
        """Whether the gateway hears what is advertised."""

    async def switch_on(self, air: Air, stack: AsyncExitStack) -> None:
        """All bands, till the stack ends."""
        self._broadcasting = [BroadcastingBand(*one, air, self.of) for one in self._heard]
        self._connected = [ConnectedBand(*one, air, self.of) for one in self._asked]
        self.bands = self._everybody
        for band in self._everybody:
            await stack.enter_async_context(band.worn)

    async def falls_silent(self) -> None:
        """Everybody hangs up, and goes out."""
        for band in self._everybody:
            band.worn.walks_away()
        for band in self._connected:
            await band.worn.drops_the_link()

    def daemon_died(self) -> None:
        """The radio sees that nobody listens."""

    async def daemon_is_back(self) -> None:
        """It is listened to."""
        await until(lambda: self.is_heard)

    @property
    def faults(self) -> dict[str, Fault]:
        """What bands in the air do."""
        return {
            "bands walk out of reach and back": self._walk_away,
            "bands hang up": self._hang_up,
            "the firmware of a band hangs": self._is_deaf,
        }

    async def _walk_away(self, draws: Draws) -> None:
        away = draws.chance.sample(self._everybody, max(1, len(self._everybody) // 8))
        troubles = [self.troubled(band.troubles) for band in away]
        for band in away:
            band.worn.walks_away()
        await draws.lasts(40)
        for band, trouble in zip(away, troubles, strict=True):
            band.worn.comes_back()
            trouble.until_s = asyncio.get_running_loop().time()

    async def _hang_up(self, draws: Draws) -> None:
        for band in self._connected:
            if draws.chance.random() < 0.5:
                await band.worn.drops_the_link()

    async def _is_deaf(self, draws: Draws) -> None:
        band = draws.chance.choice(self._connected)
        band.worn.falls_deaf()
        await draws.lasts(40)
        band.worn.manners.deaf = False
        await band.worn.drops_the_link()

    async def heard_again(self, trouble: Span) -> None:
        """It is listened to, and the trouble is over."""
        await until(lambda: self.is_heard)
        trouble.until_s = asyncio.get_running_loop().time()


class RadioWay(AirWay):
    """The gateway's own radio."""

    def __init__(self, bluez: FakeBluez, heard: Sequence[Heard], asked: Sequence[Asked]) -> None:
        super().__init__("radio", heard, asked)
        self._bluez = bluez

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Everybody is switched on."""
        async with AsyncExitStack() as stack:
            self._room = await stack.enter_async_context(virtual_room(self._bluez))
            self._room.adapter.slots = SLOTS
            for _, address, _ in self._asked:
                self._room.add(address)
            await self.switch_on(self._room.air, stack)
            yield

    def tables(self, folder: Path) -> str:
        """The radio."""
        return f'[bluetooth]\nadapters = ["hci0"]\nconnections = {SLOTS}\n'

    @property
    def is_heard(self) -> bool:
        """Whether it scans."""
        return self._room.scans

    @property
    def faults(self) -> dict[str, Fault]:
        """What bands, adapters and bluetoothd do."""
        own: dict[str, Fault] = {
            "the adapter is away and back": self._without_adapter,
            "bluetoothd is killed": self._bluetoothd_dies,
        }
        return super().faults | own

    async def _without_adapter(self, draws: Draws) -> None:
        trouble = self.troubled(self.troubles)
        await self._room.adapter_vanishes()
        await draws.lasts(12)
        self._room.adapter_comes_back()
        await self.heard_again(trouble)

    async def _bluetoothd_dies(self, draws: Draws) -> None:
        trouble = self.troubled(self.troubles)
        await self._room.bluetoothd_dies()
        await self.heard_again(trouble)
