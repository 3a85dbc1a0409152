"""Whatever happens to readings, in whatever order, the counters fit what is there, and every reading has one end."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.errors import StoreBroken
from gateway.store.counters import Counters
from gateway.store.keeping import Transaction
from gateway.store.stored import seqs
from gateway.store.stores import Stores
from tests.gateway.store.given import NOW_MS, added, alert, reading, referenced, sos, stores_in

DAY_MS = 86_400_000
ROUNDS = 10
STEPS = 40


class Life:
    """One random life of a gateway with too small a disk."""

    def __init__(self, stores: Stores, chance: random.Random) -> None:
        self.stores, self.chance, self.cursor = stores, chance, 0
        self.came = self.rejected = 0

    async def step(self) -> None:
        """Something happens."""
        await self.chance.choice((self.take, self.take, self.call, self.reject, self.send, self.send, self.retain))()

    async def take(self) -> None:
        for _ in range(self.chance.randrange(300)):
            noise = f"questionable:{self.chance.randbytes(60).hex()}"
            at_ms = NOW_MS + self.chance.randrange(DAY_MS)
            added(self.stores, reading(at_ms=at_ms, wearer=f"W-{self.chance.randrange(5)}", quality=(noise,)))
            self.came += 1
        await self.stores.readings.flush()
        await self.stores.retain(NOW_MS)

    async def call(self) -> None:
        call = referenced(self.stores, replace(sos(), received_ms=NOW_MS + self.came))
        await self.stores.alerts.save(Transaction(alerts=[alert(self.stores.alerts.next_alert(), call)], referenced=[call]))
        self.came += 1

    async def reject(self) -> None:
        self.stores.readings.reject(self.chance.choice(("length", "checksum")), 3)
        self.rejected += 3

    async def send(self) -> None:
        for batch in await self.stores.readings.batches(self.cursor, self.stores.readings.last_batch):
            self.cursor = batch.id
            if self.chance.random() < 0.15:
                self.stores.readings.delivered(batch.id, seqs(batch.body)[: self.chance.randrange(3)])

    async def retain(self) -> None:
        await self.stores.retain(NOW_MS + self.chance.randrange(10) * DAY_MS)


@pytest.mark.parametrize("seed", range(3))
async def test_the_counters_fit_after_everything(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    came = rejected = thinned = 0

    for _ in range(ROUNDS):
        async with stores_in(tmp_path, max_mb=1) as stores:
            life = Life(stores, chance)
            for _ in range(STEPS):
                await life.step()
            await stores.readings.flush()
            came, rejected = came + life.came, rejected + life.rejected

            counts = stores.readings.counts()
            assert (counts.stored, counts.received) == (came, came + rejected)
            assert await stores.readings.audit() == []
            thinned = sum(gap.n for gap in await stores.readings.gaps())
    assert thinned > 0


@given(st.lists(st.one_of(st.none(), st.integers(-10, 10), st.text(max_size=5), st.binary(max_size=5)), max_size=14))
def test_a_row_of_nonsense_is_no_row_of_counters(row: list[object]) -> None:
    with pytest.raises(StoreBroken, match="corrupt"):
        Counters.of_row(row)


def test_counters_that_do_not_fit_say_so() -> None:
    assert Counters(received=5, stored=3, rejected={"length": 2}, delivered=1, pending=2).faults() == []
    assert Counters(received=5, stored=3, pending=3).faults() == ["received 5, but stored 3 + rejected 0"]
    assert Counters(received=3, stored=3, delivered=1).faults() == ["stored 3, but delivered 1 + pending 0 + evicted 0"]
