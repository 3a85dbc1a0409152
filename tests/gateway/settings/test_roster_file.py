"""The roster: which band belongs to whom, out of a spreadsheet and out of the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.errors import FaultySettings
from gateway.readings import Enrolment
from gateway.settings.configuration import Configuration
from gateway.settings.file import examine, load
from gateway.words.mistakes import in_words

HEADER = "address,driver,wearer,room,key,model\n"
KEY = "231d39c1d7cc1ab1aee224cd096db932"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "wristbands.csv"


def configuration(table: Path, more: str = "") -> Configuration:
    """A gateway with this roster, and perhaps more in its configuration."""
    file = table.parent / "gateway.toml"
    file.write_text(f'[gateway]\nid = "a"\n[mqtt]\nhost = "h"\n[roster]\nfile = "wristbands.csv"\n{more}')
    return load(file)


def problems(table: Path, text: str | bytes, more: str = "") -> list[str]:
    """What is wrong with this table, without its name."""
    table.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        configuration(table, more)
    except FaultySettings as error:
        return [in_words(mistake, "en").removeprefix(f"{table}:") for mistake in error.mistakes]
    return []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_saved_by_a_spreadsheet_is_read(table: Path, encoding: str) -> None:
    rows = f"{HEADER}c0-ff-ee-00-00-01,bthome,W-017,三号楼201室,{KEY},\r\n\r\nC0FFEE000002,ble-heart-rate,甲-018,,,H10\r\n"
    table.write_bytes(rows.encode(encoding))

    bands = configuration(table).bands

    assert bands == {
        "C0:FF:EE:00:00:01": Enrolment(
            address="C0:FF:EE:00:00:01", driver="bthome", wearer="W-017", room="三号楼201室", key=bytes.fromhex(KEY)
        ),
        "C0:FF:EE:00:00:02": Enrolment(address="C0:FF:EE:00:00:02", driver="ble-heart-rate", wearer="甲-018", model="H10"),
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("address,driver,wearer,room\nC0:FF:EE:00:00:01,bthome,W-1,1\n", id="without the last two columns"),
        pytest.param("Room;Wearer;DRIVER;Address\n1;W-1;bthome;C0:FF:EE:00:00:01\n", id="in another order, with semicolons"),
        pytest.param(
            "address\tdriver\twearer\troom\nC0:FF:EE:00:00:01\tbthome\tW-1\t1", id="with tabs, without a last line end"
        ),
        pytest.param("address,driver,wearer,room,,\nC0:FF:EE:00:00:01,bthome,W-1,1,,,,\n", id="with empty columns"),
        pytest.param('\n"address","driver","wearer","room"\n"C0:FF:EE:00:00:01","bthome","W-1","1"\n', id="with quotes"),
    ],
)
def test_what_spreadsheets_do_to_tables_is_understood(table: Path, text: str) -> None:
    table.write_text(text)

    (band,) = configuration(table).bands.values()

    assert band == Enrolment(address="C0:FF:EE:00:00:01", driver="bthome", wearer="W-1", room="1")


def test_bands_of_the_configuration_join_the_table(table: Path) -> None:
    table.write_text(f"{HEADER}C0:FF:EE:00:00:01,bthome,W-1,1,,\n")
    (table.parent / "W-2.key").touch(0o600)
    (table.parent / "W-2.key").write_text(KEY)
    more = '[[wristband]]\naddress = "C0:FF:EE:00:00:02"\ndriver = "bthome"\nwearer = "W-2"\n'

    bands = configuration(table, more + 'key_file = "W-2.key"\nsos_button = ["long_press"]\n').bands

    assert sorted(bands) == ["C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"]
    assert (bands["C0:FF:EE:00:00:02"].key, bands["C0:FF:EE:00:00:02"].sos_button) == (bytes.fromhex(KEY), ("long_press",))
    assert bands["C0:FF:EE:00:00:01"].sos_button is None


def test_six_digits_are_the_passkey_of_a_band_that_is_connected_to_and_no_key(table: Path) -> None:
    table.write_text(f"{HEADER}C0:FF:EE:00:00:01,ble-blood-pressure,W-1,1,004711,\nC0:FF:EE:00:00:02,omron-bp,W-2,1,{KEY},\n")

    first, second = configuration(table).bands.values()

    assert (first.key, first.passkey) == (None, 4711)
    assert (second.key, second.passkey) == (bytes.fromhex(KEY), None)


@pytest.mark.parametrize("driver", ["bthome", "mibeacon"])
def test_six_digits_are_refused_of_a_band_that_nobody_connects_to(driver: str, table: Path) -> None:
    text = f"{HEADER}C0:FF:EE:00:00:01,{driver},W-1,1,004711,\n"

    assert problems(table, text) == [
        f'2: key: 6 digits are the passkey of a band that is connected to; the driver "{driver}" connects to none'
        " and needs the whole key"
    ]


def test_every_mistake_in_the_table_is_told_with_its_line(table: Path) -> None:
    text = f"""{HEADER}C0:FF:EE:00:00:01,bthome,W-1,1,,
