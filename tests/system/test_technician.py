"""A technician looks at the running gateway, and enrols a wristband in it, without disturbing it."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from pathlib import Path
from typing import Any

from fake_devices.platform import Platform
from fake_devices.serial_hub import FakeHub
from tests.daemon import CHECKOUT, Band, Daemon

NEW = "C0:FF:EE:00:00:99"


async def lifering(daemon: Daemon, *arguments: str) -> tuple[int, str]:
    """A command beside the daemon: its exit code, and what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", *arguments, "--config", str(daemon.config_file)),
        cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def status(daemon: Daemon) -> Any:
    code, out = await lifering(daemon, "status", "--json")
    assert code == 0
    return json.loads(out)


async def test_status_shows_the_bands_their_readings_and_who_needs_help(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band], tmp_path: Path
) -> None:
    hub.presses(roster[0].address, heart_rate=81)
    assert await platform.alert(kind="sos")

    told = await status(daemon)

    assert told["running"]
    assert [alert["wearer"] for alert in told["open"]] == [roster[0].wearer]
    band = next(band for band in told["bands"] if band["address"] == roster[0].address)
    assert {"heart_rate": 81, "button": "sos"}.items() <= {last["kind"]: last["value"] for last in band["last"]}.items()
    assert band["heard_s"] < 60
    assert (told["links"]["mqtt"]["state"], told["ports"]) == ("connected", {"hub": "open"})
    assert stat.S_IMODE((tmp_path / "data" / "control").stat().st_mode) == 0o660


async def test_a_band_that_is_enrolled_meanwhile_is_heard_at_once_and_one_that_is_taken_out_no_more(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    pid, before = daemon.pid, daemon.config_file.read_text()

    enrolled = await lifering(daemon, "enroll", NEW, "--driver", "serial-hub", "--wearer", "W-099", "--room", "9-909")
    hub.presses(NEW, heart_rate=70)

    assert (await platform.alert(kind="sos"))["wearer"] == "W-099"
    assert enrolled[0] == 0
    assert daemon.config_file.read_text().startswith(before)

    taken_out = await lifering(daemon, "unenroll", NEW)
    told = await status(daemon)

    assert taken_out[0] == 0
    assert daemon.config_file.read_text() == before
    assert NEW not in [band["address"] for band in told["bands"]]
    assert "W-099" in [alert["wearer"] for alert in told["open"] if alert["kind"] == "sos"]  # an open alert stays
    assert daemon.pid == pid


async def test_after_its_end_it_does_not_run(daemon: Daemon, tmp_path: Path) -> None:
    await daemon.stop()

    code, out = await lifering(daemon, "status", "--json")

    assert (code, json.loads(out)) == (1, {"running": False})
    assert not (tmp_path / "data" / "control").exists()


async def test_doctor_finds_a_gateway_that_runs_well_and_its_platform_answers(
    daemon: Daemon, hub: FakeHub, platform: Platform, roster: list[Band]
) -> None:
    hub.presses(roster[0].address, heart_rate=81)
    assert await platform.alert(kind="sos")  # it is connected

    _, out = await lifering(daemon, "doctor", "--json")

    told = json.loads(out)
    parts = [one["group"] for one in told["findings"] if one["severity"] == "fault"]
    # others may be those of this machine; the far end of the hub's port is held by this test
    assert not {"configuration", "gateway", "broker"} & set(parts)
    assert "gateway" not in told["skipped"]
    assert await platform.alert(kind="technical")
