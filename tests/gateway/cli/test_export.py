"""`lifering export`, as a technician types it, beside a running gateway and without one."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import sqlite3
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.cli.stores import stores
from gateway.control.store_verbs import BadArguments, StoreVerbs
from tests.gateway.cli.running import lifering
from tests.gateway.cli.with_stores import running, stopped
from tests.gateway.store.given import GATEWAY, reading, stores_in, take
from tests.gateway.store.test_erase import WEARERS, call, whose
from tests.gateway.store.test_export import life_of

# --- readings -------------------------------------------------------------------------------------------------------


async def test_readings_come_out_of_the_running_gateway(config: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    async with running(config) as stores:
        await take(stores, 30, whose)

        assert await lifering("export", "readings", "--wearer", "W-018", "--config", config) == 0

    out, err = capfdbinary.readouterr()
    found = [json.loads(line) for line in out.splitlines()]
    assert [one["wearer"] for one in found] == ["W-018"] * 10
    assert found[0].keys() >= {"id", "wearer", "device", "driver", "kind", "value", "unit", "at", "received_at", "clock"}
    assert err == b""


async def test_without_a_gateway_the_store_is_opened_and_that_is_said(
    config: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with stopped(config) as stores:
        await take(stores, 7)

    assert await lifering("export", "readings", "--config", config) == 0

    out, err = capfdbinary.readouterr()
    assert len(out.splitlines()) == 7
    assert err == b"no gateway runs: the store is opened here\n"


async def test_a_store_that_another_process_holds_is_told_in_the_language_of_the_configuration(
    chinese: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    async with stopped(chinese):
        assert await lifering("export", "readings", "--config", chinese) == 2

    folder = chinese.parent / "data"
    assert capfdbinary.readouterr().err.decode().splitlines()[-1] == f"{folder}：另一个 lifering 正在使用；请先停止它"


async def test_who_has_enough_of_it_leaves_nothing_half_read_behind(config: Path) -> None:
    async with stopped(config) as opened:
        await take(opened, 2)

    def one_line() -> list[Mapping[str, object]]:
        with stores(Namespace(config=config, spoken="en")) as ask:
            lines = ask("export", {"what": "readings", "from": None, "to": None, "wearer": None})
            assert next(lines)
        return list(lines)

    assert await asyncio.to_thread(one_line) == []


async def test_as_csv_they_open_in_a_spreadsheet(config: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    async with running(config) as stores:
        await take(stores, 2, lambda number: reading(number, wearer="=1+1"))

        assert await lifering("export", "readings", "--format", "csv", "--config", config) == 0

    out = capfdbinary.readouterr().out
    assert out.startswith(b"\xef\xbb\xbfid,at,received_at,wearer,")
    rows = list(csv.DictReader(io.StringIO(out.decode("utf-8-sig"), newline="")))
    assert [(row["wearer"], row["value"]) for row in rows] == [("'=1+1", "72"), ("'=1+1", "72")]


async def test_an_empty_csv_has_its_header(config: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    async with running(config):
        assert await lifering("export", "alerts", "--format", "csv", "--config", config) == 0

    assert capfdbinary.readouterr().out.startswith(b"\xef\xbb\xbfat,alert,event,")


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-11-24", "2026-11-24", 10),
        ("2026-11-24T14:00:00.500", "2026-11-24T14:00:00.700", 2),  # in Shanghai
        ("2026-11-24T06:00:00.500Z", "2026-11-25", 5),
        ("2026-11-25", "2026-11-26", 0),
        ("0001-01-01", "9999-12-31", 10),
    ],
)
async def test_times_without_a_zone_are_those_of_the_gateways_place(
    config: Path, capfdbinary: pytest.CaptureFixture[bytes], start: str, end: str, count: int
) -> None:
    async with running(config) as stores:
        await take(stores, 10)

        assert await lifering("export", "readings", "--from", start, "--to", end, "--config", config) == 0

    assert len(capfdbinary.readouterr().out.splitlines()) == count


async def test_where_nothing_was_ever_stored_nothing_is_made(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await lifering("export", "readings", "--config", config) == 1

    assert f"there is no store in {config.parent / 'data'}" in capsys.readouterr().err
    assert not (config.parent / "data").exists()


async def test_a_store_that_the_disk_refuses_is_no_empty_one(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with stopped(config) as stores:
        await take(stores, 7)
    with contextlib.closing(sqlite3.connect(config.parent / "data" / "readings.db")) as another:
        another.execute("BEGIN EXCLUSIVE")

        assert await lifering("export", "readings", "--config", config) == 1

    assert "the store cannot be opened" in capsys.readouterr().err


# --- alerts and their chain -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["jsonl", "csv"])
async def test_what_was_exported_can_be_verified(config: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str) -> None:
    async with running(config) as stores:
        await life_of(stores, 1, "W-017")
        assert await lifering("export", "alerts", "--format", form, "--config", config) == 0
    file = config.parent / "alerts.txt"
    file.write_bytes(capfdbinary.readouterr().out)

    assert await lifering("export", "alerts", "--verify", file) == 0
    assert b"the chain holds: 5 entries checked" in capfdbinary.readouterr().out

    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))

    assert await lifering("export", "alerts", "--verify", file) == 1
    assert b"the chain is broken at entry 5: it is missing" in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    "content", [b"", b"at,alert,event\r\n", b"\x00" * 100, b'{"a":' * 5_000], ids=["empty", "header", "zeros", "deep"]
)
async def test_a_file_of_which_nothing_is_left_is_not_well(
    config: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = config.parent / "alerts.txt"
    file.write_bytes(content)

    assert await lifering("export", "alerts", "--verify", file) == 1
    assert f"{file}:1: no line of `lifering export alerts`" in capsys.readouterr().err


async def test_the_chain_of_the_store_is_verified(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(config) as stores:
        await life_of(stores, 1, "W-017")
        assert await lifering("export", "alerts", "--verify", "--json", "--config", config) == 0
        assert json.loads(capsys.readouterr().out) == {"checked": 5, "erased": 0, "absent": 0, "broken": None}

        await stores.alerts.look(lambda connection: connection.execute("DELETE FROM event WHERE entry = 2"))

        assert await lifering("export", "alerts", "--verify", "--json", "--config", config) == 1
        assert json.loads(capsys.readouterr().out)["broken"] == {"entry": 2, "why": "missing"}


async def test_a_part_says_what_could_not_be_checked(config: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    async with running(config) as stores:
        for number, wearer in enumerate(WEARERS, start=1):
            await call(stores, number, wearer)
        await lifering("export", "alerts", "--wearer", "M-2", "--config", config)
    file = config.parent / "alerts.jsonl"
    file.write_bytes(capfdbinary.readouterr().out)

    assert await lifering("export", "alerts", "--verify", file) == 0
    assert b"4 entries are not in this part and could not be checked" in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["readings", "--verify"], 2, "--verify is for alerts"),
        (["alerts", "--verify", "--wearer", "W"], 2, "no --wearer with it"),
        (["alerts", "--verify", "/nowhere/file"], 1, "/nowhere/file cannot be read"),
    ],
)
async def test_wrong_usage_is_told(
    config: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, told: str
) -> None:
    assert await lifering("export", *arguments, "--config", config) == code

    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["readings", "--from", "yesterday"], "'yesterday' is no time"), (["steps"], "there are 'readings'")],
)
async def test_what_cannot_be_read_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str], told: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        await lifering("export", *arguments)

    assert told in capsys.readouterr().err


async def test_words_are_in_the_language_of_the_configuration(chinese: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await lifering("export", "readings", "--verify", "--config", chinese) == 2

    assert "--verify 只用于 alerts" in capsys.readouterr().err


@pytest.mark.parametrize(("spoken", "words"), [("config", "no line of `lifering"), ("chinese", "这一行不是 `lifering")])
async def test_a_file_that_is_no_export_is_told_with_its_line(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], spoken: str, words: str
) -> None:
    path = request.getfixturevalue(spoken)

    assert await lifering("export", "alerts", "--verify", path, "--config", path) == 1

    assert f"{path}:1: {words}" in capsys.readouterr().err


async def test_arguments_that_make_no_sense_are_refused_on_the_socket(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        verbs = StoreVerbs(stores, GATEWAY, running=True)
        for args in ({}, {"what": "steps"}, {"what": "alerts", "from": "soon"}, {"what": "alerts", "wearer": 3}):
            with pytest.raises(BadArguments):
                await verbs.export(args, "root")
        with pytest.raises(BadArguments):
            await verbs.erase({"wearer": ""}, "root")
