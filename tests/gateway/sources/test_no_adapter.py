"""A machine without any Bluetooth adapter is told so: its bluetoothd does not start, and never answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbus_fast import MessageType
from dbus_fast.aio import MessageBus

from gateway.errors import SourceLost
from gateway.sources import bluez_watch
from tests.bluez.fixtures import private_bus
from tests.bluez.private_bus import PrivateBus

__all__ = ["private_bus"]


@pytest.mark.parametrize(("plugged", "why"), [((), "absent"), (("hci0",), "no answer")])
async def test_who_never_answers_and_has_no_adapter_lacks_one(
    private_bus: PrivateBus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plugged: tuple[str, ...], why: str
) -> None:
    monkeypatch.setattr(bluez_watch, "ADAPTERS", tmp_path)
    monkeypatch.setattr(bluez_watch, "ANSWER_S", 0.3)
    for name in plugged:
        (tmp_path / name).mkdir()
    mute = await MessageBus(private_bus.address).connect()
    mute.add_message_handler(lambda message: message.message_type == MessageType.METHOD_CALL or None)
    await mute.request_name("org.bluez")

    with pytest.raises(SourceLost, match=why):
        await bluez_watch.adapters_now(())

    mute.disconnect()
