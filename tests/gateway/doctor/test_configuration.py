"""What `check` sees of the machine stands in the doctor's report too, in its group, with the port that it is about."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.cli.doctor_page import text
from gateway.doctor import configuration, examining
from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.running import Running
from gateway.settings.machine import ports
from gateway.settings.machine.service_user import rights_of
from gateway.words.machine_mistakes import MACHINE
from tests.certificates import Authority
from tests.gateway.doctor.planted import PlantedHost, both
from tests.gateway.doctor.test_page import configured


def examined(planted: PlantedHost, config: Path) -> dict[str, Diagnosis]:
    found = examining.examine(planted.host, config, Running(why_not="not running"))
    return {one.code: one for one in found.diagnoses}


@pytest.mark.parametrize(
    ("port", "code"),
    [("COM3", "port_of_windows"), ("/dev/ttyUSB77", "port_has_no_name"), ("/dev/serial/by-id/x", "port_is_not_there")],
)
@pytest.mark.parametrize("section", ["serial", "modem"])
def test_a_port_that_cannot_be_is_a_fault_of_the_ports(
    planted: PlantedHost, tmp_path: Path, port: str, code: str, section: str
) -> None:
    more = {
        "serial": f'[[serial]]\nname = "hall"\ndriver = "serial-hub"\nport = "{port}"',
        "modem": f'[modem]\nport = "{port}"',
    }

    one = examined(planted, configured(tmp_path, more=more[section]))[code]

    assert (one.group, one.is_fault) == ("ports", True)
    assert all(Path(port).name in words for words in both([one], code))
    assert text(one, "en").startswith("hall, " if section == "serial" else "modem, ")


@pytest.mark.parametrize(("days", "code", "is_fault"), [(-1, "certificate_expired", True), (9, "certificate_ends", False)])
def test_a_certificate_of_ours_that_ends_is_told_of_the_way_to_the_broker(
    planted: PlantedHost, tmp_path: Path, days: int, code: str, is_fault: bool
) -> None:
    signed = Authority(tmp_path).signs("ours", valid_for=timedelta(days=days))
    config = configured(tmp_path)
    keys = f'tls = true\ncert_file = "{signed.cert_file}"\nkey_file = "{signed.key_file}"'
    config.write_text(config.read_text().replace("tls = false\ninsecure = true", keys))

    one = examined(planted, config)[code]

    assert (one.group, one.is_fault) == ("broker", is_fault)
    assert all(str(signed.cert_file) in words for words in both([one], code))


def test_a_key_of_another_certificate_is_told(planted: PlantedHost, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours, other = authority.signs("ours"), authority.signs("other")
    config = configured(tmp_path)
    keys = f'tls = true\ncert_file = "{ours.cert_file}"\nkey_file = "{other.key_file}"'
    config.write_text(config.read_text().replace("tls = false\ninsecure = true", keys))

    one = examined(planted, config)["key_of_another_certificate"]

    assert one.group == "broker"
    assert all(str(other.key_file) in words for words in both([one], one.code))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the rights of another user")
def test_a_port_that_the_service_may_not_use_is_told_with_the_group(open_folder: Path) -> None:
    port = open_folder / "usb-hub"
    port.touch(0o600)

    with rights_of("nobody", ()):
        found = ports.doubt(str(port), ports.plugged())

    assert found
    one = Diagnosis("ports", *found, of="hall")
    assert one.code == "port_forbidden"
    assert all("nobody" in words and "dialout" in words for words in both([one], one.code))


def test_a_disk_that_is_too_small_is_a_hint(planted: PlantedHost, tmp_path: Path) -> None:
    one = examined(planted, configured(tmp_path, more="[store]\nmax_mb = 1000000"))["disk_too_small"]

    assert (one.group, one.is_fault) == ("disk", False)


@pytest.mark.parametrize("code", MACHINE)
def test_whatever_check_finds_of_a_machine_the_doctor_says_in_both_languages(code: str) -> None:
    facts = dict.fromkeys(
        ("point", "folder", "user", "file", "max_mb", "disk_gb", "free_gb", "stable", "path", "now", "begin", "end"), "planted"
    )

    english, chinese = both([Diagnosis("disk", code, facts)], code)

    assert english != chinese
    assert not {"{", "}"} & set(english + chinese)


def test_a_group_is_known_for_every_code() -> None:
    prefixes = ("data_", "disk_", *(prefix for prefix, _ in configuration.GROUP_OF))

    assert [code for code in MACHINE if not code.startswith(prefixes)] == []
