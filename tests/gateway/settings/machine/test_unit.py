"""Where the sandbox of the service lets it keep its data."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.machine.unit import Unit, installed, read

SHIPPED = Path("systemd/lifering.service").read_text()


def test_the_shipped_unit_is_understood() -> None:
    assert read([SHIPPED]) == Unit(
        user="lifering",
        groups=("dialout", "bluetooth"),
        state=(Path("/var/lib/lifering"),),
        is_strict=True,
        hides_homes=True,
        has_own_tmp=True,
        credentials=("mqtt-password", "store.key", "sim-pin", "page-pin"),
    )


def test_an_encrypted_credential_is_where_systemd_has_decrypted_it() -> None:
    unit = read(["[Service]\nLoadCredential=mqtt-password\n", "[Service]\nLoadCredentialEncrypted=mqtt-password:/etc/sealed\n"])

    assert unit.credentials == ("mqtt-password", "mqtt-password:/run/credentials/lifering.service/mqtt-password")


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("/var/lib/lifering", None),
        ("/var/lib/lifering/more", None),
        ("/mnt/ssd/lifering", "data_dir_outside_sandbox"),
        ("/var/lib/lifering2", "data_dir_outside_sandbox"),
        ("/home/pi/data", "data_dir_in_home"),
        ("/tmp/data", "data_dir_in_tmp"),
    ],
)
def test_the_shipped_unit_lets_data_be_kept_in_its_state_alone(folder: str, code: str | None) -> None:
    assert read([SHIPPED]).refuses(Path(folder)) == code


@pytest.mark.parametrize("line", ["ReadWritePaths=/mnt/ssd", "ReadWritePaths=-/srv /mnt/ssd/lifering", "ProtectSystem=full"])
def test_a_drop_in_opens_another_place(line: str) -> None:
    assert read([SHIPPED, f"[Service]\n{line}\n"]).refuses(Path("/mnt/ssd/lifering")) is None


def test_an_empty_setting_forgets_those_before() -> None:
    opened = "[Service]\nReadWritePaths=/mnt/ssd\n"

    assert read([SHIPPED, opened, "[Service]\nReadWritePaths=\n"]).refuses(Path("/mnt/ssd")) == "data_dir_outside_sandbox"


def test_a_unit_without_a_sandbox_lets_everything_and_runs_as_root() -> None:
    unit = read(["[Service]\nExecStart=/bin/true\n"])

    assert (unit.user, unit.refuses(Path("/home/pi"))) == ("root", None)


def test_the_unit_is_found_with_its_drop_ins_the_same_name_once(tmp_path: Path) -> None:
    etc, usr = tmp_path / "etc/systemd/system", tmp_path / "usr/lib/systemd/system"
    for folder in (etc, usr):
        (folder / "lifering.service.d").mkdir(parents=True)
    (usr / "lifering.service").write_text(SHIPPED)
    (usr / "lifering.service.d/data.conf").write_text("[Service]\nReadWritePaths=/srv/old\n")
    (etc / "lifering.service.d/data.conf").write_text("[Service]\nReadWritePaths=/srv/new\n")
    (etc / "lifering.service.d/user.conf").write_text("[Service]\nUser=ring\n")

    unit = installed(tmp_path)

    assert unit
    assert (unit.user, unit.writable) == ("ring", (Path("/srv/new"),))


def test_where_no_unit_is_installed_there_is_none(tmp_path: Path) -> None:
    assert installed(tmp_path) is None
