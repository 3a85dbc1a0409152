"""Remembers the records of devices that keep them and tell them again and again: each counts once, over restarts too."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import structlog

log = structlog.get_logger()

PREFIX = "records "  # in the store, before the address: there are other memories of a device
REMEMBERED = 1_000  # per device; a cuff keeps sixty or two hundred


class KnownRecords:
    """By device address. What is `new` belongs on the disk after the readings themselves: rather twice than never."""

    def __init__(self) -> None:
        self._known: dict[str, dict[int, None]] = {}
        self._changed: set[str] = set()

    def load(self, stored: Mapping[str, bytes]) -> None:
        """Take up what an earlier life of the gateway stored."""
        for name, body in stored.items():
            if not name.startswith(PREFIX):
                continue
            try:
                self._known[name.removeprefix(PREFIX)] = dict.fromkeys(msgspec.json.decode(body, type=list[int]))
            except ValueError as error:  # msgspec.DecodeError is one, UnicodeDecodeError too
                log.warning("known records unreadable", device=name.removeprefix(PREFIX), why=type(error).__name__)

    def seen(self, address: str, number: int) -> bool:
        """Whether this record of this device came before. If not, it is remembered."""
        known = self._known.setdefault(address, {})
        if number in known:
            return True
        known[number] = None
        if len(known) > REMEMBERED:
            del known[next(iter(known))]
        self._changed.add(address)
        return False

    def new(self) -> dict[str, bytes]:
        """The memories that changed since this was asked last, as the store keeps them."""
        changed, self._changed = self._changed, set()
        return {PREFIX + address: msgspec.json.encode(list(self._known[address])) for address in sorted(changed)}
