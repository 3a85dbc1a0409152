"""What the platform says is carried out and answered; what nobody can read is counted, and named among the faults."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fake_devices.patience import HANGS_S
from gateway.commands import Begun, Command, Reply
from gateway.router import Router
from tests.gateway.channels.mqtt.gateway_half import LowerHalf, lower_half
from tests.gateway.channels.mqtt.listener import Listener
from tests.gateway.channels.mqtt.scripted_broker import ScriptedBroker
from tests.gateway.channels.mqtt.settings import broker_at, topic
from tests.gateway.sources.recorder import eventually

ACKNOWLEDGE = b'{"id":"c-1","verb":"acknowledge","args":{"alert":"g-1/3/A1"},"actor":"dispatcher-7"}'


@pytest.fixture
async def above(half: LowerHalf, listener: Listener) -> Listener:
    """The platform's side of a link that stands."""
    half.starts()
    await listener.hears("up/heartbeat")
    return listener


async def hears(above: Listener, topic: str) -> Any:
    return json.loads((await above.hears(topic)).payload)


async def test_a_command_is_carried_out_and_answered(half: LowerHalf, above: Listener) -> None:
    await above.says("down/commands", ACKNOWLEDGE)

    assert await hears(above, "up/replies") == {"v": 1, "id": "c-1", "verb": "acknowledge", "status": "done"}
    assert half.desk.commands == [
        Command(id="c-1", verb="acknowledge", args={"alert": "g-1/3/A1"}, actor="dispatcher-7")
    ]  # fmt: skip


@pytest.mark.fault("broker", "the link breaks before each command is answered", promise="the next one has the answer")
async def test_a_command_is_answered_though_each_link_breaks_before_its_answer(tmp_path: Path) -> None:
    """Else one that stands still again and again would never come to its answer."""
    asked, breaks = asyncio.Event(), asyncio.Event()

    async def answer(command: Command) -> Reply:
        asked.set()
        await breaks.wait()
        return Reply(id=command.id, verb=command.verb, status="done")

    async with ScriptedBroker() as script, lower_half(tmp_path, broker_at(script.port)) as half:
        half.desk.router = Router({"acknowledge": answer}, half.desk, half.clock)
        half.uplink = half.another_uplink()
        half.starts()
        await script.has_come(b"up/snapshot")
        script.tells(topic("down/commands"), ACKNOWLEDGE)
        await asyncio.wait_for(asked.wait(), HANGS_S)

        script.cuts()
        await eventually(lambda: half.uplink.state == "waiting")
        breaks.set()

        await script.has_come(b"up/replies", b'"id":"c-1","verb":"acknowledge","status":"done"')


async def test_of_a_command_that_waits_nothing_is_kept_twice(half: LowerHalf, listener: Listener) -> None:
    async def never(_: Command) -> Reply:
        return await asyncio.Future()

    half.desk.router = Router({"acknowledge": never}, half.desk, half.clock)
    half.uplink = half.another_uplink()
    half.starts()
    await listener.hears("up/heartbeat")
    for number in range(4):
        await listener.says("down/commands", ACKNOWLEDGE.replace(b"c-1", b"c-%d" % number) + b" " * 50_000)
    waiting = half.uplink._commands.came
    await eventually(lambda: waiting.qsize() == 3)

    assert sum(len(waiting.get_nowait().message.payload) for _ in range(3)) == 0


async def test_what_has_come_to_its_end_is_not_called_accepted_any_more(tmp_path: Path) -> None:
    """Its first answer waits behind others for a broker that is slow, or for the next link; the last one does not."""

    async def done(command: Command) -> Reply:
        return Reply(id=command.id, verb=command.verb, status="done")

    async def begun(command: Command) -> Begun:
        reply = Reply(id=command.id, verb=command.verb, status="accepted")
        return Begun(reply, partial(done, command))

    async with ScriptedBroker() as script, lower_half(tmp_path, broker_at(script.port)) as half, asyncio.TaskGroup() as tasks:
        router = half.desk.router = Router({"acknowledge": done, "measure": begun}, half.desk, half.clock)
        working = tasks.create_task(router.later.run())
        half.uplink = half.another_uplink()
        half.starts()
        await script.has_come(b"up/snapshot")
        script.acknowledges = lambda packet: b'"id":"c-1","verb":"acknowledge","status"' not in packet
        script.tells(topic("down/commands"), ACKNOWLEDGE)
        await script.has_come(b'"id":"c-1","verb":"acknowledge","status"')
        script.tells(topic("down/commands"), b'{"id":"c-2","verb":"measure","actor":"dispatcher-7"}')
        await script.has_come(b'"id":"c-2","verb":"measure","status":"done"')

        script.acknowledges = lambda packet: True
        script.cuts()
        await eventually(lambda: len(script.connects) == 2)
        script.tells(topic("down/commands"), ACKNOWLEDGE.replace(b"c-1", b"c-3"))
        await script.has_come(b'"id":"c-3","verb":"acknowledge","status"')
        working.cancel()

    told = [json.loads(sent[sent.index(b'{"v":1') :]) for sent in script.publishes if b'"id":"c-2"' in sent]
    assert {reply["status"] for reply in told} == {"done"}


