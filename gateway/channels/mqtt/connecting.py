"""The way to a session: the brokers are tried in order, and what each said is kept for the person who asks why."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

from gateway.channels.mqtt.broker import Address, Broker
from gateway.channels.mqtt.errors import WillRefused, cause
from gateway.channels.mqtt.open_socket import open_socket
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.format import Outgoing
from gateway.words.link_errors import all_of, why


@asynccontextmanager
async def connect(broker: Broker, clock: Clock, will: Outgoing | None = None) -> AsyncIterator[PahoSession]:
    """A session with the first broker that answers. `will`: what the broker publishes when we are lost.

    Raises UplinkLost with what each said.
    """
    session = await _first_that_answers(broker, clock, will)
    try:
        yield session
    finally:
        await session.close()


async def _first_that_answers(broker: Broker, clock: Clock, will: Outgoing | None) -> PahoSession:
    whys = []
    for address in broker.addresses:
        try:
            return await _with_what_it_takes(address, broker, clock, will)
        except UplinkLost as lost:
            whys.append(lost.why)
    raise UplinkLost(all_of(whys))


async def _with_what_it_takes(address: Address, broker: Broker, clock: Clock, will: Outgoing | None) -> PahoSession:
    for asked, with_will in _from_all_to_nothing(broker, will if broker.will else None):
        try:
            return await _open(address, asked, clock, with_will)
        except WillRefused:
            continue
    raise AssertionError("who sends no will is not refused for it")


def _from_all_to_nothing(broker: Broker, will: Outgoing | None) -> Iterator[tuple[Broker, Outgoing | None]]:
    """A broker that refuses a will may dislike only that it is retained."""
    if will:
        if broker.retain:
            yield broker, will
        yield replace(broker, retain=False), will._replace(retain=False)
    yield broker, None


async def _open(address: Address, broker: Broker, clock: Clock, will: Outgoing | None) -> PahoSession:
    password = _password(broker, clock)
    session = PahoSession(address, broker, password, will, await open_socket(address, broker.tls, clock))
    try:
        await session.connect()
    except BaseException:
        await session.close()
        raise
    return session


def _password(broker: Broker, clock: Clock) -> str | None:
    if broker.password_file is None:
        return None
    try:
        return broker.password_file.read_text().strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        code, facts = cause(error, clock)
        raise UplinkLost(why("password_file", code, **facts)) from error
