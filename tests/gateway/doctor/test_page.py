"""`lifering doctor` as a technician types it: the page, its exit code, and the object for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway import cli
from gateway.cli.columns import width, wrapped
from gateway.cli.doctor_page import page
from gateway.doctor.diagnosis import GROUPS, Diagnosis, Examination
from gateway.language import Language
from tests.gateway.doctor.planted import UNIT, PlantedHost
from tests.mosquitto import Mosquitto

CONFIG = """[gateway]
id = "xishan-01"
language = "{language}"
data_dir = "{folder}/data"
[mqtt]
host = "127.0.0.1"
port = {port}
tls = false
insecure = true
[bluetooth]
enabled = false
{more}
"""


def configured(folder: Path, language: str = "en", port: int = 1, more: str = "") -> Path:
    (folder / "data").mkdir(exist_ok=True)
    file = folder / "gateway.toml"
    file.write_text(CONFIG.format(language=language, folder=folder, port=port, more=more))
    return file


@pytest.mark.parametrize(("language", "mark"), [("en", "FAULT   Broker"), ("zh-CN", "故障    MQTT 服务器")])
def test_a_fault_ends_with_1_and_stands_in_the_language_of_the_configuration(
    planted: PlantedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, mark: str
) -> None:
    code = cli.main(["doctor", "--config", str(configured(tmp_path, language))])

    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert mark in lines
    assert lines[lines.index(mark) + 1].startswith("  broker_port: 127.0.0.1:1")


def test_where_all_is_well_it_ends_with_0(planted: PlantedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Mosquitto(tmp_path) as mosquitto:
        code = cli.main(["doctor", "--config", str(configured(tmp_path, port=mosquitto.port))])

    assert code == 0
    assert "All is well." in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_configuration_that_is_not_valid_ends_with_2_and_names_every_line(
    planted: PlantedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    config = configured(tmp_path, language, more="colour = 1\n[duty]\nreceipt_s = 1")

    code = cli.main(["doctor", "--config", str(config)])

    told = "".join(line.strip() for line in capsys.readouterr().out.splitlines())
    assert code == 2
    assert "unknown_key" in told
    assert "bluetooth.colour" in told
    assert "duty.receipt_s" in told


def test_for_programs_it_is_one_object(planted: PlantedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planted.shows("systemctl", UNIT | {"UnitFileState": "disabled"})

    code = cli.main(["doctor", "--json", "--config", str(configured(tmp_path))])

    told = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (told["gateway"], told["valid"], told["well"]) == ("xishan-01", True, False)
    assert [(one["group"], one["code"], one["severity"], one["fix"]) for one in told["findings"]] == [
        ("service", "unit_disabled", "fault", True),
        ("broker", "broker_port", "fault", False),
    ]
    assert told["skipped"]["radio"] == "not configured"


def test_with_fix_it_says_what_it_did(planted: PlantedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planted.shows("systemctl", UNIT | {"UnitFileState": "disabled"})

    cli.main(["doctor", "--fix", "--config", str(configured(tmp_path, "zh-CN"))])

    lines = capsys.readouterr().out.splitlines()
    assert "unit_disabled：已修复：服务已设为开机启动" in lines
    assert "正常    服务" in lines


def test_whoever_is_not_root_is_told_the_command_that_mends(
    planted: PlantedHost, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.shows("systemctl", UNIT | {"UnitFileState": "disabled"})
    monkeypatch.setattr("gateway.cli.doctor.is_root", lambda: False)

    cli.main(["doctor", "--fix", "--config", str(configured(tmp_path))])

    assert "sudo lifering doctor --fix mends: unit_disabled" in capsys.readouterr().out
    assert planted.commands == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_four_faults_fit_one_photo_of_a_terminal(language: Language) -> None:
    holder = {
        "name": "hall-hub",
        "port": "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0",
        "holder": "ModemManager",
        "pid": 812,
    }
    found = (
        Diagnosis("service", "unit_restarts", {"times": 7}),
        Diagnosis("ports", "port_held_by_modemmanager", holder),
        Diagnosis("clock", "clock_unsynced"),
        Diagnosis("radio", "radio_soft_blocked", {"switch": "x"}),
    )

    lines = list(page(Examination(found), [], language, root=True))

    assert len(lines) <= 24
    assert max(map(width, lines)) <= 80


def test_each_group_that_is_well_is_one_line() -> None:
    lines = list(page(Examination(()), [], "en", root=True))

    assert lines[: len(GROUPS)] == [line for line in lines if line.startswith("ok ")]
    assert lines[len(GROUPS) :] == ["All is well."]


def test_whoever_is_not_root_is_told_what_they_do_not_see() -> None:
    assert " ".join(page(Examination(()), [], "en", root=False)).endswith("sudo lifering doctor")


def test_nothing_is_left_out_of_what_is_wrapped() -> None:
    text = "port_held：hall（/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0）被另一个程序占用；请结束它：sudo kill 812 " * 3

    lines = list(wrapped(text, "  "))

    assert max(map(width, lines)) <= 80
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
