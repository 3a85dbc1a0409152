"""What the wearer of a band should have been told about an alert by now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from drivers.driver import Signal
from gateway.alert import Alert

SIGNALS: Mapping[str, Signal] = {"received": "received", "acknowledged": "received", "dispatched": "help_on_the_way"}
FINAL = frozenset({"shown", "sent", "unsupported"})  # results on which nothing can come of trying again


class WearerNotice(NamedTuple):
    """The wearer of this band should be told something about this alert."""

    alert: int
    device: str
    signal: Signal


def owed(alert: Alert) -> WearerNotice | None:
    """What the wearer should be told, and was not yet; None: nothing."""
    signal = SIGNALS.get(alert.workflow)
    reachable = alert.open and alert.device and alert.kind != "technical"
    if signal is None or not reachable or alert.band.get(signal) in FINAL:
        return None
    return WearerNotice(alert.number, alert.device, signal)


def due(before: Alert | None, after: Alert) -> WearerNotice | None:
    """What a step of the workflow makes due; what was owed before is on its way already."""
    told_of = SIGNALS.get(before.workflow) if before else None
    return owed(after) if SIGNALS.get(after.workflow) != told_of else None
