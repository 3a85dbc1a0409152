"""`lifering run`, as systemd starts it: what its signals do to its log."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from tests.gateway.cli.setup.terminal import Terminal

CONFIG = """\
[gateway]
id = "a"
language = "zh-CN"
data_dir = "data"
[mqtt]
host = "127.0.0.1"
port = 1
tls = false
insecure = true
[bluetooth]
enabled = false
"""
Line = dict[str, object]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "gateway.toml").write_text(CONFIG)
    environment = {name: value for name, value in os.environ.items() if name not in ("LIFERING_LOG", "NOTIFY_SOCKET")}
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "run", "--config", str(tmp_path / "gateway.toml")],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield process
        process.kill()


def until(daemon: subprocess.Popen[str], event: str) -> Line:
    """The next line with this event."""
    assert daemon.stderr
    for text in daemon.stderr:
        line: Line = json.loads(text)
        if line["event"] == event:
            return line
    raise AssertionError(f"it ended without {event!r}")


def test_a_signal_switches_debug_lines_on_and_off(daemon: subprocess.Popen[str]) -> None:
    until(daemon, "ready")

    daemon.send_signal(signal.SIGUSR1)
    on = until(daemon, "log level changed")
    daemon.send_signal(signal.SIGUSR1)
    off = until(daemon, "log level changed")

    assert (on["to"], off["to"]) == ("debug", "info")


def test_advice_and_mistakes_are_told_in_the_language_of_the_configuration(
    daemon: subprocess.Popen[str], tmp_path: Path
) -> None:
    lost = until(daemon, "link lost")
    (tmp_path / "gateway.toml").write_text(CONFIG.replace("port = 1\n", "port = 0\n"))

    daemon.send_signal(signal.SIGHUP)
    faulty = until(daemon, "configuration not taken over")

    assert "报警和读数会等待，恢复后发送" in str(lost["advice"])
    assert "不能小于 1，现在是 0" in str(faulty["problem"])
    assert faulty["code"] == "CONFIG_FAULTY"


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_well_when_it_is_stopped_and_as_interrupted_on_ctrl_c(
    daemon: subprocess.Popen[str], ending: signal.Signals, code: int
) -> None:
    until(daemon, "ready")

    daemon.send_signal(ending)

    assert daemon.wait(timeout=HANGS_S) == code


@pytest.mark.parametrize("content", [None, b"no recording\n", b'{"recording": "\xff"}\n'])
def test_a_recording_that_is_none_is_told_of_in_one_line_before_anything_starts(tmp_path: Path, content: bytes | None) -> None:
    (tmp_path / "gateway.toml").write_text(CONFIG.replace("zh-CN", "en"))
    recording = tmp_path / "recording.jsonl"
    if content is not None:
        recording.write_bytes(content)

    command = [sys.executable, "-m", "gateway", "run", "--config", str(tmp_path / "gateway.toml"), "--play", str(recording)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=HANGS_S)

    assert run.returncode == 2
    assert run.stderr.startswith(f"{recording}:1: recording: ")
    assert run.stderr.count("\n") == 1


HANGS_AT_A_RELOAD = """
import sys
from pathlib import Path
from gateway import apart, cli
answer, soon_s = apart.PendingCall.answer, float(sys.argv.pop(1))
def answer_soon(pending):
    apart.ANSWER_S = soon_s if Path("hung").exists() else 1e6
    return answer(pending)
apart.PendingCall.answer = answer_soon
hang = "import time; from pathlib import Path; Path('hung').exists() and time.sleep(1e6)\\n"
apart.CHILD = (*apart.CHILD[:-1], hang + apart.BEGIN)
sys.exit(cli.main(sys.argv[1:]))
"""


@contextmanager
def hanging(folder: Path, answer_s: float) -> Iterator[subprocess.Popen[str]]:
    """A daemon that is asked to read its configuration again, in a process that hangs."""
    (folder / "gateway.toml").write_text(CONFIG)
    command = [sys.executable, "-c", HANGS_AT_A_RELOAD, str(answer_s), "run", "--config", "gateway.toml"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=folder) as process:
        until(process, "ready")
        (folder / "hung").touch()
        process.send_signal(signal.SIGHUP)
        yield process
        process.kill()


@pytest.mark.fault("process", "reading a configuration hangs", promise="a reload says so in time, and what to look at")
def test_a_reload_that_hangs_says_so_and_the_gateway_goes_on(tmp_path: Path) -> None:
    with hanging(tmp_path, 0.2) as daemon:
        told = until(daemon, "configuration not taken over")

        assert "第三方驱动包卡住" in str(told["problem"])
        (tmp_path / "hung").unlink()
        daemon.send_signal(signal.SIGHUP)
        until(daemon, "configuration read again")


@pytest.mark.fault("process", "SIGTERM while reading a configuration hangs", promise="it ends as always")
def test_it_ends_well_while_a_reload_hangs(tmp_path: Path) -> None:
    with hanging(tmp_path, 1e6) as daemon:
        daemon.send_signal(signal.SIGTERM)

        assert daemon.wait(timeout=HANGS_S) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be in the way of another user")
@pytest.mark.parametrize(("language", "said"), [("en", "belongs to the user nobody"), ("zh-CN", "属于用户 nobody")])
async def test_root_at_a_terminal_runs_nothing_in_the_data_folder_of_the_service(
    tmp_path: Path, language: str, said: str
) -> None:
    config, data = tmp_path / "gateway.toml", tmp_path / "data"
    config.write_text(CONFIG.replace("zh-CN", language))
    data.mkdir()
    shutil.chown(data, "nobody")

    async with Terminal("run", "--config", config) as terminal:
        await terminal.sees(said)
        await terminal.sees("sudo systemctl start lifering")
        assert await terminal.ends() == 2

    assert list(data.iterdir()) == []


def test_where_nobody_sits_it_runs_whosever_the_folder_is(tmp_path: Path) -> None:
    """A container may be root's and its folder somebody's."""
    (tmp_path / "gateway.toml").write_text(CONFIG)
    (tmp_path / "data").mkdir()
    if os.geteuid() == 0:
        shutil.chown(tmp_path / "data", "nobody")
    words = [sys.executable, "-m", "gateway", "run", "--config", str(tmp_path / "gateway.toml")]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert until(process, "ready")
        process.kill()
