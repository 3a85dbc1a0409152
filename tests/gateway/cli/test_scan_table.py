"""What `lifering scan` shows at a terminal while it listens: no wider and no longer than the terminal is, in both languages."""

from __future__ import annotations

import io

import pytest

from gateway.cli.columns import width
from gateway.cli.in_place import InPlace
from gateway.cli.scan_table import InReach, table
from gateway.language import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")


def band(number: int, **fields: object) -> InReach:
    usual: dict[str, object] = {
        "address": f"C0:FF:EE:00:00:{number:02X}",
        "driver": "ble-blood-pressure-and-more",
        "rssi": -40 - number,
        "battery": 100.0,
        "enrolled": True,
        "wearer": "W-001-with-a-long-pseudonym",
        "calls_itself": "血压计 of a maker with a long name",
        "address_changes": False,
    }
    return InReach(**(usual | fields))  # type: ignore[arg-type]


def shown(*bands: InReach, language: Language = "en", columns: int = 80, lines: int = 24) -> list[str]:
    return list(table(bands, 7, 9.6, language, columns=columns, lines=lines))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 50), (40, 10)])
@pytest.mark.parametrize("many", [0, 1, 20, 200])
def test_it_fits_into_the_terminal(many: int, columns: int, lines: int, language: Language) -> None:
    rows = shown(*map(band, range(many)), language=language, columns=columns, lines=lines)

    assert len(rows) < lines, "the cursor has the last line"
    assert max(map(width, rows)) < columns, "a full line would break"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_out_is_counted(language: Language) -> None:
    rows = shown(*map(band, range(30)), language=language)

    assert rows[-2].startswith(("... and 10 more", "……另有 10 只"))
    assert "30" in rows[-1]


def test_a_band_is_shown_with_its_driver_its_signal_and_whose_it_is() -> None:
    mine = band(1, driver="bthome", battery=90.0, wearer="W-001", calls_itself=None)
    nobodys = band(2, driver="bthome", battery=None, enrolled=False, wearer=None, calls_itself="Strap 01")
    changes = band(3, driver="bthome", battery=None, enrolled=False, wearer=None, address_changes=True)

    assert shown(mine, nobodys, changes, columns=120) == [
        "address            driver               signal  battery  whose",
        "C0:FF:EE:00:00:01  bthome              -41 dBm     90 %  enrolled for W-001",
        "C0:FF:EE:00:00:02  bthome              -42 dBm        -  not enrolled  Strap 01",
        "C0:FF:EE:00:00:03  bthome              -43 dBm        -  not enrolled  (its address changes: it cannot be enrolled)",
        "3 wristbands in reach, 7 other devices  (10 s to go)",
    ]


def test_lines_are_drawn_in_the_place_of_those_before_and_leave_nothing_behind() -> None:
    terminal = io.StringIO()
    place = InPlace(terminal)

    place.draw(["one", "two"])
    place.draw(["three"])
    place.clear()
    place.clear()

    assert terminal.getvalue() == "one\ntwo\n\x1b[2A\r\x1b[Jthree\n\x1b[1A\r\x1b[J"
