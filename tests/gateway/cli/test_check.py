"""`lifering check`, as a technician types it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.language import Language
from gateway.mistake import Mistake
from gateway.settings.language import USUAL_FILE
from gateway.settings.shipped import shipped, shipped_signature
from gateway.words.command_line import CHECK
from gateway.words.mistakes import text
from tests.bluez.stage import BluezStage

GOOD = """\
[gateway]
id = "xishan-01"
[mqtt]
hosts = ["a.example:8883", "b.example"]
[[serial]]
name = "hall-hub"
port = "1a86:7523"
driver = "serial-hub"
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "serial-hub"
wearer = "W-017"
room = "3-201"
[[wristband]]
address = "C0:FF:EE:00:00:02"
driver = "ble-heart-rate"
wearer = "W-017"
room = "3-201"
[rules.heart_rate]
critical_high = 140
"""
BAD = GOOD.replace('"xishan-01"', '"xi shan"').replace("8883", "0").replace("critical_high", "critical_hihg")


def check(folder: Path, written: str, *arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    (folder / "gateway.toml").write_text(written)
    return subprocess.run(
        [sys.executable, "-m", "gateway", "check", "--config", str(folder / "gateway.toml"), *arguments],
        capture_output=True,
        text=True,
        encoding=encoding,
        env={"PYTHONIOENCODING": encoding},
        check=False,
    )


def unreviewed(language: Language) -> str:
    """What is told of the shipped table as long as nobody has signed it."""
    file = shipped("rules.toml")
    line = file.read_text(encoding="utf-8").splitlines().index(next(_starting("reviewed_by", file))) + 1
    mistake = Mistake(str(file), line, "reviewed_by", "rules_unsigned", shipped_signature()._asdict())
    return f"{file}:{line}: reviewed_by: {CHECK['warning'].of(language)}{text(mistake, language)}\n"


def _starting(word: str, file: Path) -> Iterator[str]:
    return (line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith(word))


def test_a_valid_file_is_told_in_a_few_plain_lines(tmp_path: Path) -> None:
    done = check(tmp_path, GOOD)

    disk = next(line for line in done.stdout.splitlines(keepends=True) if line.startswith("Disk "))
    assert re.fullmatch(r"Disk       /\S*, [0-9.]+ of [0-9.]+ GB free\n", disk)
    time = next(line for line in done.stdout.splitlines(keepends=True) if line.startswith("Local time "))
    assert re.fullmatch(
        r"Local time Asia/Shanghai, [0-9]{4}(-[0-9]{2}){2} [0-9:]{5}; the clock is (NOT )?set by the network\n", time
    )
    assert (done.returncode, done.stderr) == (0, unreviewed("en"))
    assert (
        done.stdout
        == f"""\
{tmp_path}/gateway.toml is valid.
Gateway    xishan-01, data in /var/lib/lifering
{disk}{time}\
Broker     a.example:8883, b.example:8883; MQTT 5, TLS; topics lifering/v1/xishan-01/...
Delivery   an alert until the platform's receipt, a reading until the broker's acknowledgement
Duty       no receipt: 30 s; no answer: escalated after 60 s, 180 s, then every 300 s
SMS        none: when the network is down nobody is asked ([modem], and phones_file of [duty])
Serial     hall-hub: serial-hub at 1a86:7523
Bluetooth  all adapters, 5 connections at once
Wristbands 2 of 1 wearers: 1 serial-hub, 1 ble-heart-rate
Limits     1 changed for everybody, 0 wearers with their own
"""
    )


def test_it_says_whose_the_measurements_of_a_shared_device_are(tmp_path: Path) -> None:
    booth = """
