"""No health value, name or position stands in a log line."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from gateway import logs


@pytest.fixture(autouse=True)
def _as_it_was() -> object:
    root = logging.getLogger()
    before = (structlog.get_config(), root.handlers[:], root.level)
    yield
    structlog.configure(**before[0])
    root.handlers[:], root.level = before[1], before[2]


def test_what_is_sensitive_is_blanked_at_whatever_depth(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(json=True)

    structlog.get_logger().info("alert", id="g/1/A1", value=188, what={"latitude": 30.5, "port": "hub"}, text="王奶奶")

    line = json.loads(capsys.readouterr().err)
    assert line["id"] == "g/1/A1"
    assert line["what"] == {"latitude": logs.REDACTED, "port": "hub"}
    assert line["value"] == line["text"] == logs.REDACTED


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
