"""`lifering bundle`: everything of a person that is planted in configuration, roster, log and data stays out of it."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import msgspec
import pytest

from gateway import cli
from gateway.cli.doctor import running
from gateway.doctor import redaction
from gateway.doctor.bundle import contents
from gateway.doctor.diagnosis import Diagnosis, Examination
from gateway.doctor.host import Host
from gateway.mistake import Mistake
from gateway.status import status_answer
from gateway.words.bundle import FILES
from tests.gateway.a_snapshot import SNAPSHOT
from tests.gateway.doctor.planted import PlantedHost

PLANTED = (
    "W-4711",
    "3-808",
    "13800571999",
    "Wang Xiuying",
    "hunter2",
    "C0:FF:EE:00:47:11",
    "30.53119",
    "secret-user",
    "room-808-cuff",
    "buzzer",
    PSK := "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "building-808",
)
CONFIG = """[gateway]
id = "xishan-01"
language = "{language}"
data_dir = "data"
[mqtt]
host = "127.0.0.1"
port = 1
tls = false
insecure = true
username = "secret-user"
password_file = "password"
[[serial]]
name = "room-808-cuff"
port = "/dev/serial/by-id/usb-gone"
driver = "serial-hub"
[bluetooth]
enabled = false
[[relay]]
host = "127.0.0.1"
port = 2
psk_file = "relay.psk"
name = "building-808"
[[watches]]
listen = "127.0.0.1:18001"
driver = "tcp-watch-3g"
[roster]
file = "wristbands.csv"
[wearer."W-4711".heart_rate]
critical_high = 150
reason = "Wang Xiuying has a pacemaker"
by = "Wang Xiuying"
[duty]
phones_file = "duty.csv"
on_alert = ["/usr/local/bin/buzzer"]
drill = [{{wearer = "W-4711", day = 1, from = "10:00", to = "10:30"}}]
[home]
latitude = 30.53119
longitude = 120.68119
"""
LINE = {"event": "alert", "level": "warning", "timestamp": "2026-11-30T12:00:00Z", "wearer": "W-4711", "room": "3-808"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "password").write_text("hunter2")
    (tmp_path / "relay.psk").write_text(PSK)
    (tmp_path / "wristbands.csv").write_text("address,driver,wearer,room\nC0:FF:EE:00:47:11,serial-hub,W-4711,3-808\n")
    (tmp_path / "duty.csv").write_text("name,phone,days,hours,test\nWang Xiuying,13800571999,,,\n")
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG.format(language="en"))
    return file


@pytest.fixture
def journal(planted: PlantedHost) -> PlantedHost:
    known = json.dumps(LINE | {"code": "READY", "why": "W-4711 in 3-808"})
    lines = [
        known,
        "Traceback (most recent call last):",
        '  File "x": W-4711',
        json.dumps(LINE | {"code": "W-4711"}),
        "null",
        known,
    ]
    shown = planted.bin / "journal.shown"
    shown.write_text("\n".join(lines))
    program = planted.bin / "journalctl"
    program.write_text(f"#!/bin/sh\ncat {shown}\n")
    program.chmod(0o755)
    return planted


def bundled(file: Path) -> dict[str, str]:
    with tarfile.open(file) as packed:
        return {
            Path(entry.name).name: content.read().decode()
            for entry in packed
            if (content := packed.extractfile(entry)) is not None
        }


@pytest.mark.usefixtures("journal")
def test_nothing_of_a_person_is_in_it(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "bundle.tar.gz"

    code = cli.main(["bundle", str(file), "--yes", "--config", str(config)])

    inside = bundled(file)
    assert code == 0
    assert list(inside) == ["doctor.json", "versions.json", "unit.txt", "log.jsonl", "configuration.json"]
    assert [(name, planted) for name, text in inside.items() for planted in PLANTED if planted in text] == []
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("journal")
def test_what_helps_is_in_it(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "bundle.tar.gz"

    cli.main(["bundle", str(file), "--yes", "--config", str(config)])

    inside = bundled(file)
    assert {one["code"] for one in json.loads(inside["doctor.json"])} == {"port_is_not_there", "broker_port", "relay_no_relay"}
    settings = json.loads(inside["configuration.json"])
    assert settings["mqtt"]["host"] == "127.0.0.1"
    assert settings["mqtt_has"]["password_file"] is True
    assert settings["relay"] == [{"port": 2}]
    assert settings["watches"] == [{"listen": "127.0.0.1:18001", "driver": "tcp-watch-3g"}]
    assert settings["counts"]["wristbands"] == {"serial-hub": 1}
    assert (settings["counts"]["wearers"], settings["counts"]["rooms"], settings["counts"]["phones"]) == (1, 1, 1)
    assert "ActiveState=active" in inside["unit.txt"]
    assert json.loads(inside["versions.json"])["python"]
    lines = [json.loads(line) for line in inside["log.jsonl"].splitlines()]
    ready = {"timestamp": LINE["timestamp"], "level": "warning", "code": "READY"}
    assert lines == [ready, {"other_lines": 4}, ready]


@pytest.mark.parametrize(("language", "words"), [("en", "what `lifering doctor` finds"), ("zh-CN", "诊断结果")])
@pytest.mark.usefixtures("journal")
def test_its_contents_are_told_before_and_nothing_is_written_unasked(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    config.write_text(CONFIG.format(language=language))
    file = tmp_path / "bundle.tar.gz"

    code = cli.main(["bundle", str(file), "--config", str(config)])

    told = capsys.readouterr()
    assert code == 2
    assert "--yes" in told.err
    assert words in told.out
    assert all(name in told.out for name in FILES if name != "status.json")
    assert not file.exists()


@pytest.mark.usefixtures("journal")
def test_a_file_that_is_there_is_not_overwritten(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "bundle.tar.gz"
    file.write_text("precious")

    assert cli.main(["bundle", str(file), "--yes", "--config", str(config)]) == 1
    assert file.read_text() == "precious"


@pytest.mark.usefixtures("journal")
def test_a_faulty_configuration_is_bundled_without_what_stands_in_it(config: Path, tmp_path: Path) -> None:
    config.write_text(config.read_text().replace('"3-808"', "W-4711") + '[wristbandd]\nroom = "3-808"\nphone = "13800571999"\n')
    (tmp_path / "wristbands.csv").write_text("address,driver,wearer,room\n13800571999,Wang Xiuying,W-4711,3-808\n")
    file = tmp_path / "bundle.tar.gz"

    assert cli.main(["bundle", str(file), "--yes", "--config", str(config)]) == 0

    inside = bundled(file)
    assert "configuration.json" not in inside
    assert json.loads(inside["doctor.json"])[0]["line"] > 0
    assert [planted for planted in PLANTED if any(planted in text for text in inside.values())] == []


def test_of_a_running_gateway_bands_alerts_and_the_names_of_relays_stay_out() -> None:
    adapters = {"hci0": "scanning", "AA:BB:CC:DD:EE:01": "no adapter", "building-808": "no answer"}
    told = json.dumps(redaction.status(status_answer(msgspec.structs.replace(SNAPSHOT, adapters=adapters))), default=str)

    assert "W-001" not in told
    assert "C0:FF:EE" not in told
    assert "hall-hub" not in told
    assert "port_lost" in told
    assert "building-808" not in told
    assert '"relays": {"no answer": 1}' in told
    assert '"hci0": "scanning", "AA:BB:CC:DD:EE:01": "no adapter"' in told


def test_a_device_is_not_named(tmp_path: Path) -> None:
    lost = Diagnosis("radio", "band_put_off", {"device": "C0:FF:EE:00:47:11", "devices": 1})
    wrong = Mistake("/etc/lifering/gateway.toml", 7, 'wearer."W-4711"', "unknown_key", {"near": "W-4711"})

    told = json.dumps(redaction.diagnoses(Examination((lost, Diagnosis("configuration", "unknown_key", mistake=wrong)))))

    assert [planted for planted in PLANTED if planted in told] == []
    assert '"line": 7' in told


def test_every_file_has_its_words(planted: PlantedHost, config: Path) -> None:
    files = contents(Host(), config, Examination(()), status_answer(SNAPSHOT), "0.1.0")

    assert list(files) == list(FILES)
    assert running(config, "en", test_alert=False).status is None
