"""`lifering erase`, as a technician types it, beside a running gateway and without one."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from gateway.settings.file import load
from tests.gateway.cli.running import lifering
from tests.gateway.cli.with_stores import CONFIG, running, stopped
from tests.gateway.store.given import take
from tests.gateway.store.test_erase import GONE, bytes_with, call, left_of, whose

BAND = f'[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "bthome"\nwearer = "{GONE}"\n'


@pytest.fixture
def enrolled(config: Path) -> Path:
    config.write_text(CONFIG.format(language="en") + BAND)
    return config


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        return True


async def test_everything_goes_and_is_counted(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(config) as stores:
        await take(stores, 30, whose)
        await call(stores, 1, GONE)

        assert await lifering("erase", GONE, "--yes", "--config", config) == 0

        out, err = capsys.readouterr()
        assert "readings 11, of which 11 were not delivered yet" in out
        assert "alerts 1 with 2 events, which leave their hash" in out
        assert "the roster was left as it is" in err
        assert bytes_with(config.parent / "data", GONE) == []
        assert await lifering("export", "alerts", "--verify", "--config", config) == 0


async def test_without_a_gateway_the_store_is_opened_and_that_is_said(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with stopped(config) as stores:
        await take(stores, 30, whose)

    assert await lifering("erase", GONE, "--yes", "--json", "--config", config) == 0

    out, err = capsys.readouterr()
    assert (json.loads(out)["readings"], json.loads(out)["evicted"]) == (10, 10)
    assert err.splitlines() == ["no gateway runs: the store is opened here", "the roster was left as it is"]
    assert bytes_with(config.parent / "data", GONE) == []


async def test_while_an_alert_is_open_nothing_goes(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(config) as stores:
        await call(stores, 4, GONE, closed=False)
        assert await lifering("erase", GONE, "--yes", "--config", config) == 1
    assert f"lifering erase: an alert of {GONE} is open: A4; close it first" in capsys.readouterr().err

    assert await lifering("erase", GONE, "--yes", "--config", config) == 1
    assert f"lifering erase: an alert of {GONE} is open: A4; close it first" in capsys.readouterr().err


async def test_where_nobody_can_be_asked_yes_must_be_said(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert await lifering("erase", GONE, "--config", config) == 2

    assert "--yes says that it is wanted" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("\n", 10), ("no\n", 10), ("是\n", 0)])
async def test_whoever_sits_there_is_asked(config: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: int) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    async with running(config) as stores:
        await take(stores, 30, whose)

        assert await lifering("erase", GONE, "--config", config) == (1 if left else 0)

        assert len(await left_of(stores, GONE)) == left


async def test_a_band_that_is_still_enrolled_is_named(enrolled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = enrolled
    async with running(config):
        assert await lifering("erase", GONE, "--yes", "--config", config) == 0

    out, err = capsys.readouterr()
    assert out.endswith(f"nothing was held of {GONE}\n")
    assert f"{GONE} is still enrolled, and new readings will be kept: `sudo lifering unenroll C0:FF:EE:00:00:01`" in err
    assert load(config).bands.keys() == {"C0:FF:EE:00:00:01"}


async def test_words_are_in_the_language_of_the_configuration(chinese: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = chinese
    async with running(config) as stores:
        await call(stores, 4, GONE, closed=False)

        assert await lifering("erase", GONE, "--yes", "--config", config) == 1

    assert f"{GONE} 的报警尚未结束：A4；请先在平台上办结" in capsys.readouterr().err
