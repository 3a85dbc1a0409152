"""A local light or buzzer: begins with the alert, is told of its end, and nothing waits for it, whatever the command does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.alert import Alert, AlertEvent, EventName, Priority, RuleRef
from gateway.channels import gpio_light, local
from gateway.channels.local import LocalChannel, run_command
from gateway.formats.native import NativeFormat
from tests.gateway.sources.recorder import eventually, running


def an_event(name: EventName = "raised", **others: Any) -> AlertEvent:
    fields: dict[str, Any] = {"condition": "active", "workflow": "raised", "kind": "sos", "priority": "critical"} | others
    alert = Alert(number=1, at_ms=1, raised_ms=1, rule=RuleRef(id="SOS", table="1"), **fields)
    return AlertEvent(alert=alert, event=name, seq=1, at_ms=1, text="")


def a_channel(*command: str, least: Priority = "critical") -> LocalChannel:
    return LocalChannel(lambda: command or None, lambda: least, lambda event: NativeFormat("g").alert(event, 0).payload)


def writes(folder: Path) -> tuple[str, ...]:
    """A command that puts down what it gets."""
    return "sh", "-c", f"cat >> {folder}/out"


def lines(folder: Path) -> list[Any]:
    out = folder / "out"
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


async def shown(channel: LocalChannel, event: AlertEvent, folder: Path) -> None:
    """It was run with this."""
    before = len(lines(folder))
    channel.told(event)
    await eventually(lambda: len(lines(folder)) == before + 1)


async def test_it_gets_the_alert_as_one_line_at_its_beginning_each_escalation_and_its_end(tmp_path: Path) -> None:
    channel = a_channel(*writes(tmp_path))
    async with running(channel.run()):
        await shown(channel, an_event("raised"), tmp_path)
        await shown(channel, an_event("escalated"), tmp_path)
        await shown(channel, an_event("resolved", workflow="resolved"), tmp_path)

    assert [line["event"] for line in lines(tmp_path)] == ["raised", "escalated", "resolved"]
    assert {line["id"] for line in lines(tmp_path)} == {"g/0/A1"}


@pytest.mark.parametrize(
    "event",
    [
        an_event(test=True),
        an_event(kind="technical"),
        an_event(priority="warning"),
        an_event("updated"),
        an_event("acknowledged", workflow="acknowledged"),
        an_event("cleared", condition="cleared"),  # a critical one is over only when a person closes it
    ],
    ids=["a test", "technical", "a warning", "an update", "an answer", "its cause is gone"],
)
async def test_everything_else_shows_nothing(tmp_path: Path, event: AlertEvent) -> None:
    channel = a_channel(*writes(tmp_path))
    async with running(channel.run()):
        channel.told(event)
        channel.told(an_event())
        await eventually(lambda: lines(tmp_path))
        await asyncio.sleep(0.05)

    assert [line["event"] for line in lines(tmp_path)] == ["raised"]
    assert lines(tmp_path)[0]["kind"] == "sos"


async def test_a_warning_is_shown_where_the_second_path_is_for_warnings_and_ends_with_its_cause(tmp_path: Path) -> None:
    channel = a_channel(*writes(tmp_path), least="warning")
    async with running(channel.run()):
        channel.told(an_event(priority="warning"))
        await eventually(lambda: len(lines(tmp_path)) == 1)
        channel.told(an_event("cleared", priority="warning", condition="cleared"))
        await eventually(lambda: len(lines(tmp_path)) == 2)


async def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    assert await run_command(("echo", "$(touch", f"{tmp_path}/x)"), b"{}") == ""
    assert not (tmp_path / "x").exists()


@pytest.mark.fault(
    "plug-ins", "a command of `on_alert` that never ends", promise="killed with its children; nothing waits for it"
)
async def test_one_that_does_not_end_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "LONGEST_S", 0.5)
    why = await run_command(("sh", "-c", f"sleep 1000 & echo $! > {tmp_path}/child; sleep 1000"), b"{}")

    assert why == "too slow"
    child = int((tmp_path / "child").read_text())
    await eventually(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text())


async def test_what_a_command_leaves_running_has_its_ten_seconds_too(tmp_path: Path) -> None:
    why = await run_command(("sh", "-c", f"(sleep 0.3; echo x > {tmp_path}/buzzed) & exit 0"), b"{}")

    assert why == ""
    assert (tmp_path / "buzzed").exists()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("false",), "exit code 1"),
        (("/nowhere/buzzer",), "No such file or directory"),
        (("/etc/passwd",), "Permission denied"),
        (("true",), ""),  # it reads nothing of what it is told
    ],
)
async def test_what_goes_wrong_is_said_and_harms_nobody(command: tuple[str, ...], why: str) -> None:
    assert await run_command(command, b"x" * 100_000) == why


async def test_nothing_waits_for_it_and_a_flood_begins_a_few_at_once(tmp_path: Path) -> None:
    channel = a_channel("sh", "-c", f"echo x >> {tmp_path}/begun; sleep 1000")
    async with running(channel.run()):
        for _ in range(1000):
            channel.told(an_event())
        await eventually(lambda: (tmp_path / "begun").exists() and (tmp_path / "begun").read_text().count("x") == local.AT_ONCE)
        await asyncio.sleep(0.1)

    assert (tmp_path / "begun").read_text().count("x") == local.AT_ONCE


async def test_what_is_asked_of_it_as_a_test_is_said_to_have_begun(tmp_path: Path) -> None:
    said: list[str] = []

    assert await a_channel(*writes(tmp_path)).test(b'{"test":true}', lambda: said.append("begun")) == ""
    assert said == ["begun"]
    assert lines(tmp_path) == [{"test": True}]
    assert await a_channel().test(b"{}", lambda: None) == "no such path"


class FakePin:
    """Of gpiozero."""

    def __init__(self) -> None:
        self.did: list[str] = []

    def blink(self, on_time: float, off_time: float, *, background: bool) -> None:
        self.did.append(f"blink {on_time:g} {off_time:g} {background}")

    def off(self) -> None:
        self.did.append("off")


@pytest.mark.parametrize(
    ("event", "did"),
    [("raised", ["blink 0.5 0.5 True", "off"]), ("escalated", ["blink 0.5 0.5 True", "off"]), ("resolved", ["off"])],
)
def test_a_light_at_a_pin_blinks_as_long_as_its_command_may_run_and_is_off_at_the_end(event: str, did: list[str]) -> None:
    pin = FakePin()
    pauses: list[float] = []

    gpio_light.show({"event": event}, pin, pauses.append)

    assert pin.did == did
    assert sum(pauses) < local.LONGEST_S