[[serial]]
name = "hall-cuff"
port = "10c4:ea60"
driver = "raycome-rbp"
shared = true
sign_in_s = 60
[[wristband]]
address = "02:00:00:00:00:01"
driver = "raycome-rbp"
wearer = "hall-cuff"
room = "hall"
"""
    done = check(tmp_path, GOOD + booth)

    assert (done.returncode, done.stderr) == (0, unreviewed("en"))
    assert "Shared     hall-cuff: of whoever signed in at most 60 s before, else of the device itself\n" in done.stdout


def test_it_says_how_many_connections_are_kept_for_one_wristband_each(tmp_path: Path) -> None:
    watch = '[[wristband]]\naddress = "C0:FF:EE:00:02:{}"\ndriver = "ycbt"\nwearer = "W-018"\nroom = "3-202"\nslot = true\n'
    done = check(tmp_path, GOOD + watch.format("01") + watch.format("02"))

    assert (done.returncode, done.stderr) == (0, unreviewed("en"))
    assert "Kept       2 of them, for wristbands with slot = true\n" in done.stdout


def test_it_says_where_watches_call_and_that_nothing_of_theirs_is_proved(tmp_path: Path) -> None:
    watches = '[[watches]]\nlisten = "0.0.0.0:8001"\ndriver = "tcp-watch-3g"\n'

    english = check(tmp_path, GOOD + watches)
    chinese = check(tmp_path, GOOD.replace("[mqtt]", 'language = "zh-CN"\n[mqtt]') + watches)

    assert "Watches    tcp-watch-3g at 0.0.0.0:8001; NOT ENCRYPTED, anybody may speak in their name\n" in english.stdout
    assert "手表  tcp-watch-3g，监听 0.0.0.0:8001；【未加密，身份无法验证】\n" in chinese.stdout


def test_a_watch_that_nothing_listens_for_is_told_with_the_section_to_write(tmp_path: Path) -> None:
    watch = '[[wristband]]\naddress = "8800000015"\ndriver = "tcp-watch-3g"\nwearer = "W-018"\nroom = "3-202"\n'
    done = check(tmp_path, GOOD + watch)

    assert 'first write [[watches]] into gateway.toml, with listen = "0.0.0.0:8001" and driver = "tcp-watch-3g"' in done.stderr


def test_what_is_no_address_is_told_with_the_digits_that_a_watch_has(tmp_path: Path) -> None:
    watch = '[[wristband]]\naddress = "88000OOO15"\ndriver = "tcp-watch-3g"\nwearer = "W-018"\nroom = "3-202"\n'
    done = check(tmp_path, GOOD + watch)

    assert "; of a watch on mobile data the digits of its id or IMEI, such as 8800000015" in done.stderr


def test_it_says_who_is_reached_beside_the_platform(tmp_path: Path) -> None:
    (tmp_path / "duty.csv").write_text("name,phone,test\nwang,13800000001,yes\n")
    duty = '[duty]\nphones_file = "duty.csv"\non_alert = ["true", "17"]\nself_test = "09:00"\n[modem]\nport = "/dev/ttyUSB2"\n'

    done = check(tmp_path, GOOD + duty)

    assert done.returncode == 0
    assert "SMS        1 phones on the duty list; modem at /dev/ttyUSB2\n" in done.stdout
    assert "Light      true 17\nSelf test  daily at 09:00, by every way\n" in done.stdout


def test_every_problem_is_a_line_on_stderr_and_the_exit_code_is_2(tmp_path: Path) -> None:
    done = check(tmp_path, BAD)

    assert (done.returncode, done.stdout) == (2, "")
    assert [line.removeprefix(f"{tmp_path}/gateway.toml:")[:15] for line in done.stderr.splitlines()] == [
        "2: gateway.id: ",
        "4: mqtt.hosts: ",
        "20: rules.heart",
    ]


def test_what_is_perhaps_not_meant_is_asked_beside_the_mistakes(tmp_path: Path) -> None:
    faulty = BAD.replace("hosts =", "tls = false\ninsecure = true\nhosts =").replace('"W-017"', '"王秀英"', 1)
    missing = GOOD.replace("hosts =", 'ca_file = "none.pem"\ntls = true\nport = 1883\nhosts =').replace(":8883", "")

    told, told_too = check(tmp_path, faulty), check(tmp_path, missing)

    assert (told.returncode, told_too.returncode) == (2, 2)
    keys = [line.removeprefix(f"{tmp_path}/gateway.toml:").partition(": looks")[0] for line in told.stderr.splitlines()]
    assert keys[-1] == "11: wristband.wearer: warning"
    assert len(keys) == 4
    assert [line.split(": ")[1] for line in told_too.stderr.splitlines()] == ["mqtt.ca_file", "mqtt.port"]


def test_what_is_a_mistake_already_is_not_asked_about_as_well(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n")

    done = check(tmp_path, GOOD.replace("hosts =", 'ca_file = "key.pem"\nhosts ='))

    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == ["mqtt.ca_file"]


@pytest.mark.skipif(USUAL_FILE.exists(), reason="this machine has a gateway of its own")
def test_who_names_no_file_has_the_usual_one_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert str(USUAL_FILE) in capsys.readouterr().err


def test_a_row_of_the_roster_is_asked_about_beside_the_mistake_of_another(tmp_path: Path) -> None:
    rows = "C0:FF:EE:00:00:0O,bthome,W-1,3-1\n4A:11:22:33:44:55,bthome,W-2,3-2\n"
    (tmp_path / "bands.csv").write_text(f"address,driver,wearer,room\n{rows}")

    done = check(tmp_path, f'{GOOD}[roster]\nfile = "bands.csv"\n')

    told = [line.removeprefix(f"{tmp_path}/").split(": ")[:3] for line in done.stderr.splitlines()]
    assert ["bands.csv:3", "address", "warning"] in told


def test_a_chinese_file_is_answered_in_chinese(tmp_path: Path) -> None:
    chinese = GOOD.replace("[mqtt]", 'language = "zh-CN"\n[mqtt]\ntls = false\ninsecure = true').replace(":8883", "")

    done = check(tmp_path, chinese)

    assert done.returncode == 0
    assert "没有错误" in done.stdout
    assert done.stderr == f"{tmp_path}/gateway.toml:6: mqtt.insecure: 警告：所有数据都以明文发送\n{unreviewed('zh-CN')}"


@pytest.mark.parametrize("encoding", ["latin-1", "gb18030"])
def test_a_terminal_that_speaks_another_encoding_harms_nothing(tmp_path: Path, encoding: str) -> None:
    done = check(tmp_path, GOOD.replace("[mqtt]", 'language = "zh-CN"\n[mqtt]'), encoding=encoding)

    assert done.returncode == 0
    assert "reviewed_by" in done.stderr
    assert "xishan-01" in done.stdout


def test_json_tells_the_same_to_a_script(tmp_path: Path) -> None:
    good, bad = check(tmp_path, GOOD, "--json"), check(tmp_path, BAD, "--json")

    assert (good.returncode, bad.returncode) == (0, 2)
    found = json.loads(good.stdout)
    assert [warning["key"] for warning in found.pop("warnings")] == ["reviewed_by"]
    assert found == {
        "valid": True,
        "problems": [],
        "wristbands": {"serial-hub": 1, "ble-heart-rate": 1},
    }
    told = json.loads(bad.stdout)
    assert told["valid"] is False
    assert [(problem["line"], problem["key"]) for problem in told["problems"]] == [
        (2, "gateway.id"),
        (4, "mqtt.hosts"),
        (20, "rules.heart_rate.critical_hihg"),
    ]


def test_a_file_that_is_not_there_is_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "check", "--config", str(tmp_path / "nowhere.toml")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    path = f"{tmp_path}/nowhere.toml"
    assert done.stderr == f"{path}:1: file: {path} is not there / 找不到文件 {path}\n"


@pytest.mark.parametrize(
    ("spoken", "english", "chinese"),
    [("zh_CN.UTF-8", False, True), ("C.UTF-8", True, True), ("en_GB.UTF-8", True, True)],
)
def test_about_a_file_that_cannot_be_read_it_speaks_both_languages_unless_the_terminal_is_chinese(
    tmp_path: Path, spoken: str, *, english: bool, chinese: bool
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "check", "--config", str(tmp_path / "nowhere.toml")],
        capture_output=True,
        text=True,
        env={"LC_ALL": spoken, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )

    assert done.returncode == 2
    assert ("is not there" in done.stderr, "找不到文件" in done.stderr) == (english, chinese)


def test_a_wrong_limit_is_told_in_the_language_of_the_file(tmp_path: Path) -> None:
    chinese = GOOD.replace("[mqtt]", 'language = "zh-CN"\n[mqtt]').replace("critical_high = 140", "critical_high = 400")

    done = check(tmp_path, chinese)

    assert done.returncode == 2
    assert done.stderr == (
        f"{tmp_path}/gateway.toml:21: rules.heart_rate.critical_high: 400 超出允许范围；可设 110 到 180 次/分（默认 131）\n"
    )


def test_a_wrong_time_zone_is_told_with_the_one_that_china_has(tmp_path: Path) -> None:
    done = check(tmp_path, GOOD.replace("[mqtt]", 'time_zone = "Asia/Beijing"\n[mqtt]'))

    assert done.returncode == 2
    assert done.stderr == (
        f'{tmp_path}/gateway.toml:3: gateway.time_zone: there is no time zone "Asia/Beijing"; China has Asia/Shanghai,'
        " `timedatectl list-timezones` lists the others\n"
    )


def test_a_faulty_key_of_the_store_is_a_problem_though_a_gateway_starts_with_it(tmp_path: Path) -> None:
    done = check(tmp_path, f'{GOOD}[store]\nkey_file = "store.key"\n', "--json")

    assert done.returncode == 2
    assert json.loads(done.stdout)["valid"] is False
    assert "store.key_file" in done.stderr


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the rights of another user")


@needs_root
def test_with_the_rights_of_the_service_every_file_that_it_cannot_use_is_told_at_once(open_folder: Path) -> None:
    text = GOOD.replace("[mqtt]", 'language = "zh-CN"\ndata_dir = "data"\n[mqtt]\nusername = "u"\npassword_file = "pw"')
    (open_folder / "pw").touch(0o600)
    (open_folder / "pw").write_text("secret")
    (open_folder / "data").mkdir(mode=0o700)

    as_root, as_service = check(open_folder, text), check(open_folder, text, "--user", "daemon")

    assert as_root.returncode == 0
    assert as_service.returncode == 2
    assert as_service.stderr.replace(str(open_folder), "").splitlines() == [
        "/gateway.toml:7: mqtt.password_file: 用户 daemon 无权读取 /pw；请执行：sudo chgrp daemon /pw && sudo chmod g+rX /pw",
        "/gateway.toml:4: gateway.data_dir: 用户 daemon 无权写入 /data；请执行：sudo chown -R daemon /data",
    ]


@needs_root
def test_a_configuration_that_the_service_may_not_read_is_told_with_the_cure(open_folder: Path) -> None:
    (open_folder / "closed").mkdir(mode=0o700)

    done = check(open_folder / "closed", GOOD, "--user", "daemon")

    closed = f"{open_folder}/closed"
    assert done.returncode == 2
    assert f"sudo chgrp daemon {closed} && sudo chmod g+rX {closed} / 用户 daemon 无权读取 {closed}" in done.stderr


def test_a_user_that_there_is_not_is_wrong_usage(tmp_path: Path) -> None:
    done = check(tmp_path, GOOD, "--user", "no-such-user")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "lifering check: this machine has no user no-such-user\n"


def test_what_the_machine_lacks_is_told_at_its_line(tmp_path: Path) -> None:
    text = GOOD.replace('"1a86:7523"', '"COM3"') + "[store]\nmax_mb = 1000000\n"

    done = check(tmp_path, text)

    assert done.returncode == 0
    assert [line.removeprefix(f"{tmp_path}/gateway.toml:").partition(": warning")[0] for line in done.stderr.splitlines()][
        :2
    ] == [
        "22: store.max_mb",
        "7: serial.port",
    ]


async def test_an_adapter_that_is_named_by_its_number_is_told_with_the_address_to_write(tmp_path: Path) -> None:
    """hci0 is whichever the kernel met first: with a second one plugged in, the next start may hear through the other."""
    config = tmp_path / "gateway.toml"
    async with BluezStage() as stage:
        told = {}
        for named in ("hci0", "00:1A:7D:DA:71:01"):
            config.write_text(GOOD + f'[bluetooth]\nadapters = ["{named}"]\n')
            command = [sys.executable, "-m", "gateway", "check", "--config", str(config)]
            done = subprocess.run(command, capture_output=True, text=True, env=stage.environment, check=False)  # noqa: ASYNC221
            told[named] = done.stdout

    assert 'write adapters = ["00:1A:7D:DA:71:01"]' in told["hci0"]
    assert "write adapters" not in told["00:1A:7D:DA:71:01"]
    assert "00:1A:7D:DA:71:01: on" in told["00:1A:7D:DA:71:01"] or "repeats are filtered" in told["00:1A:7D:DA:71:01"]
