"""The way to the broker, step by step: name, port, TLS, login, topics. Whoever fails a step is not asked for the next."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import NamedTuple

from gateway.channels.mqtt.broker import Address, Broker
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.open_socket import certificate_end_s, open_socket
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.clock import Clock
from gateway.doctor.diagnosis import Diagnosis
from gateway.errors import BrokerRefused, UplinkLost
from gateway.formats.format import Format, Outgoing
from gateway.language import Said

DAY_S = 86_400
SOON_S = 30 * DAY_S


class BrokerFacts(NamedTuple):
    """Of one address. `failed`: the code of the step at which it went wrong, and `why` as the link says it.

    `certificate_end_s`: of the broker's own. `refused`: topics, with what the broker says of each.
    """

    name: str
    failed: str = ""
    why: Said = Said("", "")
    certificate_end_s: float | None = None
    refused: tuple[tuple[str, str], ...] = ()


async def look(broker: Broker, clock: Clock, form: Format, boot: str) -> list[BrokerFacts]:
    """Each address by itself. With the client id that the broker is given here; its session stays as it was."""
    return [
        await _one(replace(broker, addresses=(address,), will=False), address, clock, form, boot)
        for address in broker.addresses
    ]


async def _one(broker: Broker, address: Address, clock: Clock, form: Format, boot: str) -> BrokerFacts:
    facts = BrokerFacts(address.name)
    try:
        (await open_socket(address, None, clock)).close()
    except UplinkLost as lost:
        step = "broker_name" if isinstance(lost.__cause__, socket.gaierror | UnicodeError) else "broker_port"
        return facts._replace(failed=step, why=lost.why)
    if broker.tls:
        try:
            sock = await open_socket(address, broker.tls, clock)
        except UplinkLost as lost:
            return facts._replace(failed="broker_tls", why=lost.why)
        facts = facts._replace(certificate_end_s=certificate_end_s(sock))
        sock.close()
    try:
        async with connect(broker, clock) as session:
            return facts._replace(refused=tuple([refused async for refused in _refused(session, form, boot)]))
    except UplinkLost as lost:
        return facts._replace(failed="broker_login", why=lost.why)


async def _refused(session: PahoSession, form: Format, boot: str) -> AsyncIterator[tuple[str, str]]:
    """Topics that the broker does not allow. What is published to find out is a batch of no readings."""
    for stream, topic in form.subscriptions.items():
        try:
            await session.subscribe(topic)
        except BrokerRefused as why:
            yield stream, str(why)
    nothing: Outgoing = form.readings(boot, [])
    try:
        await session.publish(nothing.topic, nothing.payload)
    except BrokerRefused as why:
        yield nothing.stream, str(why)


def diagnoses(brokers: list[BrokerFacts], now_s: float, *, tls: bool) -> Iterator[Diagnosis]:
    """What is wrong with each; where another one serves it is a hint only. Pure."""
    serves = any(not one.failed for one in brokers)
    for one in brokers:
        if one.failed:
            code = "broker_hangs_up" if one.failed == "broker_login" and not tls and _without_a_word(one.why) else one.failed
            yield Diagnosis("broker", code, {"why": one.why}, is_fault=not serves)
        for topic, detail in one.refused:
            yield Diagnosis("broker", "broker_topic", {"broker": one.name, "topic": topic, "detail": detail})
        if one.certificate_end_s is not None and one.certificate_end_s < now_s + SOON_S:
            days = max(0, int((one.certificate_end_s - now_s) // DAY_S))
            yield Diagnosis("broker", "broker_certificate_ends", {"broker": one.name, "days": days}, is_fault=False)


def _without_a_word(why: Said) -> bool:
    return "hung up" in why.english or "reset by peer" in why.english
