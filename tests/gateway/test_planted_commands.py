"""Planted bad commands: each is refused with a reason, or has no reply and is counted, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fake_devices import serial_hub_frames as frames
from fake_devices.serial_hub_frames import RecordValues
from gateway.commands import Command, Reply
from gateway.formats.format import Unreadable
from gateway.formats.native import NativeFormat
from gateway.formats.times import rfc3339
from tests.gateway.test_band_commands import Stage, stage
from tests.gateway.upper_half import BAND, TestClock
from tests.make_schemas import folder

ALERT = "ALERT"  # stands for the id of the open alert
SHELF = {"wearer": "W-001", "kinds": ["heart_rate"], "until": "UNTIL", "reason": "gymnastics"}
NO_REPLY = "no reply"


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def command(verb: object = "acknowledge", args: object = None, **others: Any) -> dict[str, Any]:
    return {"id": "bad-1", "verb": verb, "args": {"alert": ALERT} if args is None else args, "actor": "nurse-3"} | others


# What comes down on down/commands (bytes as they are, else as JSON), and the reason of its reply.
PLANTED: dict[str, tuple[Any, str]] = {
    "no JSON": (b"acknowledge A1", NO_REPLY),
    "nothing": (b"", NO_REPLY),
    "half of it": (b'{"id": "bad-1", "verb": "ackn', NO_REPLY),
    "no UTF-8": (b'{"id": "\xff\xfe", "verb": "acknowledge"}', NO_REPLY),
    "no object": ([1, 2, 3], NO_REPLY),
    "longer than 64 KB": (command(note="x" * 70_000), NO_REPLY),
    "deeper than 32": (command(args={"alert": ALERT, "x": deep(40)}), NO_REPLY),
    "so deep that a parser falls over": (b'{"id":"bad-1","args":' + b"[" * 30_000 + b"]" * 30_000 + b"}", NO_REPLY),
    "no id": ({"verb": "acknowledge", "args": {"alert": ALERT}}, NO_REPLY),
    "an empty id": (command(id=""), NO_REPLY),
    "an id of 129 characters": (command(id="x" * 129), NO_REPLY),
    "a number as id": (command(id=7), NO_REPLY),
    "no verb": ({"id": "bad-1", "args": {"alert": ALERT}, "actor": "nurse-3"}, "unreadable"),
    "a list as verb": (command(["acknowledge"]), "unreadable"),
    "args that are a text": (command(args="alert"), "unreadable"),
    "an actor of 200 characters": (command(actor="x" * 200), "unreadable"),
    "an actor that is an object": (command(actor={"name": "nurse-3"}), "unreadable"),
    "a time that is none": (command(expires_at="tomorrow"), "unreadable"),
    "a time without a zone": (command(expires_at="2026-11-30T06:47:34"), "unreadable"),
    "a time that is a number": (command(expires_at=1_795_500_000), "unreadable"),
    "expired": (command(expires_at="2001-01-01T00:00:00Z"), "expired"),
    "an unknown verb": (command("explode"), "unknown verb"),
    "a verb in capitals": (command("ACKNOWLEDGE"), "unknown verb"),
    "a verb with a blank": (command("acknowledge "), "unknown verb"),
    "no actor": (command(actor=None), "actor is missing"),
    "an actor of blanks": (command(actor="  "), "actor is missing"),
    "no alert": (command(args={}), "unknown alert"),
    "an alert of null": (command(args={"alert": None}), "unknown alert"),
    "an alert that never was": (command(args={"alert": "xishan-01/1/A4711"}), "unknown alert"),
    "an alert of another gateway": (command(args={"alert": "elsewhere/1/A1"}), "unknown alert"),
    "an event for an alert": (command(args={"alert": ALERT + "#1"}), "unknown alert"),
    "an alert by other digits": (command(args={"alert": ALERT.replace("1", "\u0661") + "\u0661"}), "unknown alert"),
    "a path for an alert": (command(args={"alert": "../../etc/passwd"}), "unknown alert"),
    "an outcome that is none": (command("resolve", {"alert": ALERT, "outcome": "fine"}), "unreadable"),
    "a note of 501 characters": (command("resolve", {"alert": ALERT, "note": "x" * 501}), "unreadable"),
    "minutes below zero": (command("dispatch", {"alert": ALERT, "eta_min": -1}), "unreadable"),
    "minutes without end": (command("dispatch", {"alert": ALERT, "eta_min": 1e308}), "unreadable"),
    "the kind that is never shelved": (command("shelve", SHELF | {"kinds": ["heart_rate", "sos"]}), "unreadable"),
    "a shelf of two days": (command("shelve", SHELF | {"until": "2099-01-01T00:00:00Z"}), "unreadable"),
    "a shelf without a reason": (command("shelve", SHELF | {"reason": ""}), "unreadable"),
    "a shelf of nobody": (command("shelve", SHELF | {"wearer": "W-999"}), "unknown wearer"),
    "a shelf without an actor": (command("shelve", SHELF, actor=""), "actor is missing"),
    "an unshelving of a fall": (command("unshelve", {"wearer": "W-001", "kinds": ["fall"]}), "unreadable"),
    "a signal that is none": (command("notify", {"wearer": "W-001", "signal": "dance"}), "unreadable"),
    "a measure of luck": (command("measure", {"wearer": "W-001", "kind": "luck"}), "unreadable"),
    "the place of nobody": (command("locate", {"wearer": "W-999"}), "unknown wearer"),
    "a settlement by nobody": (
        command("snapshot", {"closed": [{"alert": ALERT, "workflow": "resolved"}]}, actor=None),
        "actor is missing",
    ),
    "a settlement of a wrong workflow": (
        command("snapshot", {"closed": [{"alert": ALERT, "workflow": "raised", "actor": "nurse-3"}]}),
        "unreadable",
    ),
}


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """One call for help is open."""
    async with stage(tmp_path, TestClock()) as here:
        await here.half.streams(frames.record(BAND, 1, RecordValues(sos=True)))
        here.half.told()
        yield here


def payload_of(planted: Any, on_stage: Stage) -> bytes:
    if isinstance(planted, bytes):
        return planted
    text = json.dumps(planted).replace(ALERT, f"xishan-01/{on_stage.half.stores.epoch}/A1")
    return text.replace("UNTIL", rfc3339(on_stage.half.clock.wall_ms() + 3_600_000)).encode()


async def came_down(payload: bytes, on_stage: Stage) -> Reply | None:
    """As the lanes read it."""
    said = NativeFormat("xishan-01").inbound("lifering/v1/xishan-01/down/commands", payload)
    asked = said.command if isinstance(said, Unreadable) else said
    return await on_stage.router.answer(asked) if isinstance(asked, Command) else None


def valid(reply: Reply) -> None:
    """It keeps to the schema."""
    schema = json.loads((folder() / "reply.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(NativeFormat("xishan-01").reply(reply).payload))


def test_there_are_at_least_forty() -> None:
    assert len(PLANTED) >= 40


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.fault("people and commands", "hundreds of bad commands", promise="refused with a reason; nothing changes")
async def test_a_bad_command_is_refused_with_a_reason_and_changes_nothing(on_stage: Stage, name: str) -> None:
    planted, reason = PLANTED[name]
    before = on_stage.half.desk.standing, await on_stage.half.stores.alerts.memories()

    reply = await came_down(payload_of(planted, on_stage), on_stage)

    if reply is None:
        assert reason == NO_REPLY
    else:
        assert (reply.status, reply.reason) == ("rejected", reason)
        valid(reply)
        assert await came_down(payload_of(planted, on_stage), on_stage) == reply
    assert (on_stage.half.desk.standing, await on_stage.half.stores.alerts.memories()) == before
    assert on_stage.half.told() == []
    assert on_stage.ways.asked == []


@pytest.mark.parametrize("verb", ["resolve", "shelve", "notify", "snapshot"])
@pytest.mark.fault("people and commands", "the id of a command is played back with other content", promise="refused")
async def test_an_id_that_is_replayed_with_other_content_is_refused(on_stage: Stage, verb: str) -> None:
    args = {"resolve": {"alert": ALERT}, "shelve": SHELF, "notify": {"wearer": "W-001", "signal": "received"}, "snapshot": {}}
    first = await came_down(payload_of(command("locate", {"wearer": "W-001"}), on_stage), on_stage)

    reply = await came_down(payload_of(command(verb, args[verb]), on_stage), on_stage)

    assert reply
    assert (reply.status, reply.reason) == ("rejected", "id was used for another command")
    assert await came_down(payload_of(command("locate", {"wearer": "W-001"}), on_stage), on_stage) == first
    assert len(on_stage.half.desk.open_alerts) == 1


async def test_the_replies_of_all_eleven_verbs_keep_to_the_schema(on_stage: Stage) -> None:
    verbs: dict[str, Any] = {
        "acknowledge": {"alert": ALERT},
        "dispatch": {"alert": ALERT, "responder": "V-12", "eta_min": 5},
        "on_scene": {"alert": ALERT},
        "shelve": SHELF,
        "unshelve": {"wearer": "W-001"},
        "notify": {"wearer": "W-001", "signal": "received"},
        "measure": {"wearer": "W-001", "kind": "heart_rate"},
        "locate": {"wearer": "W-001"},
        "snapshot": {"open": [ALERT]},
        "cancel": {"alert": ALERT, "reason": "a mistake"},
        "resolve": {"alert": ALERT},
    }
    asked = json.loads((folder() / "command.schema.json").read_text(encoding="utf-8"))
    for verb, args in verbs.items():
        payload = payload_of(command(verb, args, id=f"c-{verb}"), on_stage)
        Draft202012Validator(asked).validate(json.loads(payload))

        reply = await came_down(payload, on_stage)

        assert reply
        valid(reply)
        valid(await on_stage.router.last(reply))
        assert reply.status == {"notify": "accepted", "measure": "accepted", "resolve": "rejected"}.get(verb, "done")
