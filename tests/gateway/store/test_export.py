"""What is exported is what is stored, each once and in order; and whatever is done to a file of alerts is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import asdict, replace

from gateway.alert import Alert, AlertEvent, EventName, Workflow
from gateway.formats import spreadsheet
from gateway.store import export, exported
from gateway.store.chain_check import BrokenEntry, ChainVerdict
from gateway.store.export_lines import AlertLine, Wanted
from gateway.store.keeping import Transaction
from gateway.store.stores import Stores
from tests.gateway.store.given import GATEWAY, NOW_MS, alert, reading, stores_in, take

MINUTE_MS = 60_000
OTHER = "replace(body, 'W-018', 'W-019')"


async def exported_readings(stores: Stores, wanted: Wanted) -> list[dict[str, object]]:
    return [msgspec.json.decode(piece) async for piece in export.readings(stores.readings, wanted)]


async def exported_alerts(stores: Stores, wanted: Wanted) -> list[AlertLine]:
    return [line async for line in export.alert_lines(stores.alerts, wanted, gateway=GATEWAY)]


# --- readings -------------------------------------------------------------------------------------------------------


async def test_every_reading_comes_once_in_order_delivered_or_not(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        for start in range(0, 60, 5):
            await take(stores, 5, start=start)
        stores.readings.delivered(2)
        await stores.readings.flush()

        found = await exported_readings(stores, Wanted())

    assert [one["id"] for one in found] == [f"{stores.readings.origin}/{seq}" for seq in range(1, 61)]


async def test_readings_of_a_time_and_of_a_wearer(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 30, lambda number: reading(number, wearer=f"W-{number % 3}"))

        found = await exported_readings(stores, Wanted(from_ms=NOW_MS + 600, to_ms=NOW_MS + 1500, wearer="W-0"))

    assert [one["at"] for one in found] == [f"2026-11-24T06:00:{s}Z" for s in ("00.600", "00.900", "01.200")]
    assert {one["wearer"] for one in found} == {"W-0"}


async def test_what_comes_while_an_export_runs_waits_for_no_more_than_one_piece(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        for start in range(10 * export.BATCHES_AT_ONCE):
            await take(stores, 1, start=start)
        looks = 0
        look = stores.readings.look

        async def counted(work: Callable[..., object]) -> object:
            nonlocal looks
            looks += 1
            return await look(work)

        stores.readings.look = counted  # type: ignore[method-assign, assignment]
        lines = export.readings(stores.readings, Wanted())
        await anext(lines)
        await take(stores, 1, start=1000)
        seen_when_committed = looks
        await lines.aclose()

    assert seen_when_committed == 1


# --- alerts ---------------------------------------------------------------------------------------------------------


def after(state: Alert, name: EventName, seq: int, minutes: int, workflow: Workflow, **changes: object) -> AlertEvent:
    changed = replace(state, workflow=workflow, **changes)
    return AlertEvent(alert=changed, event=name, seq=seq, at_ms=NOW_MS + minutes * MINUTE_MS, text=f"{name} 3-201")


async def life_of(stores: Stores, number: int, wearer: str) -> None:
    """Raised, received after 2 s, answered after a minute, somebody there after ten, closed after twenty."""
    raised = replace(alert(number), wearer=wearer, room="3-201", received_ms=NOW_MS + 2000)
    steps: Sequence[tuple[EventName, int, Workflow]] = (
        ("raised", 0, "raised"),
        ("acknowledged", 1, "acknowledged"),
        ("dispatched", 2, "dispatched"),
        ("on_scene", 10, "on_scene"),
        ("resolved", 20, "resolved"),
    )
    for name, minutes, workflow in steps:
        outcome = "helped" if name == "resolved" else None
        event = after(raised, name, stores.alerts.next_seq(), minutes, workflow, actor="dispatcher-7", outcome=outcome)
        await stores.alerts.save(Transaction(alerts=[event.alert], events=[event]))


async def filled(stores: Stores) -> None:
    for number, wearer in enumerate(("W-017", "W-018", "W-017"), start=1):
        await life_of(stores, number, wearer)


async def test_a_line_says_who_did_it_how_fast_and_what_came_of_it(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await life_of(stores, 41, "W-017")

        *_, last = await exported_alerts(stores, Wanted())

    assert (last.alert, last.event, last.actor, last.outcome) == (f"{GATEWAY}/1/A41", "resolved", "dispatcher-7", "helped")
    times = (last.received_s, last.acknowledged_s, last.dispatched_s, last.on_scene_s, last.closed_s)
    assert times == (2.0, 60.0, 120.0, 600.0, 1200.0)
    assert (last.entry, last.entries, last.partly) == (5, 5, False)


async def test_response_times_are_there_as_far_as_they_happened(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        open_one = alert(1)
        events = [after(open_one, "raised", 1, 0, "raised"), after(open_one, "acknowledged", 2, 3, "acknowledged")]
        await stores.alerts.save(Transaction(alerts=[events[-1].alert], events=events))

        first, _ = await exported_alerts(stores, Wanted())

    assert (first.received_s, first.acknowledged_s, first.dispatched_s, first.closed_s) == (None, 180.0, None, None)


async def test_alerts_of_a_wearer_and_of_a_time(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await filled(stores)

        found = await exported_alerts(stores, Wanted(wearer="W-017", from_ms=NOW_MS + MINUTE_MS, to_ms=NOW_MS + 3 * MINUTE_MS))

    assert [(line.entry, line.event) for line in found] == [
        (2, "acknowledged"),
        (3, "dispatched"),
        (12, "acknowledged"),
        (13, "dispatched"),
    ]
    assert all(line.partly and line.wearer == "W-017" for line in found)


async def test_the_chain_of_the_store_holds_also_over_what_is_forgotten(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await filled(stores)
        assert await export.verify(stores.alerts) == ChainVerdict(checked=15, erased=0)

        await stores.alerts.forget(closed_before_ms=NOW_MS + 10**9, answered_before_ms=0, stored_below=0)

        assert await export.verify(stores.alerts) == ChainVerdict(checked=0, erased=15)


@pytest.mark.parametrize(
    ("deed", "broken"),
    [
        pytest.param("DELETE FROM event WHERE entry = 7", BrokenEntry(7, "missing"), id="taken out"),
        pytest.param("DELETE FROM event WHERE entry >= 14", BrokenEntry(14, "missing"), id="cut off"),
        pytest.param(
            "UPDATE event SET body = CAST(replace(body, 'W-018', 'W-019') AS BLOB)", BrokenEntry(6, "changed"), id="changed"
        ),
        pytest.param(
            "UPDATE event SET hash = zeroblob(32), body = NULL WHERE entry = 3", BrokenEntry(4, "not linked"), id="hash"
        ),
        pytest.param("UPDATE numbers SET hash = zeroblob(32)", BrokenEntry(15, "not linked"), id="head"),
    ],
)
async def test_what_was_done_to_the_store_is_found(tmp_path: Path, deed: str, broken: BrokenEntry) -> None:
    async with stores_in(tmp_path) as stores:
        await filled(stores)

        await stores.alerts.look(lambda connection: connection.execute(deed))

        assert (await export.verify(stores.alerts)).broken == broken


# --- files ----------------------------------------------------------------------------------------------------------


def as_jsonl(lines: Sequence[AlertLine]) -> list[str]:
    return [msgspec.json.encode(line).decode() + "\n" for line in lines]


def as_csv(lines: Sequence[AlertLine]) -> list[str]:
    columns = AlertLine.__struct_fields__
    return [spreadsheet.header(columns), *(spreadsheet.row(columns, asdict(line)) for line in lines)]


@pytest.fixture(params=[as_jsonl, as_csv])
async def file(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    async with stores_in(tmp_path) as stores:
        await filled(stores)
        written: list[str] = request.param(await exported_alerts(stores, Wanted()))
        return written


async def test_a_file_as_it_was_written_holds(file: list[str]) -> None:
    assert exported.check(file) == ChainVerdict(checked=15, erased=0)


async def test_a_file_that_was_cut_off_is_found(file: list[str]) -> None:
    assert exported.check(file[:-3]).broken == BrokenEntry(13, "missing")


async def test_a_line_that_was_taken_out_is_found(file: list[str]) -> None:
    assert exported.check(file[:-3] + file[-2:]).broken == BrokenEntry(13, "missing")


async def test_lines_that_were_exchanged_are_found(file: list[str]) -> None:
    assert exported.check([*file[:-2], file[-1], file[-2]]).broken == BrokenEntry(14, "missing")


@pytest.mark.parametrize(("word", "other"), [("dispatcher-7", "dispatcher-8"), ("helped", "other"), ("W-018", "W-019")])
async def test_a_word_that_was_changed_anywhere_is_found(file: list[str], word: str, other: str) -> None:
    whole = "".join(file)
    places = [start for start in range(len(whole)) if whole.startswith(word, start)]
    assert places

    for place in places:
        changed = whole[:place] + other + whole[place + len(word) :]
        broken = exported.check(changed.splitlines(keepends=True)).broken
        assert broken is not None
        assert broken.why == "changed"


async def test_a_part_is_checked_as_far_as_it_goes(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        await filled(stores)
        lines = await exported_alerts(stores, Wanted(wearer="W-017"))

    assert exported.check(as_jsonl(lines)) == ChainVerdict(checked=10, erased=0, absent=5)
    assert exported.check(as_csv(lines)) == ChainVerdict(checked=10, erased=0, absent=5)


@pytest.mark.parametrize("lines", [["{}\n"], ["nonsense\n", "1\n"], ['{"entry": }'], ["a,b\n", '"\n']])
def test_what_is_no_export_is_said_with_its_line(lines: list[str]) -> None:
    with pytest.raises(exported.NoExport, match=r"^1$"):
        exported.check(lines)


def test_an_empty_file_is_no_export() -> None:
    with pytest.raises(exported.NoExport):
        exported.check([])
