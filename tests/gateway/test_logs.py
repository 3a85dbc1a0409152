"""What a log line holds, and never holds: no health value, no name, no position; and how much is said."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from fake_devices.patience import HANGS_S
from gateway import logs
from gateway.language import Language, Said
from tests.planted import TEMPERATURE, found


def test_what_is_sensitive_is_blanked_at_whatever_depth(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)

    structlog.get_logger().info("alert", id="g/1/A1", value=188, what={"latitude": 30.5, "port": "hub"}, text="王奶奶")

    line = json.loads(capsys.readouterr().err)
    assert line["id"] == "g/1/A1"
    assert line["what"] == {"latitude": logs.REDACTED, "port": "hub"}
    assert line["value"] == line["text"] == logs.REDACTED


def test_what_is_sensitive_is_blanked_in_lists_too_and_stays_with_whoever_handed_it_over(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up(json=True)
    bands = [{"room": "3-201", "device": "C0:FF:EE:00:00:01"}, {"where": ({"longitude": 120.6839147},)}]

    structlog.get_logger().info("alert", bands=bands, what=bands[1])

    assert found(capsys.readouterr().err) == []
    assert bands == [{"room": "3-201", "device": "C0:FF:EE:00:00:01"}, {"where": ({"longitude": 120.6839147},)}]


@pytest.mark.parametrize("json", [True, False])
def test_a_traceback_shows_no_value_that_a_function_held_or_failed_on(json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=json)

    def measures(celsius: float) -> None:
        raise OSError(28, "No space left") from ValueError(celsius)

    try:
        measures(TEMPERATURE)
    except OSError:
        logging.getLogger("asyncio").exception("a task failed")

    told = capsys.readouterr().err
    assert all(word in told for word in ("ValueError", "in measures", "OSError: [Errno 28] No space left"))
    assert found(told) == []


def test_elsewhere_than_on_a_terminal_each_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up()

    structlog.get_logger().warning("port lost", port="hall-hub", why="absent")

    line = json.loads(capsys.readouterr().err)
    assert {"event": "port lost", "level": "warning", "port": "hall-hub"}.items() <= line.items()


def test_libraries_log_the_same_way_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)

    logging.getLogger("bleak").info("bytes and more bytes")
    logging.getLogger("bleak").warning("adapter %s", "gone")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "adapter gone"


def test_a_terminal_gets_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=False)

    structlog.get_logger().info("ready")

    assert "ready" in capsys.readouterr().err


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]


def test_a_line_has_the_code_of_its_event(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)

    structlog.get_logger().info("port open", port="hub")

    line = json.loads(capsys.readouterr().err)
    assert line["code"] == "PORT_OPEN"
    assert "advice" not in line


@pytest.mark.parametrize(("language", "words"), [("en", "Look at the plug"), ("zh-CN", "检查插头")])
def test_a_warning_says_what_to_do_in_the_language_of_the_configuration(
    language: Language, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(json=True)
    logs.set_language(language)

    structlog.get_logger().warning("port lost", port="hub", why="absent")

    line = json.loads(capsys.readouterr().err)
    assert (line["code"], line["why"]) == ("PORT_LOST", "absent")
    assert words in line["advice"]
    assert words.lower() in line["why_means"]


def test_what_is_said_in_both_languages_is_logged_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True, language="zh-CN")

    structlog.get_logger().warning("link lost", why=Said("nobody listens on this port", "这个端口没有服务在监听"))

    assert json.loads(capsys.readouterr().err)["why"] == "这个端口没有服务在监听"


def test_debug_lines_are_seen_when_the_environment_asks_for_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIFERING_LOG", "DEBUG")
    logs.set_up(json=True)

    structlog.get_logger().debug("step refused")

    assert lines(capsys) == ["step refused"]


def test_a_line_that_has_no_room_is_lost_whole_or_cut_and_the_next_one_stands_alone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("w") as stream:
        logs.set_up(json=True, stream=stream)
        log = structlog.get_logger()
        for _ in range(10):
            log.info("alert", id="x" * 100_000)

        said = received(theirs)
        log.info("port lost")

        assert said.count(b"\n") < 10
        rest = received(theirs).splitlines()[-2:]
        assert [json.loads(line)["event"] for line in rest] == ["log lines were lost", "port lost"]
        assert json.loads(rest[0])["lines"] == 10 - said.count(b"\n")


def received(sock: socket.socket) -> bytes:
    """All that is there."""
    sock.setblocking(False)
    whole = b""
    with suppress(BlockingIOError):
        while data := sock.recv(1_000_000):
            whole += data
    return whole


@pytest.mark.fault("disk", "the log's own disk is full, or its reader is gone", promise="the line is lost, nothing else")
def test_where_a_line_cannot_be_written_at_all_nothing_is_raised() -> None:
    reading, writing = os.pipe()
    os.close(reading)

    with Path("/dev/full").open("w") as full, os.fdopen(writing, "w") as closed:
        for stream in (full, closed):
            logs.set_up(json=True, stream=stream)
            structlog.get_logger().info("alert")


def test_a_level_that_there_is_not_is_told_and_taken_for_the_usual(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIFERING_LOG", "loud")
    logs.set_up(json=True)

    structlog.get_logger().debug("step refused")
    structlog.get_logger().info("port open")

    assert lines(capsys) == ["log level unknown", "port open"]


def test_a_logger_that_was_bound_before_obeys_the_new_level(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True, level="info")
    bound = structlog.get_logger().bind(port="hub")

    bound.debug("step refused")
    logs.set_level("debug")
    bound.debug("step refused")
    logs.set_level("warning")
    bound.info("port open")
    bound.warning("port lost")

    assert lines(capsys) == ["log level changed", "step refused", "port lost"]


def test_a_level_that_there_is_not_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True, level="info")

    with pytest.raises(ValueError, match="'loud' is none of debug, info, warning, error"):
        logs.set_level("loud")  # type: ignore[arg-type]
    structlog.get_logger().info("port open")

    assert lines(capsys) == ["port open"]


def test_toggling_twice_is_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True, level="info")

    for _ in range(2):
        logs.toggle_debug()
        structlog.get_logger().debug("step refused")

    assert lines(capsys) == ["log level changed", "step refused", "log level changed"]


def test_libraries_stay_quiet_when_debug_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True, level="debug")

    logging.getLogger("bleak").debug("bytes of a measurement")

    assert lines(capsys) == []


DAEMON = """
import asyncio, signal, structlog
from gateway import logs
from gateway.language import Language, Said
from tests.planted import TEMPERATURE, found

async def main():
    logs.set_up(json=True)
    log = structlog.get_logger().bind(port="hub")
    asked = asyncio.Event()
    def again():
        logs.toggle_debug()
        asked.set()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, again)
    log.debug("step refused")
    print("here", flush=True)
    await asked.wait()
    log.debug("step refused")

asyncio.run(main())
"""


def test_a_running_process_says_more_from_its_signal_on() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", DAEMON],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LIFERING_LOG": "info"},
    )
    assert process.stdout
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGUSR1)
    _, told = process.communicate(timeout=HANGS_S)

    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in told.splitlines()] == ["log level changed", "step refused"]