async def test_a_command_that_nobody_can_read_has_no_reply_and_is_a_fault(half: LowerHalf, above: Listener) -> None:
    for nonsense in (b"nonsense", b'{"verb":"acknowledge"}', b'{"id":"c-0","verb":"cancel"}' + b" " * 65_536):
        await above.says("down/commands", nonsense)
    await above.says("down/commands", ACKNOWLEDGE)

    assert (await hears(above, "up/replies"))["id"] == "c-1"
    assert half.uplink.faults == ["unreadable commands"]
    assert half.uplink.refused == {"down/commands": 3}


async def test_a_command_whose_id_can_be_read_is_rejected(half: LowerHalf, above: Listener) -> None:
    await above.says("down/commands", b'{"id":"c-2","verb":"dispatch","args":"g-1/3/A1"}')

    assert await hears(above, "up/replies") == {
        "v": 1, "id": "c-2", "verb": "dispatch", "status": "rejected", "reason": "unreadable",
    }  # fmt: skip
    assert half.uplink.faults == ["unreadable commands"]


async def test_an_id_that_was_used_by_nonsense_is_used(half: LowerHalf, above: Listener) -> None:
    await above.says("down/commands", b'{"id":"c-1","verb":"acknowledge","args":"g-1/3/A1"}')
    await above.says("down/commands", b'{"id":"c-1","verb":"acknowledge","args":"g-1/3/A1"}')
    await above.says("down/commands", ACKNOWLEDGE)

    reasons = [(await hears(above, "up/replies"))["reason"] for _ in range(3)]
    assert reasons == ["unreadable", "unreadable", "id was used for another command"]
    assert half.desk.commands == []


async def test_receipts_that_nobody_can_read_are_a_fault(half: LowerHalf, above: Listener) -> None:
    await above.says("down/receipts", b'{"ids":"g-1/3/A1","status":"ok"}')
    await above.says("down/receipts", b'{"ids":["g-1/3/A2"],"status":"ok"}')
    await half.desk.wait_for(lambda: half.desk.receipts)

    assert half.desk.receipts == [("g-1/3/A2", "ok", "")]
    assert half.uplink.faults == ["unreadable receipts"]
    assert half.uplink.refused == {"down/receipts": 1}


async def test_one_bad_id_does_not_spoil_the_receipts_beside_it(half: LowerHalf, above: Listener) -> None:
    await above.says("down/receipts", b'{"ids":["g-1/3/A1",17,"g-1/3/A2"],"status":"ok"}')
    await half.desk.wait_for(lambda: len(half.desk.receipts) == 2)

    assert [name for name, _, _ in half.desk.receipts] == ["g-1/3/A1", "g-1/3/A2"]
    assert half.uplink.faults == ["unreadable receipts"]


async def test_what_is_open_is_said_after_each_connection(half: LowerHalf, listener: Listener) -> None:
    half.desk.raises()

    for _ in range(2):
        half.starts()
        assert [alert["id"] for alert in (await hears(listener, "up/snapshot"))["open"]] == ["g-1/3/A1"]
        await half.stops()


async def test_what_is_open_is_said_when_it_is_asked_for_and_before_the_answer(half: LowerHalf, above: Listener) -> None:
    async def answer(command: Command) -> Reply:
        half.desk.raises()
        return Reply(id=command.id, verb=command.verb, status="done")

    await half.stops()
    half.desk.router = Router({"snapshot": answer}, half.desk, half.clock)
    half.uplink = half.another_uplink()
    half.starts()
    assert (await hears(above, "up/snapshot"))["open"] == []

    await above.says("down/commands", b'{"id":"c-1","verb":"snapshot","args":{"open":[]}}')

    assert [alert["id"] for alert in (await hears(above, "up/snapshot"))["open"]] == ["g-1/3/A1"]
    assert (await hears(above, "up/replies"))["status"] == "done"


async def test_however_many_receipts_come_at_once_everything_else_has_its_turn_between_them(
    half: LowerHalf, above: Listener
) -> None:
    ids = [f"g-1/3/A{number}" for number in range(1, 2_001)]
    steps = [0]

    async def looks_at_each_turn() -> None:
        while steps[-1] < len(ids):
            await asyncio.sleep(0)
            steps.append(len(half.desk.receipts))

    async with asyncio.timeout(HANGS_S), asyncio.TaskGroup() as tasks:
        tasks.create_task(looks_at_each_turn())
        await above.says("down/receipts", json.dumps({"ids": ids, "status": "ok"}).encode())

    assert max(after - before for before, after in pairwise(steps)) == 1
