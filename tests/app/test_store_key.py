"""`[store] key_file`: the gateway encrypts with it, and no state of the key keeps a call for help from being heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.store import encryption
from gateway.store.export import verify
from gateway.store.opening import open_stores
from tests.app.center import GATEWAY, HUB_BAND, OTHER_BAND, Center, center
from tests.gateway.store.inline import connect_inline
from tests.simulation.virtual_time import VirtualClock, run


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "store.key"
    is_back(path)
    return path


def is_back(key_file: Path) -> None:
    key_file.write_text("ab" * 32)
    key_file.chmod(0o600)


def with_key(place: Center) -> None:
    place.store["key_file"] = str(place.folder / "store.key")


def spoil(key_file: Path, what: str) -> None:
    if what == "missing":
        key_file.unlink()
    else:
        key_file.write_text("cd" * 32 if what == "another" else "secret")


@asynccontextmanager
async def logging(logs: list[MutableMapping[str, Any]]) -> AsyncIterator[None]:
    """What is said meanwhile."""
    with capture_logs() as lines:
        yield
        logs += lines


def bare(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("*.db*"))


def test_what_is_stored_of_people_is_encrypted_and_survives_a_restart(tmp_path: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            with_key(place)
            async with place.runs():
                place.platform.goes_away()
                place.hub.presses(HUB_BAND)
                place.hub.says(OTHER_BAND, heart_rate=71)
                await place.comes(lambda: place.data.exists() and (place.data / "readings.db-wal").exists())
            assert not [word for word in (b"W-001", b"3-201", b"W-002") if word in bare(place.data)]
            place.platform.comes_back()
            async with place.runs():
                await place.alert(kind="sos", wearer="W-001", room="3-201")
                await place.comes(lambda: len(place.platform.consumer) == 2)

    run(whole())
    encryption.use([])


@pytest.mark.parametrize("what", ["missing", "another", "no key"])
def test_without_its_key_a_call_for_help_is_heard_and_it_is_told(tmp_path: Path, key_file: Path, what: str) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            with_key(place)
            async with place.runs():
                place.hub.presses(HUB_BAND)
                await place.alert(kind="sos", wearer="W-001")
            spoil(key_file, what)
            async with logging(logs), place.runs():
                await place.alert(kind="technical", detail="store_repaired", device="alerts.db locked 1 events lost")
                place.hub.presses(OTHER_BAND)
                await place.alert(kind="sos", wearer="W-002", within_s=5)
            assert list(place.data.glob("alerts.db.broken-*"))

    logs: list[MutableMapping[str, Any]] = []
    run(whole())
    said = {line["event"]: line for line in logs if line["log_level"] in ("warning", "error")}
    assert not [event for event in said if "damaged" in event]  # nobody changes a card for it
    assert "database is locked" in said
    assert ("store cannot be encrypted" in said) == (what != "another")
    if what != "another":
        why = said["store cannot be encrypted"]["why"]
        assert "openssl rand -hex 32" in why.english
        assert "密钥" in why.chinese
    encryption.use([])


@pytest.mark.parametrize("what", ["missing", "another"])
@pytest.mark.fault("disk", "the key goes while the disk is away", promise="the held call is told")
def test_a_call_that_was_held_is_told_though_the_key_is_gone_when_the_disk_comes_back(
    tmp_path: Path, key_file: Path, what: str
) -> None:
    """A key that lies on a stick which is pulled out again, or is changed just then."""

    async def whole() -> None:
        async with center(tmp_path) as place:
            with_key(place)
            place.disk.dead = True
            place.platform.goes_away()
            async with place.runs():
                place.hub.presses(HUB_BAND)
                await asyncio.sleep(3)
                spoil(key_file, what)
                place.disk.dead = False
                await asyncio.sleep(11)
                place.platform.comes_back()
                await place.alert(kind="sos", wearer="W-001", within_s=70)
            assert not list(place.data.glob("*.broken-*"))

    run(whole())
    encryption.use([])


def test_what_was_locked_when_the_key_was_missing_is_told_when_it_is_back(tmp_path: Path, key_file: Path) -> None:
    async def whole() -> None:
        async with center(tmp_path) as place:
            with_key(place)
            place.platform.goes_away()
            async with place.runs():
                place.hub.presses(HUB_BAND)
                await asyncio.sleep(3)
            spoil(key_file, "missing")
            async with place.runs():
                place.hub.presses(OTHER_BAND)
                await asyncio.sleep(3)
            is_back(key_file)
            place.platform.comes_back()
            async with place.runs():
                mine, other = [await place.alert(kind="sos", wearer=wearer, within_s=70) for wearer in ("W-001", "W-002")]
                for alert in (mine, other):
                    reply = await place.reply(place.platform.commands("resolve", {"alert": alert["id"]}), within_s=70)
                    assert reply["status"] == "done"
            stores = await open_stores(place.data, GATEWAY, VirtualClock(), connect=connect_inline)
            assert (await verify(stores.alerts)).broken is None
            assert {one.kind for one in await stores.alerts.open_alerts()} == {"technical"}
            await stores.close()

    run(whole())
    encryption.use([])
