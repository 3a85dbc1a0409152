"""Serial ports that are not there, or that another program holds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.doctor import ports
from gateway.doctor.host import Host
from gateway.settings.configuration import Settings
from gateway.settings.file import load
from tests.gateway.doctor.planted import PlantedHost, assert_named
from tests.processes import DIES_WITH_US

CONFIG = """[gateway]
id = "xishan-01"
[mqtt]
host = "h"
[[serial]]
name = "hall"
port = "{port}"
driver = "serial-hub"
"""
HOLDS = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print('held', flush=True); sys.stdin.read()"


def settings(folder: Path, port: object) -> Settings:
    file = folder / "gateway.toml"
    file.write_text(CONFIG.format(port=port))
    return load(file).settings


@pytest.fixture
def device() -> Iterator[str]:
    """A real terminal device; we hold its other end only."""
    far, near = os.openpty()
    name = os.ttyname(near)
    os.close(near)
    yield name
    os.close(far)


def test_the_program_that_holds_a_port_is_named_with_its_number(tmp_path: Path, device: str) -> None:
    link = tmp_path / "usb-hub"
    link.symlink_to(device)
    holder = subprocess.Popen(
        [*DIES_WITH_US, sys.executable, "-c", HOLDS, device], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"

    found = list(ports.diagnoses(ports.look(Host(), settings(tmp_path, link))))
    holder.communicate("")

    assert_named(found, "port_held", "hall", str(link), str(holder.pid), "python")
    assert list(ports.diagnoses(ports.look(Host(), settings(tmp_path, link)))) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ModemManager", "port_held_by_modemmanager"),
        ("agetty", "port_held_by_console"),
        ("minicom", "port_held"),
    ],
)
def test_each_usual_holder_has_its_own_advice(planted: PlantedHost, tmp_path: Path, device: str, name: str, code: str) -> None:
    planted.process(812, name, "/dev/null", device)

    found = ports.look(planted.host, settings(tmp_path, device))

    assert_named(ports.diagnoses(found), code, "hall", device, "812", name)


def test_a_lock_file_names_its_holder_as_long_as_that_lives(planted: PlantedHost, tmp_path: Path, device: str) -> None:
    planted.put(f"run/lock/LCK..{Path(device).name}", "      4711\n")

    assert list(ports.diagnoses(ports.look(planted.host, settings(tmp_path, device)))) == []
    planted.process(4711, "pppd")
    assert_named(ports.diagnoses(ports.look(planted.host, settings(tmp_path, device))), "port_held", "pppd", "4711")


def test_the_gateway_itself_may_hold_its_ports(planted: PlantedHost, tmp_path: Path, device: str) -> None:
    planted.process(71, "lifering", device)
    planted.put("proc/71/cmdline", "/usr/lib/lifering/bin/python\0/usr/bin/lifering\0run\0--config\0x\0")

    assert list(ports.diagnoses(ports.look(planted.host, settings(tmp_path, device)))) == []


def test_a_usb_device_that_is_not_plugged_in_is_named(planted: PlantedHost, tmp_path: Path) -> None:
    assert_named(ports.diagnoses(ports.look(planted.host, settings(tmp_path, "1a86:7fff"))), "port_absent", "1a86:7fff")


def test_brltty_is_suspected_where_a_port_is_gone(planted: PlantedHost, tmp_path: Path) -> None:
    planted.process(500, "brltty")

    found = ports.look(planted.host, settings(tmp_path, "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"))

    assert_named(ports.diagnoses(found), "port_taken_by_brltty", "hall", "brltty")


def test_brltty_is_left_alone_where_all_ports_are_there(planted: PlantedHost, tmp_path: Path, device: str) -> None:
    planted.process(500, "brltty")

    assert list(ports.diagnoses(ports.look(planted.host, settings(tmp_path, device)))) == []


def test_of_several_devices_that_fit_none_is_taken() -> None:
    state = ports.PortState("hall", "1a86:7523", None, "ambiguous")

    assert_named(ports.diagnoses(ports.PortStates((state,), brltty=False)), "port_ambiguous", "1a86:7523")
