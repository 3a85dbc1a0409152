"""`lifering setup --from FILE`: a box without a screen is set up by a stick, and tells on it how it went."""

# ruff: noqa: ASYNC240 (a test may wait for its files)

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from gateway.settings.file import load
from gateway.settings.shipped import shipped
from tests.daemon import Daemon
from tests.gateway.cli.running import lifering
from tests.gateway.cli.setup.terminal import ROOT
from tests.mosquitto import Mosquitto

BAND = "C0:FF:EE:00:00:01"
ANSWERS = """
language = "{language}"
id = "yinxi-07"
host = "127.0.0.1"
port = {port}
tls = false
username = "yinxi-07"
password_file = "password.txt"
bluetooth = false
data_dir = "{data}"

[[serial]]
port = "{hub}"

[[wristband]]
address = "{band}"
driver = "serial-hub"
wearer = "W-017"
room = "3-201"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The example, as the package lays it out."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "data").mkdir()
    for name in ("gateway.toml", "wristbands.csv"):
        (tmp_path / "etc" / name).write_bytes(shipped(name).read_bytes())
    return tmp_path / "etc" / "gateway.toml"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A USB stick with the answers, and the password beside them."""
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "password.txt").write_text("geheim\n")
    file = tmp_path / "stick" / "site.toml"
    file.write_text(
        ANSWERS.format(language="en", port=1883, data=tmp_path / "data", hub=tmp_path / "hub", band=BAND), encoding="utf-8"
    )
    return file


async def waited_for(path: Path, words: str) -> None:
    async with asyncio.timeout(40):
        while words not in (path.read_text() if path.exists() else ""):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.05)


async def test_the_stick_sets_it_up_and_gets_the_report(
    config: Path, stick: Path, broker: Mosquitto, hub: FakeHub, platform: Platform
) -> None:
    stick.write_text(stick.read_text().replace("1883", str(broker.port)))
    report = stick.with_name("site.toml.report.txt")
    words = ("setup", "--no-fix", "--from", stick, "--config", config, "--seconds", "40")
    process = await asyncio.create_subprocess_exec(
        str(ROOT / ".venv/bin/python"), "-m", "gateway", *map(str, words), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    await waited_for(report, "lifering run --config")
    async with Daemon(config.parent, config.read_text()) as daemon:
        await daemon.start()
        await waited_for(report, "Waiting for a first reading")
        hub.says(BAND, heart_rate=71)
        out, _ = await process.communicate()
        assert process.returncode == 0

    assert set(out.decode().splitlines()) <= set(report.read_text().splitlines())
    assert "everything is sent in plain text" in report.read_text()
    assert "All is well: the platform has answered." in out.decode()
    assert "geheim" not in out.decode()
    assert (config.parent / "mqtt-password").read_text() == "geheim\n"
    assert load(config).bands.keys() == {BAND}


async def test_a_configuration_of_somebody_is_not_touched_unless_that_is_said(
    config: Path, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = config.read_text().replace("xishan-01", "my-own-01")
    config.write_text(mine)

    assert await lifering("setup", "--no-fix", "--from", stick, "--config", config) == 2

    assert "--replace" in capsys.readouterr().err
    assert config.read_text() == mine
    assert not (config.parent / "mqtt-password").exists()

    assert await lifering("setup", "--no-fix", "--from", stick, "--config", config, "--replace", "--seconds", "0.1") == 1
    kept = next(config.parent.glob("gateway.toml.before-*"))
    assert kept.read_text() == mine
    assert load(config).settings.gateway.id == "yinxi-07"


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('id = "yinxi-07"', 'id = "no good"', "gateway.id: "),
        ('host = "127.0.0.1"\n', "", "missing required field `host`"),
        ('driver = "serial-hub"', 'driver = "no-such"', "no-such"),
        ('"password.txt"', '"forgotten.txt"', "site.toml: "),
        ("port = 1883", 'port = "many"', "$.port"),
        ("port = 1883", "port = ", "line 5"),
        ("tls = false", "tls = false\nsurname = 1", "surname"),
    ],
)
async def test_what_is_wrong_in_the_file_is_told_and_nothing_changes(
    config: Path, stick: Path, capsys: pytest.CaptureFixture[str], wrong: str, right: str, said: str
) -> None:
    before = {path.name: path.read_bytes() for path in config.parent.iterdir()}
    stick.write_text(stick.read_text().replace(wrong, right))

    assert await lifering("setup", "--no-fix", "--from", stick, "--config", config) == 2

    err = capsys.readouterr().err
    assert said in err
    assert "Nothing was changed." in err or "没有任何改动" in err
    assert {path.name: path.read_bytes() for path in config.parent.iterdir()} == before
    assert said in stick.with_name("site.toml.report.txt").read_text()


async def test_without_a_terminal_and_without_a_file_nobody_can_be_asked(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert await lifering("setup", "--config", config) == 2
    assert "--from FILE" in capsys.readouterr().err
