"""`lifering setup --from FILE`: a box without a screen is set up by a stick, and tells on it how it went."""

# ruff: noqa: ASYNC240 (a test may wait for its files)

from __future__ import annotations

import asyncio
import io
import os
import signal
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from gateway.cli.setup import finishing
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
    async with asyncio.timeout(HANGS_S):
        while words not in (path.read_text() if path.exists() else ""):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0.05)


async def test_the_stick_sets_it_up_and_gets_the_report(
    config: Path, stick: Path, broker: Mosquitto, hub: FakeHub, platform: Platform
) -> None:
    stick.write_text(stick.read_text().replace("1883", str(broker.port)))
    report = stick.with_name("site.toml.report.txt")
    words = ("setup", "--no-fix", "--from", stick, "--config", config, "--seconds", f"{HANGS_S:g}")
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


async def test_a_watch_on_mobile_data_is_set_up_by_the_stick_too(config: Path, stick: Path) -> None:
    watch = '[[wristband]]\naddress = "8800000015"\ndriver = "tcp-watch-3g"\nwearer = "W-018"\nroom = "3-202"\n'
    stick.write_text(stick.read_text() + watch + '[[watches]]\nlisten = "127.0.0.1:8001"\n')

    for _ in range(2):  # the second time onto what it has written
        assert await lifering("setup", "--no-fix", "--from", stick, "--config", config, "--replace", "--seconds", "0.1") == 1

    placed = load(config)
    assert [(one.listen, one.driver) for one in placed.settings.watches] == [("127.0.0.1:8001", "tcp-watch-3g")]
    assert placed.bands.keys() == {BAND, "8800000015"}


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
    ("wrong", "right", "english", "chinese"),
    [
        ('id = "yinxi-07"', 'id = "no good"', "gateway.id: ", "gateway.id: "),
        ('host = "127.0.0.1"\n', "", "site.toml:1: host: is missing", "site.toml:1: host: 缺少此项"),
        ('host = "127', 'hots = "127', "there is no such setting; did you mean", "没有这个设置项；您是否想写 host"),
        ('driver = "serial-hub"', 'driver = "no-such"', "no-such", "没有名为 no-such 的驱动"),
        ('"password.txt"', '"forgotten.txt"', "site.toml: ", "site.toml: 找不到"),
        (
            "port = 1883",
            'port = "many"',
            "port: must be a whole number",
            "site.toml:5: port: 必须是不带引号的整数",
        ),
        ("port = 1883", "port = ", "site.toml:5: port: ", "site.toml:5: port: 无法识别这个值"),
        ("tls = false", "tls ＝ false", "site.toml:6: tls: ", "site.toml:6: tls: 请把此行的中文（全角）符号 ＝ 改成英文半角 ="),
        ("tls = false", "tls = false\nsurname = 1", "site.toml:7: surname: there is no such", "surname: 没有这个设置项"),
        ('password_file = "password.txt"', 'password = "x"', "put it alone into a file", "请单独存放在一个文件中"),
        ("[[serial]]", "[serial]", "[[serial]]", "[[serial]]"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_what_is_wrong_in_the_file_is_told_in_its_language_and_nothing_changes(
    config: Path,
    stick: Path,
    capsys: pytest.CaptureFixture[str],
    wrong: str,
    right: str,
    english: str,
    chinese: str,
    language: str,
) -> None:
    before = {path.name: path.read_bytes() for path in config.parent.iterdir()}
    text = stick.read_text(encoding="utf-8").replace(wrong, right, 1)
    stick.write_text(text.replace('language = "en"', f'language = "{language}"'), encoding="utf-8")

    assert await lifering("setup", "--no-fix", "--from", stick, "--config", config) == 2

    err = capsys.readouterr().err
    said, end = (english, "Nothing was changed.") if language == "en" else (chinese, "没有任何改动")
    assert said in err
    assert end in err
    assert {path.name: path.read_bytes() for path in config.parent.iterdir()} == before
    assert said in stick.with_name("site.toml.report.txt").read_text(encoding="utf-8")


async def test_a_set_up_that_was_cut_off_behind_its_configuration_is_brought_to_its_end(
    config: Path, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("setup", "--no-fix", "--from", stick, "--config", config, "--seconds", "0.1")
    assert await lifering(*arguments) == 1
    (config.parent / "wristbands.csv").write_bytes(shipped("wristbands.csv").read_bytes())

    assert await lifering(*arguments) == 1

    assert "--replace" not in capsys.readouterr().err
    assert load(config).bands.keys() == {BAND}


async def test_the_modem_and_the_people_on_duty_come_from_the_stick_too(config: Path, stick: Path) -> None:
    (config.parent / "duty.csv").write_bytes(shipped("duty.csv").read_bytes())
    stick.with_name("pin.txt").write_text("1234\n")
    people = '[[phone]]\nname = "guard"\nphone = "13900000001"\nhours = "20:00-08:00"\ntest = true\n'
    head, serial, rest = stick.read_text().partition("[[serial]]")
    stick.write_text(f'{head}modem = "/dev/serial/by-id/usb-Modem"\npin_file = "pin.txt"\n{people}{serial}{rest}')

    assert await lifering("setup", "--no-fix", "--from", stick, "--config", config, "--seconds", "0.1") == 1

    found = load(config)
    assert found.settings.modem is not None
    assert (found.settings.modem.port, found.settings.modem.pin_file) == (
        "/dev/serial/by-id/usb-Modem",
        config.parent / "sim-pin",
    )
    assert [(phone.name, phone.number, phone.test) for phone in found.duty_list.phones] == [("guard", "13900000001", True)]


SYSTEMCTL = """#!/bin/sh
echo "$*" >> {log}
if [ "$1" = restart ]; then {python} -m gateway run --config {config} > {log}.run 2>&1 & echo $! > {log}.pid; fi
"""


async def test_on_a_machine_with_systemd_the_service_is_enabled_and_started(
    config: Path,
    stick: Path,
    broker: Mosquitto,
    hub: FakeHub,
    platform: Platform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log, systemctl = tmp_path / "asked", tmp_path / "bin" / "systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text(SYSTEMCTL.format(log=log, config=config, python=ROOT / ".venv/bin/python"))
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{systemctl.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(finishing, "SYSTEMD", tmp_path)
    stick.write_text(stick.read_text().replace("1883", str(broker.port)))
    report = stick.with_name("site.toml.report.txt")
    try:
        async with asyncio.TaskGroup() as tasks:
            words = ("setup", "--no-fix", "--from", stick, "--config", config, "--seconds", f"{HANGS_S:g}")
            done = tasks.create_task(lifering(*words))
            await waited_for(report, "Waiting for a first reading")
            hub.says(BAND, heart_rate=71)
        assert done.result() == 0, report.read_text()
    finally:
        os.kill(int(log.with_name("asked.pid").read_text()), signal.SIGTERM)

    assert log.read_text().splitlines() == ["enable lifering.service", "restart lifering.service"]
    assert "The gateway runs." in report.read_text()
    assert "lifering run --config" not in report.read_text()


@pytest.mark.parametrize(("is_there", "words"), [(True, "journalctl -u lifering"), (False, "in the other window")])
async def test_a_gateway_that_does_not_start_is_told_with_the_place_where_its_words_are(
    config: Path,
    stick: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_there: bool,
    words: str,
) -> None:
    systemctl = tmp_path / "bin" / "systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text("#!/bin/sh\n")  # it starts nothing
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{systemctl.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(finishing, "SYSTEMD", tmp_path if is_there else tmp_path / "none")

    assert await lifering("setup", "--no-fix", "--from", stick, "--config", config, "--seconds", "0.1") == 1

    out = capsys.readouterr().out
    assert words in out
    assert ("journalctl" in out) == is_there


async def test_without_a_terminal_and_without_a_file_nobody_can_be_asked(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert await lifering("setup", "--config", config) == 2
    assert "--from FILE" in capsys.readouterr().err
