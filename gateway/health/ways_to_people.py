"""The ways to people: the link to the platform, and the modem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from gateway.supervision.fault_watch import SeenFault, What


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
    """The modem: `state` is a short fixed word, `why` more of it in few words; `faults` are what lasts, in fixed words."""

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
        """Nothing when all is well, or may be in a moment."""
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
            yield from (SeenFault(fault=fault, device=name, reason=modem.why or modem.state) for fault in modem.faults)
