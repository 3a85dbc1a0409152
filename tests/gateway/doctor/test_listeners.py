"""The page and the metrics: nobody listens there, another program does, or the machine has no such address."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.doctor import examining, listeners
from gateway.doctor.running import Running
from gateway.settings.configuration import Settings
from gateway.settings.file import load
from gateway.status import status_answer
from tests.gateway.a_snapshot import SNAPSHOT
from tests.gateway.doctor.planted import PlantedHost, assert_named, codes
from tests.gateway.doctor.test_page import configured

NOWHERE = "203.0.113.9:8080"  # RFC 5737: of no machine
TABLE = "  sl  local_address rem_address   st ...\n   0: 0100007F:{port:04X} 00000000:0000 0A 0:0 0:0 0 0 0 4711 1\n"


@pytest.fixture
def listening() -> Iterator[int]:
    """A port at which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def settings(folder: Path, listen: str, section: str = "metrics") -> Settings:
    return load(configured(folder, more=f'[{section}]\nlisten = "{listen}"')).settings


@pytest.mark.parametrize("section", ["page", "metrics"])
def test_nobody_listens_though_the_gateway_runs(planted: PlantedHost, tmp_path: Path, closed: int, section: str) -> None:
    listen = f"127.0.0.1:{closed}"
    found = listeners.look(planted.host, settings(tmp_path, listen, section))

    assert_named(listeners.diagnoses(found, runs=True), "page_not_open", listen, f"[{section}]", "systemctl reload")
    assert list(listeners.diagnoses(found, runs=False)) == []


def test_where_it_listens_all_is_well(planted: PlantedHost, tmp_path: Path, listening: int) -> None:
    found = listeners.look(planted.host, settings(tmp_path, f"127.0.0.1:{listening}"))

    assert found[0].is_open
    assert list(listeners.diagnoses(found, runs=True)) == []


@pytest.mark.parametrize("runs", [True, False])
def test_another_program_has_the_port(planted: PlantedHost, tmp_path: Path, listening: int, *, runs: bool) -> None:
    planted.put("proc/net/tcp", TABLE.format(port=listening))
    planted.process(812, "nginx", "socket:[4711]")

    found = listeners.look(planted.host, settings(tmp_path, f"127.0.0.1:{listening}"))

    assert_named(listeners.diagnoses(found, runs=runs), "page_port_taken", "nginx", "812", str(listening))


def test_the_gateway_itself_is_nobody_else(planted: PlantedHost, tmp_path: Path, listening: int) -> None:
    planted.put("proc/net/tcp", TABLE.format(port=listening))
    planted.process(812, "lifering", "socket:[4711]")
    planted.put("proc/812/cmdline", "/usr/bin/python3\0/usr/bin/lifering\0run\0")

    found = listeners.look(planted.host, settings(tmp_path, f"127.0.0.1:{listening}"))

    assert list(listeners.diagnoses(found, runs=True)) == []


def test_the_machine_has_no_such_address(planted: PlantedHost, tmp_path: Path) -> None:
    found = listeners.look(planted.host, settings(tmp_path, NOWHERE))

    assert_named(listeners.diagnoses(found, runs=True), "page_no_address", NOWHERE)


def test_the_examination_looks_at_it(planted: PlantedHost, tmp_path: Path, closed: int) -> None:
    config = configured(tmp_path, more=f'[metrics]\nlisten = "127.0.0.1:{closed}"')

    running = examining.examine(planted.host, config, Running(status_answer(SNAPSHOT)), only_here=True)
    stopped = examining.examine(planted.host, config, Running(why_not="not running"), only_here=True)
    none = examining.examine(planted.host, configured(tmp_path), Running(why_not="not running"), only_here=True)

    assert "page_not_open" in codes(running.diagnoses)
    assert "page" not in stopped.skipped
    assert none.skipped["page"] == "not configured"
