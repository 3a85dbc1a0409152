"""Clock, disk and supply."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.doctor import clock, disk, power
from gateway.health.board import THROTTLED
from tests.gateway.doctor.planted import CLOCK, PlantedHost, assert_named

SHANGHAI = "Asia/Shanghai"
WELL = disk.DiskFacts("mmcblk0p2", free_mb=9000, free_files=100_000, errors=0, life=1, end_of_life=1)


@pytest.mark.parametrize(
    ("planting", "code", "fact"),
    [
        ({"CanNTP": "no", "NTP": "no", "NTPSynchronized": "no"}, "clock_no_service", "systemd-timesyncd"),
        ({"NTP": "no", "NTPSynchronized": "no"}, "clock_ntp_off", "sudo timedatectl set-ntp true"),
        ({"NTPSynchronized": "no"}, "clock_unsynced", "UDP 123"),
        ({"Timezone": "Europe/London"}, "clock_zone", "Europe/London"),
    ],
)
def test_a_fault_of_the_clock_is_named(planted: PlantedHost, planting: dict[str, str], code: str, fact: str) -> None:
    planted.shows("timedatectl", CLOCK | planting)

    assert_named(clock.diagnoses(clock.look(), SHANGHAI), code, fact)


@pytest.mark.parametrize("year", [1970, 2024, 2101])
def test_a_year_that_cannot_be_is_named(year: int) -> None:
    facts = clock.ClockFacts(year, synced=True, follows_network=True, has_time_service=True, zone=SHANGHAI)

    assert_named(clock.diagnoses(facts, SHANGHAI), "clock_year", str(year))


def test_a_clock_that_is_set_is_told_nothing_of(planted: PlantedHost) -> None:
    assert list(clock.diagnoses(clock.look(), SHANGHAI)) == []


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("sys/fs/ext4/mmcblk0p2/errors_count", "3\n", "disk_errors"),
        ("sys/block/mmcblk0/device/life_time", "0x01 0x09\n", "disk_wears"),
        ("sys/block/mmcblk0/device/pre_eol_info", "0x02\n", "disk_wears"),
        ("sys/block/mmcblk0/device/life_time", "0x0b 0x01\n", "disk_worn_out"),
        ("sys/block/mmcblk0/device/pre_eol_info", "0x03\n", "disk_worn_out"),
    ],
)
def test_what_the_kernel_knows_of_a_card_is_told(planted: PlantedHost, path: str, content: str, code: str) -> None:
    planted.put(path, content)

    found = disk.of_block(planted.host, "mmcblk0p2")._replace(free_mb=9000)

    assert_named(disk.diagnoses(found), code, "mmcblk0p2")


def test_a_disk_without_room_is_named() -> None:
    assert_named(disk.diagnoses(WELL._replace(free_mb=199)), "disk_has_no_room", "199 MB")
    assert_named(disk.diagnoses(WELL._replace(free_files=7)), "disk_no_inodes", "7")
    assert list(disk.diagnoses(WELL)) == []


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_around_it(planted: PlantedHost) -> None:
    mounted = Path("/dev/shm")  # another file system than the root's, on every Linux
    device = mounted.stat().st_dev
    partition = planted.root / "sys/block/mmcblk0/mmcblk0p2"
    partition.mkdir(parents=True)
    block = planted.root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    block.parent.mkdir(parents=True)
    block.symlink_to(partition)

    found = disk.look(planted.host, mounted / "not" / "yet")

    assert found is not None
    assert found.name == "mmcblk0p2"
    assert found.free_files is not None


@pytest.mark.parametrize(
    ("bits", "code"),
    [("1", "undervoltage"), ("8", "overheated"), ("10000", "undervoltage_before"), ("80000", "overheated_before")],
)
def test_what_the_firmware_of_a_pi_says_is_told(planted: PlantedHost, bits: str, code: str) -> None:
    planted.put(f"sys/{THROTTLED}", f"{bits}\n")

    assert_named(power.diagnoses(*power.look(planted.host)), code)


def test_a_board_that_tells_nothing_is_told_nothing_of(planted: PlantedHost) -> None:
    assert list(power.diagnoses(*power.look(planted.host))) == []
