"""`lifering setup` over a real pseudo-terminal, in both languages: from the example to an answered test alert."""

# ruff: noqa: ASYNC240 (a test may wait for its files)

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from fake_devices.patience import HANGS_S
from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from gateway.cli.columns import width
from gateway.settings.file import load
from gateway.settings.shipped import shipped
from tests.bluez.__main__ import PENDANT
from tests.bluez.stage import BluezStage
from tests.daemon import Daemon
from tests.gateway.cli.setup.terminal import Terminal
from tests.mosquitto import Mosquitto

BAND, OTHER = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"
NO_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}


class Words(NamedTuple):
    """What the technician reads."""

    id: str
    host: str
    tls: str
    port: str
    user: str
    password: str
    zone: str
    radio: str
    serial: str
    modem: str
    pin: str
    digits: str
    phones: str
    bad_phone: str
    existing: str
    bands: str
    pressed: str
    wearer: str
    room: str
    enrolled: str
    start: str
    runs: str
    wait: str
    heard: str
    receipt: str
    well: str
    took: str


ENGLISH = Words(
    "Center id", "Platform:", "Encrypt", "Port of", "User name", "Password (is not shown; Enter: there is none)",
    "Time zone", "Bluetooth?", "What is at",
    "SMS modem", "PIN of the SIM", "4 to 8 digits", "Who is on duty", "telephone number",
    "There is a configuration already", "Now the wristbands", "Pressed: ", "Wearer", "Room", "Enrolled: ",
    "lifering run --config", "The gateway runs", "Waiting for a first reading", "Heard: W-017, room 3-201",
    "receipt has come", "All is well", "It took",
)  # fmt: skip
CHINESE = Words(
    "中心编号", "平台：", "加密（TLS）", "服务器端口", "平台用户名", "密码（输入时不显示；直接回车：没有密码）",
    "时区", "使用本机蓝牙", "上接的是什么",
    "短信模块", "SIM 卡 PIN", "4 到 8 位数字", "值班人员", "号码",
    "已有配置", "下面登记手环", "已按下：", "佩戴者代号", "房间", "已登记：", "lifering run --config", "网关已运行",
    "等待第一条读数", "已收到：W-017，房间 3-201", "已收到平台回执", "一切正常", "耗时",
)  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The example, save that it keeps its data here."""
    (tmp_path / "etc").mkdir()
    for name in ("wristbands.csv", "duty.csv"):
        (tmp_path / "etc" / name).write_bytes(shipped(name).read_bytes())
    file = tmp_path / "etc" / "gateway.toml"
    text = shipped("gateway.toml").read_text()
    file.write_text(text.replace('#data_dir = "/var/lib/lifering"', f'data_dir = "{tmp_path / "data"}"'))
    (tmp_path / "data").mkdir()
    return file


async def answer_all(terminal: Terminal, words: Words, port: int, *, language: str = "2", modem: str = "-") -> None:
    await terminal.answers("Language", language)
    await terminal.answers(words.id, "yinxi-07")
    await terminal.answers(words.host, "127.0.0.1")
    await terminal.answers(words.tls, "n")
    await terminal.answers(words.port, str(port))
    await terminal.answers(words.user, "yinxi-07")
    await terminal.answers(words.password, "geheim")
    await terminal.answers(words.zone)
    await terminal.answers(words.radio, "n")
    await terminal.answers(words.serial)
    await terminal.answers(words.modem, "y")
    await terminal.sees("/dev/serial/by-id/...")
    await terminal.answers(words.modem, modem)
    if modem != "-":
        await terminal.answers(words.pin, "12")
        await terminal.sees(words.digits)
        await terminal.answers(words.pin, "1234")
        await terminal.answers(words.phones, "guard 12")
        await terminal.sees(words.bad_phone)
        await terminal.answers(words.phones, "guard 13900000001，manager 13900000002")


async def keep_pressing(hub: FakeHub, address: str) -> None:
    while True:
        hub.presses(address, heart_rate=72)
        await asyncio.sleep(0.3)


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "2"), (CHINESE, "1")])
async def test_from_the_example_to_an_answered_test_alert(
    config: Path, broker: Mosquitto, hub: FakeHub, platform: Platform, words: Words, language: str
) -> None:
    arguments = ("setup", "--no-fix", "--config", config, "--port", hub.line.path, "--seconds", f"{HANGS_S:g}")
    async with asyncio.TaskGroup() as tasks, Terminal(*arguments, environment=NO_BUS) as terminal:
        await answer_all(terminal, words, broker.port, language=language, modem="/dev/serial/by-id/usb-Modem")
        await terminal.answers(words.existing, "y")
        await terminal.sees(words.bands)
        pressing = tasks.create_task(keep_pressing(hub, BAND))
        await terminal.sees(words.pressed + BAND)
        await terminal.answers(words.wearer, "W-017")
        await terminal.answers(words.room, "3-201")
        await terminal.sees(words.enrolled + BAND)
        pressing.cancel()
        terminal.types("")
        await terminal.sees(words.start)
        async with Daemon(config.parent, config.read_text()) as daemon:
            await daemon.start()
            await terminal.sees(words.runs)
            await terminal.sees(words.wait)
            hub.says(BAND, heart_rate=71)
            for seen in (words.heard, words.receipt, words.well, words.took):
                await terminal.sees(seen)
            assert await terminal.ends() == 0

    assert "geheim" not in terminal.said
    assert (config.parent / "mqtt-password").read_text() == "geheim"
    assert (config.parent / "mqtt-password").stat().st_mode & 0o777 == 0o640
    said = tomllib.loads(config.read_text())
    assert said["gateway"]["id"] == "yinxi-07"
    assert said["gateway"]["language"] == ("en" if language == "2" else "zh-CN")
    assert (said["mqtt"]["host"], said["mqtt"]["port"], said["mqtt"]["insecure"]) == ("127.0.0.1", broker.port, True)
    assert said["serial"] == [{"name": "port-1", "port": str(hub.line.path), "driver": "serial-hub"}]
    assert said["modem"] == {"port": "/dev/serial/by-id/usb-Modem", "pin_file": "sim-pin"}
    assert [phone.number for phone in load(config).duty_list.phones] == ["13900000001", "13900000002"]
    assert "1234" not in terminal.said
    assert "# Name of this gateway on the platform" in config.read_text()
    assert [path.name for path in config.parent.glob("gateway.toml.before-*")]
    rows = (config.parent / "wristbands.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows == ["address,driver,wearer,room,key,model", f"{BAND},serial-hub,W-017,3-201,,"]


async def test_ctrl_c_changes_nothing_and_a_wrong_answer_is_asked_again(config: Path, hub: FakeHub) -> None:
    before = {path.name: path.read_bytes() for path in config.parent.iterdir()}
    async with Terminal("setup", "--no-fix", "--config", config, "--port", hub.line.path, environment=NO_BUS) as terminal:
        await terminal.answers("Language", "2")
        await terminal.answers("Center id", "not good!")
        await terminal.sees("  ")
        await terminal.answers("Center id", "yinxi-07")
        await terminal.answers("Platform:", "")
        await terminal.sees("must be answered")
        await terminal.answers("Platform:", "<")
        await terminal.answers("Center id")
        await terminal.answers("Platform:", "127.0.0.1")
        await terminal.answers("Encrypt", "perhaps")
        await terminal.sees("y or n")
        await terminal.answers("Encrypt", "y")
        await terminal.answers("Port of", "70000")
        await terminal.sees("1 to 65535")
        await terminal.answers("Port of")
        await terminal.answers("Certificate", "/nowhere/ca.pem")
        await terminal.sees("/nowhere/ca.pem")
        await terminal.answers("Certificate")
        await terminal.answers("User name")
        await terminal.sees("Password")
        await terminal.sees("> ")
        await terminal.waits()
        terminal.presses(b"\x03")
        await terminal.sees("没有任何改动")
        assert await terminal.ends() == 130

    assert {path.name: path.read_bytes() for path in config.parent.iterdir()} == before
    said = terminal.said.replace(str(hub.line.path), "/dev/ttyUSB0")  # which is longer here than on a Pi
    assert [line for line in said.splitlines() if width(line) > 80] == []


async def test_who_does_not_want_it_written_has_changed_nothing(config: Path, broker: Mosquitto, hub: FakeHub) -> None:
    before = {path.name: path.read_bytes() for path in config.parent.iterdir()}
    async with Terminal("setup", "--no-fix", "--config", config, "--port", hub.line.path, environment=NO_BUS) as terminal:
        await answer_all(terminal, ENGLISH, broker.port)
        await terminal.answers(ENGLISH.existing, "n")
        assert await terminal.ends() == 130
    assert {path.name: path.read_bytes() for path in config.parent.iterdir()} == before


CHANGING, PRESS = "4A:11:22:33:44:55", bytes.fromhex("020106 0616d2fc443a01")


async def test_a_band_whose_address_changes_is_told_and_not_enrolled(config: Path, broker: Mosquitto, hub: FakeHub) -> None:
    arguments = ("setup", "--no-fix", "--config", config, "--port", hub.line.path, "--seconds", "0.1")
    async with Terminal(*arguments, environment=NO_BUS) as terminal:
        await answer_all(terminal, ENGLISH, broker.port)
        await terminal.answers(ENGLISH.existing, "y")
        await terminal.sees(ENGLISH.bands)
        async with asyncio.TaskGroup() as tasks:
            pressing = tasks.create_task(keep_advertising(hub))
            await terminal.sees(ENGLISH.pressed + CHANGING)
            await terminal.sees("cannot be enrolled")
            pressing.cancel()
        await terminal.waits()
        terminal.types("")
        assert await terminal.ends() == 1
    assert load(config).bands == {}


async def keep_advertising(hub: FakeHub) -> None:
    while True:
        hub.advertises(CHANGING, PRESS)
        await asyncio.sleep(0.3)


async def test_what_is_pressed_within_reach_of_the_radio_is_enrolled(config: Path, broker: Mosquitto) -> None:
    async with BluezStage() as stage:
        arguments = ("setup", "--no-fix", "--config", config, "--seconds", "0.1")
        async with Terminal(*arguments, environment=stage.environment) as terminal:
            await terminal.sees("hci0")
            typed = {
                "Language": "2",
                "Center id": "yinxi-07",
                "Platform:": "127.0.0.1",
                "Encrypt": "n",
                "Port of": str(broker.port),
            }
            for question, answer in typed.items():
                await terminal.answers(question, answer)
            for question in ("User name", "Password", "Time zone", "Bluetooth?", "SMS modem"):
                await terminal.answers(question)
            await terminal.answers(ENGLISH.existing, "y")
            await terminal.sees(ENGLISH.bands)
            async with asyncio.TaskGroup() as tasks:
                pressing = tasks.create_task(keep_pressing_pendant(stage))
                await terminal.sees(f"Pressed: {PENDANT} (bthome)")
                await terminal.answers("Wearer", "W-017")
                await terminal.answers("Room", "3-201")
                await terminal.sees(f"Enrolled: {PENDANT}")
                pressing.cancel()
            await terminal.waits()
            terminal.types("")
            assert await terminal.ends() == 1
    assert load(config).bands.keys() == {PENDANT}


async def keep_pressing_pendant(stage: BluezStage) -> None:
    while True:
        await stage.do("press pendant")
        await asyncio.sleep(0.5)
