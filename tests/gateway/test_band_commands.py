"""notify, measure and locate: begun at once, answered again when it is known what came of it, and never forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from drivers.driver import Advertisement, Find, Measure, Order, Outcome, OutcomeWord, ShowText, Vibrate
from fake_devices import serial_hub_frames as frames
from fake_devices.patience import HANGS_S
from fake_devices.serial_hub_frames import RecordValues
from gateway import band_commands
from gateway.band_commands import BandCommands
from gateway.commands import Command, Reply
from gateway.later_replies import NAME
from gateway.router import Router
from tests.gateway.upper_half import BAND, PENDANT, TestClock, UpperHalf, upper_half


@dataclass
class Ways:
    """`does` says what comes of each order; it is `unsupported` otherwise."""

    does: dict[type[Order], OutcomeWord | list[OutcomeWord]] = field(default_factory=dict)
    asked: list[tuple[str, Order]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    async def do(self, address: str, order: Order) -> Outcome:
        self.asked.append((address, order))
        words = self.does.get(type(order), "unsupported")
        word = words.pop(0) if isinstance(words, list) else words
        if asyncio.iscoroutine(coming := self.meanwhile()):
            await coming
        return Outcome(word)


@dataclass
class Stage:
    half: UpperHalf
    ways: Ways
    router: Router

    async def asks(self, verb: str, number: int = 1, *, here: bool = False, **args: object) -> Reply:
        return await self.router.answer(Command(id=f"c-{number}", verb=verb, args=args, here=here))

    async def last(self, reply: Reply) -> Reply:
        assert reply.status == "accepted", reply
        async with asyncio.timeout(HANGS_S):
            return await self.router.last(reply)


@asynccontextmanager
async def stage(folder: Path, clock: TestClock | None = None, *, working: bool = True) -> AsyncIterator[Stage]:
    ways = Ways()
    async with upper_half(folder, clock or TestClock()) as half:
        commands = BandCommands(
            gateway="xishan-01",
            roster=half.roster,
            ways=ways,
            heard=half.intake,
            measured=half.pipeline,
            stored=half.intake.stored,
            remember=half.stores.alerts.remember,
            clock=half.clock,
            language=lambda: "en",
        )
        half.router.also(commands.handlers)
        await half.router.later.resume(await half.stores.alerts.memories())
        async with asyncio.TaskGroup() as tasks:
            job = tasks.create_task(half.router.later.run()) if working else None
            yield Stage(half, ways, half.router)
            if job:
                job.cancel()


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as here:
        yield here


# --- notify -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "does", "expected", "orders"),
    [
        ({"signal": "received"}, {Vibrate: "done"}, {"band": "shown"}, [Vibrate(1)]),
        ({"signal": "help_on_the_way"}, {Vibrate: "sent"}, {"band": "sent"}, [Vibrate(2)]),
        ({"signal": "received", "text": "ok"}, {ShowText: "done"}, {"band": "shown"}, [ShowText("ok")]),
        ({"signal": "received", "text": "ok"}, {Vibrate: "sent"}, {"band": "sent"}, [ShowText("ok"), Vibrate(1)]),
        ({"signal": "call_me"}, {ShowText: "done"}, {"band": "shown"}, [ShowText("Please call")]),
        ({"signal": "call_me"}, {Find: "sent"}, {"band": "sent"}, [ShowText("Please call"), Find()]),
    ],
)
async def test_a_band_is_notified_and_the_last_reply_says_whether_it_showed_it(
    on_stage: Stage, args: dict[str, Any], does: dict[type[Order], OutcomeWord], expected: object, orders: list[Order]
) -> None:
    on_stage.ways.does.update(does)

    reply = await on_stage.last(await on_stage.asks("notify", wearer="W-001", **args))

    assert (reply.verb, reply.status, reply.result) == ("notify", "done", expected)
    assert on_stage.ways.asked == [(BAND, order) for order in orders]


@pytest.mark.parametrize("word", ["unsupported", "failed"])
async def test_what_a_band_cannot_or_would_not_do_has_failed(on_stage: Stage, word: OutcomeWord) -> None:
    on_stage.ways.does[Vibrate] = word

    reply = await on_stage.last(await on_stage.asks("notify", wearer="W-001", signal="received"))

    assert (reply.status, reply.reason) == ("failed", word)


@pytest.mark.parametrize("word", ["unreachable", "busy"])
async def test_a_band_that_may_come_is_tried_again_until_its_time_is_over(
    on_stage: Stage, word: OutcomeWord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(band_commands, "AGAIN_S", 0.001)
    on_stage.ways.does[Vibrate] = [word, word, "done"]
    came = await on_stage.last(await on_stage.asks("notify", 1, wearer="W-001", signal="received"))
    assert (came.status, len(on_stage.ways.asked)) == ("done", 3)

    monkeypatch.setattr(band_commands, "NOTIFY_S", 0.02)
    on_stage.ways.does[Vibrate] = word
    never = await on_stage.last(await on_stage.asks("notify", 2, wearer="W-001", signal="received"))
    assert (never.status, never.reason) == ("failed", word)


# --- measure ----------------------------------------------------------------------------------------------------------


async def test_what_was_measured_is_named_and_on_the_disk(on_stage: Stage) -> None:
    on_stage.ways.does[Measure] = "done"
    on_stage.ways.meanwhile = lambda: on_stage.half.streams(
        frames.record(BAND, 1, RecordValues(heart_rate=71, oxygen_saturation=97))
    )

    reply = await on_stage.last(await on_stage.asks("measure", wearer="W-001", kind="heart_rate"))

    assert on_stage.ways.asked == [(BAND, Measure("heart_rate"))]
    kept = {one.id: one.value for one in await on_stage.half.kept() if one.kind == "heart_rate"}
    assert (reply.status, reply.result) == ("done", {"readings": list(kept)})
    assert list(kept.values()) == [71]
    assert on_stage.half.pipeline.listeners == set()


async def test_a_value_that_comes_later_than_the_bands_word_counts_and_none_at_all_has_failed(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_stage.ways.does[Measure] = "sent"
    begun = await on_stage.asks("measure", 1, wearer="W-001", kind="heart_rate")
    while not on_stage.half.pipeline.listeners:  # noqa: ASYNC110 (nothing tells of it)
        await asyncio.sleep(0)
    await on_stage.half.streams(frames.record(BAND, 1, RecordValues(heart_rate=71)))
    assert (await on_stage.last(begun)).status == "done"

    monkeypatch.setattr(band_commands, "MEASURE_S", 0.02)
    reply = await on_stage.last(await on_stage.asks("measure", 2, wearer="W-001", kind="heart_rate"))
    assert (reply.status, reply.reason) == ("failed", "failed")


async def test_a_kind_that_no_band_of_the_wearer_measures_is_unsupported(on_stage: Stage) -> None:
    reply = await on_stage.last(await on_stage.asks("measure", wearer="W-003", kind="blood_pressure"))

    assert (reply.status, reply.reason) == ("failed", "unsupported")
    assert on_stage.ways.asked == []


# --- locate -----------------------------------------------------------------------------------------------------------


async def test_a_wearer_is_where_the_band_was_last_and_was_heard_by_whom(on_stage: Stage) -> None:
    assert (await on_stage.asks("locate", 1, wearer="W-001")).result == {"room": "3-201"}
    await on_stage.half.streams(frames.record(BAND, 1, RecordValues(position=(30.53, 120.68, 12, 0))))
    on_stage.half.clock.now_s += 42

    reply = await on_stage.asks("locate", 2, wearer="W-001")

    assert (reply.status, reply.result) == (
        "done",
        {
            "position": {"latitude": 30.53, "longitude": 120.68, "accuracy_m": 12, "age_s": 42},
            "room": "3-201",
            "heard": {"by": "hall-hub", "rssi": None, "age_s": 42},
        },
    )


async def test_an_indoor_band_is_near_the_receiver_that_hears_it_best_and_not_the_one_that_heard_it_last(
    on_stage: Stage,
) -> None:
    for by, rssi in (("hci0", -82), ("house-3", -47), ("hci1", -90)):
        await on_stage.half.hears(Advertisement(b"", PENDANT, rssi, by=by))
        on_stage.half.clock.now_s += 1

    reply = await on_stage.asks("locate", wearer="W-002")

    assert reply.result == {"room": "3-202", "heard": {"by": "house-3", "rssi": -47, "age_s": 1}}


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "args", "reason"),
    [
        ("notify", {"wearer": "W-001"}, "unreadable"),
        ("notify", {"wearer": "W-001", "signal": "dance"}, "unreadable"),
        ("notify", {"wearer": "W-001", "signal": "received", "text": ""}, "unreadable"),
        ("notify", {"wearer": "W-001", "signal": "received", "text": "x" * 201}, "unreadable"),
        ("notify", {"wearer": "W-999", "signal": "received"}, "unknown wearer"),
        ("measure", {"wearer": "W-001", "kind": "luck"}, "unreadable"),
        ("measure", {"wearer": "W-001"}, "unreadable"),
        ("measure", {"wearer": "W-999", "kind": "heart_rate"}, "unknown wearer"),
        ("locate", {}, "unreadable"),
        ("locate", {"wearer": ["W-001"]}, "unreadable"),
        ("locate", {"wearer": "W-999"}, "unknown wearer"),
    ],
)
async def test_what_makes_no_sense_is_rejected_and_no_band_is_asked(
    on_stage: Stage, verb: str, args: dict[str, Any], reason: str
) -> None:
    reply = await on_stage.asks(verb, **args)

    assert (reply.status, reply.reason) == ("rejected", reason)
    assert on_stage.ways.asked == []


# --- two replies ------------------------------------------------------------------------------------------------------


async def test_the_same_command_gets_the_last_answer_and_does_nothing(on_stage: Stage) -> None:
    on_stage.ways.does[Vibrate] = "done"
    last = await on_stage.last(await on_stage.asks("notify", wearer="W-001", signal="received"))

    assert await on_stage.asks("notify", wearer="W-001", signal="received") == last
    assert len(on_stage.ways.asked) == 1


async def test_the_last_reply_waits_until_the_platform_has_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on_stage:
        on_stage.ways.does[Vibrate] = "done"
        last = await on_stage.last(await on_stage.asks("notify", wearer="W-001", signal="received"))
        assert on_stage.router.later.next() == last

    async with stage(tmp_path) as on_stage:
        assert on_stage.router.later.next() == last
        await on_stage.router.later.said(last)
        assert on_stage.router.later.next() is None

    async with stage(tmp_path) as on_stage:
        assert on_stage.router.later.next() is None


@pytest.mark.fault("process", "kill -9 between the two replies of a command to a band", promise="`failed`, never silence")
async def test_a_kill_between_the_two_replies_ends_as_failed_and_never_as_silence(tmp_path: Path) -> None:
    async with stage(tmp_path, working=False) as on_stage:
        assert (await on_stage.asks("measure", wearer="W-001", kind="heart_rate")).status == "accepted"

    async with stage(tmp_path) as on_stage:
        reply = on_stage.router.later.next()
        assert reply == Reply(id="c-1", verb="measure", status="failed", reason="failed")
        assert await on_stage.asks("measure", wearer="W-001", kind="heart_rate") == reply


async def test_who_asks_at_the_control_socket_waits_there_and_the_platform_is_not_told(on_stage: Stage) -> None:
    on_stage.ways.does[Vibrate] = "done"

    await on_stage.last(await on_stage.asks("notify", here=True, wearer="W-001", signal="received"))

    assert on_stage.router.later.next() is None
    assert (await on_stage.half.stores.alerts.memories())[NAME] == b"[]"
