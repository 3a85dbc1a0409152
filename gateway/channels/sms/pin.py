"""The PIN of the SIM: entered once, and never again after it was refused. Three wrong ones lock a SIM for good. Pure.

What was tried is put down before it is entered, so that neither a kill nor a crash that comes again and again can use up the
tries. A PIN of which nobody knows whether it was refused is tried once more, and then not again. Another PIN is tried anew.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from msgspec import Struct

MOST_WITHOUT_ANSWER = 2


class PinTried(Struct, frozen=True):
    """The PIN that was entered last, as a hash, and what is known of it."""

    salt: str
    mark: str
    entered: int = 0  # times without an answer
    refused: bool = False


class PinMemory(Protocol):
    """Where that is kept over restarts."""

    def new_salt(self) -> str:
        """Chance, in hexadecimal digits."""
        ...

    def load(self) -> PinTried | None:
        """None: nothing is known."""
        ...

    def save(self, tried: PinTried) -> bool:
        """False: it cannot be kept."""
        ...


class Pin:
    """`pin` is None where none is configured."""

    def __init__(self, pin: str | None, memory: PinMemory) -> None:
        self._pin = pin
        self._memory = memory
        self._refused = False
        self._marks: dict[str, str] = {}

    def enter(self) -> tuple[str | None, str]:
        """The PIN to be entered now, put down as tried; or None, and why not."""
        if self._pin is None:
            return None, "no PIN"
        before = self._tried()
        if self._refused or before.refused:
            return None, "wrong PIN"
        if before.entered >= MOST_WITHOUT_ANSWER:
            return None, "PIN without answer"
        if not self._memory.save(PinTried(before.salt, before.mark, before.entered + 1)):
            return None, "PIN cannot be put down"
        return self._pin, ""

    def accepted(self) -> None:
        """The SIM has opened."""
        self._memory.save(PinTried(self._tried().salt, self._tried().mark))

    def refused(self) -> None:
        """The SIM has not."""
        self._refused = True
        before = self._tried()
        self._memory.save(PinTried(before.salt, before.mark, before.entered, refused=True))

    def _tried(self) -> PinTried:
        """What is known of this PIN; of another one nothing is."""
        before = self._memory.load()
        if before is not None and before.mark == self._mark(before.salt):
            return before
        salt = self._memory.new_salt()
        return PinTried(salt, self._mark(salt))

    def _mark(self, salt: str) -> str:
        """Slow on purpose: a PIN has few digits."""
        if salt not in self._marks:
            self._marks = {salt: hashlib.scrypt((self._pin or "").encode(), salt=salt.encode(), n=1 << 12, r=8, p=1).hex()}
        return self._marks[salt]
