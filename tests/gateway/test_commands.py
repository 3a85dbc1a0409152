"""The router: each command is carried out once, and answered the same each time, over restarts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway import commands
from gateway.clock import ClockState
from gateway.commands import Command, Rejected, Reply, answered
from gateway.router import Router
from gateway.store.alerts import AlertStore
from gateway.store.keeping import Transaction
from gateway.store.stores import Stores
from tests.gateway.store.given import NOW_MS, StillClock, stores_in

COMMAND = Command(id="c-1", verb="acknowledge", args={"alert": "xishan-01/1/A4"}, actor="dispatcher-7")


class Hands:
    """Carry out `acknowledge` and `cancel`, as often as they are asked; `refuses` is why not."""

    def __init__(self, store: AlertStore) -> None:
        self.done: list[Command] = []
        self.refuses = ""
        self.asked, self.may_go_on = asyncio.Event(), asyncio.Event()
        self.may_go_on.set()
        self._store = store

    async def act(self, command: Command) -> Reply:
        self.asked.set()
        await self.may_go_on.wait()
        if self.refuses:
            raise Rejected(self.refuses)
        self.done.append(command)
        reply = Reply(id=command.id, verb=command.verb, status="done", result={"workflow": "acknowledged"})
        await self._store.save(Transaction(replies=[answered(command, reply)]))
        return reply


def router_of(stores: Stores, state: ClockState = "synced") -> tuple[Router, Hands]:
    hands = Hands(stores.alerts)
    clock = StillClock(state=state)
    return Router({"acknowledge": hands.act, "cancel": hands.act}, stores.alerts, clock), hands


def why(reply: Reply) -> tuple[str, str]:
    return reply.status, reply.reason


async def test_a_command_is_given_to_who_can_carry_it_out(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)

        reply = await router.answer(COMMAND)

        assert reply == Reply(id="c-1", verb="acknowledge", status="done", result={"workflow": "acknowledged"})
        assert hands.done == [COMMAND]


@pytest.mark.parametrize("verb", ["explode", "", "Acknowledge", "notify"])
async def test_a_verb_that_nobody_has_is_unknown_before_anything_else_is_looked_at(tmp_path: Path, verb: str) -> None:
    async with stores_in(tmp_path) as stores:
        router, _ = router_of(stores)
        command = replace(COMMAND, verb=verb, expires_ms=NOW_MS - 1)

        assert await router.answer(command) == Reply(id="c-1", verb=verb, status="rejected", reason="unknown verb")
        await router.answer(replace(COMMAND, id="c-2"))
        assert (await router.answer(replace(command, id="c-2"))).reason == "unknown verb"


async def test_the_same_again_gets_the_same_answer_and_does_nothing_also_after_a_restart(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        first = await router.answer(COMMAND)

        assert await router.answer(replace(COMMAND, expires_ms=NOW_MS - 1)) == first
        assert len(hands.done) == 1

    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        assert await router.answer(COMMAND) == first
        assert hands.done == []


async def test_what_was_rejected_stays_rejected_also_when_it_would_be_possible_now(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        hands.refuses = "unknown alert"
        assert why(await router.answer(COMMAND)) == ("rejected", "unknown alert")

    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        assert why(await router.answer(COMMAND)) == ("rejected", "unknown alert")
        assert hands.done == []


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(COMMAND, verb="cancel"), id="another verb"),
        pytest.param(replace(COMMAND, args={"alert": "xishan-01/1/A5"}), id="another alert"),
        pytest.param(replace(COMMAND, actor="dispatcher-8"), id="another person"),
    ],
)
async def test_an_id_that_was_used_for_another_command_is_rejected_and_the_first_answer_stays(
    tmp_path: Path, other: Command
) -> None:
    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        first = await router.answer(COMMAND)

        assert why(await router.answer(other)) == ("rejected", "id was used for another command")
        assert await router.answer(COMMAND) == first
        assert hands.done == [COMMAND]


def test_the_same_content_is_the_same_however_it_is_written() -> None:
    one = replace(COMMAND, args={"alert": "x/1/A4", "eta_min": 5, "more": {"a": 1, "b": 2}})
    other = replace(COMMAND, id="c-2", args={"more": {"b": 2, "a": 1}, "eta_min": 5, "alert": "x/1/A4"}, expires_ms=7)

    assert one.fingerprint == other.fingerprint
    assert len(one.fingerprint) == 32


@pytest.mark.parametrize(
    ("state", "expires_ms", "expected"),
    [
        ("synced", NOW_MS - 1, ("rejected", "expired")),
        ("holdover", NOW_MS - 1, ("rejected", "expired")),
        ("synced", NOW_MS, ("done", "")),
        ("synced", None, ("done", "")),
        ("unsynced", NOW_MS - 1, ("done", "")),  # a gateway that does not know the date still obeys
    ],
)
async def test_what_has_expired_is_not_carried_out_as_far_as_the_clock_can_tell(
    tmp_path: Path, state: ClockState, expires_ms: int | None, expected: tuple[str, str]
) -> None:
    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores, state)

        assert why(await router.answer(replace(COMMAND, expires_ms=expires_ms))) == expected
        assert bool(hands.done) == (expected[0] == "done")


async def test_one_that_makes_no_sense_is_answered_alike_for_ever_and_has_used_its_id(tmp_path: Path) -> None:
    nonsense = replace(COMMAND, args={"sha256": "00"}, actor="", readable=False)
    async with stores_in(tmp_path) as stores:
        router, _ = router_of(stores)
        assert why(await router.answer(nonsense)) == ("rejected", "unreadable")

    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        assert why(await router.answer(nonsense)) == ("rejected", "unreadable")
        assert why(await router.answer(COMMAND)) == ("rejected", "id was used for another command")
        assert hands.done == []


@pytest.mark.fault("clock", "the clock goes back after a command expired", promise="it stays expired")
async def test_an_expired_command_stays_expired_though_the_clock_goes_back(tmp_path: Path) -> None:
    command = replace(COMMAND, expires_ms=NOW_MS - 1)
    async with stores_in(tmp_path) as stores:
        router, _ = router_of(stores)
        assert why(await router.answer(command)) == ("rejected", "expired")

    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores, "unsynced")
        assert why(await router.answer(command)) == ("rejected", "expired")
        assert hands.done == []


async def test_the_same_command_twice_at_once_is_carried_out_once(tmp_path: Path) -> None:
    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        hands.may_go_on.clear()
        async with asyncio.TaskGroup() as tasks:
            answering = [tasks.create_task(router.answer(COMMAND)) for _ in range(5)]
            await hands.asked.wait()
            await stores.alerts.answered("c-1")  # by now the others have looked too, were they let
            hands.may_go_on.set()

        assert len(hands.done) == 1
        assert {task.result().status for task in answering} == {"done"}


async def test_a_rejection_is_on_the_disk_before_anybody_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stores_in(tmp_path) as stores:
        router, hands = router_of(stores)
        hands.refuses = "unknown alert"
        go, reached, save = asyncio.Event(), asyncio.Event(), AlertStore.save

        async def slowly(store: AlertStore, transaction: Transaction) -> None:
            reached.set()
            await go.wait()
            await save(store, transaction)

        monkeypatch.setattr(AlertStore, "save", slowly)
        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(router.answer(COMMAND))
            await reached.wait()
            was_answered = answering.done()
            go.set()
        assert not was_answered
        known = await stores.alerts.answered("c-1")
        assert known
        assert known.reply == answering.result()


def test_a_reply_comes_back_from_the_store_as_it_was() -> None:
    reply = Reply(id="c-1", verb="resolve", status="failed", reason="busy", result={"readings": ["x/1/7"], "n": 1.5})

    assert commands.decode(commands.encode(reply)) == reply
