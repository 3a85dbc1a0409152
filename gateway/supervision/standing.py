"""What people were told of one thing that is wrong, and whether they must be told now. Pure."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gateway.alert import PRIORITIES, Priority

AGAIN_MS: dict[Priority, int] = {"critical": 15 * 60_000, "warning": 60 * 60_000}  # after a person closed what still holds

Telling = Literal["find", "clear", ""]


class ToldState(Struct, omit_defaults=True):
    """`told`: how urgent it was told last; None: it was not. `closed_ms`: when a person closed the alert though it held."""

    told: Priority | None = None
    closed_ms: int | None = None

    def step(self, holds: Priority | None, again_ms: int | None, now_ms: int) -> Telling:
        """What is to be told now that this holds; what was told and closed is told anew from `again_ms` on."""
        before, self.told = self.told, holds
        if holds is None:
            self.closed_ms = None
            return "clear" if before is not None else ""
        anew = self.closed_ms is not None and again_ms is not None and now_ms >= again_ms
        if before is None or _more_urgent(holds, before) or anew:
            self.closed_ms = None
            return "find"
        return ""

    def again_ms(self) -> int | None:
        """When it may be told anew; None: not by itself. An advisory that a person has closed is known."""
        if self.closed_ms is None or self.told not in AGAIN_MS:
            return None
        return self.closed_ms + AGAIN_MS[self.told]


def _more_urgent(one: Priority, other: Priority) -> bool:
    return PRIORITIES.index(one) < PRIORITIES.index(other)
