"""The ways to people: the link to the platform, and the modem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from gateway.supervision.fault_watch import SeenFault, What

SENDS = frozenset({"ready", "searching"})  # of a modem: it sends, or may
NO_NETWORK, POWER = "modem_no_network", "modem_power"  # faults that it knows of itself
WAITS = frozenset({"starting", "lost"})  # it may answer in a minute; all else needs a person


class WatchedLink(Protocol):
    """The way to the platform: `faults` are what is wrong with it now, in fixed words."""

    @property
    def state(self) -> str:
        """What it is doing now, in a fixed word."""
        ...

    @property
    def platform_answered(self) -> bool:
        """Whether the platform has said anything of an alert since the start."""
        ...

    @property
    def faults(self) -> list[str]:
        """Nothing when all is well."""
        ...


class WatchedModem(Protocol):
    """The modem: `state` is a short fixed word, `why` more of it in few words, `faults` what it finds wrong itself."""

    @property
    def state(self) -> str:
        """How it is now."""
        ...

    @property
    def why(self) -> str:
        """ "": there is no more to say."""
        ...

    @property
    def faults(self) -> list[str]:
        """Nothing when all is well."""
        ...


class WaysToPeople:
    """`links` and `modems` by name, as they are now."""

    def __init__(self, links: Mapping[str, WatchedLink], modems: Mapping[str, WatchedModem]) -> None:
        self._links, self._modems = links, modems

    def undecided(self, what: What) -> bool:
        """Whether nobody can say yet that this is gone: only a word of the platform ends its silence."""
        return what.fault == "platform_silent" and not any(link.platform_answered for link in self._links.values())

    def seen(self) -> Iterable[SeenFault]:
        """What is wrong with them now."""
        for link in self._links.values():
            yield from (SeenFault(fault=fault) for fault in link.faults)
            if link.state != "connected":
                yield SeenFault(fault="broker_unreachable")
        for name, modem in self._modems.items():
            own = [fault for fault in (NO_NETWORK, POWER) if fault in modem.faults]
            reason = modem.why or modem.state.replace("_", " ")
            yield from (SeenFault(fault=fault, device=name, reason=reason if fault == NO_NETWORK else "") for fault in own)
            if modem.state not in SENDS and NO_NETWORK not in own:
                yield SeenFault(fault="modem_lost", device=name, reason=reason, at_once=modem.state not in WAITS)
