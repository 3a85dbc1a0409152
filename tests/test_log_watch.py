"""A planted value that is logged fails its test, at whatever level and by whatever logger; an ordinary number does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon import CHECKOUT, Daemon
from tests.planted import KEYS, POSITION, PRESSURE, RATE, TEMPERATURE, found
from tests.processes import DIES_WITH_US

LEAKS = """\
import logging

import pytest
import structlog
from structlog.testing import capture_logs

log = structlog.get_logger()


def test_debug():
    log.debug("reading", of=41.27)


def test_bound_and_captured():
    with capture_logs():
        log.bind(at="3-201").info("reading")


def test_of_a_library():
    logging.getLogger("bleak").warning("%s was at %s", "C0:FF:EE:00:00:01", 30.5371926)


def test_of_an_error():
    try:
        open("/nowhere/13800138000")
    except OSError:
        log.error("a bug", exc_info=True)


@pytest.fixture
def ends_loudly():
    yield
    log.info("closed", by="王秀兰")


def test_as_a_fixture_ends(ends_loudly):
    pass


def test_ordinary_numbers():
    log.info("visit over", seconds=41.2, failures=187, tries=93, at=1795500000000, port=1883, device="C0:FF:EE:00:00:01")
    log.info("alert", value=41.27, room="3-201")


def test_after_them():
    log.warning("port lost")
"""


def test_a_planted_value_in_a_line_fails_its_test_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(LEAKS)
    plain = ["-p", "tests.log_watch", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--rootdir", str(tmp_path)]
    command = [*DIES_WITH_US, sys.executable, "-m", "pytest", *plain, str(tmp_path / "test_leaks.py")]

    ours = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}  # which may say how much is told
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, env=ours)

    told = run.stdout.splitlines()
    ended = {line.split("::")[1].split()[0] for line in told if line.startswith(("FAILED", "ERROR"))}
    assert ended == {
        "test_debug",
        "test_bound_and_captured",
        "test_of_a_library",
        "test_of_an_error",
        "test_as_a_fixture_ends",
    }, run.stdout
    assert told[-1].startswith("4 failed, 3 passed, 1 error"), run.stdout


async def test_a_planted_value_in_the_log_of_a_daemon_fails_its_test(tmp_path: Path) -> None:
    def logged(line: str) -> Daemon:
        daemon = Daemon(tmp_path, "")
        daemon.keeps_account = False
        daemon.log_file.write_text(f'{{"event": "ready"}}\n{line}\n')
        return daemon

    async with logged('{"event": "visit over", "seconds": 41.2}'):
        pass
    with pytest.raises(AssertionError, match="of a person"):
        async with logged('{"event": "visit over", "celsius": 41.27}'):
            pass


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{TEMPERATURE} degrees", id="temperature"),
        pytest.param(f"why={RATE}", id="rate"),
        pytest.param(f"pressure={PRESSURE}", id="pressure"),
        pytest.param(f"at {POSITION[0]:.4f}", id="latitude, rounded"),
        pytest.param(f"at {POSITION[1]}", id="longitude"),
        pytest.param("latitude=30.53 longitude=120.68", id="a place, coarse"),
        pytest.param("room 3-201: open", id="room"),
        pytest.param("to +8613800138000", id="phone"),
        pytest.param("13800000001", id="phone without its country"),
        pytest.param(KEYS[0].hex(":").upper(), id="key with colons"),
        pytest.param(repr(KEYS[0]), id="key as Python shows it"),
        pytest.param("Measurement(kind='heart_rate', value=70)", id="a measurement, whatever its value"),
        pytest.param("王奶奶跌倒", id="name"),
    ],
)
def test_a_planted_value_is_found(text: str) -> None:
    assert len(found(text)) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "seconds=41.2701, 141.27, 41.275 and 0.41.27",
        "deaf_s=30.53, lasting_s=30.5312",
        "uptime 187, waiting 93, port 18733",
        "2026-12-01T03:20:13-201 and xishan-01/3/1024",
        "0000180d-0000-1000-8000-00805f9b34fb",
        "1795500000000 113800138000123",
        "Measurements of C0:FF:EE:00:00:01",
    ],
)
def test_an_ordinary_number_is_none(text: str) -> None:
    assert found(text) == []
