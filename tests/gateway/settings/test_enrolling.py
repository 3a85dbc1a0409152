"""A wristband is enrolled, and taken out, without a change to anything else in the files, and never by half."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.errors import FaultySettings
from gateway.mistake import Mistake
from gateway.settings import enrolling
from gateway.settings.file import load
from gateway.settings.new_band import NewBand, WrongBand
from gateway.settings.replace_file import CannotWrite

TOML = """\
# The gateway of the hall.
[gateway]
id = "xishan-01"   # as on the label

[mqtt]
host = "platform.example"

# Those of the third floor
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "bthome"
wearer = "W-001"
sos_button = [
  "long_press",
]

# Limits, as agreed
[rules.heart_rate]
critical_high = 140
"""
CSV = """\
address,driver,wearer,room,key,model
C0:FF:EE:00:00:01,bthome,W-001,3-201,,
# new in May
C0:FF:EE:00:00:02,bthome,W-002,三号楼,,
"""
KEY = "231d39c1d7cc1ab1aee224cd096db932"
NEW = NewBand("c0-ff-ee-00-00-09", "ble-heart-rate", "W-009", "3-209")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.toml"
    file.write_text(TOML)
    return file


@pytest.fixture
def roster(config: Path) -> Path:
    """The configuration names a roster from here on."""
    config.write_text(TOML.replace("[mqtt]", '[roster]\nfile = "wristbands.csv"\n[mqtt]').replace("00:01", "00:AA"))
    file = config.parent / "wristbands.csv"
    file.write_text(CSV)
    return file


def wearers(config: Path) -> dict[str, str]:
    return {address: band.wearer for address, band in load(config).bands.items()}


def mistakes(config: Path, band: NewBand) -> list[Mistake]:
    """What is wrong with it; the files must be as they were."""
    before = {file: file.read_bytes() for file in config.parent.iterdir()}
    with pytest.raises(WrongBand) as wrong:
        enrolling.enroll(config, band)
    assert {file: file.read_bytes() for file in config.parent.iterdir()} == before
    return list(wrong.value.mistakes)


# --- in the configuration -----------------------------------------------------------------------------------------------


def test_without_a_roster_it_becomes_a_table_of_the_configuration_and_all_else_stays(config: Path) -> None:
    written = enrolling.enroll(config, NEW)

    assert config.read_text() == TOML + (
        '\n[[wristband]]\naddress = "C0:FF:EE:00:00:09"\ndriver = "ble-heart-rate"\nwearer = "W-009"\nroom = "3-209"\n'
    )
    assert written.file == config
    assert (written.band.address, written.band.wearer) == ("C0:FF:EE:00:00:09", "W-009")
    assert wearers(config) == {"C0:FF:EE:00:00:01": "W-001", "C0:FF:EE:00:00:09": "W-009"}


def test_a_table_that_is_taken_out_takes_no_comment_of_others_with_it(config: Path) -> None:
    written = enrolling.unenroll(config, "c0ffee000001")

    before, _, after = TOML.partition("\n[[wristband]]")
    assert config.read_text() == before + after[after.index("\n\n# Limits") :]
    assert (written.band.wearer, written.file) == ("W-001", config)


def test_one_that_is_enrolled_and_taken_out_again_leaves_the_file_as_it_was(config: Path) -> None:
    enrolling.enroll(config, NEW)
    enrolling.unenroll(config, NEW.address)

    assert config.read_text() == TOML


@pytest.mark.parametrize(
    "as_saved",
    [
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="with a mark"),
        pytest.param(
            lambda text: b"\xef\xbb\xbf" + text[text.index("[gateway]") :].encode(), id="with a mark before a section"
        ),
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="with the line ends of Windows"),
        pytest.param(lambda text: text.rstrip("\n").encode(), id="without a last line end"),
        pytest.param(lambda text: b"", id="empty, which is no configuration"),
    ],
)
def test_the_configuration_stays_as_it_was_saved(config: Path, as_saved) -> None:  # type: ignore[no-untyped-def]
    saved: bytes = as_saved(TOML)
    config.write_bytes(saved)
    if not saved:
        with pytest.raises(FaultySettings):
            enrolling.enroll(config, NEW)
        return

    enrolling.enroll(config, NEW)
    enrolled = config.read_bytes()
    enrolling.unenroll(config, "C0:FF:EE:00:00:01")

    assert enrolled.startswith(saved)
    assert (b"\r\n" in enrolled, enrolled.count(b"\n") == enrolled.count(b"\r\n")) in ((False, False), (True, True))
    assert wearers(config) == {"C0:FF:EE:00:00:09": "W-009"}


def test_a_key_is_named_by_its_file_from_where_the_configuration_lies(
    config: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    near, far = config.parent / "keys" / "W-8.key", tmp_path_factory.mktemp("stick") / "W-9.key"
    near.parent.mkdir()
    for file in (near, far):
        file.touch(0o600)
        file.write_text(KEY)

    enrolling.enroll(config, NewBand("C0:FF:EE:00:00:08", "bthome", "W-008", key_file=near))
    enrolling.enroll(config, NewBand("C0:FF:EE:00:00:09", "bthome", "W-009", key_file=far))

    assert 'key_file = "keys/W-8.key"' in config.read_text()
    assert f'key_file = "{far}"' in config.read_text()
    assert {band.key for address, band in load(config).bands.items() if address > "C0:FF:EE:00:00:02"} == {bytes.fromhex(KEY)}


def test_quotes_and_backslashes_come_back_as_they_were(config: Path) -> None:
    enrolling.enroll(config, NEW._replace(room='三 "A" \\ 1'))

    assert load(config).bands["C0:FF:EE:00:00:09"].room == '三 "A" \\ 1'


# --- in the roster ------------------------------------------------------------------------------------------------------


def test_where_there_is_a_roster_it_becomes_a_row_of_it(config: Path, roster: Path) -> None:
    before = config.read_bytes()

    written = enrolling.enroll(config, NEW)

    assert roster.read_text() == CSV + "C0:FF:EE:00:00:09,ble-heart-rate,W-009,3-209,,\n"
    assert config.read_bytes() == before
    assert (written.file, written.band.room) == (roster, "3-209")


def test_a_row_that_is_taken_out_leaves_comments_and_order(config: Path, roster: Path) -> None:
    enrolling.unenroll(config, "C0:FF:EE:00:00:02")

    assert roster.read_text() == CSV.replace("C0:FF:EE:00:00:02,bthome,W-002,三号楼,,\n", "")


def test_beside_a_roster_a_band_of_the_configuration_is_taken_out_there(config: Path, roster: Path) -> None:
    enrolling.unenroll(config, "C0:FF:EE:00:00:AA")

    assert "[[wristband]]" not in config.read_text()
    assert roster.read_text() == CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("last", ["whole", "without its end"])
def test_the_roster_stays_as_a_spreadsheet_saved_it(
    config: Path, roster: Path, encoding: str, end: str, separator: str, last: str
) -> None:
    saved = CSV.replace("\n", end).replace(",", separator).encode(encoding)
    if last != "whole":
        saved = saved.removesuffix(end.encode())
    roster.write_bytes(saved)

    enrolling.enroll(config, NEW._replace(room="四号楼"))
    enrolled = roster.read_bytes()
    enrolling.unenroll(config, NEW.address)

    row = separator.join(["C0:FF:EE:00:00:09", "ble-heart-rate", "W-009", "四号楼", "", ""]) + end
    between = b"" if last == "whole" else end.encode()
    assert enrolled == saved + between + row.encode(encoding.removesuffix("-sig"))
    assert roster.read_bytes() == saved + between


def test_a_row_follows_the_columns_as_they_are(config: Path, roster: Path) -> None:
    roster.write_text("Room;Wearer;;DRIVER;Address\n#3;W-1;;bthome;C0:FF:EE:00:00:01\n")

    enrolling.enroll(config, NEW._replace(room="#9, left"))

    assert roster.read_text().splitlines()[-1] == '"#9, left";"W-009";"";"ble-heart-rate";"C0:FF:EE:00:00:09"'
    assert load(config).bands["C0:FF:EE:00:00:09"].room == "#9, left"


def test_the_key_becomes_part_of_the_row(config: Path, roster: Path) -> None:
    file = config.parent / "W-9.key"
    file.touch(0o600)
    file.write_text(KEY + "\n")

    enrolling.enroll(config, NewBand("C0:FF:EE:00:00:09", "bthome", "W-009", "3-209", file))

    assert roster.read_text().endswith(f"C0:FF:EE:00:00:09,bthome,W-009,3-209,{KEY},\n")


def test_a_roster_without_the_column_for_a_key_is_no_place_for_one(config: Path, roster: Path) -> None:
    roster.write_text("address,driver,wearer,room\n")
    file = config.parent / "W-9.key"
    file.touch(0o600)
    file.write_text(KEY)

    (wrong,) = mistakes(config, NEW._replace(key_file=file))

    assert (wrong.code, wrong.key) == ("column_missing", "key")


# --- what is not written ------------------------------------------------------------------------------------------------


def test_a_band_stays_where_the_others_would_be_read_in_another_encoding_without_it(config: Path, roster: Path) -> None:
    saved = CSV.replace("3-201", "希").encode("gb18030")  # of these two octets alone UTF-8 makes a Greek letter
    roster.write_bytes(saved)

    with pytest.raises(WrongBand) as wrong:
        enrolling.unenroll(config, "C0:FF:EE:00:00:02")

    assert [mistake.code for mistake in wrong.value.mistakes] == ["rest_reads_differently"]
    assert roster.read_bytes() == saved


@pytest.mark.parametrize("place", ["configuration", "roster"])
@pytest.mark.parametrize(
    ("band", "key", "code"),
    [
        pytest.param(NEW._replace(driver="ble-hart-rate"), "driver", "unknown_driver", id="a driver that there is not"),
        pytest.param(NEW._replace(address="C0:FF:EE"), "address", "string_pattern_mismatch", id="half an address"),
        pytest.param(NEW._replace(wearer="Zhang San"), "wearer", "unshown_mismatch", id="a name"),
        pytest.param(NEW._replace(wearer=""), "wearer", None, id="no wearer"),
        pytest.param(NEW._replace(room="1\n2"), "room", "invisible_character", id="a room of two lines"),
        pytest.param(NEW._replace(driver="serial-hub"), "driver", "no_port_speaks_it", id="no port"),
    ],
)
def test_a_mistake_is_told_as_check_tells_it_and_nothing_is_written(
    config: Path, request: pytest.FixtureRequest, place: str, band: NewBand, key: str, code: str | None
) -> None:
    if place == "roster":
        request.getfixturevalue("roster")

    found = mistakes(config, band)

    assert [mistake.key for mistake in found] == [key]
    assert code is None or found[0].code == code


def test_one_that_is_enrolled_already_is_told_with_the_place(config: Path, roster: Path) -> None:
    (in_roster,) = mistakes(config, NEW._replace(address="c0ffee000002"))
    (in_toml,) = mistakes(config, NEW._replace(address="C0:FF:EE:00:00:AA"))

    assert (in_roster.code, in_roster.facts["first"]) == ("address_twice", f"{roster}:4")
    assert (in_toml.code, in_toml.facts["first"].rpartition(":")[0]) == ("address_twice", str(config))


def test_a_key_file_that_is_none_is_a_mistake(config: Path, roster: Path) -> None:
    (wrong,) = mistakes(config, NEW._replace(key_file=config.parent / "gone.key"))

    assert (wrong.key, wrong.code) == ("key_file", "secret_file_missing")


@pytest.mark.parametrize("address", ["C0:FF:EE:00:00:77", "nonsense", ""])
def test_what_is_not_enrolled_cannot_be_taken_out(config: Path, address: str) -> None:
    with pytest.raises(WrongBand) as wrong:
        enrolling.unenroll(config, address)

    assert [(mistake.key, mistake.code) for mistake in wrong.value.mistakes] == [("address", "not_enrolled")]
    assert config.read_text() == TOML


def test_a_configuration_with_mistakes_is_not_touched(config: Path) -> None:
    config.write_text(TOML + "[mqqt]\n")

    with pytest.raises(FaultySettings):
        enrolling.enroll(config, NEW)
    with pytest.raises(FaultySettings):
        enrolling.unenroll(config, "C0:FF:EE:00:00:01")

    assert config.read_text() == TOML + "[mqqt]\n"


def test_a_configuration_that_is_not_there_is_a_mistake_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(FaultySettings):
        enrolling.enroll(tmp_path / "nowhere" / "gateway.toml", NEW)


# --- how it is written --------------------------------------------------------------------------------------------------


def test_mode_and_owner_stay(config: Path) -> None:
    config.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(config, 12345, 23456)

    enrolling.enroll(config, NEW)

    state = config.stat()
    assert stat.S_IMODE(state.st_mode) == 0o640
    assert os.geteuid() != 0 or (state.st_uid, state.st_gid) == (12345, 23456)


def test_a_link_stays_a_link(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "link" / "gateway.toml"
    link.parent.mkdir()
    link.symlink_to(config)

    enrolling.enroll(link, NEW)

    assert link.is_symlink()
    assert "C0:FF:EE:00:00:09" in config.read_text()


def test_whoever_reads_meanwhile_finds_a_whole_file(config: Path) -> None:
    with config.open() as opened_before:
        enrolling.enroll(config, NEW)

        assert opened_before.read() == TOML
    assert [file.name for file in config.parent.iterdir()] == ["gateway.toml"]


def test_file_and_folder_are_on_the_disk(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []

    def fsync(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")

    monkeypatch.setattr(os, "fsync", fsync)

    enrolling.enroll(config, NEW)

    assert synced == ["file", "folder"]


def test_a_folder_that_cannot_be_written_leaves_everything_as_it_was(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(CannotWrite, match="No space left on device"):
        enrolling.enroll(config, NEW)

    assert config.read_text() == TOML
    assert [file.name for file in config.parent.iterdir()] == ["gateway.toml"]


def test_many_at_once_are_all_enrolled(config: Path, roster: Path) -> None:
    bands = [NewBand(f"C0:FF:EE:00:01:{n:02X}", "bthome", f"W-{n}") for n in range(16)]

    with ThreadPoolExecutor(8) as technicians:
        list(technicians.map(lambda band: enrolling.enroll(config, band), bands))

    assert {band.address for band in bands} <= wearers(config).keys()


@pytest.mark.parametrize("comma", [",", "，"])
def test_a_table_as_chinese_hands_write_it_gets_its_line_and_loses_it_again(config: Path, roster: Path, comma: str) -> None:
    written = comma.join(("备注", "地址", "驱动", "佩戴者", "房间")) + "\n"
    written += comma.join(("旧的", "C0：FF：EE：00：00：01", "bthome", "Ｗ-001", "３-101")) + "\n"
    roster.write_text(written)

    enrolling.enroll(config, NEW)

    assert roster.read_text() == written + comma.join(("", "C0:FF:EE:00:00:09", "ble-heart-rate", "W-009", "3-209")) + "\n"
    assert wearers(config)["C0:FF:EE:00:00:09"] == "W-009"

    enrolling.unenroll(config, "C0:FF:EE:00:00:09")

    assert roster.read_text() == written
