"""The way to a session: the brokers are tried in order, and what each said is kept for the person who asks why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from gateway.channels.mqtt.broker import Address, Broker
from gateway.channels.mqtt.broker_limits import Dialect, KnownBrokers
from gateway.channels.mqtt.client import Client
from gateway.channels.mqtt.errors import OF_THE_VERSION, Disliked, NobodyListens, SilentBroker, cause
from gateway.channels.mqtt.open_socket import certificate_end_s, open_socket
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.formats.format import Outgoing
from gateway.words.link_errors import all_of, why


@asynccontextmanager
async def connect(
    broker: Broker, clock: Clock, will: Outgoing | None = None, known: KnownBrokers | None = None
) -> AsyncIterator[PahoSession]:
    """A session with the first broker that answers. `will`: what the broker publishes when we are lost.

    `known`: what was learned of the brokers before, and is now. Raises UplinkLost with what each said.
    """
    session = await _Connecting(broker, clock, will, known or KnownBrokers()).first_that_answers()
    try:
        yield session
    finally:
        await session.close()


class _Connecting:
    """One attempt."""

    def __init__(self, broker: Broker, clock: Clock, will: Outgoing | None, known: KnownBrokers) -> None:
        self._broker, self._clock, self._known = replace(broker, will=broker.will and will is not None), clock, known
        self._will = will

    async def first_that_answers(self) -> PahoSession:
        now_s = asyncio.get_running_loop().time
        losses: list[UplinkLost] = []
        for address in self._known.in_order(self._broker.addresses, now_s()):
            try:
                return await self._with_what_it_takes(address)
            except UplinkLost as lost:
                self._known.failed(address.name, now_s())
                losses.append(lost)
        refused = all(isinstance(lost, NobodyListens) for lost in losses)
        raise (NobodyListens if refused else UplinkLost)(all_of([lost.why for lost in losses]))

    async def _with_what_it_takes(self, address: Address) -> PahoSession:
        limits, disliked = self._known.limits(address.name), None
        for way in limits.ways(self._broker):
            if disliked and disliked.code == OF_THE_VERSION and way.version == "5":
                continue
            try:
                session = await self._open(address, way)
            except Disliked as refused:
                disliked = refused
            except SilentBroker:
                limits.no_answer()
                raise
            else:
                limits.accepted(way, told=not disliked or disliked.code is not None)
                self._known.in_use = address.name
                return session
        limits.no_answer()
        raise disliked or AssertionError("there is a way to be tried")

    async def _open(self, address: Address, way: Dialect) -> PahoSession:
        will = self._will and self._will._replace(retain=way.will == "retained")
        broker = replace(self._broker, version=way.version, retain=self._broker.retain and way.will != "plain")
        password = _password(broker, self._clock)
        sock = await open_socket(address, broker.tls, self._clock)
        self._known.certificates.update({address.name: end_s} if (end_s := certificate_end_s(sock)) else {})
        limits = self._known.limits(address.name)
        is_clean = bool(limits.shunned(asyncio.get_running_loop().time()))
        client = Client(address, broker, password, None if way.will == "none" else will, sock, is_clean=is_clean)
        session = PahoSession(client, broker, limits)
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
