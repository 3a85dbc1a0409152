"""`lifering status`, as a technician types it, beside a running gateway and without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from drivers.measurement import UNITS
from gateway.cli.columns import shortened, width
from gateway.cli.status_page import page
from gateway.control.listening import Args, Line
from gateway.errors import StoreBroken
from gateway.formats.native_up import LinkMessage
from gateway.language import Language
from gateway.snapshot import Snapshot
from gateway.status import StatusAnswer, status_answer
from gateway.words.status import READINGS
from tests.gateway.a_snapshot import SNAPSHOT
from tests.gateway.cli.running import control_socket, lifering

CONFIG = '[gateway]\nid = "xishan-01"\nlanguage = "{language}"\ndata_dir = "."\n[mqtt]\nhost = "h"\n'


async def status(args: Args, actor: str) -> Line:
    answer: Line = msgspec.to_builtins(status_answer(SNAPSHOT))
    return answer


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG.format(language="en"))
    return file


async def test_as_json_it_is_one_object_with_the_keys_of_the_contract(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with control_socket(config.parent, {"status": status}):
        code = await lifering("status", "--json", "--config", config)

    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert code == 0
    assert told["running"] is True
    assert "done" not in told
    assert {"gateway", "boot", "at", "seq", "uptime_s", "clock", "queued", "counts", "adapters", "ports", "disk"} <= told.keys()
    assert (told["open_alerts"], told["wristbands"]) == (1, {"known": 2, "heard": 1})
    assert told["links"] == {"mqtt": {"state": "connected", "since": "2026-11-24T03:58:20.000Z"}}
    assert told["faults"] == [{"fault": "port_lost", "since": "2026-11-24T05:55:00.000Z", "device": "hall-hub"}]
    assert told["tallies"]["dropped_frames"] == {"hci0": 2}
    first, second = told["bands"]
    assert (first["address"], first["wearer"], first["room"], first["heard_s"], first["battery"]) == (
        "C0:FF:EE:00:00:01",
        "W-001",
        "3-201",
        12.4,
        81,
    )
    assert [(last["id"], last["kind"]) for last in first["last"]][-1] == ("xishan-01/3/7", "worn")
    assert (second["room"], second["heard_s"], second["battery"], second["last"]) == (None, None, None, [])
    (alert,) = told["open"]
    assert (alert["id"], alert["kind"], alert["workflow"], alert["room"]) == ("xishan-01/3/A4", "sos", "received", "3-201")


ENGLISH = """\
Gateway      xishan-01, runs for 2 d
Platform     connected for 2 h
Waiting      alert events 1, readings 40, the oldest 61 s
Ports        hall-hub absent
Bluetooth    hci0 scanning
Disk         well, 9.1 of 14.9 GB free
Clock        set by the network, Asia/Shanghai
Counted      frames of wristbands dropped (hci0) 2

OPEN ALERTS
  CRITICAL, room 3-201, calls for help (SOS), the platform has it, for 3 min,
    xishan-01/3/A4

FAULTS
  a serial port is lost: hall-hub, for 5 min

WRISTBANDS  1 of 2 heard within the hour
  -        W-002      C0:FF:EE:00:00:02  not heard since the start
  3-201    W-001      C0:FF:EE:00:00:01  12 s ago, battery 81 %
    blood pressure 128/82 mmHg (2 min), key: SOS (3 min),
    heart rate 70/min (12 s), worn: yes (30 s)
"""


async def test_for_people_it_says_what_is_wrong_and_who_needs_help(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with control_socket(config.parent, {"status": status}):
        code = await lifering("status", "--config", config)

    assert capsys.readouterr().out == ENGLISH
    assert code == 0


@pytest.mark.parametrize(
    ("modem", "told"),
    [(LinkMessage(state="ready", signal=21), "ready, signal 21 of 31"), (LinkMessage(state="lost", signal=None), "no answer")],
    ids=["heard", "not known"],
)
def test_of_a_modem_the_signal_is_told_where_it_is_known(modem: LinkMessage, told: str) -> None:
    answer = msgspec.structs.replace(status_answer(SNAPSHOT), links={"modem": modem})

    (line,) = [line for line in page(answer, "en") if line.startswith("Modem")]

    assert line.endswith(told)


async def test_it_speaks_the_language_of_the_configuration(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIG.format(language="zh-CN"))  # noqa: ASYNC240 (before anything runs)

    async with control_socket(config.parent, {"status": status}):
        await lifering("status", "--config", config)

    told = capsys.readouterr().out
    assert "平台" in told
    assert "紧急，3-201 室，按下求助键（SOS），平台已收到，持续 3 分钟" in told
    assert "血压 128/82 mmHg（2 分钟前）" in told


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_line_is_wider_than_a_terminal(language: Language) -> None:
    many = {f"port-{n}": "no permission" for n in range(20)}
    long_room = msgspec.structs.replace(SNAPSHOT.bands[0], room="三号楼二单元二零一室", wearer="W" * 64)
    crowded = msgspec.structs.replace(SNAPSHOT, ports=many, bands=(long_room, *SNAPSHOT.bands), adapters={"x" * 200: "busy"})

    lines = list(page(as_read(crowded), language))

    assert max(map(width, lines)) <= 80
    assert sum("port-" in line for line in lines) > 3


def as_read(snapshot: Snapshot) -> StatusAnswer:
    """As the one who asked has it."""
    return msgspec.json.decode(msgspec.json.encode(status_answer(snapshot)), type=StatusAnswer)


def test_what_is_cut_is_marked() -> None:
    assert [shortened("三号楼", 6), shortened("三号楼", 5), shortened("abc", 2)] == ["三号楼", "三号…", "a…"]


def test_every_kind_of_reading_has_its_words() -> None:
    assert UNITS.keys() <= READINGS.keys()


# --- when there is nobody to ask ------------------------------------------------------------------------------------------


def run(config: Path, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", "status", "--config", str(config), *more],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        check=False,
    )


def test_where_no_gateway_runs_it_says_so_and_what_to_do(config: Path) -> None:
    people, scripts = run(config), run(config, "--json")

    assert (people.returncode, people.stdout) == (1, "")
    assert people.stderr.startswith("lifering status: no gateway runs with this configuration")
    assert "`sudo systemctl start lifering`" in people.stderr
    assert "`sudo lifering doctor`" in people.stderr
    assert (scripts.returncode, json.loads(scripts.stdout), scripts.stderr) == (1, {"running": False}, "")


def test_without_a_configuration_it_speaks_the_language_of_the_terminal(tmp_path: Path) -> None:
    english, chinese = (
        run(tmp_path / "gone.toml", LANG=lang, LC_ALL="", LC_MESSAGES="") for lang in ("C.UTF-8", "zh_CN.UTF-8")
    )

    assert (english.returncode, chinese.returncode) == (2, 2)
    assert "is not there" in english.stderr
    assert "找不到文件" in chinese.stderr


async def test_a_mistake_in_the_configuration_is_no_hindrance_to_look_at_what_runs(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIG.format(language="en") + "[mqqt]\n")  # noqa: ASYNC240 (before anything runs)

    async with control_socket(config.parent, {"status": status}):
        assert await lifering("status", "--json", "--config", config) == 0

    assert json.loads(capsys.readouterr().out)["running"]


async def test_what_goes_wrong_in_the_gateway_is_told(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def broken(args: Mapping[str, object], actor: str) -> Line:
        raise StoreBroken("full")

    async with control_socket(config.parent, {"status": broken}):
        assert await lifering("status", "--json", "--config", config) == 1

    assert capsys.readouterr().err == "lifering status: full\n"