C0:FF:EE:00:00,bthome,W-2,1,,
C0:FF:EE:00:00:03,bthom,W-3,1,,

C0:FF:EE:00:00:04,serial-hub,W-4,1,,
C0:FF:EE:00:00:05,bthome,,1,,
C0:FF:EE:00:00:06,bthome,W 6,1,,
C0:FF:EE:00:00:07,bthome,W-7,1,123,
C0:FF:EE:00:00:08,bthome,W-8,1,,,x
c0ffee000001,,W-9,1,,
"""

    assert problems(table, text) == [
        '3: address: cannot be "C0:FF:EE:00:00"; expected six pairs of hexadecimal digits, such as C0:FF:EE:00:00:01; '
        "of a watch on mobile data the digits of its id or IMEI, such as 8800000015",
        '4: driver: there is no driver "bthom"; `lifering drivers` lists them; did you mean bthome?',
        '6: driver: no [[serial]] port has the driver "serial-hub", through which this wristband would be heard',
        "7: wearer: is missing; expected a pseudonym without spaces, such as W-017",
        "8: wearer: is not valid; expected a pseudonym without spaces, such as W-017",
        "9: key: is not valid; expected 32 hexadecimal digits, for some devices 24 or 40; or the 6 digits of a passkey",
        "10: roster: has 7 values for 6 columns",
        "11: driver: is missing; expected a name that `lifering drivers` lists",
        f"11: address: C0:FF:EE:00:00:01 is enrolled already, at {table}:2",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", ["1: roster: the first line must name the columns: address,driver,wearer,room,key,model"], id="empty"),
        pytest.param(
            "C0:FF:EE:00:00:01,bthome,W-1,1\n",
            ["1: roster: the first line must name the columns: address,driver,wearer,room,key,model"],
            id="without a header",
        ),
        pytest.param(
            "adress,driver,driver,wearer,colour\n",
            [
                '1: roster: there is no column "adress"; did you mean address?',
                '1: roster: there is no column "colour"',
                '1: driver: the column "driver" is there twice',
                '1: room: the column "room" is missing',
            ],
            id="with a wrong header",
        ),
        pytest.param(
            f'{HEADER}C0:FF:EE:00:00:01,bthome,W-1,"1\n',
            ["2: roster: is no CSV here: a quotation mark is not closed"],
            id="with a quote that never ends",
        ),
        pytest.param(HEADER.encode("utf-16"), ["1: roster: the file is UTF-16; save it as UTF-8"], id="in UTF-16"),
        pytest.param(b"\xff\xff\xff", ["1: roster: the file is neither UTF-8 nor GB18030 text"], id="binary"),
    ],
)
def test_a_table_that_cannot_be_used_says_what_it_lacks(table: Path, text: str | bytes, found: list[str]) -> None:
    assert problems(table, text) == found


def test_the_same_band_twice_is_found_though_one_entry_has_another_mistake(table: Path) -> None:
    file = table.parent / "gateway.toml"
    more = '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "bthom"\nwearer = "W-2"\n'

    found = problems(table, f"{HEADER}C0:FF:EE:00:00:01,bthome,W-1,1,,\n", more)

    assert found == [
        f'{file}:9: wristband.driver: there is no driver "bthom"; `lifering drivers` lists them; did you mean bthome?',
        f"2: address: C0:FF:EE:00:00:01 is enrolled already, at {file}:7",
    ]


def test_keys_and_wearers_are_not_shown_when_they_are_wrong(table: Path) -> None:
    text = f"{HEADER}C0:FF:EE:00:00:01,bthome,Mrs Example,1,{KEY}00,\n"

    told = "\n".join(problems(table, text))

    assert KEY not in told
    assert "Mrs Example" not in told


def test_no_key_shows_in_what_is_examined(table: Path) -> None:
    table.write_text(f"{HEADER}C0:FF:EE:00:00:01,bthome,W-1,1,{KEY},\n")

    assert KEY not in repr(examine(table.parent / "gateway.toml").settings) + repr(configuration(table).settings)


ROW = "C0:FF:EE:00:00:01,bthome,W-017,3-201"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("地址,驱动,佩戴者,房间\n" + ROW, id="Chinese"),
        pytest.param("手环地址,驱动,老人,房间号\n" + ROW, id="other Chinese words"),
        pytest.param("MAC 地址,驱动（见说明书）,代号,房号\n" + ROW, id="with more words"),
        pytest.param("地址，驱动，佩戴者，房间\n" + ROW.replace(",", "，"), id="with Chinese commas"),
        pytest.param("备注,address,driver,wearer,room,Note\n换过电池," + ROW + ",spare", id="with columns of remarks"),
        pytest.param("address,driver,wearer,room\n" + ROW.replace(":", "："), id="full-width colons"),
        pytest.param(
            "address,driver,wearer,room\nＣ０-FF-EE-00-00-01,bthome,Ｗ-017,３－２０１", id="full-width letters and digits"
        ),
        pytest.param("address,driver,wearer,room\nC0:FF:EE:00:00:01,\u3000bthome\u3000,W-017,3-201", id="full-width blanks"),
    ],
)
def test_what_a_chinese_keyboard_writes_is_taken(table: Path, text: str) -> None:
    table.write_text(text)

    (band,) = configuration(table).bands.values()

    assert band == Enrolment(address="C0:FF:EE:00:00:01", driver="bthome", wearer="W-017", room="3-201")


@pytest.mark.parametrize(
    "key", [f"0x{KEY}", f"0X{KEY.upper()}", ":".join(KEY[i : i + 2] for i in range(0, 32, 2)), f"{KEY[:16]} {KEY[16:]}"]
)
def test_a_key_is_taken_as_other_programs_write_it(table: Path, key: str) -> None:
    table.write_text(f"{HEADER}{ROW},{key},\n")

    (band,) = configuration(table).bands.values()

    assert band.key == bytes.fromhex(KEY)


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (f"{ROW},2.31E+31,", "key"),
        ("1.23E+11,bthome,W-1,1,,", "address"),
    ],
)
def test_a_number_that_excel_has_made_is_told_to_be_one(table: Path, row: str, key: str) -> None:
    told = f"2: {key}: Excel took this for a number and lost its digits; make the column text, then write it anew"

    assert problems(table, f"{HEADER}{row}\n") == [told]


def test_the_other_spellings_of_a_column_do_not_stand_beside_it(table: Path) -> None:
    assert problems(table, f"地址,address,driver,wearer,room\n{ROW}\n") == ['1: address: the column "address" is there twice']
