"""A band that is enrolled as nobody means it is asked about, at its line of the roster."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.file import examine
from gateway.settings.personal_data import is_chinese_name, is_identity_number
from gateway.settings.shipped import shipped
from gateway.settings.spreadsheet_dates import looks_like_a_date
from gateway.words.mistakes import in_words

HEADER = "address,driver,wearer,room\n"
FIRST, SECOND = "C0:FF:EE:00:01:01", "C0:FF:EE:00:01:02"


def doubts(folder: Path, *rows: str) -> list[tuple[int, str, str]]:
    """Line, key and code of each doubt about a roster."""
    (folder / "wristbands.csv").write_text(HEADER + "\n".join(rows) + "\n")
    (folder / "gateway.toml").write_text('[gateway]\nid = "a"\n[mqtt]\nhost = "h"\n[roster]\nfile = "wristbands.csv"\n')
    examined = examine(folder / "gateway.toml")
    assert examined.mistakes == []
    assert all(in_words(doubt, "zh-CN") != in_words(doubt, "en") for doubt in examined.warnings)
    return [(doubt.line, doubt.key, doubt.code) for doubt in examined.warnings]


@pytest.mark.parametrize(
    ("row", "key", "code"),
    [
        (f"{FIRST},bthome,W-017,3月2日", "room", "looks_like_a_date"),
        (f"{FIRST},bthome,W-017,Mar-02", "room", "looks_like_a_date"),
        (f"{FIRST},bthome,2-Mar,3-201", "wearer", "looks_like_a_date"),
        (f"{FIRST},bthome,W-017,", "room", "room_is_empty"),
        (f"{FIRST},bthome,王秀英,3-201", "wearer", "wearer_is_a_name"),
        (f"{FIRST},bthome,11010519491231002X,3-201", "wearer", "wearer_is_an_identity_number"),
        ("00:00:00:00:00:00,bthome,W-017,3-201", "address", "address_is_nobodys"),
        ("FF:FF:FF:FF:FF:FF,bthome,W-017,3-201", "address", "address_is_nobodys"),
        ("4A:11:22:33:44:55,bthome,W-017,3-201", "address", "address_changes"),
    ],
)
def test_a_band_that_is_probably_not_meant_so_is_asked_about(tmp_path: Path, row: str, key: str, code: str) -> None:
    assert doubts(tmp_path, row) == [(2, key, code)]


@pytest.mark.parametrize("address", [FIRST, "54:EF:44:00:00:01", "7C:D9:5C:00:00:01", "02:00:00:00:00:01"])
def test_an_address_that_may_stay_is_not_asked_about(tmp_path: Path, address: str) -> None:
    assert doubts(tmp_path, f"{address},bthome,W-017,3-201") == []


def test_a_wearer_is_in_one_room_and_is_written_in_one_way(tmp_path: Path) -> None:
    rows = [f"{FIRST},bthome,W-001,3-101", f"{SECOND},bthome,W-001,3-102", "C0:FF:EE:00:01:03,bthome,w001,3-101"]

    assert doubts(tmp_path, *rows) == [(3, "room", "wearer_in_two_rooms"), (4, "wearer", "wearer_written_otherwise")]


def test_two_bands_of_one_wearer_in_one_room_are_well(tmp_path: Path) -> None:
    assert (
        doubts(
            tmp_path,
            f"{FIRST},bthome,W-001,3-101",
            f"{SECOND},bthome,W-001,3-101",
        )
        == []
    )


def test_the_examples_that_come_with_the_program_are_nobodys(tmp_path: Path) -> None:
    rows = shipped("wristbands.csv").read_text("utf-8-sig").splitlines()[1:]

    found = doubts(tmp_path, *(row.rpartition(",")[0].rpartition(",")[0] for row in rows))

    assert [line for line, _, code in found if code == "band_is_an_example"] == [2, 3, 4, 5]


def test_neither_name_nor_room_is_repeated(tmp_path: Path) -> None:
    doubts(tmp_path, f"{FIRST},bthome,王秀英,3月2日", f"{SECOND},bthome,王秀英,3月3日")

    told = "".join(in_words(doubt, "zh-CN") for doubt in examine(tmp_path / "gateway.toml").warnings)

    assert not any(secret in told for secret in ("王秀英", "3月2日", "3月3日"))


@pytest.mark.parametrize(
    "text",
    [
        *("3月2日", "2027年3月2日", "1901年3月", "3月", "Mar-02", "2-Mar", "02-March-2027", "mar 2", "3/2/2026", "2026/3/2"),
        *("2026-03-02", "2026-03-02 00:00:00", "Sept-1"),
    ],
)
def test_a_date_is_known(text: str) -> None:
    assert looks_like_a_date(text)


@pytest.mark.parametrize("text", ["3-2", "3-201", "12-101", "3号楼201", "2027", "Marta-1x", "B-12", "May", "月亮楼", ""])
def test_a_room_is_no_date(text: str) -> None:
    assert not looks_like_a_date(text)


@pytest.mark.parametrize("text", ["王秀英", "李四", "陈奶奶", "欧阳娜娜", "司马光"])
def test_a_name_is_known(text: str) -> None:
    assert is_chinese_name(text)


@pytest.mark.parametrize("text", ["W-017", "甲-018", "东楼", "三号楼王", "王-1", "佩戴者十七", ""])
def test_a_pseudonym_is_no_name(text: str) -> None:
    assert not is_chinese_name(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("11010519491231002X", True), ("11010519491231002x", True), ("440524188001010014", True), ("110105194912310021", False)],
)
def test_the_last_place_of_an_identity_number_fits_the_others(text: str, is_one: bool) -> None:
    assert is_identity_number(text) == is_one
