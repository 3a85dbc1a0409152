"""A secret that stands where none belongs is told by its place, and never by itself: not by `check`, not in the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import cli
from gateway.mistake import plain

PASSWORD = "hunter2Zq"
KEY = "00112233445566778899AABBCCDDEEFF"
SECRETS = (PASSWORD, PASSWORD[:-1], KEY, KEY[:-1], KEY[1:-1], KEY.lower(), "4711999")
GOOD = """\
[gateway]
id = "xishan-01"
language = "{language}"
data_dir = "data"
[mqtt]
host = "platform.example"
username = "xishan-01"
password_file = "pw"
[[serial]]
name = "hall-hub"
port = "/dev/ttyUSB0"
driver = "serial-hub"
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "bthome"
wearer = "W-017"
key_file = "band.key"
[roster]
file = "bands.csv"
"""
ROSTER = "address,driver,wearer,room,key,model\nC0:FF:EE:00:00:02,bthome,W-002,3-202,{key},\n"
CONFIG: dict[str, tuple[str, str]] = {  # what is replaced, and by what
    "a password in the host": ('"platform.example"', f'"mqtts://xishan-01:{PASSWORD}@platform.example"'),
    "a password as the host": ('"platform.example"', f'"{PASSWORD}@{PASSWORD}"'),
    "a password in the hosts": ('host = "platform.example"', f'hosts = ["mqtt://u:{PASSWORD}@platform.example:1883"]'),
    "hosts as one text": ('host = "platform.example"', f'hosts = "mqtt://u:{PASSWORD}@platform.example:1883"'),
    "a password for its file": ('"pw"', f'"{PASSWORD}"'),
    "a password for its file, too long for one": ('"pw"', f'"{PASSWORD * 300}"'),
    "a password for its file, with a NUL": ('"pw"', f'"{PASSWORD}\\u0000"'),
    "a password of digits for its file": ('"pw"', "4711999"),
    "a password for its file, without quotes": ('"pw"', PASSWORD),
    "a password for its file, half a quote": ('"pw"', f'"{PASSWORD}'),
    "a password with a backslash": ('"pw"', f'"{PASSWORD}\\q"'),
    "a password where no setting is": ('username = "xishan-01"', f'password = "{PASSWORD}"'),
    "a password as a misspelt setting": ('password_file = "pw"', f'pasword_file = "{PASSWORD}"'),
    "a password in a section of its own": ('password_file = "pw"', f'password = {{text = "{PASSWORD}"}}'),
    "a number for the user": ('username = "xishan-01"', "username = 4711999"),
    "a key for its file": ('"band.key"', f'"{KEY}"'),
    "a key of digits for its file": ('"band.key"', "4711999"),
    "a key as the driver": ('"bthome"', f'"{KEY}"'),
    "a key as the address": ('"C0:FF:EE:00:00:01"', f'"{KEY}"'),
    "a key with colons as the driver": ('"bthome"', f'"{":".join(KEY[at : at + 2] for at in range(0, 32, 2))}"'),
    "a URL as the serial port's driver": ('driver = "serial-hub"', f'driver = "mqtt://u:{PASSWORD}@h"'),
    "a URL as the id": ('id = "xishan-01"', f'id = "//u:{PASSWORD}@h"'),
}
ROSTERS = {
    "a key with a letter too many": ROSTER.format(key=KEY + "0"),
    "a key that is no hex": ROSTER.format(key=KEY[:-1] + "X"),
    "the columns in another order": ROSTER.replace("W-002,3-202,{key}", f"{KEY},W-002,3-202"),
    "a column left out": ROSTER.replace("bthome,W-002,3-202,{key}", f"{KEY},W-002,3-202,bthome"),
    "a cell too many": ROSTER.format(key=f"model,{KEY}"),
    "no header": f"address,{KEY},wearer,room,key\n",
    "an open quote": ROSTER.format(key=f'"{KEY}'),
}


def configured(folder: Path, language: str, config: str = GOOD, roster: str = ROSTER) -> Path:
    for name, text in (("pw", f"{PASSWORD}\n"), ("band.key", KEY), ("bands.csv", roster.replace("{key}", KEY))):
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    file = folder / "gateway.toml"
    file.write_text(config.replace("{language}", language))
    return file


def said(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = cli.main([str(argument) for argument in arguments])
    told = capfd.readouterr()
    return code, told.out + told.err


def shows(told: str) -> list[str]:
    plain_told = told.replace(":", "")
    return [secret for secret in SECRETS if secret in told or (len(secret) > 30 and secret in plain_told)]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("case", CONFIG)
def test_no_verb_prints_a_secret_of_the_configuration(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], case: str, language: str
) -> None:
    before, after = CONFIG[case]
    assert before in GOOD
    file = configured(tmp_path, language, GOOD.replace(before, after, 1))

    for verb in (
        ["check"],
        ["check", "--json"],
        ["run"],
        ["status"],
        ["unenroll", "C0:FF:EE:00:00:09"],
        ["export", "readings"],
    ):
        code, told = said(capfd, *verb, "--config", file)
        assert code != 0, verb
        assert shows(told) == [], told


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("case", ROSTERS)
def test_no_verb_prints_a_key_of_the_roster(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], case: str, language: str
) -> None:
    file = configured(tmp_path, language, roster=ROSTERS[case])

    for verb in (["check"], ["check", "--json"], ["run"]):
        code, told = said(capfd, *verb, "--config", file)
        assert code == 2, told
        assert shows(told) == [], told


@pytest.mark.parametrize("verb", [["check"], ["check", "--json"]], ids=" ".join)
def test_the_stores_key_written_for_its_file_is_not_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    file = configured(tmp_path, "en", GOOD.replace("[roster]", f'[store]\nkey_file = "{KEY}{KEY}"\n[roster]'))

    _, told = said(capfd, *verb, "--config", file)

    assert shows(told) == [], told


def test_a_key_given_for_a_keys_file_is_not_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = configured(tmp_path, "en")
    band = ["enroll", "C0:FF:EE:00:00:03", "--driver", "bthome", "--wearer", "W-003", "--config", file]

    code, told = said(capfd, *band, "--key-file", KEY)

    assert (code, shows(told)) == (2, [])
    assert "mode 0600" in told


def test_what_is_well_is_summed_up_without_its_secrets(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = configured(tmp_path, "en")

    for verb in (["check"], ["check", "--json"]):
        code, told = said(capfd, *verb, "--config", file)
        assert (code, shows(told)) == (0, [])


def test_a_key_in_a_question_to_decode_is_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        said(capfd, "decode", "bthome", "--key", KEY[:-1] + "x", "00")

    assert shows(capfd.readouterr().err) == []


def test_keys_in_a_roster_that_all_may_read_are_warned_of(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = configured(tmp_path, "en")
    (tmp_path / "bands.csv").chmod(0o644)
    _, told = said(capfd, "check", "--config", file)
    (tmp_path / "bands.csv").write_text(ROSTER.format(key=""))
    _, without = said(capfd, "check", "--config", file)

    assert f"roster.file: warning: {tmp_path}/bands.csv can be read by" in told
    assert "bands.csv can be read" not in without


def test_an_address_and_a_path_are_shown_as_they_are() -> None:
    for text in ("C0:FF:EE:00:00:01", "/dev/serial/by-id/usb-1a86_USB2.0-Serial-if00", "user@host", "http://a.example/@b"):
        assert plain(text) == text
