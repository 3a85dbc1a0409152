"""Whether data can be kept where the configuration says, and by whom."""

from __future__ import annotations

import grp
import os
from pathlib import Path

import pytest

from gateway.settings.machine.data_place import MB, Place, doubts, look, mistakes
from gateway.settings.machine.mounts import Mount
from gateway.settings.machine.service_user import me, rights_of
from gateway.settings.machine.unit import read

SHIPPED = read([Path("systemd/lifering.service").read_text()])
SSD = Path("/mnt/ssd/lifering")
GOOD = Place(SSD, SSD, True, None, Mount(Path("/mnt/ssd"), "ext4", is_read_only=False), None, 9_000 * MB, 5_000 * MB, 0)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can take the rights of another user")


def codes(place: Place, *, for_service: bool = True) -> list[str]:
    return [code for code, _ in mistakes(place, "daemon", None, for_service=for_service)]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        pytest.param(GOOD._replace(missing=Path("/mnt/ssd")), "data_dir_not_mounted", id="a stick that is not mounted"),
        pytest.param(
            GOOD._replace(mount=Mount(Path("/mnt/ssd"), "ext4", is_read_only=True)), "data_dir_read_only", id="a read-only disk"
        ),
        pytest.param(
            GOOD._replace(mount=Mount(Path("/proc"), "proc", is_read_only=False)), "data_dir_on_no_disk", id="no disk"
        ),
        pytest.param(GOOD._replace(may_write=False), "data_dir_forbidden", id="another's folder"),
        pytest.param(GOOD._replace(nearest=Path("/mnt"), may_write=False), "data_dir_cannot_be_made", id="another's parent"),
        pytest.param(GOOD._replace(forbidden=SSD / "alerts.db"), "data_file_forbidden", id="another's file"),
    ],
)
def test_a_place_that_the_service_cannot_use_is_a_mistake(place: Place, code: str) -> None:
    assert codes(place) == [code]


def test_a_good_place_is_well_and_a_person_who_looks_is_not_told_of_rights() -> None:
    assert codes(GOOD) == []
    assert codes(GOOD._replace(may_write=False), for_service=False) == []


def test_what_systemd_makes_is_not_missing_but_what_root_has_left_in_it_is_told() -> None:
    state = Path("/var/lib/lifering")
    not_there = GOOD._replace(folder=state, nearest=state.parent, may_write=False)
    of_root = GOOD._replace(folder=state, nearest=state, forbidden=state / "alerts.db")

    assert list(mistakes(not_there, "lifering", SHIPPED, for_service=True)) == []
    assert [code for code, _ in mistakes(of_root, "lifering", SHIPPED, for_service=True)] == ["data_file_forbidden"]


def test_the_sandbox_of_the_unit_counts() -> None:
    assert [code for code, _ in mistakes(GOOD, "lifering", SHIPPED, for_service=True)] == ["data_dir_outside_sandbox"]


@pytest.mark.parametrize(
    ("place", "max_mb", "found"),
    [
        pytest.param(GOOD, 2048, [], id="room enough"),
        pytest.param(GOOD, 900_000, ["disk_too_small"], id="more than the disk has"),
        pytest.param(GOOD, 8_000, ["disk_too_full"], id="more than is free"),
        pytest.param(GOOD._replace(held=4_000 * MB), 8_000, [], id="what is held already counts"),
        pytest.param(
            GOOD._replace(mount=Mount(Path("/tmp"), "tmpfs", is_read_only=False)), 2048, ["data_dir_in_memory"], id="in memory"
        ),
        pytest.param(GOOD._replace(total=0, free=0), 2048, [], id="a disk that says nothing"),
    ],
)
def test_a_disk_without_room_is_asked_about(place: Place, max_mb: int, found: list[str]) -> None:
    assert [code for code, _ in doubts(place, max_mb)] == found


def test_a_folder_is_looked_at_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/readings.db").write_bytes(b"x" * 1000)

    place = look(tmp_path / "data")

    assert (place.nearest, place.may_write, place.forbidden, place.held) == (tmp_path / "data", True, None, 1000)
    assert place.mount
    assert place.total >= place.free > 0
    assert look(tmp_path / "new/folder").nearest == tmp_path


def test_a_mount_of_fstab_is_missed(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/fstab").write_text(f"UUID=1 {tmp_path}/stick ext4 defaults,nofail 0 2\n")

    assert look(tmp_path / "stick/lifering", tmp_path).missing == tmp_path / "stick"
    assert look(tmp_path / "other/lifering", tmp_path).missing is None


@needs_root
def test_the_rights_of_another_user_are_taken_and_given_back(open_folder: Path) -> None:
    folder = open_folder / "data"
    folder.mkdir(mode=0o700)

    with rights_of("daemon", ()):
        inside = (me(), look(folder).may_write, look(open_folder / "new").may_write)

    assert inside == ("daemon", False, False)
    assert (me(), look(folder).may_write) == ("root", True)


@needs_root
def test_a_file_that_root_has_left_is_found(open_folder: Path) -> None:
    folder = open_folder / "data"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "alerts.db").touch(0o600)

    with rights_of("daemon", ()):
        found = look(folder).forbidden

    assert found == folder / "alerts.db"


@needs_root
def test_the_groups_of_the_unit_count(open_folder: Path) -> None:
    folder = open_folder / "data"
    folder.mkdir()
    os.chown(folder, 0, grp.getgrnam("dialout").gr_gid)
    folder.chmod(0o770)

    with rights_of("daemon", ()):
        without = look(folder).may_write
    with rights_of("daemon", ("dialout",)):
        inside = look(folder).may_write

    assert (without, inside) == (False, True)
