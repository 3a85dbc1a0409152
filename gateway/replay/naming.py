"""Alerts by the names that a deed may give them: "WEARER/KIND", of the gateway's own faults "DEVICE/technical". Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from gateway.alert import Alert, AlertKind, alert_id

KINDS = frozenset(get_args(AlertKind))


class Names:
    """Of the alerts there are now, also of those that are closed."""

    def __init__(self, gateway: str, alerts: Iterable[Alert]) -> None:
        self._gateway, self._alerts = gateway, alerts

    def in_args(self, args: object) -> object:
        """The same with ids: of `alert`, of what is `closed`, and of the list `open`."""
        if not isinstance(args, Mapping):
            return args
        named: dict[str, Any] = dict(args)
        if "alert" in named:
            named["alert"] = self.id_of(named["alert"])
        if isinstance(named.get("open"), list):
            named["open"] = [self.id_of(name) for name in named["open"]]
        if isinstance(named.get("closed"), list):
            named["closed"] = [self._closed(one) for one in named["closed"]]
        return named

    def _closed(self, one: object) -> object:
        return {**one, "alert": self.id_of(one["alert"])} if isinstance(one, dict) and "alert" in one else one

    def id_of(self, name: object) -> object:
        """The id of the open one of this name, else of the newest; what is no such name stays as it is."""
        who, _, kind = name.rpartition("/") if isinstance(name, str) else ("", "", "")
        if kind not in KINDS:
            return name
        called = [alert for alert in self._alerts if alert.kind == kind and who == _who(alert)]
        chosen = max(called, key=lambda alert: (alert.open, alert.number), default=None)
        return alert_id(self._gateway, chosen) if chosen else name


def _who(alert: Alert) -> str:
    return alert.device if alert.kind == "technical" else alert.wearer
