"""`lifering scan`, with bleak on a stand-in for bluetoothd in a process of its own: what is in reach, and whose it is."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from gateway.cli import FAILED, WELL
from gateway.cli.in_place import CLEAR_BELOW
from gateway.cli.scan import configuration, tell
from gateway.errors import SourceLost
from tests.bluez.__main__ import KEY, PENDANT, SECRET, STRANGER, STRAP
from tests.bluez.stage import BluezStage
from tests.processes import DIES_WITH_US

ROOT = Path(__file__).parent.parent.parent.parent
CONFIG = """
[gateway]
id = "test-01"
data_dir = "data"

[mqtt]
host = "127.0.0.1"
port = 1883
tls = false
insecure = true

[bluetooth]
adapters = ["hci0"]

[roster]
file = "wristbands.csv"
"""
ROSTER = f"""address,driver,wearer,room,key
{STRAP},ble-heart-rate,W-001,3-201,
{SECRET},bthome,W-002,3-202,{KEY.hex()}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "wristbands.csv").write_text(ROSTER)
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)
    return path


async def scan(stage: BluezStage, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        *DIES_WITH_US,
        sys.executable,
        "-m",
        "gateway",
        "scan",
        "--seconds",
        "2.5",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=stage.environment,
        cwd=ROOT,
    )
    out, complaints = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), complaints.decode()


async def press_again_and_again(stage: BluezStage) -> None:
    """However long the scan takes to begin."""
    while True:
        for who in ("pendant", "secret", "stranger"):
            await stage.do(f"press {who}")
        await asyncio.sleep(1)


async def test_it_lists_drivers_batteries_and_who_is_enrolled(config: Path) -> None:
    async with BluezStage() as stage, asyncio.TaskGroup() as tasks:
        pressing = tasks.create_task(press_again_and_again(stage))
        code, out, complaints = await scan(stage, "--json", "--config", str(config), "--seconds", "10")  # some rounds, at least
        pressing.cancel()

    assert code == WELL
    assert complaints.startswith("lifering scan: hci0: repeats are filtered")
    bands = {band["address"]: band for band in map(json.loads, out.splitlines())}
    told = {address: (one["driver"], one["battery"], one["wearer"]) for address, one in bands.items()}
    assert told == {
        STRAP: ("ble-heart-rate", None, "W-001"),
        PENDANT: ("bthome", 90, None),
        SECRET: ("bthome", 90, "W-002"),
        STRANGER: ("bthome", 90, None),
    }
    assert bands[STRAP]["calls_itself"] == "Strap 01"
    assert -70 < bands[STRAP]["rssi"] < -50


def test_the_usual_configuration_counts_where_none_is_named(config: Path, tmp_path: Path) -> None:
    other, missing = tmp_path / "other.toml", tmp_path / "missing.toml"

    assert configuration(None, usual=config) == config
    assert configuration(other, usual=config) == other
    assert configuration(None, usual=missing) is None


async def test_without_a_configuration_nobody_is_enrolled_and_the_list_can_be_read() -> None:
    async with BluezStage() as stage:
        code, out, _ = await scan(stage)

    assert code == WELL
    assert f"{STRAP}  ble-heart-rate" in out
    assert "not enrolled" in out
    assert out.splitlines()[-1].endswith("other devices")


async def scan_at_a_terminal(stage: BluezStage, *arguments: str) -> tuple[int, str]:
    """Exit code, and all that a terminal of 80 columns and 24 lines was sent."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    environment = {name: value for name, value in stage.environment.items() if name not in ("COLUMNS", "LINES")}
    process = await asyncio.create_subprocess_exec(
        *[*DIES_WITH_US, sys.executable, "-m", "gateway", "scan", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        cwd=ROOT,
    )
    os.close(theirs)
    sent = await asyncio.to_thread(everything, ours)
    os.close(ours)
    return await process.wait(), sent


def everything(terminal: int) -> str:
    """Until whoever writes to it has ended."""
    sent = b""
    with suppress(OSError):  # EIO: nobody has it open any more
        while part := os.read(terminal, 65_536):
            sent += part
    return sent.decode()


async def test_at_a_terminal_what_is_in_reach_is_drawn_in_its_place_and_the_list_comes_at_the_end(config: Path) -> None:
    async with BluezStage() as stage, asyncio.TaskGroup() as tasks:
        pressing = tasks.create_task(press_again_and_again(stage))
        code, sent = await scan_at_a_terminal(stage, "--config", str(config), "--seconds", "8")
        pressing.cancel()

    assert code == WELL
    drawn, _, end = sent.rpartition(CLEAR_BELOW)
    assert drawn.count(CLEAR_BELOW) >= 5, "each second"
    pictures = drawn.split(CLEAR_BELOW)
    assert any(STRAP in picture and "enrolled for W-001" in picture for picture in pictures)
    assert "repeats are filtered" in drawn
    listed = end.splitlines()
    assert any(line.startswith(f"{STRAP}  ble-heart-rate") for line in listed)
    assert listed[-1].endswith("other devices")


async def test_an_adapter_that_cannot_be_used_is_told_with_what_mends_it(config: Path) -> None:
    async with BluezStage() as stage:
        await stage.do("power-off")
        code, out, complaints = await scan(stage, "--config", str(config))

    assert code == FAILED
    assert out == ""  # who heard nothing because nothing listened does not count what is in reach
    assert complaints.startswith("lifering scan: hci0: it is switched off: `sudo rfkill unblock bluetooth`")


@pytest.mark.parametrize(
    ("why", "english", "chinese"),
    [
        ("no answer", "does not answer in time", "没有按时应答"),
        ("soft blocked", "sudo rfkill unblock bluetooth", "sudo rfkill unblock bluetooth"),
        ("hard blocked", "by a switch or key of the machine", "开关或按键"),
        ("cannot", "knows no Bluetooth Low Energy", "不支持低功耗蓝牙"),
        ("failed", "the system reports an error: Input/output error", "系统报告错误：读写出错"),
    ],
)
def test_whatever_an_adapter_fails_with_is_told_in_words(
    why: str, english: str, chinese: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = SourceLost(why)
    lost.__cause__ = OSError(5, "Input/output error")

    tell("hci0", lost, "en")
    tell("hci0", lost, "zh-CN")

    in_english, in_chinese = capsys.readouterr().err.splitlines()
    assert english in in_english
    assert chinese in in_chinese
