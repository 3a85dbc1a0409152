"""What stands above the gateway: a real broker, and a platform that gives receipts, closes alerts, and is silent at times."""

from __future__ import annotations

import asyncio
import signal
from random import Random

from fake_devices.platform import Platform
from tests.fleet.way import Draws, Fault
from tests.mosquitto import Mosquitto

CLOSES_AFTER_S = (2.0, 30.0)


class Upstream:
    """Both."""

    def __init__(self, broker: Mosquitto, platform: Platform) -> None:
        self.platform = platform
        self._broker = broker

    @property
    def of_broker(self) -> dict[str, Fault]:
        """What brokers do."""
        return {
            "the broker is killed and comes back": self._broker_is_killed,
            "the broker is stopped and started": self._broker_is_stopped,
            "the broker stands still": self._broker_stands_still,
        }

    @property
    def of_platform(self) -> dict[str, Fault]:
        """What platforms do."""
        return {"the platform is silent": self._is_silent, "the platform holds": self._holds}

    async def closes_alerts(self, chance: Random) -> None:
        """A dispatcher closes what is raised, some time later, for ever; what a broken broker lost stays open."""
        async with asyncio.TaskGroup() as tasks:
            seen = set[str]()
            while True:
                alert = await self.platform.wait_for(lambda: self._new(seen), limit_s=float("inf"))
                seen.add(str(alert))
                tasks.create_task(self._closes(str(alert), chance.uniform(*CLOSES_AFTER_S)))

    def _new(self, seen: set[str]) -> str | None:
        raised = (str(event["id"]) for event in self.platform.consumer.events.values() if event["event"] == "raised")
        return next((alert for alert in raised if alert not in seen), None)

    async def _closes(self, alert: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self.platform.resolves(alert)

    async def _broker_is_killed(self, draws: Draws) -> None:
        self._broker.stop(signal.SIGKILL)
        await self._comes_back(draws)

    async def _broker_is_stopped(self, draws: Draws) -> None:
        self._broker.stop()
        await self._comes_back(draws)

    async def _comes_back(self, draws: Draws) -> None:
        await draws.lasts(20)
        await asyncio.to_thread(self._broker.start)

    async def _broker_stands_still(self, draws: Draws) -> None:
        self._broker.freeze()
        await draws.lasts(20)
        self._broker.thaw()

    async def _is_silent(self, draws: Draws) -> None:
        self.platform.is_silent()
        await draws.lasts(30)
        self.platform.answers()

    async def _holds(self, draws: Draws) -> None:
        self.platform.holds()
        await draws.lasts(30)
        self.platform.answers()
