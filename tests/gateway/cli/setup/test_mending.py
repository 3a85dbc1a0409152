"""`setup` mends what `doctor --fix` mends, says what it did, and does nothing of it where that is not wanted."""

# ruff: noqa: ASYNC240 (a test may wait for its files)

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from gateway.cli.setup import mending
from gateway.settings.shipped import shipped
from tests.gateway.cli.running import lifering
from tests.gateway.doctor.conftest import planted
from tests.gateway.doctor.planted import CLOCK, PlantedHost

__all__ = ["planted"]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root mends a machine")
ANSWERS = """
language = "{language}"
id = "yinxi-07"
host = "127.0.0.1"
port = 1
tls = false
bluetooth = false
data_dir = "{folder}"
"""


@pytest.fixture
def stick(tmp_path: Path, planted: PlantedHost, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The answers, for a machine on which faults are planted."""
    monkeypatch.setattr(mending, "Host", lambda: planted.host)
    planted.shows("timedatectl", CLOCK | {"NTP": "no"})
    (tmp_path / "gateway.toml").write_bytes(shipped("gateway.toml").read_bytes())
    return tmp_path / "site.toml"


@needs_root
@pytest.mark.parametrize(
    ("language", "said"), [("en", "clock_ntp_off: mended: the clock is set by the network"), ("zh-CN", "clock_ntp_off：已修复")]
)
async def test_a_clock_that_nobody_sets_is_mended_before_the_start(
    stick: Path, tmp_path: Path, planted: PlantedHost, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    stick.write_text(ANSWERS.format(language=language, folder=tmp_path))
    arguments = ("setup", "--from", stick, "--config", tmp_path / "gateway.toml", "--seconds", "0.1")

    await lifering(*arguments)

    assert said in capsys.readouterr().out
    assert planted.commands == ["timedatectl set-ntp true"]


async def test_who_does_not_want_it_has_nothing_mended(stick: Path, tmp_path: Path, planted: PlantedHost) -> None:
    stick.write_text(ANSWERS.format(language="en", folder=tmp_path))

    await lifering("setup", "--no-fix", "--from", stick, "--config", tmp_path / "gateway.toml", "--seconds", "0.1")

    assert planted.commands == []


@needs_root
def test_bluetooth_that_is_blocked_is_switched_on_before_anybody_looks_for_adapters(
    stick: Path, planted: PlantedHost, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not stick.exists()
    planted.put("sys/class/rfkill/rfkill0/type", "bluetooth\n")
    blocked = planted.put("sys/class/rfkill/rfkill0/soft", "1\n")

    mending.mend_radio(argparse.Namespace(mend=True, spoken="en"))

    assert blocked.read_text() == "0"
    assert "Bluetooth was switched on" in capsys.readouterr().out
