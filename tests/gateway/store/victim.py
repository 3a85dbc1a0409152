"""A process for the kill tests: takes readings, raises alerts, marks deliveries, and says what it was promised.

python -m tests.gateway.store.victim FOLDER SEED

Lines: `stored N` (so many are on the disk), `saved ALERT EVENT SEQ VALUE` (this alert, with the reading that it names).
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from gateway.clock import SystemClock
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.stored import seqs
from gateway.store.stores import Stores
from tests.gateway.store.given import GATEWAY, added, alert, delivery, event, numbered, reading


async def live(folder: Path, chance: random.Random) -> None:
    """Until it is killed."""
    stores = await open_stores(folder, GATEWAY, SystemClock())
    say("open")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stores.readings.run())
        tasks.create_task(stores.readings.tail.run())
        tasks.create_task(stores.alerts.run())
        tasks.create_task(deliver(stores, chance))
        while True:
            for _ in range(chance.randrange(50)):
                added(stores, reading(value=chance.randrange(1 << 40)))
            await chance.choice((flush, call_for_help, reject))(stores, chance)


async def flush(stores: Stores, chance: random.Random) -> None:
    await stores.readings.flush()
    say(f"stored {stores.readings.counts().stored}")


async def call_for_help(stores: Stores, chance: random.Random) -> None:
    call = numbered(stores, reading(value=chance.randrange(1 << 40)))
    stores.readings.reference([call])
    number, seq = stores.alerts.next_alert(), stores.alerts.next_seq()
    await stores.alerts.save(
        Transaction(alerts=[alert(number, call)], events=[event(seq, number)], deliveries=[delivery(seq)], referenced=[call])
    )
    say(f"saved {number} {seq} {call.seq} {call.value}")
    stores.readings.add(call)


async def reject(stores: Stores, chance: random.Random) -> None:
    stores.readings.reject("checksum", chance.randrange(5))


async def deliver(stores: Stores, chance: random.Random) -> None:
    """As the uplink does: some are acknowledged, some refused, some left."""
    cursor = 0
    while True:
        await stores.readings.wait_beyond(cursor)
        for batch in await stores.readings.batches(cursor, stores.readings.last_batch):
            cursor = batch.id
            if chance.random() < 0.6:
                stores.readings.delivered(batch.id, seqs(batch.body)[: chance.choice((0, 0, 0, 1))])


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), random.Random(int(sys.argv[2]))))
