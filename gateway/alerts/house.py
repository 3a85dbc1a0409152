"""What the desk asks of the house that it serves, anew each time: whose bands there are, drills, who is near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from drivers.measurement import Position
from gateway.alert import Responder
from gateway.alerts.drills import Drill

MOST_RESPONDERS = 3


class Responders(Protocol):
    """The volunteers."""

    def nearest(self, place: Position, local: datetime, /) -> Sequence[Responder]:
        """Those on duty at this moment (local time), the nearest first."""
        ...


class Nobody:
    """There are no volunteers."""

    def nearest(self, place: Position, local: datetime, /) -> Sequence[Responder]:  # noqa: ARG002 (as the protocol says)
        """None."""
        return ()


@dataclass(frozen=True)
class House:
    """`knows`: whether a wearer has a band. `home`: where a wearer lives, or else where the center is; None: not known.

    `on_duty`: the names of those who are asked by the second path at this local time, in their order; nobody without one.
    """

    knows: Callable[[str], bool] = lambda _: True
    drills: Callable[[], Sequence[Drill]] = tuple
    zone: Callable[[], tzinfo] = lambda: UTC
    home: Callable[[str], Position | None] = lambda _: None
    responders: Callable[[], Responders] = Nobody
    on_duty: Callable[[datetime], Sequence[str]] = lambda _: ()

    def local(self, at_ms: int) -> datetime:
        """This moment (wall clock, UTC) by the clock on the wall of the house."""
        return datetime.fromtimestamp(at_ms / 1000, self.zone())

    def near(self, wearer: str, place: Position | None, at_ms: int) -> tuple[Responder, ...]:
        """The volunteers near to where the wearer is, or else lives."""
        place = place or self.home(wearer)
        return tuple(self.responders().nearest(place, self.local(at_ms))[:MOST_RESPONDERS]) if place else ()
