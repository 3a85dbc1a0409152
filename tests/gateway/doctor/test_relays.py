"""Relays on the loopback: for each fault what it is and how to mend it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices.ble_link.adapter import opened_adapter
from fake_devices.ble_link.air import Air
from fake_devices.relay import ACTIVE_CONNECTIONS, RAW_ADVERTISEMENTS, FakeRelay
from gateway.doctor import relays
from gateway.doctor.diagnosis import Diagnosis
from gateway.settings.configuration import RelaySettings
from gateway.sources.ble.relays import esphome
from tests.gateway.doctor.planted import assert_named, codes


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    async with opened_adapter(Air()) as radio, FakeRelay(radio) as relay:
        yield relay


async def found(tmp_path: Path, relay: FakeRelay, key: str = "") -> list[Diagnosis]:
    psk = tmp_path / "relay.psk"
    psk.write_text(key or relay.key)
    settings = RelaySettings(host="127.0.0.1", port=relay.port, psk_file=psk, name="house-3")
    return list(relays.diagnoses(await relays.look([settings])))


async def test_one_that_is_well_and_goes_on_serving_the_gateway(tmp_path: Path, relay: FakeRelay) -> None:
    assert await found(tmp_path, relay) == []
    assert not relay.is_listened_to


async def test_one_with_another_key(tmp_path: Path, relay: FakeRelay) -> None:
    assert_named(await found(tmp_path, relay, base64.b64encode(bytes(32)).decode()), "relay_wrong_key", "api: encryption: key:")


async def test_one_with_another_name(tmp_path: Path, relay: FakeRelay) -> None:
    relay.name = "house-4"

    assert_named(await found(tmp_path, relay), "relay_another_name", "`host`", "`name`")


async def test_one_that_is_no_proxy(tmp_path: Path, relay: FakeRelay) -> None:
    relay.features = 0

    assert_named(await found(tmp_path, relay), "relay_no_proxy", "bluetooth_proxy:")


async def test_one_that_is_too_old(tmp_path: Path, relay: FakeRelay) -> None:
    relay.features &= ~RAW_ADVERTISEMENTS

    assert_named(await found(tmp_path, relay), "relay_old_firmware", "127.0.0.1")


async def test_one_that_is_not_encrypted(tmp_path: Path, relay: FakeRelay) -> None:
    relay.speaks_first = b"\x00\x00\x01\x02"

    assert_named(await found(tmp_path, relay), "relay_not_encrypted", "api: encryption: key:")


async def test_something_else_at_its_address(tmp_path: Path, relay: FakeRelay) -> None:
    await relay.goes()

    assert_named(await found(tmp_path, relay), "relay_no_relay", "`host`")


async def test_one_that_does_not_answer(tmp_path: Path, relay: FakeRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(esphome, "OPEN_S", 0.5)
    relay.lets_in = False

    assert_named(await found(tmp_path, relay), "relay_no_answer", "127.0.0.1")


def test_a_name_that_nobody_knows() -> None:
    state = relays.RelayState("house-3", "house-3.lan", "no such host")

    assert_named(relays.diagnoses([state]), "relay_no_such_host", "house-3.lan")


async def test_one_that_only_listens_is_a_hint(tmp_path: Path, relay: FakeRelay) -> None:
    relay.features &= ~ACTIVE_CONNECTIONS

    (hint,) = await found(tmp_path, relay)
    assert (hint.code, hint.is_fault) == ("relay_only_listens", False)


async def test_a_key_that_cannot_be_read_is_told_by_check(tmp_path: Path, relay: FakeRelay) -> None:
    assert codes(await found(tmp_path, relay, "no key")) == []
