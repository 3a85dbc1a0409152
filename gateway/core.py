"""The core of the gateway: what judges readings, keeps alerts and moves them on. The daemon is built around it, and a replay.

It asks of the world a clock and two stores, and waits for nothing but the stores. What comes in goes to `pipeline`,
commands to `router`, time to the `tick` of the parts; what goes out is in the `outbox` of `book`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from drivers.driver import Driver, SensorTraits
from gateway.alerts.book import AlertBook
from gateway.alerts.desk import SHORTEST_S, Desk
from gateway.alerts.house import House
from gateway.alerts.ladder import Duty
from gateway.choices import Choices
from gateway.clock import Clock
from gateway.earliest import earliest
from gateway.language import Language
from gateway.pipeline import Pipeline
from gateway.readings import Reading
from gateway.roster import Roster
from gateway.router import Router
from gateway.rules.engine import RuleEngine
from gateway.rules.other_parts import other_parts
from gateway.rules.wearer_situation import WearerSituations
from gateway.store.keeping import KeepsAlerts, KeepsReadings


class Core:
    """Its parts, and what connects them. `choices`: what the configuration says now."""

    def __init__(
        self,
        choices: Choices,
        *,
        drivers: Mapping[str, Driver],
        epoch: int,
        alerts: KeepsAlerts,
        readings: KeepsReadings,
        clock: Clock,
    ) -> None:
        self.choices, self._clock, self._alerts = choices, clock, alerts
        self.roster = Roster(drivers, choices.bands)
        situations = WearerSituations(self._sensor, choices.zone)
        self.rules = RuleEngine(choices.table, situations, other_parts(choices.table, choices.zone))
        self.book = AlertBook(gateway=choices.gateway, epoch=epoch, language=self._language, store=alerts, clock=clock)
        self.desk = Desk(self.book, clock, self._duty, self._house())
        self.router = Router(self.desk.handlers, alerts, clock)
        self.pipeline = Pipeline(
            roster=self.roster,
            rules=self.rules,
            readings=readings,
            desk=self.desk,
            clock=clock,
            band_rules=choices.band_rules,
            ways=choices.ways,
        )
        self._desk_seen = -1  # the number of the last change, and when the desk has its next step then (wall clock)
        self._desk_due: int | None = None

    def _sensor(self, reading: Reading) -> SensorTraits:
        return self.roster.sensor(reading.device, reading.driver)

    def _language(self) -> Language:
        return self.choices.language

    def _duty(self) -> Duty:
        return self.choices.duty

    def _house(self) -> House:
        return House(
            knows=lambda wearer: self.roster.knows(wearer),
            drills=lambda: self.choices.drills,
            zone=lambda: self.choices.zone,
            home=lambda wearer: self.choices.homes.get(wearer, self.choices.center),
            responders=lambda: self.choices.volunteers,
            on_duty=self._on_duty,
        )

    def _on_duty(self, local: datetime) -> Sequence[str]:
        """Without a modem there is no way to ask anybody."""
        return [phone.name for phone in self.choices.duty_list.on_duty(local)] if self.choices.has_modem else ()

    def use(self, choices: Choices) -> None:
        """These from now on; what was seen stays."""
        self.choices = choices
        self.rules.use(choices.table)
        self.roster.replace(choices.bands)
        self.pipeline.use(choices.band_rules, choices.ways)
        self.desk.changes.happened()  # who is on duty, and when a step is due, may be others now

    async def resume(self) -> None:
        """Before the first reading: take up what an earlier life left open, and what its rules had seen."""
        await self.desk.resume()
        await self.pipeline.warm_up(await self._alerts.memories())

    # --- time, for who has no event loop ------------------------------------------------------------------------------

    def next_ms(self) -> int | None:
        """When `tick` has something to do (wall clock, UTC); None: never, unless something comes in."""
        return earliest((self.pipeline.next_ms(), self._desk_due_ms()))

    def _desk_due_ms(self) -> int | None:
        """The same of the desk; computed anew only where something has changed, for it looks at every open alert."""
        changes = self.desk.changes.number
        if changes != self._desk_seen:
            step_s, self._desk_seen = self.desk.next_step_s(), changes
            self._desk_due = None if step_s is None else self._clock.wall_ms() + _ms(step_s)
        return self._desk_due

    async def tick(self) -> None:
        """Do all that is due now."""
        await self.pipeline.tick()
        await self.desk.tick()
        self._desk_seen = -1


def _ms(step_s: float) -> int:
    """The shortest step of the desk stands for one that is due now."""
    return 0 if step_s <= SHORTEST_S else round(step_s * 1000)
