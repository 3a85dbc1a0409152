"""One replay from its input to its end: who is enrolled, every line played, bad ones told, what came of it counted."""

from __future__ import annotations

from collections.abc import Callable

from drivers.driver import SensorTraits
from drivers.sensor import sensor_of
from gateway.alert import AlertEvent
from gateway.choices import Choices
from gateway.replay.enrolling import Enrolling
from gateway.replay.known_drivers import USUAL_DRIVER, KnownDrivers
from gateway.replay.lines import BadLine, Line, Numbered, ReadingLine, RestartDeed
from gateway.replay.played_gateway import PlayedGateway
from gateway.replay.source import Source
from gateway.replay.stats import Counting, Stats


class Replay:
    """`complain`: gets the number of each bad line, and what is wrong with it."""

    def __init__(self, source: Source, choices: Choices, drivers: KnownDrivers, *, receipts: bool = True) -> None:
        self._source, self._choices, self._drivers, self._receipts = source, choices, drivers, receipts
        self.bad_lines = 0

    def run(
        self,
        write: Callable[[bytes], object],
        complain: Callable[[int, BadLine], None],
        counting: bool = False,
    ) -> Stats | None:
        """Plays all of it; the stats where they are wanted."""
        enrolled, restarts = self._enrolled()
        stats = Counting(self._choices.zone, lambda device: self._sensor_of(enrolled, device)) if counting else None
        playback: PlayedGateway | None = None
        for numbered in self._source.lines():
            line = self._sound(numbered)
            if isinstance(line, BadLine):
                self.bad_lines += 1
                complain(numbered.number, line)
                continue
            if playback is None:
                playback = PlayedGateway(
                    self._choices,
                    enrolled,
                    self._drivers.named,
                    start_ms=line.due_ms,
                    receipts=self._receipts,
                    restarts=restarts,
                    write=write,
                    seen=stats.told if stats else _nobody_counts,
                    heard=stats.heard if stats else _nobody_listens,
                )
            playback.take(line)
        end_ms = playback.end() if playback else 0
        return stats.result(end_ms) if stats else None

    def _enrolled(self) -> tuple[Enrolling, bool]:
        """Everybody who is in the input, and whether the gateway is restarted in it."""
        enrolled, restarts = Enrolling(self._choices.bands), False
        for band in self._choices.bands.values():
            self._drivers.knows(band.driver)
        for numbered in self._source.lines():
            line = self._sound(numbered)
            if isinstance(line, ReadingLine):
                enrolled.take(line)
            restarts = restarts or isinstance(line, RestartDeed)
        return enrolled, restarts

    def _sound(self, numbered: Numbered) -> Line | BadLine:
        """The line; one that names a driver that there is not is a bad one."""
        line = numbered.line
        if isinstance(line, ReadingLine) and line.driver and not self._drivers.knows(line.driver):
            return BadLine("no_driver")
        return line

    def _sensor_of(self, enrolled: Enrolling, device: str) -> SensorTraits:
        band = enrolled.bands.get(device)
        driver = self._drivers.named[band.driver if band else USUAL_DRIVER]
        return sensor_of(driver, band.model if band else None)


def _nobody_counts(event: AlertEvent) -> None:
    """Where no stats are wanted."""


def _nobody_listens(line: ReadingLine, device: str) -> None:
    """The same."""
