"""Whatever lies in the place of a file, the gateway starts, hears, and says what it did."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.store.keeping import Transaction
from gateway.store.rescue import exchanged, quarantine
from tests.gateway.store.given import NOW_MS, alert, delivery, event, people_are_told, stores_in, take

ROOT = Path(__file__).parents[4]
DAY_MS = 86_400_000


async def one_alert(folder: Path) -> None:
    async with stores_in(folder) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)], events=[event(1, 1)], deliveries=[delivery(1)]))
        await take(stores, 5)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "fifo"])
@pytest.mark.parametrize(
    "name",
    [
        "alerts.db",
        "readings.db",
        "alerts.db-wal",
        "alerts.db-journal",
        "alerts.db.new",
        "alerts.reserve",
        "lock",
        "alerts.db.far",
    ],
)
@pytest.mark.fault("disk", "a folder or a pipe in the place of a file of the store", promise="it starts, and tells it")
async def test_a_folder_or_a_fifo_in_the_place_of_a_file(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    await one_alert(tmp_path)
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)

    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(stores.alerts.next_alert())]))
        await take(stores, 1)
        assert (stores.alerts.fault, stores.readings.fault) == ("", "")
        assert bool(stores.incidents) == (name in ("alerts.db", "readings.db", "alerts.db-wal", "alerts.db-journal"))


@pytest.mark.fault("disk", "the two files of the store are exchanged", promise="they are put back, and it is told")
async def test_files_that_were_exchanged_are_put_back_and_it_is_told(tmp_path: Path) -> None:
    await one_alert(tmp_path)
    (tmp_path / "alerts.db").rename(tmp_path / "x")
    (tmp_path / "readings.db").rename(tmp_path / "alerts.db")
    (tmp_path / "x").rename(tmp_path / "readings.db")

    async with stores_in(tmp_path) as stores:
        assert stores.incidents == ["alerts.db and readings.db exchanged"]
        assert await stores.alerts.open_alerts() == [alert(1)]
        assert stores.readings.counts().pending == 5


def exchange(folder: Path) -> None:
    """Each under the other's name, with its journal."""
    for part in ("", "-wal"):
        (folder / f"alerts.db{part}").rename(folder / "x")
        (folder / f"readings.db{part}").rename(folder / f"alerts.db{part}")
        (folder / "x").rename(folder / f"readings.db{part}")


class Killed(BaseException):
    """Nothing is done after it."""


@pytest.mark.parametrize("steps", range(9))
@pytest.mark.fault("process", "kill -9 at any step of putting exchanged files back", promise="no alert and no reading is lost")
async def test_files_of_which_the_exchange_was_cut_off_are_put_back(
    tmp_path: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a kill leaves them: what came last is in the journals alone. So many renames were done before the next kill."""
    killed, rename, left = tmp_path / "killed", Path.rename, iter(range(steps))

    def dies(path: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise Killed
        return rename(path, target)

    async with stores_in(tmp_path / "life") as stores:
        await stores.alerts.save(Transaction(alerts=[alert(stores.alerts.next_alert())]))
        await take(stores, 5)
        shutil.copytree(tmp_path / "life", killed, ignore=shutil.ignore_patterns("*.reserve"))
    exchange(killed)
    with monkeypatch.context() as cut, suppress(Killed):
        cut.setattr(Path, "rename", dies)
        exchanged.put_back(killed / "alerts.db", killed / "readings.db")

    async with stores_in(killed) as stores:
        assert stores.incidents == ([] if steps == 8 else ["alerts.db and readings.db exchanged"])
        assert await stores.alerts.open_alerts() == [alert(1)]
        assert stores.readings.counts().pending == 5
        assert await stores.readings.audit() == []


@pytest.mark.parametrize("times", [1, 99])
@pytest.mark.parametrize("name", ["alerts.db", "readings.db"])
@pytest.mark.fault("disk", "exchanged files, and a read of one errs at that moment", promise="they are put back all the same")
async def test_exchanged_files_are_put_back_though_a_read_of_one_errs(
    tmp_path: Path, name: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens, left = Path.open, iter(range(times))
    await one_alert(tmp_path)
    for path, other in (("alerts.db", "x"), ("readings.db", "alerts.db"), ("x", "readings.db")):
        (tmp_path / path).rename(tmp_path / other)

    def bad(path: Path, mode: str) -> object:
        if path.name == name and next(left, None) is not None:
            raise OSError(errno.EIO, "Input/output error")
        return opens(path, mode)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "open", bad)
        assert exchanged.put_back(tmp_path / "alerts.db", tmp_path / "readings.db")

    async with stores_in(tmp_path) as stores:
        assert stores.incidents == []
        assert await stores.alerts.open_alerts() == [alert(1)]
        assert stores.readings.counts().pending == 5


async def test_a_header_that_says_read_only_is_damage(tmp_path: Path) -> None:
    """Byte 18 is the version of the format that may write it; SQLite begins a transaction all the same."""
    await one_alert(tmp_path)
    with (tmp_path / "alerts.db").open("r+b") as file:
        file.seek(18)
        file.write(b"\x03")

    async with stores_in(tmp_path) as stores:
        assert stores.incidents == ["alerts.db"]
        assert await stores.alerts.open_alerts() == [alert(1)]
        await stores.alerts.save(Transaction(alerts=[alert(stores.alerts.next_alert())]))
        assert stores.alerts.fault == ""


def zeroed(journal: Path) -> None:
    """Its head and its first frame."""
    with journal.open("r+b") as file:
        file.write(bytes(512))


@pytest.mark.parametrize("lose", [Path.unlink, zeroed], ids=["gone", "its first 512 bytes are zero"])
@pytest.mark.parametrize("name", ["alerts.db", "readings.db"])
@pytest.mark.fault("disk", "a journal is lost", promise="told, and no id comes twice")
async def test_a_journal_that_is_lost_is_told_and_the_epoch_rises(
    tmp_path: Path, name: str, lose: Callable[[Path], None]
) -> None:
    async with stores_in(tmp_path / "now") as stores:
        for step in (stores.alerts.clean, stores.readings.checkpoint):
            await step()
        await stores.alerts.save(Transaction(alerts=[alert(1)], events=[event(1, 1)], deliveries=[delivery(1)]))
        await take(stores, 5)
        epoch = stores.epoch
        shutil.copytree(tmp_path / "now", tmp_path / "after", ignore=shutil.ignore_patterns("*.reserve"))
    lose(tmp_path / "after" / f"{name}-wal")

    async with stores_in(tmp_path / "after") as stores:
        assert stores.incidents == [f"{name} journal"]
        assert stores.epoch > epoch


@pytest.mark.parametrize("name", ["alerts.db", "readings.db"])
async def test_a_file_that_is_gone_is_told(tmp_path: Path, name: str) -> None:
    await one_alert(tmp_path)
    (tmp_path / name).unlink()

    async with stores_in(tmp_path) as stores:
        assert stores.incidents == [f"{name} gone"]


@pytest.mark.fault("disk", "a database is lost and its journal is there", promise="it comes back out of the journal")
async def test_a_file_that_is_gone_while_its_journal_is_there_comes_back_out_of_it(tmp_path: Path) -> None:
    async with stores_in(tmp_path / "now") as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)], events=[event(1, 1)], deliveries=[delivery(1)]))
        epoch = stores.epoch
        shutil.copytree(tmp_path / "now", tmp_path / "after", ignore=shutil.ignore_patterns("*.reserve"))
    (tmp_path / "after" / "alerts.db").unlink()

    async with stores_in(tmp_path / "after") as stores:
        assert stores.incidents == ["alerts.db"]
        assert stores.epoch > epoch
        assert await stores.alerts.open_alerts() == [alert(1)]


PROGRAM = """
import asyncio, concurrent.futures.thread, os, sys
from pathlib import Path
from gateway.store.keeping import Transaction
from tests.gateway.store.given import alert, stores_in

async def hear(folder):
    async with stores_in(folder) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(stores.alerts.next_alert())]))
        assert len(await stores.alerts.open_alerts()) == 1
        print(stores.alerts.fault)

