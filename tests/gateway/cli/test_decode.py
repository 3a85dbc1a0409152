"""`lifering decode` says what bytes mean: every vector of every driver, and what to do when the question is wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from itertools import groupby
from typing import Any

import pytest

from drivers.driver import ConnectionDriver, Driver, SerialDriver
from gateway import cli
from tests.drivers import vectors
from tests.drivers.vectors import Frame, same_told

CALM = "0502c0ffee0103010101010106010148fb8800"
CUT = "0502c0ffee01030113010101"


class Said:
    """What the command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.err = code, err
        self.answers: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def decode(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the verb in this process."""

    def run(*arguments: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            code = cli.main(["decode", *arguments])
        except SystemExit as wrong_usage:
            code = int(str(wrong_usage.code))
        return Said(code, *capsys.readouterr())

    return run


def options(frame: Frame) -> tuple[str, ...]:
    given = {
        "--characteristic": frame.characteristic,
        "--key": frame.key,
        "--address": frame.address,
        "--at": frame.at,
        "--model": frame.model,
    }
    return tuple(word for option, value in given.items() if value for word in (option, value))


def travels(driver: Driver, frame: Frame) -> bool:
    """A record of a band's memory never travels alone: the verb cannot be given one."""
    return bool(frame.characteristic) or not isinstance(driver, ConnectionDriver)


INPUTS = sorted((row for row in vectors.frames() if travels(*row)), key=lambda row: (row[0].name, options(row[1])))
GROUPS = [
    pytest.param(driver, asked, [frame for _, frame in rows], id=f"{driver.name} {' '.join(asked)}")
    for (driver, asked), rows in groupby(INPUTS, lambda row: (row[0], options(row[1])))
]


@pytest.mark.parametrize(("driver", "asked", "frames"), GROUPS)
def test_every_vector_is_decoded_as_it_promises(
    decode: Any, driver: Driver, asked: tuple[str, ...], frames: list[Frame]
) -> None:
    said = decode(driver.name, *asked, *(frame.hex for frame in frames))

    assert len(said.answers) == len(frames)
    for frame, answer in zip(frames, said.answers, strict=True):
        assert answer["input"] == frame.hex
        assert same_told(answer["measurements"], frame.expect, in_order=isinstance(driver, SerialDriver)), frame.name
        assert answer.get("refusals", []) == frame.refused
        assert answer.get("refused") == (frame.refused[0] if frame.refused else None)
        assert answer.get("advertisements", []) == frame.advertisements
    assert said.code == int(any(frame.refused for frame in frames))


def test_each_line_of_standard_input_is_an_input_and_an_empty_one_has_no_bytes(decode: Any) -> None:
    said = decode("serial-hub", "-", stdin=f"{CALM}\n\n{CUT}\n{CALM.upper()}".encode())

    assert [answer["input"] for answer in said.answers] == [CALM, "", CUT, CALM.upper()]
    assert [answer.get("refused") for answer in said.answers] == [None, None, "length", None]
    assert said.code == 1


def test_no_input_sees_what_an_earlier_one_left(decode: Any) -> None:
    said = decode("serial-hub", CALM[:10], CALM[10:])

    assert [answer["refused"] for answer in said.answers] == ["length", "checksum"]


def test_the_first_reason_all_reasons_and_words_are_told_beside_what_was_good(decode: Any) -> None:
    [answer] = decode("serial-hub", "7e00" + CALM + CUT).answers

    assert [one["value"] for one in answer["measurements"]] == [72]
    assert answer["refused"] == "length"
    assert answer["refusals"] == ["length", "length"]
    assert answer["detail"] == "COBS block: 1 bytes, needs 126"


def test_options_are_understood_in_any_way_people_write_them(decode: Any) -> None:
    frame = next(frame for _, frame in vectors.frames() if frame.name == "encrypted press")

    for address in ("54:48:E6:8F:80:A5", "54-48-e6-8f-80-a5", "5448E68F80A5"):
        assert decode("bthome", "--key", frame.key.upper(), "--address", address, frame.hex).code == 0
    for uuid in ("2A37", "0x2a37", "00002A37-0000-1000-8000-00805F9B34FB"):
        assert decode("ble-heart-rate", "--characteristic", uuid, "06 47").code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["bthom", "00"], "there is no driver 'bthom'. Did you mean bthome?", id="driver"),
        pytest.param(["ble-heart-rate", "0647"], "--characteristic says which value", id="no characteristic"),
        pytest.param(["ble-heart-rate", "--characteristic", "pulse", "06"], "'pulse' is no UUID; right would be", id="uuid"),
        pytest.param(["bthome", "--key", "xyz", "00"], "--key: this is no key in hex digits", id="key"),
        pytest.param(["bthome", "--address", "C0:FF:EE", "00"], "right would be C0:FF:EE:00:00:01", id="address"),
        pytest.param(["bthome", "--at", "noon", "00"], "right would be 2026-11-23T12:00:00Z", id="time"),
        pytest.param(["bthome", "064"], "input 1: '064' is not hex", id="half a byte"),
        pytest.param(["bthome"], "HEX", id="nothing to decode"),
    ],
)
def test_a_wrong_question_is_answered_with_a_right_one(decode: Any, arguments: list[str], says: str) -> None:
    said = decode(*arguments)

    assert said.code == 2
    assert says in said.err
    assert said.answers == []


def test_a_line_that_is_no_hex_is_named_and_the_others_are_decoded(decode: Any) -> None:
    said = decode("serial-hub", "-", stdin=f"{CALM}\nhello\n{CALM}\n\xff\n".encode("latin-1"))

    assert [answer["input"] for answer in said.answers] == [CALM, CALM]
    assert "line 2: 'hello' is not hex" in said.err
    assert "line 4" in said.err
    assert said.code == 2


def test_it_works_as_a_process_and_answers_line_by_line() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "decode", "serial-hub", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(2):
            process.stdin.write(CALM + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["measurements"][0]["value"] == 72
        process.stdin.close()
        assert process.wait(10) == 0


def test_decode_starts_without_what_only_the_daemon_needs() -> None:
    code = (
        "import sys; from gateway import cli; cli.main(['decode', 'bthome', '0201060616d2fc403a04']);"
        "sys.exit(bool({'asyncio', 'pydantic', 'bleak', 'cryptography', 'structlog', 'sqlite3'} & sys.modules.keys()))"
    )

    alone = {name: value for name, value in os.environ.items() if not name.startswith("COV")}  # coverage loads more
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, env=alone, check=False).returncode == 0
