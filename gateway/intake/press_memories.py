"""Remembers the presses of every band, so that one press is one event also over restarts (the rule is `drivers/presses.py`)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import structlog

from drivers.driver import Decoded, PressPolicy
from drivers.presses import PressMemory, deduplicate_presses, restored

log = structlog.get_logger()


class PressMemories:
    """By device address. What `deduplicate` gives back to be stored belongs on the disk before the press goes on."""

    def __init__(self, boot: str) -> None:
        self._boot = boot
        self._memories: dict[str, PressMemory] = {}
        self._moved: set[str] = set()

    def load(self, stored: Mapping[str, bytes], now_s: float) -> None:
        """Take up what an earlier life of the gateway stored; other memories of a device have a word before its address."""
        for address, body in stored.items():
            if " " in address:
                continue
            try:
                memory = msgspec.json.decode(body, type=PressMemory)
            except ValueError as error:  # msgspec.DecodeError is one, UnicodeDecodeError too
                log.warning("press memory unreadable", device=address, why=type(error).__name__)
                continue
            self._memories[address] = restored(memory, self._boot, now_s)

    def deduplicate(
        self, policy: PressPolicy, address: str, decoded: Decoded, now_s: float, stood_s: float = 0.0
    ) -> tuple[Decoded, dict[str, bytes]]:
        """What is new in a frame (a replay: its refusal), and the memory to be stored first (empty: none)."""
        memory = self._memories.get(address, PressMemory(self._boot))
        deduplicated = deduplicate_presses(policy, memory, decoded, now_s, stood_s)
        self._memories[address] = deduplicated.memory
        if deduplicated.store_first:
            self._moved.discard(address)
            return deduplicated.decoded, {address: msgspec.json.encode(deduplicated.memory)}
        if deduplicated.memory.counter != memory.counter:
            self._moved.add(address)
        return deduplicated.decoded, {}

    def moved(self) -> dict[str, bytes]:
        """The memories whose replay counter is higher than on the disk, to be stored now and again."""
        moved, self._moved = self._moved & self._memories.keys(), set()
        return {address: msgspec.json.encode(self._memories[address]) for address in sorted(moved)}

    def forget_all_but(self, most: int) -> None:
        """Keep the youngest; for devices that nobody enrolled and anybody can invent."""
        while len(self._memories) > most:
            del self._memories[next(iter(self._memories))]
