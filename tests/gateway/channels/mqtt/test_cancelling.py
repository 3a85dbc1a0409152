"""An uplink that is cancelled ends, in whatever tick that happens, and another one takes up what it left."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fake_devices.patience import HANGS_S
from gateway.channels.mqtt.broker import Broker
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.paho_session import PahoSession
from gateway.channels.mqtt.session import Message
from gateway.clock import SystemClock
from gateway.commands import Command, Reply
from gateway.router import Router
from tests.gateway.channels.mqtt.fake_session import FakeSession
from tests.gateway.channels.mqtt.gateway_half import LowerHalf, lower_half
from tests.gateway.channels.mqtt.listener import Listener
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at, topic

TICKS = range(60)  # by then it has connected, sent everything, and lost the link where it does


async def ticks(n: int) -> None:
    """So many turns of the loop."""
    for _ in range(n):
        await asyncio.sleep(0)


async def ended(task: asyncio.Task[None]) -> bool:
    """Whether it ends as cancelled, and soon."""
    await asyncio.wait([task], timeout=HANGS_S)
    return task.cancelled()


@pytest.mark.parametrize("lost_after", [None, *range(1, 9)], ids=lambda n: f"lost after {n}" if n else "never lost")
async def test_it_ends_in_whatever_tick_it_is_cancelled(tmp_path: Path, lost_after: int | None) -> None:
    async with lower_half(tmp_path, broker_at(1)) as half, asyncio.TaskGroup() as tasks:
        alerts = [half.desk.raises() for _ in range(3)]
        for n in TICKS:
            session = FakeSession(lost_after)
            running = tasks.create_task(half.another_uplink(connect=session.connect).run())
            await ticks(n)

            running.cancel()

            assert await ended(running), f"cancelled after {n} turns of the loop it runs on"
            due = [half.desk.outbox.get(event.seq) for event in alerts]
            assert all(waiting and not waiting.in_flight for waiting in due)


async def test_it_says_that_it_stops_whenever_it_stands(tmp_path: Path) -> None:
    async with lower_half(tmp_path, broker_at(1)) as half, asyncio.TaskGroup() as tasks:
        for n in TICKS:
            session = FakeSession()
            running = tasks.create_task(half.another_uplink(connect=session.connect).run())
            await ticks(n)
            online = bool(session.taken)

            running.cancel()
            await ended(running)

            last = json.loads(session.taken[-1][1])["state"] if online else "stopping"
            assert last == "stopping", f"after {n} turns of the loop"


@pytest.mark.parametrize("turns", range(4), ids="{} turns of the loop later".format)
async def test_a_message_is_not_lost_on_who_is_cancelled_when_it_comes(broker: Broker, listener: Listener, turns: int) -> None:
    async with connect(broker, SystemClock()) as up, asyncio.TaskGroup() as tasks:
        await up.subscribe(topic("down/commands"))
        receiving = tasks.create_task(up.receive())
        cancelling = tasks.create_task(cancelled_when_a_message_comes(up, receiving, turns))

        await listener.says("down/commands", b"dispatch")
        await cancelling

        message = await up.receive() if receiving.cancelled() else receiving.result()
        assert message.payload == b"dispatch"


async def cancelled_when_a_message_comes(up: PahoSession, task: asyncio.Task[Message], turns: int) -> None:
    """In the very tick, or so many turns of the loop later."""
    heard, came = up._paho.on_message, asyncio.Event()
    assert heard

    def hear(*message: Any) -> None:
        heard(*message)
        came.set()
        if not turns:
            task.cancel()

    up._paho.on_message = hear
    await came.wait()
    await ticks(turns - 1)
    task.cancel()
    await asyncio.wait([task])


async def test_an_alert_that_was_on_its_way_is_sent_again_by_the_next_uplink(tmp_path: Path) -> None:
    async with ScriptedBroker() as slow, lower_half(tmp_path, broker_at(slow.port)) as half:
        slow.acknowledges = lambda packet: b"up/alerts" not in packet
        half.starts()
        half.desk.raises()
        await slow.has_come(b"up/alerts")
        await half.stops()
        slow.publishes.clear()

        half.uplink = half.another_uplink()
        half.starts()

        await slow.has_come(b"up/alerts")


async def test_a_command_that_was_not_carried_out_comes_again_to_the_next_uplink(half: LowerHalf, listener: Listener) -> None:
    begun = asyncio.Event()

    async def never(command: Command) -> Reply:
        begun.set()
        return await asyncio.Future()

    obedient, half.desk.router = half.desk.router, Router({"acknowledge": never}, half.desk, half.clock)
    half.uplink = half.another_uplink()
    half.starts()
    await listener.hears("up/heartbeat")
    await listener.says("down/commands", b'{"id":"c-1","verb":"acknowledge"}')
    await begun.wait()
    await half.stops()

    half.desk.router = obedient
    half.uplink = half.another_uplink()
    half.starts()

    reply = json.loads((await listener.hears("up/replies")).payload)
    assert (reply["id"], reply["status"]) == ("c-1", "done")
