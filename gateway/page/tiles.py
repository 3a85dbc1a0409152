"""The four tiles at the head of the page: who is heard, who is silent, the way to the platform, the box. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from gateway.language import Language
from gateway.snapshot import Snapshot
from gateway.words.page import TILE_WORDS, TILES
from gateway.words.telling import state_in_words

PLATFORM, MODEM = "mqtt", "modem"  # names of links
LINKED, READY = "connected", "ready"


class Tile(Struct, frozen=True):
    """A figure or a word that can be read from across the room, and a line that explains it."""

    name: str
    title: str
    value: str
    detail: str
    mood: Literal["good", "warn", "bad"]


def tiles(snapshot: Snapshot, language: Language) -> tuple[Tile, ...]:
    """The four. Nothing in them is of a person."""
    return tuple(_Tiles(snapshot, language).all())


class _Tiles:
    def __init__(self, snapshot: Snapshot, language: Language) -> None:
        self._snapshot, self._language = snapshot, language
        self._known, self._heard = len(snapshot.bands), snapshot.heard

    def all(self) -> Iterator[Tile]:
        """One after another."""
        yield self._heard_of()
        yield self._silent()
        yield self._platform()
        yield self._box()

    def _tile(self, name: str, value: str, details: list[str], mood: Literal["good", "warn", "bad"]) -> Tile:
        return Tile(name, TILES[name].of(self._language), value, " · ".join(details), mood)

    def _said(self, word: str, **facts: object) -> str:
        return TILE_WORDS[word].of(self._language).format(**facts)

    def _heard_of(self) -> Tile:
        if not self._known:
            return self._tile("heard", "0", [self._said("none_known")], "warn")
        mood: Literal["good", "bad"] = "good" if self._heard else "bad"
        return self._tile("heard", str(self._heard), [self._said("of", known=self._known)], mood)

    def _silent(self) -> Tile:
        silent = self._known - self._heard
        said = self._said("some_silent" if silent else "none_silent")
        return self._tile("silent", str(silent), [said], "warn" if silent else "good")

    def _platform(self) -> Tile:
        link, modem, queued = self._snapshot.links.get(PLATFORM), self._snapshot.links.get(MODEM), self._snapshot.queued
        waits = queued.alerts or queued.readings
        details = [self._said("waiting", alerts=queued.alerts, readings=queued.readings) if waits else self._said("all_sent")]
        if modem:
            details.append(self._said("modem", state=state_in_words(modem.state, self._language)))
        state = link.state if link else "waiting"
        is_well = state == LINKED and (not modem or modem.state == READY)
        mood: Literal["good", "warn", "bad"] = "bad" if state != LINKED else "good" if is_well else "warn"
        return self._tile("platform", state_in_words(state, self._language), details, mood)

    def _box(self) -> Tile:
        disk, faults = self._snapshot.disk, len(self._snapshot.faults)
        details = [
            self._said("disk", free=f"{disk.free_mb / 1000:.1f}"),
            self._said("clock", state=state_in_words(self._snapshot.clock, self._language)),
        ]
        value = self._said("faults", n=faults) if faults else self._said("well")
        mood: Literal["good", "warn", "bad"] = "bad" if disk.state != "ok" else "warn" if faults else "good"
        return self._tile("box", value, details, mood)
