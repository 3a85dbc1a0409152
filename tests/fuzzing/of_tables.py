"""Targets: what people write: the configuration, the roster, who is on duty, who would come."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from gateway.duty.duty_list import CHINA
from gateway.language import Language
from gateway.mistake import Mistake
from gateway.settings import csv_table, duty_files, named_files, roster_file
from gateway.settings.checker import LIVED_WITHOUT
from gateway.settings.driver_names import hubs, transports
from gateway.settings.file import examine
from gateway.settings.values import Surroundings
from gateway.words.mistakes import in_words
from tests.fuzzing.target import Script, Target, piece

FOLDER = Path(__file__).parents[2] / "config"
NOWHERE = Path("/nowhere")
CONFIG = NOWHERE / "gateway.toml"
LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")
AROUND = Surroundings(NOWHERE, transports(), hubs(), hubs())
NAMED = {"wristbands.csv": "wristbands.csv", "duty.csv": "duty.csv", "responders.csv": "responders.csv"}
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # characters that end a line, hide, or turn the order of what is shown
SLOW = (5_000_000, 40_000)
TABLE_WORDS = (
    *roster_file.COLUMNS,
    *duty_files.PHONES,
    *duty_files.VOLUNTEERS,
    "C0:FF:EE:00:00:01",
    "serial-hub",
    "+86",
    "mon-fri",
    "22:00-06:00",
)


def targets() -> list[Target]:
    """Five."""
    return [
        Target(name="configuration", take=_configuration, seeds=_configurations, words=_keys(), longest=3_000, may_take=SLOW),
        Target(
            name="roster",
            take=_roster,
            seeds=lambda: _tables("wristbands.csv"),
            words=TABLE_WORDS,
            longest=2_000,
            may_take=SLOW,
        ),
        Target(
            name="duty-list",
            take=_duty_list,
            seeds=lambda: _tables("duty.csv"),
            words=TABLE_WORDS,
            longest=2_000,
            may_take=SLOW,
        ),
        Target(
            name="volunteers",
            take=_volunteers,
            seeds=lambda: _tables("responders.csv"),
            words=TABLE_WORDS,
            longest=2_000,
            may_take=SLOW,
        ),
        Target(name="csv-rows", take=_rows, seeds=_rows_to_add, words=TABLE_WORDS, longest=1_000, may_take=SLOW),
    ]


def _said(mistakes: Sequence[Mistake], lines: int) -> None:
    """Each is told in one line, in both languages, at a line of the file."""
    for mistake in mistakes:
        assert 1 <= mistake.line <= lines + 1, mistake
        for language in LANGUAGES:
            said = in_words(mistake, language)
            assert not HIDDEN & set(map(unicodedata.category, said)), said
            assert len(said) < 2_000, said


def _lines(data: bytes) -> int:
    """As many as any reader may count."""
    return len(data.splitlines()) + data.count(b"\r") + 1


# --- the configuration ------------------------------------------------------------------------------------------------------


def _configuration(data: bytes) -> None:
    """It is valid, or every mistake is told; the files that it names are there, or are not."""

    def read(path: Path) -> bytes:
        if path == CONFIG:
            return data
        if path.name in NAMED:
            return (FOLDER / NAMED[path.name]).read_bytes()
        raise named_files.BadFile("file_missing", path)

    examined = examine(CONFIG, read)
    _said([*examined.mistakes, *examined.warnings], max(_lines(data), 200))
    assert examined.settings is not None or examined.mistakes
    assert (examined.settings is None) == any(mistake.key not in LIVED_WITHOUT for mistake in examined.mistakes)


def _configurations() -> Sequence[bytes]:
    """The shipped one in pieces, and with all that is commented out."""
    text = (FOLDER / "gateway.toml").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if row and not row.startswith("# ")]
    plain = "\n".join(row.removeprefix("#") for row in rows if not row.startswith("#:"))
    sections = ["[" + section for section in ("\n" + plain).split("\n[")[1:]]
    least = '[gateway]\nid = "xishan-01"\n[mqtt]\nhost = "platform.example"\n'
    rest = [section for section in sections if not section.startswith(("[gateway]", "[mqtt]"))]
    return [
        plain.encode()[:3_000],
        least.encode(),
        *((least + section).encode() for section in rest),
        *map(str.encode, sections),
    ]


def _keys() -> tuple[str, ...]:
    """Every name that stands in the shipped file, and some values."""
    text = (FOLDER / "gateway.toml").read_text(encoding="utf-8")
    names = re.findall(r"^#?(\[+[a-z.]+\]+|[a-z_]+ = )", text, re.MULTILINE)
    return (*dict.fromkeys(names), '"""', "true", "[[", "2026-11-30", "1e400", "0x", "inf", "{}")


