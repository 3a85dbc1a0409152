"""Looks whether the modem is in a network, and how strong that is. Pure."""

from __future__ import annotations

import re

from gateway.channels.sms.exchange import Exchange, Talk
from gateway.channels.sms.status import ModemStatus

# 3GPP TS 27.007, 7.2 (<stat>): home, roaming; the same for SMS only, or without preference for it
GOOD = frozenset({1, 5, 6, 7, 9, 10})
DENIED = frozenset({3, 8, 11})
SEARCHING = frozenset({0, 2, 4})
STRONGEST = 31


class NetworkWatch:
    """Remembers since when there is none."""

    def __init__(self) -> None:
        self._none_s: float | None = None

    def look(self, exchange: Exchange, status: ModemStatus) -> Talk[None]:
        """Asks, and fills the status: state, registered, signal."""
        found: set[int] = set()
        for command in ("AT+CREG?", "AT+CEREG?"):
            answer = yield from exchange.ask(command)
            found |= registration(answer.value(f"{command[2:-1]}:"))
        answer = yield from exchange.ask("AT+CSQ")
        status.signal = strength(answer.value("+CSQ:"))
        self._conclude(found, exchange, status)

    def _conclude(self, found: set[int], exchange: Exchange, status: ModemStatus) -> None:
        status.registered, status.why = bool(found & GOOD), ""
        if status.registered:
            self._none_s = None
            status.state = "ready"
            return
        if self._none_s is None:
            self._none_s = exchange.now_s
        if found & DENIED and not found & SEARCHING - {0}:
            status.state = "denied"
        else:
            waited_s = exchange.now_s - self._none_s
            status.state = "no_network" if waited_s >= exchange.timings.network_s else "searching"


def registration(value: str | None) -> set[int]:
    """The second number: the first one is the mode."""
    found = re.match(r"\d+\s*,\s*(\d{1,2})\b", value or "")
    return {int(found[1])} if found else set()


def strength(value: str | None) -> int | None:
    """0 to 31; 99 is not known."""
    found = re.match(r"\d{1,3}", value or "")
    return int(found[0]) if found and int(found[0]) <= STRONGEST else None
