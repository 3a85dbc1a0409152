"""What is run in a process of its own gives what it would give here, raises what it would raise, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway import apart
from gateway.cli import WRONG
from gateway.errors import FaultySettings, LiferingError
from gateway.settings.file import load
from gateway.settings.new_band import NewBand, WrongBand
from gateway.settings.reading import LOAD
from gateway.settings.replace_file import CannotWrite

CONFIG = """
[gateway]
id = "g-1"
[mqtt]
host = "platform.example"
[wearer.W-1.heart_rate]
critical_high = 140
reason = "as the doctor says"
by = "Dr. Li"
date = 2026-11-01
review_by = 2027-05-01
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "bthome"
wearer = "W-1"
key_file = "key"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text("00" * 16)
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG)
    return file


async def test_a_configuration_is_the_same_wherever_it_was_read(config: Path) -> None:
    assert await apart.call(LOAD, config) == load(config)


def test_what_is_wrong_with_it_is_too(config: Path) -> None:
    config.write_text(CONFIG.replace('id = "g-1"', 'id = "g 1"\nlanguage = "zh-CN"'))

    with pytest.raises(FaultySettings) as here:
        load(config)
    with pytest.raises(FaultySettings) as there:
        asyncio.run(apart.call(LOAD, config))

    assert (there.value.mistakes, there.value.language) == (here.value.mistakes, here.value.language)
    assert here.value.mistakes


async def test_a_band_that_cannot_be_enrolled_is_told(config: Path) -> None:
    with pytest.raises(WrongBand) as wrong:
        await apart.call("gateway.settings.enrolling:enroll", config, NewBand("C0:FF:EE:00:00:02", "nonsense", "W-2"))

    assert [mistake.key for mistake in wrong.value.mistakes] == ["driver"]


async def test_nothing_that_was_imported_for_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weighty.py").write_text("twice = (2).__mul__")
    monkeypatch.syspath_prepend(tmp_path)

    assert await apart.call("weighty:twice", 21) == 42

    assert "weighty" not in sys.modules


DRIVER_OF_OTHERS = """
import subprocess, threading
print("I am a driver of others")
threading.Thread(target=threading.Event().wait).start()
child = subprocess.Popen(["sleep", "infinity"])
"""


async def test_what_a_driver_of_others_prints_and_begins_is_no_answer_and_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "of_others.py").write_text(DRIVER_OF_OTHERS + "def number():\n    return child.pid\n")
    monkeypatch.syspath_prepend(tmp_path)

    os.kill(await apart.call("of_others:number"), signal.SIGKILL)


async def test_one_that_is_interrupted_ends_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ends = "import os, signal\ndef end(here):\n    os.getpid() == here or signal.raise_signal(signal.SIGINT)"
    (tmp_path / "ended.py").write_text(ends)
    monkeypatch.syspath_prepend(tmp_path)

    await apart.call("ended:end", os.getpid())

    assert "Traceback" not in capfd.readouterr().err


def test_so_does_one_whom_nobody_waits_for_any_more(capfd: pytest.CaptureFixture[str]) -> None:
    child = apart.PendingCall("os:getpid")._child
    assert child
    assert child.stdin
    assert child.stdout
    child.stdout.close()
    child.stdin.close()

    child.wait()

    assert "Traceback" not in capfd.readouterr().err


PRINTS = (sys.executable, "-c", "print('I am no pickle')")


@pytest.mark.parametrize(
    "child", [("/nowhere/python",), (sys.executable, "-c", "raise SystemExit(1)"), PRINTS], ids=["none", "dies", "prints"]
)
async def test_where_no_process_can_be_had_it_is_done_here(
    config: Path, monkeypatch: pytest.MonkeyPatch, child: tuple[str, ...]
) -> None:
    monkeypatch.setattr(apart, "CHILD", child)

    with capture_logs() as logs:
        assert await apart.call(LOAD, config) == load(config)

    assert [line["event"] for line in logs] == ["no process of its own"]


HANGS = (sys.executable, "-c", "import time; time.sleep(1e6)")


async def test_one_that_hangs_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CHILD", HANGS)
    monkeypatch.setattr(apart, "ANSWER_S", 0.1)

    with pytest.raises(apart.CallHangs):
        await apart.call("os:getpid")


async def test_it_ends_with_whoever_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CHILD", HANGS)
    begun: list[apart.PendingCall] = []
    begin = apart.PendingCall.__init__

    def remembered(self: apart.PendingCall, name: str, *args: object) -> None:
        begin(self, name, *args)
        begun.append(self)

    monkeypatch.setattr(apart.PendingCall, "__init__", remembered)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await apart.call("os:getpid")

    child = begun[0]._child
    assert child
    assert await asyncio.to_thread(child.wait) == -signal.SIGKILL


DAEMON = (
    "from gateway import apart; apart.CHILD = ('/nowhere',); from gateway.cli import main; raise SystemExit(main(sys.argv[1:]))"
)


def test_a_daemon_that_can_have_none_tells_it_in_its_log(config: Path) -> None:
    config.write_text(CONFIG.replace("g-1", "g 1"))

    run = subprocess.run([sys.executable, "-c", f"import sys; {DAEMON}", "run", "--config", config], capture_output=True)

    assert (run.returncode, run.stdout) == (WRONG, b"")
    assert b'"code": "NO_PROCESS"' in run.stderr


@pytest.mark.parametrize(
    "error",
    [FaultySettings([], "en"), WrongBand([]), CannotWrite(Path("/etc/w.csv"), "Read-only file system")],
    ids=lambda error: type(error).__name__,
)
def test_what_a_change_of_the_file_may_raise_comes_over_whole(error: LiferingError) -> None:
    """Else it would be done once more in this process."""
    there = pickle.loads(pickle.dumps(error))

    assert (type(there), str(there), vars(there)) == (type(error), str(error), vars(error))
