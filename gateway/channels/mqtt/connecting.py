"""The way to a session: the brokers are tried in order, and what each said is kept for the person who asks why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.channels.mqtt.broker import Address, Broker
from gateway.channels.mqtt.errors import WillRefused, in_words
from gateway.channels.mqtt.open_socket import open_socket
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.format import Outgoing


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
    reasons = []
    for address in broker.addresses:
        try:
            try:
                return await _open(address, broker, clock, will)
            except WillRefused:
                return await _open(address, broker, clock, None)
        except UplinkLost as why:
            reasons.append(str(why))
    raise UplinkLost("; ".join(reasons))


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
        raise UplinkLost(f"password_file: {in_words(error, clock)}") from error
