"""Every choice of a simulation, from one seed; each purpose has a stream of its own, and moves no other."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random


class Choices:
    """`of` gives the stream of a purpose, always the same one."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, Random] = {}

    def of(self, purpose: str) -> Random:
        """Its own chance."""
        return self._streams.setdefault(purpose, Random(f"{self.seed}/{purpose}"))


@contextmanager
def seeded_entropy(chance: Random) -> Iterator[None]:
    """What the gateway asks the system for at random comes from the seed: `random`, `secrets`, `uuid4`, `SystemRandom`."""
    before, state = (os.urandom, random._urandom, secrets.randbits), random.getstate()  # type: ignore[attr-defined]
    os.urandom = random._urandom = chance.randbytes  # type: ignore[attr-defined]
    random.seed(chance.getrandbits(64))
    try:
        yield
    finally:
        os.urandom, random._urandom, secrets.randbits = before  # type: ignore[attr-defined]
        random.setstate(state)
