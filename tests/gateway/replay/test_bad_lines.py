"""A bad line is told with its number, and left out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.words.replay import BAD_LINES
from tests.gateway.replay.played import at, deed, played, press, reading

BAD = [
    (b"{", "no_json"),
    (b"[]", "form"),
    (b'"text"', "form"),
    (b"\xff\xfe", "no_json"),
    (b"{}", "no_time"),
    (b"[" * 100_000, "form"),
    (b'{"value":' + b"[" * 100_000, "no_json"),
    (json.dumps({"at": at(0), "wearer": "W-1", "kind": "mood", "value": 1}).encode(), "no_kind"),
    (json.dumps({"at": at(0), "kind": "heart_rate", "value": 70}).encode(), "no_wearer"),
    (json.dumps(reading(0, "heart_rate", "70")).encode(), "value"),
    (json.dumps(reading(0, "heart_rate", True)).encode(), "value"),
    (json.dumps(reading(0, "heart_rate", None)).encode(), "value"),
    (json.dumps(reading(0, "blood_pressure", {"systolic": 120})).encode(), "value"),
    (json.dumps(reading(0, "worn", 1)).encode(), "value"),
    (json.dumps(reading(0, "fall", False)).encode(), "value"),
    (json.dumps(reading(0, "button", "kick")).encode(), "value"),
    (json.dumps(reading(0, "body_temperature", 98, unit="[degF]")).encode(), "unit"),
    (json.dumps(reading(0, "heart_rate", 70, driver="no-such")).encode(), "no_driver"),
    (json.dumps({**reading(0, "heart_rate", 70), "at": "2026-11-23T03:00:00"}).encode(), "bad_time"),
    (json.dumps({**reading(0, "heart_rate", 70), "received_at": "now"}).encode(), "bad_time"),
    (json.dumps(reading(0, "heart_rate", 70, quality="invalid:x")).encode(), "form"),
    (json.dumps(deed(0, "dance")).encode(), "no_deed"),
    (b'{"do":"wait"}', "deed_time"),
    (json.dumps(deed(0, "restart", down_s=-1)).encode(), "down_s"),
    (json.dumps(deed(0, "link", state="broken")).encode(), "form"),
    (json.dumps(deed(0, "port", state="lost")).encode(), "form"),
    (json.dumps(deed(0, "sms", text="1")).encode(), "form"),
]


@pytest.mark.parametrize(("line", "code"), BAD)
def test_a_bad_line_is_left_out_and_what_is_wrong_is_told(line: bytes, code: str) -> None:
    found = played([press(0), line, press(1, wearer="W-2")])

    assert [(number, bad.code) for number, bad in found.bad] == [(2, code)]
    assert [alert["wearer"] for alert in found.alerts] == ["W-1", "W-2"]


@pytest.mark.parametrize(("line", "code"), BAD)
def test_it_has_words_in_both_languages_and_nothing_of_a_value_in_them(line: bytes, code: str) -> None:
    ((_, bad),) = played([line]).bad

    for language in ("en", "zh-CN"):
        said = BAD_LINES[bad.code].of(language).format(**bad.facts)
        assert "{" not in said
        assert not any(value in said for value in (": 120", "98", "kick", "broken"))


def command_line(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", "replay", *arguments], input=given, capture_output=True, check=False
    )


def test_bad_lines_are_counted_from_1_with_empty_ones_told_on_stderr_and_the_exit_code_is_1() -> None:
    given = b"\n".join([json.dumps(press(0)).encode(), b"", b"   ", b"{", json.dumps(press(9)).encode()])

    found = command_line(given=given)

    assert (found.returncode, found.stderr) == (1, b"4: this is no JSON object\n")
    assert [json.loads(line)["event"] for line in found.stdout.splitlines()] == ["raised", "updated"]


def test_a_file_is_read_and_all_is_well_without_bad_lines(tmp_path: Path) -> None:
    file = tmp_path / "readings.jsonl"
    file.write_text(json.dumps(press(0)) + "\n")

    found = command_line(str(file))

    assert (found.returncode, found.stderr) == (0, b"")
    assert found.stdout == command_line("-", given=file.read_bytes()).stdout
    assert found.stdout == command_line(given=file.read_bytes()).stdout


def test_a_file_that_is_not_there_is_told_on_one_line(tmp_path: Path) -> None:
    found = command_line(str(tmp_path / "nothing"))

    assert found.returncode == 1
    assert found.stderr.count(b"\n") == 1
    assert b"Traceback" not in found.stderr


def test_no_lines_give_no_lines() -> None:
    assert (command_line().returncode, command_line().stdout) == (0, b"")