os.setgroups([]), os.setgid(65534), os.setuid(65534)
asyncio.run(hear(Path(sys.argv[1])))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become nobody")
@pytest.mark.parametrize("place", ["closed", "closed/inside", "a-file/inside"])
@pytest.mark.fault("disk", "a data folder that may not be entered", promise="no alert is stopped")
def test_a_folder_that_may_not_be_entered_or_made_stops_no_alert(tmp_path: Path, place: str) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_mode & 0o005 != 0o005 and parent.is_relative_to("/tmp/pytest-of-root"):
            parent.chmod(0o755)
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "a-file").touch()

    heard = subprocess.run([sys.executable, "-c", PROGRAM, tmp_path / place], cwd=ROOT, capture_output=True, text=True)

    assert heard.stdout.endswith("read-only\n"), heard.stderr


async def test_what_was_put_aside_is_deleted_after_its_time(tmp_path: Path) -> None:
    await one_alert(tmp_path)
    (tmp_path / "alerts.db").write_bytes(b"x" * 5000)

    async with stores_in(tmp_path) as stores:
        renamed_ms = int((tmp_path / "alerts.db.broken-1").lstat().st_ctime * 1000)
        await stores.retain(renamed_ms + quarantine.KEEP_DAYS * DAY_MS - 3_600_000)
        assert (tmp_path / "alerts.db.broken-1").exists()

        await stores.retain(renamed_ms + quarantine.KEEP_DAYS * DAY_MS + 3_600_000)
        assert not (tmp_path / "alerts.db.broken-1").exists()


async def test_a_clock_that_was_never_set_deletes_nothing_that_was_put_aside(tmp_path: Path) -> None:
    await one_alert(tmp_path)
    (tmp_path / "alerts.db").write_bytes(b"x" * 5000)

    async with stores_in(tmp_path) as stores:
        stores.retention.clock.now_is = "unsynced"  # type: ignore[attr-defined]
        await stores.retain(NOW_MS * 2)

    assert (tmp_path / "alerts.db.broken-1").exists()


@pytest.mark.parametrize("name", ["alerts.db", "readings.db"])
@pytest.mark.parametrize("is_emptied", [False, True], ids=["gone", "emptied"])
@pytest.mark.fault("disk", "one of the two files of the store is gone, or empty", promise="it starts, and tells it")
async def test_a_database_that_is_gone_beside_the_other_is_told(tmp_path: Path, name: str, is_emptied: bool) -> None:
    async with stores_in(tmp_path) as stores:
        await stores.alerts.save(Transaction(alerts=[alert(1)]))
        await take(stores, 5)
    for end in ("", "-wal", "-journal"):
        (tmp_path / f"{name}{end}").unlink(missing_ok=True)
    if is_emptied:
        (tmp_path / name).touch()

    async with stores_in(tmp_path) as stores:
        assert [incident.split()[0] for incident in stores.incidents] == [name]
        people_are_told(stores)
    async with stores_in(tmp_path) as stores:
        assert stores.incidents == []
