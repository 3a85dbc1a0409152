"""Relays: each is called as the gateway calls it, and asked what it is: reachable, the right key and name, a proxy, new enough.

Its bands go on being heard by the gateway meanwhile: to be its listener is not asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.errors import SourceLost
from gateway.settings import named_files
from gateway.settings.configuration import RelaySettings

TOLD_BY_CHECK = frozenset({"no key", "not installed"})


class RelayState(NamedTuple):
    """One relay. `why`: as the gateway says it, "": it is well. `connects`: bands can be connected to through it."""

    name: str
    host: str
    why: str = ""
    connects: bool = True


async def look(relays: Sequence[RelaySettings]) -> list[RelayState]:
    """All at once; some seconds where one does not answer."""
    return list(await asyncio.gather(*map(_one, relays)))


async def _one(relay: RelaySettings) -> RelayState:
    state = RelayState(relay.name, relay.host)
    try:
        from gateway.sources.ble.relays.esphome import RelayPlace, opened  # 20 MB: only who has a relay pays for them
    except ImportError:
        return state._replace(why="not installed")
    try:
        place = RelayPlace(relay.host, relay.port, relay.name, named_files.relay_key(relay.psk_file))
        async with opened(place) as session:
            return state._replace(connects=session.facts.connects)
    except named_files.BadFile:
        return state._replace(why="no key")
    except SourceLost as why:
        return state._replace(why=str(why))


def diagnoses(relays: Sequence[RelayState]) -> Iterator[Diagnosis]:
    """What is wrong with them. Pure."""
    for one in relays:
        facts = {"name": one.name, "host": one.host}
        if one.why and one.why not in TOLD_BY_CHECK:
            yield Diagnosis("radio", f"relay_{one.why.replace(' ', '_')}", facts)
        elif not one.why and not one.connects:
            yield Diagnosis("radio", "relay_only_listens", facts, is_fault=False)
