"""The way to a real broker, and each step at which it can go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.channels.mqtt.broker import Address, Broker, Tls
from gateway.clock import SystemClock
from gateway.doctor import broker as way
from gateway.doctor.diagnosis import Diagnosis
from gateway.formats.native import NativeFormat
from tests.certificates import Authority
from tests.gateway.doctor.planted import assert_named, codes
from tests.mosquitto import Mosquitto, free_port

CLOCK = SystemClock()
FORMAT = NativeFormat("xishan-01")


def at(port: int, host: str = "127.0.0.1") -> Broker:
    return Broker(addresses=(Address(host, port),), client_id="xishan-01", tls=None)


async def found(broker: Broker) -> list[Diagnosis]:
    facts = await way.look(broker, CLOCK, FORMAT, "b1")
    return list(way.diagnoses(facts, CLOCK.wall_ms() / 1000, tls=broker.tls is not None))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def with_tls(authority: Authority, **how: object) -> Sequence[str]:
    signed = authority.signs("broker", **how)  # type: ignore[arg-type]
    return (f"certfile {signed.cert_file}", f"keyfile {signed.key_file}", "allow_anonymous true")


async def test_a_name_that_nobody_knows() -> None:
    assert_named(await found(at(1883, "platform.invalid")), "broker_name", "platform.invalid:1883", "host")


async def test_a_port_on_which_nobody_listens() -> None:
    port = free_port()

    assert_named(await found(at(port)), "broker_port", f"127.0.0.1:{port}", "8883")


async def test_a_password_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with Mosquitto(tmp_path, ["allow_anonymous false", f"password_file {tmp_path / 'empty'}"]) as mosquitto:
        password = tmp_path / "password"
        password.write_text("wrong")
        broker = replace(at(mosquitto.port), username="xishan-01", password_file=password)

        assert_named(await found(broker), "broker_login", "Not authorized", "password_file")


async def test_topics_that_are_not_allowed(tmp_path: Path) -> None:
    with Mosquitto(tmp_path, access="topic read lifering/v1/xishan-01/down/#\n") as mosquitto:
        assert_named(await found(at(mosquitto.port)), "broker_topic", "up/readings", "Not authorized", "mosquitto-acl")


async def test_a_certificate_of_another_authority(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, with_tls(authority)) as mosquitto:
        broker = replace(at(mosquitto.port), tls=Tls(Authority(tmp_path, "other").ca_file))

        assert_named(await found(broker), "broker_tls", "ca_file")


async def test_a_certificate_for_another_name(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, with_tls(authority, host="other.example")) as mosquitto:
        assert_named(await found(replace(at(mosquitto.port), tls=Tls(authority.ca_file))), "broker_tls", "mismatch")


async def test_a_certificate_that_has_ended(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, with_tls(authority, valid_for=timedelta(days=-1))) as mosquitto:
        assert_named(await found(replace(at(mosquitto.port), tls=Tls(authority.ca_file))), "broker_tls", "20")


async def test_tls_to_a_port_of_plain_text(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path) as mosquitto:
        assert_named(await found(replace(at(mosquitto.port), tls=Tls(authority.ca_file))), "broker_tls", "port")


async def test_plain_text_to_a_port_of_tls(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, with_tls(authority)) as mosquitto:
        assert_named(await found(at(mosquitto.port)), "broker_hangs_up", "tls = true")


async def test_a_certificate_that_ends_soon_is_a_hint(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, with_tls(authority, valid_for=timedelta(days=9))) as mosquitto:
        told = await found(replace(at(mosquitto.port), tls=Tls(authority.ca_file)))

        assert_named(told, "broker_certificate_ends", f"127.0.0.1:{mosquitto.port}", "8")
        assert not told[0].is_fault


async def test_a_broker_that_does_all_is_told_nothing_of(tmp_path: Path, authority: Authority) -> None:
    with Mosquitto(tmp_path, with_tls(authority, valid_for=timedelta(days=60))) as mosquitto:
        assert await found(replace(at(mosquitto.port), tls=Tls(authority.ca_file))) == []


async def test_where_the_other_broker_serves_the_first_is_a_hint(tmp_path: Path) -> None:
    with Mosquitto(tmp_path) as mosquitto:
        both = replace(at(mosquitto.port), addresses=(Address("127.0.0.1", free_port()), Address("127.0.0.1", mosquitto.port)))

        told = await found(both)

        assert codes(told) == ["broker_port"]
        assert not told[0].is_fault
