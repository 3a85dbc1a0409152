"""What is told while the disk takes no readings has ids that nothing has that is told after a power cut or a kill."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from gateway.errors import StoreBroken
from gateway.formats.reading_json import named_readings
from gateway.store.alerts import AlertStore
from gateway.store.keeping import Transaction
from gateway.store.opening import open_stores
from gateway.store.readings import ReadingStore
from gateway.store.stores import Stores
from tests.gateway.store.given import GATEWAY, StillClock, added, alert, reading, referenced, sos, stores_in, take


async def told(stores: Stores) -> dict[str, bytes]:
    """Each reading that leaves, by its id."""
    of, after = dict[str, bytes](), 0
    while batches := await stores.readings.batches(after, stores.readings.last_batch):
        after = batches[-1].id
        of |= {id_: body for batch in batches for id_, body in named_readings(batch.body)}
    return of


async def in_vain(stores: Stores, *numbers: int) -> None:
    """Readings that a commit does not bring to the disk."""
    for number in numbers:
        added(stores, reading(number))
    assert not await stores.readings._commit()


@pytest.fixture
def refuses(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """From now on the file takes no readings. It takes them again when this is undone."""
    put = ReadingStore._put

    def fails(store: ReadingStore, *of: Any) -> NoReturn:
        put(store, *of)
        raise StoreBroken("disk full")

    with monkeypatch.context() as disk:
        disk.setattr(ReadingStore, "_put", fails)
        yield disk


@pytest.mark.usefixtures("refuses")
@pytest.mark.fault("power", "a cut, or a kill, while the disk takes no readings and they are sent", promise="no id comes twice")
async def test_what_is_told_of_a_disk_that_refuses_has_no_id_that_the_next_life_gives(tmp_path: Path) -> None:
    stores, lives = await open_stores(tmp_path / "0", GATEWAY, StillClock()), list[dict[str, bytes]]()
    for life in range(3):
        shutil.copytree(tmp_path / str(life), tmp_path / str(life + 1))  # as the power leaves it when it goes
        await in_vain(stores, 1, 2, 3, 4, 5)
        await in_vain(stores, 6, 7)
        lives.append(await told(stores))
        await stores.close()
        stores = await open_stores(tmp_path / str(life + 1), GATEWAY, StillClock())
    await stores.close()

    assert [len(of) for of in lives] == [7, 7, 7], "all leaves, though the disk refuses"
    assert len({id_ for of in lives for id_ in of}) == 21


async def test_when_it_takes_them_again_all_have_come_and_no_number_is_left_out(
    tmp_path: Path, refuses: pytest.MonkeyPatch
) -> None:
    async with stores_in(tmp_path) as stores:
        await in_vain(stores, 1, 2, 3)
        await in_vain(stores, 4, 5)
        sent = await told(stores)
        refuses.undo()
        added(stores, reading(6))  # it has its number from the disk that refused
        await stores.readings.flush()
        await take(stores, 2, start=7)
        after = await told(stores)

        assert {id_: after[id_] for id_ in sent} == sent
        assert [int(id_.rpartition("/")[2]) for id_ in after] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert [id_.startswith(f"{stores.readings.origin}/") for id_ in after] == [*[False] * 6, True, True]
        assert stores.readings.counts().pending == stores.readings.counts().received == 8
        assert await stores.readings.audit() == []


@pytest.mark.parametrize("known", [False, True], ids=["nobody knows yet that it refuses", "it is known"])
async def test_what_an_alert_names_meanwhile_comes_back_under_the_id_that_was_told(
    tmp_path: Path, refuses: pytest.MonkeyPatch, known: bool
) -> None:
    stores = await open_stores(tmp_path / "now", GATEWAY, StillClock())
    if known:
        await in_vain(stores, 1)
    call = referenced(stores, sos(2))
    await stores.alerts.save(Transaction(alerts=[alert(1, call)], referenced=[call]))
    assert not await stores.readings._commit()
    name = f"{GATEWAY}/{call.epoch}/{call.seq}"
    sent = (await told(stores))[name]
    shutil.copytree(tmp_path / "now", tmp_path / "after")  # as the power leaves it when it goes
    await stores.close()
    refuses.undo()

    async with stores_in(tmp_path / "after") as stores:
        assert await told(stores) == {name: sent}
        assert (await take(stores, 1))[0].seq == call.seq + 1


async def fails(*_: Any) -> NoReturn:
    raise StoreBroken("disk full")


@pytest.mark.fault("power", "a cut while the disk takes neither alerts nor readings", promise="no id comes twice")
async def test_what_an_alert_names_once_alerts_are_refused_has_an_id_that_no_life_gives_again(
    tmp_path: Path, refuses: pytest.MonkeyPatch
) -> None:
    stores = await open_stores(tmp_path / "now", GATEWAY, StillClock())
    shutil.copytree(tmp_path / "now", tmp_path / "after")  # as the power leaves it when it goes
    refuses.setattr(AlertStore, "_write", fails)
    await stores.alerts.remember(memories={"press": b"1"})  # of readings none has come, and been refused
    call = referenced(stores, sos(1))
    await stores.alerts.save(Transaction(alerts=[alert(1, call)], referenced=[call]))
    assert not await stores.readings._commit()
    sent = await told(stores)
    await stores.close()
    refuses.undo()

    assert list(sent) == [f"{GATEWAY}/{call.epoch}/{call.seq}"]
    async with stores_in(tmp_path / "after") as stores:
        await take(stores, 3)
        assert not (await told(stores)).keys() & sent.keys()


async def test_once_alerts_are_taken_again_readings_bear_the_epoch_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stores_in(tmp_path) as stores:
        with monkeypatch.context() as disk:
            disk.setattr(AlertStore, "_write", fails)
            await stores.alerts.remember(memories={"press": b"1"})
            await take(stores, 1)  # the file of the readings takes them
            await take(stores, 1)
        await stores.alerts.stored()
        await stores.alerts.remember(memories={"press": b"2"})
        await take(stores, 1)
        came = [id_.removeprefix(f"{stores.readings.origin}/") for id_ in await told(stores)]

        assert [id_.isdigit() for id_ in came] == [False, False, True]
        assert [int(id_.rpartition("/")[2]) for id_ in came] == [1, 2, 3]
        assert await stores.readings.audit() == []
