"""Without an adapter, or without bluetoothd, one is told so, at once, though D-Bus waits for 25 s for what it starts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbus_fast import MessageType
from dbus_fast.aio import MessageBus

from gateway.errors import SourceLost
from gateway.sources.ble import bluez_watch, rfkill
from gateway.sources.ble.adapters import Adapters
from gateway.sources.ble.bluez import forget_links
from gateway.sources.ble.bluez_watch import BluezWatch
from tests.bluez.fake_bluez import FakeBluez
from tests.bluez.fixtures import private_bus
from tests.bluez.private_bus import PrivateBus
from tests.gateway.sources.recorder import eventually, running

__all__ = ["private_bus"]
AT_ONCE_S = 5.0  # on however busy a machine; nothing is waited for


@pytest.fixture
def sysfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the kernel shows its adapters and switches: none are there."""
    monkeypatch.setattr(rfkill, "ROOT", tmp_path)
    monkeypatch.setattr(bluez_watch, "ADAPTERS", tmp_path / "sys/class/bluetooth")
    return tmp_path


@pytest.fixture
def starting_bus() -> Iterator[PrivateBus]:
    """It can start a bluetoothd, which never comes."""
    with PrivateBus(bluetoothd_hangs=True) as bus:
        yield bus


def plug_in(sysfs: Path) -> None:
    (sysfs / "sys/class/bluetooth/hci0").mkdir(parents=True)


def block(sysfs: Path, kind: str) -> None:
    """The key of a notebook takes the adapter away."""
    switch = sysfs / "sys/class/rfkill/rfkill0"
    switch.mkdir(parents=True)
    for file, content in (("type", "bluetooth"), ("name", "key"), ("soft", kind == "soft"), ("hard", kind == "hard")):
        (switch / file).write_text(str(int(content) if isinstance(content, bool) else content))


@pytest.mark.parametrize(("plugged", "why"), [(False, "absent"), (True, "no answer")])
async def test_who_never_answers_and_has_no_adapter_lacks_one(
    private_bus: PrivateBus, sysfs: Path, monkeypatch: pytest.MonkeyPatch, plugged: bool, why: str
) -> None:
    monkeypatch.setattr(bluez_watch, "ANSWER_S", 0.3)
    if plugged:
        plug_in(sysfs)
    mute = await MessageBus(private_bus.address).connect()
    mute.add_message_handler(lambda message: message.message_type == MessageType.METHOD_CALL or None)
    await mute.request_name("org.bluez")

    with pytest.raises(SourceLost, match=why):
        await bluez_watch.adapters_now(())

    mute.disconnect()


async def test_without_an_adapter_nobody_waits_for_a_bluetoothd_that_is_not_started_without_one(
    starting_bus: PrivateBus, sysfs: Path
) -> None:
    async with asyncio.timeout(AT_ONCE_S):
        with pytest.raises(SourceLost, match="absent"):
            await bluez_watch.adapters_now(())


@pytest.mark.parametrize("kind", ["soft", "hard"])
async def test_an_adapter_that_a_key_has_taken_away_is_told_as_blocked_at_once(
    starting_bus: PrivateBus, sysfs: Path, kind: str
) -> None:
    block(sysfs, kind)
    adapters = Adapters([], why_off=rfkill.why_off)

    async with asyncio.timeout(AT_ONCE_S):
        with pytest.raises(SourceLost, match=f"{kind} blocked"):
            await bluez_watch.adapters_now(())
        async with running(BluezWatch(adapters, forget_links).run()):
            await eventually(lambda: why(adapters) == f"{kind} blocked")


async def test_a_bluetoothd_that_does_not_come_is_told_before_it_was_waited_for(
    starting_bus: PrivateBus, sysfs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug_in(sysfs)
    adapters = Adapters([])

    async with asyncio.timeout(AT_ONCE_S), running(BluezWatch(adapters, forget_links).run()):
        await eventually(lambda: why(adapters) == "no bluetoothd")
    monkeypatch.setattr(bluez_watch, "STARTS_S", 0.3)
    with pytest.raises(SourceLost, match="no bluetoothd"):
        await bluez_watch.adapters_now(())


async def test_a_bluetoothd_that_comes_after_all_is_used(starting_bus: PrivateBus, sysfs: Path) -> None:
    plug_in(sysfs)
    adapters = Adapters(["hci0"])

    async with running(BluezWatch(adapters, forget_links).run()):
        await eventually(lambda: why(adapters) == "no bluetoothd")
        async with FakeBluez(starting_bus.address):
            await eventually(lambda: why(adapters) == "")


async def test_an_adapter_that_is_plugged_in_later_is_found_though_bluetoothd_did_not_run(
    starting_bus: PrivateBus, sysfs: Path
) -> None:
    adapters = Adapters(["hci0"])

    async with running(BluezWatch(adapters, forget_links).run()):
        await eventually(lambda: why(adapters) == "absent")
        async with FakeBluez(starting_bus.address):
            await eventually(lambda: why(adapters) == "")


def why(adapters: Adapters) -> str:
    """Why hci0, or whichever there is, cannot be used."""
    try:
        adapters.find("hci0")
    except SourceLost as lost:
        return str(lost)
    return ""
