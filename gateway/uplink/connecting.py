"""The way to a session: the brokers are tried in order, and what each said is kept for the person who asks why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.uplink.broker import Broker, Place
from gateway.uplink.dial import dial
from gateway.uplink.session import Session
from gateway.uplink.why import WillRefused, in_words


@asynccontextmanager
async def connect(broker: Broker, clock: Clock, will: bytes | None = None) -> AsyncIterator[Session]:
    """A session with the first broker that answers. `will`: what the broker publishes on up/status when we are lost.

    Raises UplinkLost with what each said.
    """
    session = await _first_that_answers(broker, clock, will)
    try:
        yield session
    finally:
        await session.close()


async def _first_that_answers(broker: Broker, clock: Clock, will: bytes | None) -> Session:
    reasons = []
    for place in broker.places:
        try:
            try:
                return await _open(place, broker, clock, will)
            except WillRefused:
                return await _open(place, broker, clock, None)
        except UplinkLost as why:
            reasons.append(str(why))
    raise UplinkLost("; ".join(reasons))


async def _open(place: Place, broker: Broker, clock: Clock, will: bytes | None) -> Session:
    password = _password(broker, clock)
    session = Session(place, broker, password, will, await dial(place, broker.tls, clock))
    try:
        await session.greet()
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
