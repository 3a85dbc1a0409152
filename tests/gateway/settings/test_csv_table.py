"""Tables are read as spreadsheets save them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.settings.csv_table import BadTable, Row, rows
from gateway.words.mistakes import WORDS
from tests.thorough import times

TABLE = "address,room\nC0:FF:EE:00:00:01,三号楼201室\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_in_the_encodings_that_spreadsheets_use(encoding: str) -> None:
    table = list(rows(TABLE.encode(encoding)))

    assert table == [(1, 1, ["address", "room"]), (2, 2, ["C0:FF:EE:00:00:01", "三号楼201室"])]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_separators_and_line_ends_are_recognised(separator: str, end: str) -> None:
    table = TABLE.replace(",", separator).replace("\n", end).encode()

    assert [row.cells for row in rows(table)] == [["address", "room"], ["C0:FF:EE:00:00:01", "三号楼201室"]]


def test_a_row_has_the_lines_in_which_it_begins_and_ends() -> None:
    table = b'address,room\n\n ,\n"a","first\nsecond"\nb,c\n'

    assert [(row.line, row.last, row.cells[0]) for row in rows(table)] == [(1, 1, "address"), (4, 5, "a"), (6, 6, "b")]


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        pytest.param(TABLE.encode("utf-16"), "file_is_utf16", 1, id="UTF-16"),
        pytest.param(TABLE.encode("utf-16-le"), "file_is_utf16", 1, id="UTF-16 without its mark"),
        pytest.param(TABLE.encode("utf-16-be"), "file_is_utf16", 1, id="UTF-16, the other way round"),
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00", "file_is_workbook", 1, id="a workbook of Excel"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "file_is_workbook", 1, id="a workbook of an old Excel"),
        pytest.param(b"address\n\xff\xff\xff\n", "roster_is_neither", 1, id="binary"),
        pytest.param(b'address\nok\n"open\nand more\n', "csv", 3, id="a quote that never ends"),
        pytest.param(b"address\n" + b"x" * 200_000, "csv", 2, id="a huge cell"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(data: bytes, code: str, line: int) -> None:
    with pytest.raises(BadTable) as bad:
        list(rows(data))

    assert (bad.value.code, bad.value.line) == (code, line)
    assert code in WORDS


def test_rows_before_a_mistake_are_read() -> None:
    table = rows(b'address\nok\n"open')

    assert [next(table).cells, next(table).cells] == [["address"], ["ok"]]


@settings(max_examples=times(20, 60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary() | st.text().map(str.encode) | st.text().map(lambda text: text.encode("gb18030", "replace")))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    read: list[Row] = []
    with suppress(BadTable):
        read.extend(rows(data))

    assert all(row.line >= 1 and any(row.cells) for row in read)


def test_a_line_that_begins_with_a_hash_is_a_comment_wherever_it_stands() -> None:
    table = b'# those of the "first floor\naddress;room\n# a;b;c\nC0;1\n#C1;2\n'

    assert [(row.line, row.cells) for row in rows(table)] == [(2, ["address", "room"]), (4, ["C0", "1"])]


TRADITIONAL = ("三號樓201室", "活動中心", "東側長廊", "護理站", "陳先生房間", "二樓餐廳", "門口", "圖書館", "復健室", "電梯旁")
SIMPLIFIED = ("三号楼201室", "活动中心", "东侧长廊", "护理站", "二楼餐厅", "门口", "图书馆", "康复室", "电梯旁", "张王李赵")
OF_GBK = ("朱镕基楼", "張三豐室", "東樓", "堃楼", "喆室", "囍堂", "龢园")


@pytest.mark.parametrize("room", TRADITIONAL)
def test_big5_is_told_and_not_read_as_other_characters(room: str) -> None:
    table = TABLE.replace("三号楼201室", room).encode("big5")

    with pytest.raises(BadTable) as bad:
        list(rows(table))

    assert (bad.value.code, bad.value.line) == ("file_is_big5", 1)


@pytest.mark.parametrize("room", SIMPLIFIED + OF_GBK + TRADITIONAL)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_gb18030_is_not_taken_for_big5(room: str, encoding: str) -> None:
    table = TABLE.replace("三号楼201室", room).encode(encoding)

    assert [row.cells[1] for row in rows(table)] == ["room", room]