# --- tables -----------------------------------------------------------------------------------------------------------------


def _roster(data: bytes) -> None:
    """Each row is a band or a mistake; no band is enrolled twice."""
    entries, mistakes = roster_file.entries_of(NOWHERE / "wristbands.csv", data, AROUND)
    bands, wrong = roster_file.enrol(entries, {"hall-hub": "serial-hub"})
    _said([*mistakes, *wrong], _lines(data))
    assert sum(entry.band is None for entry in entries) <= len(mistakes)
    assert len(bands) + len(wrong) >= sum(entry.band is not None for entry in entries)
    for address, band in bands.items():
        assert band.address == address
        assert band.wearer.isprintable()
        assert band.room.isprintable()


def _duty_list(data: bytes) -> None:
    """Each phone is there once, and is found by its number."""
    duty, mistakes = duty_files.duty_list(NOWHERE / "duty.csv", data, CHINA, AROUND)
    _said(mistakes, _lines(data))
    if not mistakes:
        for phone in duty.phones:
            assert duty.whose(phone.number) == phone


def _volunteers(data: bytes) -> None:
    """The same of volunteers."""
    volunteers, mistakes = duty_files.volunteers(NOWHERE / "responders.csv", data, CHINA, AROUND)
    _said(mistakes, _lines(data))
    for volunteer in volunteers.all if not mistakes else ():
        assert -90 <= volunteer.latitude <= 90
        assert -180 <= volunteer.longitude <= 180
        assert not volunteer.number or volunteers.whose(volunteer.number) == volunteer


def _tables(name: str) -> Sequence[bytes]:
    """The shipped one as it is, in GB18030, with other separators, and each row alone."""
    data = (FOLDER / name).read_bytes()
    text = data.decode("utf-8-sig")
    rows = [row.removeprefix("#").strip() for row in text.splitlines() if "," in row]
    table = "\n".join(rows[:6])
    return [
        data[:2_000],
        table.encode("gb18030"),
        table.replace(",", ";").encode("utf-8-sig"),
        table.replace(",", "\t").replace("\n", "\r\n").encode(),
        *(f"{rows[0]}\n{row}\n".encode() for row in rows[1:]),
    ]


def _rows(data: bytes) -> None:
    """A row that is put in is read as it was, one that is taken out is gone, and the others stay as they are.

    A table in GB18030 without one of its rows may look like another encoding: only of UTF-8 is the rest compared.
    """
    script = Script(data)
    cells = [cell for cell in (script.piece().decode("utf-8", "replace").strip() for _ in range(3)) if _is_plain(cell)]
    table = script.rest()
    try:
        before = _cells(table)
        if not before or not cells or not all(cells):
            return  # which separator it has is told by its first row
        more = csv_table.with_row(table, cells)
        after = list(csv_table.rows(more))
        gone = 1 + len(table) % (len(after) - 1)
        left = _cells(csv_table.without_row(more, after[gone]))
    except csv_table.BadTable:
        return
    assert [row.cells for row in after] == [*before, cells]
    assert left == [row.cells for row in (*after[:gone], *after[gone + 1 :])] or not _is_utf_8(table)


def _is_utf_8(table: bytes) -> bool:
    try:
        return bool(table.decode())
    except UnicodeDecodeError:
        return False


def _cells(table: bytes) -> list[list[str]]:
    return [row.cells for row in csv_table.rows(table)]


def _is_plain(cell: str) -> bool:
    return cell.isprintable() and "\ufffd" not in cell


def _rows_to_add() -> Sequence[bytes]:
    cells = b"".join(map(piece, (b"C0:FF:EE:00:00:01", b"serial-hub", "张".encode())))
    heads = (
        b"address,driver,wearer\n",
        b"address;driver;wearer\r\n1;2;3",
        "地址\t驱动\t人\n".encode("gb18030"),
        b"# a\nx,y,z\n",
    )
    return [cells + head for head in heads]
