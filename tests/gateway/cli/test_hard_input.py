"""Whatever is typed, whatever answers, and wherever the output goes: a sentence and an exit code, never a traceback."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from gateway import cli
from gateway.cli import VERBS
from tests.gateway.cli.running import control_socket

CONFIG = """\
[gateway]
id = "xishan-01"
language = "{language}"
data_dir = "data"
[mqtt]
host = "platform.example"
"""
NO_TEXT = os.fsdecode(b"W-\xff\xd5\xc5")
ARGUMENTS: dict[str, list[str]] = {  # of each verb, so that it would do something
    "run": [],
    "status": [],
    "enroll": ["C0:FF:EE:00:00:01", "--driver", "bthome", "--wearer", "W-001"],
    "unenroll": ["C0:FF:EE:00:00:01"],
    "export": ["readings"],
    "erase": ["W-001", "--yes"],
    "check": [],
    "label": ["--center", "Xishan", "--phone", "110"],
    "demo": ["--seconds", "1"],
    "scan": ["--seconds", "0.1"],
    "decode": ["bthome", "02010608"],
    "backup": ["lifering.backup"],
    "restore": ["lifering.backup"],
    "doctor": [],
    "setup": [],
    "bundle": ["--yes"],
    "drivers": [],
    "test-alert": [],
    "replay": [],
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG.format(language="en"))
    return file


def lifering(*arguments: object, stdout: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    command: list[str] = [sys.executable, "-m", "gateway", *map(str, arguments)]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=HANGS_S, stdin=subprocess.DEVNULL
    )


def test_every_verb_is_in_this_table() -> None:
    assert ARGUMENTS.keys() == VERBS.keys()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.fault("bytes from outside", "arguments that are no text", promise="refused by every verb in a sentence")
def test_bytes_that_are_no_text_are_refused_by_every_verb(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main([verb, *ARGUMENTS[verb], NO_TEXT]) == 2

    assert "is no text in the encoding of this machine" in capfd.readouterr().err


def test_a_wearer_that_is_no_text_is_not_written(config: Path) -> None:
    before = config.read_bytes()
    done = lifering("enroll", "C0:FF:EE:00:00:01", "--driver", "bthome", "--wearer", NO_TEXT, "--config", config)

    assert (done.returncode, config.read_bytes()) == (2, before)
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("verb", ["check", "drivers", "decode", "enroll"])
def test_a_full_disk_behind_the_output_is_a_sentence(verb: str, config: Path) -> None:
    wants_config = ["--config", str(config)] if verb not in ("drivers", "decode") else []
    with Path("/dev/full").open("wb") as full:
        done = lifering(verb, *ARGUMENTS[verb], *wants_config, stdout=full.fileno())

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"the output cannot be written: No space left on device" in done.stderr


@pytest.mark.parametrize("verb", ["check", "decode"])
def test_a_closed_output_is_no_traceback(verb: str, config: Path) -> None:
    wants_config = ["--config", str(config)] if verb == "check" else []
    script = 'exec "$@" >&-'
    command = ["sh", "-c", script, "sh", sys.executable, "-m", "gateway", verb, *ARGUMENTS[verb], *wants_config]
    done = subprocess.run(command, stderr=subprocess.PIPE, check=False, timeout=HANGS_S)

    assert b"Traceback" not in done.stderr


# --- what answers at the control socket ---------------------------------------------------------------------------------


@contextmanager
def answers(path: Path, line: bytes) -> Iterator[None]:
    """Something listens there that answers every line so; the first with what a gateway says to a greeting."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as talk:
                for number, _asked in enumerate(talk):
                    talk.write(line if number or not line.startswith(b"{") else b'{"done":true}\n')
                    talk.flush()
                    if not line.endswith(b"\n"):
                        break

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            serving.join()


@pytest.mark.parametrize("verb", ["status", "export", "erase", "enroll"])
@pytest.mark.parametrize(
    "line",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\xff\xfe\x00\n",
        b"[1,2]\n",
        b"5\n",
        b"[" * 100_000 + b"\n",
        b'{"done":true}\n',
        b'{"running":"perhaps","done":true}\n',
        b'{"done":true,"error":{"a":1}}\n',
        b'{"x":1}\n{"x":2}\n{"done":true}\n',
        b"no end of a line",
    ],
    ids=lambda line: repr(line[:24]),
)
@pytest.mark.fault("bytes from outside", "garbage as the answer of the control socket", promise="a sentence, no traceback")
def test_an_answer_that_is_garbage_is_a_sentence(
    config: Path, verb: str, line: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with answers(config.parent / "data" / "control", line):
        code = cli.main([verb, *ARGUMENTS[verb], "--config", str(config)])

    assert code in (0, 1)  # of `export` and `enroll` some of these are an answer
    assert code == 0 or capfd.readouterr().err


async def test_a_verb_of_sixty_kilobytes_is_not_echoed(tmp_path: Path) -> None:
    async with control_socket(tmp_path, {}):
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "control"))
        writer.write(json.dumps({"verb": "v" * 60_000, "args": {}}).encode() + b"\n")
        answer = await reader.readline()
        writer.close()

    assert len(answer) < 200
    assert json.loads(answer)["done"] is True


# --- what is named as the configuration ---------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["check", "run", "status", "enroll", "export", "unenroll", "erase"])
@pytest.mark.parametrize("what", ["fifo", "folder", "kmsg", "zero", "huge", "socket"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, verb: str, what: str, capfd: pytest.CaptureFixture[str]) -> None:
    file = {"kmsg": Path("/proc/kmsg"), "zero": Path("/dev/zero")}.get(what, tmp_path / what)
    if what == "fifo":
        os.mkfifo(file)
    elif what == "folder":
        file.mkdir()
    elif what == "huge":
        with file.open("wb") as sparse:
            sparse.truncate(10_000_000_000)
    elif what == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(file))

    code = cli.main([verb, *ARGUMENTS[verb], "--config", str(file)])

    told = capfd.readouterr().err
    assert code == 2, told
    assert any(words in told for words in ("is no file", "larger than 4 MB", "may not be read", "cannot be read")), told


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_erasing_of_nobody_is_answered_in_the_language_of_the_configuration(
    config: Path, language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    config.write_text(CONFIG.format(language=language))

    assert cli.main(["erase", "", "--yes", "--config", str(config)]) == 2

    assert ("a pseudonym such as W-017" if language == "en" else "代号，例如 W-017") in capfd.readouterr().err
