"""Bands in other houses, each behind a relay: an ESPHome Bluetooth proxy that the gateway calls."""
# mypy: disable-error-code="explicit-override"
# (typing has @override from Python 3.12 on)

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.relay import FakeRelay
from tests.fleet.radios import AirWay
from tests.fleet.way import Draws, Fault


class RelayWay(AirWay):
    """One house with a relay in it."""

    of = "of a relay"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The relay has power, and everybody is switched on."""
        async with AsyncExitStack() as stack:
            air = Air()
            adapter = await stack.enter_async_context(opened_adapter(air))
            self._relay = await stack.enter_async_context(FakeRelay(adapter, self.name))
            await self.switch_on(air, stack)
            yield

    def tables(self, folder: Path) -> str:
        """One relay, and its key in this folder."""
        key = folder / f"{self.name}.psk"
        key.touch(mode=0o600)
        key.write_text(self._relay.key)
        return f'[[relay]]\nname = "{self.name}"\nhost = "127.0.0.1"\nport = {self._relay.port}\npsk_file = "{key}"\n'

    @property
    def is_heard(self) -> bool:
        """Whether the gateway has asked for what it hears."""
        return self._relay.is_listened_to

    @property
    def faults(self) -> dict[str, Fault]:
        """What bands and relays do."""
        own: dict[str, Fault] = {
            "a relay without power": self._without_power,
            "a relay whose link is cut": self._cut,
        }
        return super().faults | own

    async def _without_power(self, draws: Draws) -> None:
        trouble = self.troubled(self.troubles)
        await self._relay.goes()
        await draws.lasts(20)
        await self._relay.comes_back()
        await self.heard_again(trouble)

    async def _cut(self, draws: Draws) -> None:
        trouble = self.troubled(self.troubles)
        self._relay.cuts()
        await self.heard_again(trouble)
