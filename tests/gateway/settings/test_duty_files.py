"""The tables of who is on duty: as spreadsheets save them, each mistake with its line, the order kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.duty.shift import read as shift
from gateway.errors import FaultySettings
from gateway.settings import duty_files
from gateway.settings.configuration import Configuration
from gateway.settings.file import examine, load
from gateway.settings.values import Surroundings
from gateway.words.mistakes import in_words, text

GOOD = """\
[gateway]
id = "a"
[mqtt]
host = "h"
[duty]
phones_file = "duty.csv"
responders_file = "responders.csv"
[modem]
port = "/dev/modem"
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "ble-heart-rate"
wearer = "W-017"
room = "3-201"
"""
PHONES = "name,phone,days,hours,test\nwang,13800000001,mon-fri,08:00-20:00,yes\nli,+86 138 0000 0002,,,\n"
RESPONDERS = "name,phone,latitude,longitude,days,hours\nV-1,13800000011,30.53,120.68,,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "gateway.toml").write_text(GOOD)
    (tmp_path / "duty.csv").write_text(PHONES)
    (tmp_path / "responders.csv").write_text(RESPONDERS)
    return tmp_path


def loaded(folder: Path) -> Configuration:
    return load(folder / "gateway.toml")


def problems(folder: Path, language: str = "en") -> list[str]:
    with pytest.raises(FaultySettings) as raised:
        loaded(folder)
    return [in_words(mistake, "zh-CN" if language == "zh-CN" else "en") for mistake in raised.value.mistakes]


def doubts(folder: Path) -> list[tuple[str, str]]:
    examined = examine(folder / "gateway.toml")
    assert examined.mistakes == []
    return [(doubt.key, doubt.code) for doubt in examined.warnings]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_saved_by_a_spreadsheet_is_read_in_its_order(folder: Path, encoding: str) -> None:
    (folder / "duty.csv").write_bytes(PHONES.replace("wang", "王阿姨").replace("yes", "是").encode(encoding))

    found = loaded(folder).duty_list

    assert [(phone.name, phone.number, phone.test) for phone in found.phones] == [
        ("王阿姨", "13800000001", True),
        ("li", "+8613800000002", False),
    ]
    assert found.phones[0].shift == shift("mon-fri", "08:00-20:00")


def test_volunteers_are_read(folder: Path) -> None:
    (one,) = loaded(folder).volunteers.all

    assert (one.name, one.number, one.latitude, one.longitude) == ("V-1", "13800000011", 30.53, 120.68)


def test_days_hours_and_test_may_be_missing(folder: Path) -> None:
    (folder / "duty.csv").write_text("Phone;Name\n13800000001;wang\n")

    assert [phone.name for phone in loaded(folder).duty_list.phones] == ["wang"]


@pytest.mark.parametrize(
    ("row", "line", "code"),
    [
        pytest.param("zhao,1.38E+10,,,", 4, "phone: is no telephone number", id="a number that a spreadsheet changed"),
        pytest.param("zhao,,,,", 4, "phone: is missing", id="no number"),
        pytest.param(",13800000003,,,", 4, "name: is missing", id="no name"),
        pytest.param("zhao,13800000003,someday,,", 4, 'days: cannot be "someday"', id="days"),
        pytest.param("zhao,13800000003,,8-20,", 4, 'hours: cannot be "8-20"', id="hours"),
        pytest.param("zhao,13800000003,,,maybe", 4, 'test: must be yes or no, is "maybe"', id="test"),
        pytest.param("wang,13800000003,,,", 4, "name: is the same as in line 2", id="a name twice"),
        pytest.param("WANG,13800000003,,,", 4, "name: is the same as in line 2", id="a name twice, in capitals"),
        pytest.param("ｗａｎｇ,13800000003,,,", 4, "name: is the same as in line 2", id="a name twice, in full width"),
        pytest.param("=1+1,13800000003,,,", 4, "name: begins like a formula", id="a formula"),
        pytest.param("@SUM(A1),13800000003,,,", 4, "name: begins like a formula", id="a formula of another kind"),
        pytest.param("zhao,13800000003.0,,,", 4, "phone: is no telephone number", id="a number that became an amount"),
        pytest.param("zhao,008613800000001,,,", 4, "phone: is the same as in line 2", id="a number twice, written otherwise"),
        pytest.param("zhao,13800000003,,,,,x", 4, "phones: has 7 values for 5 columns", id="too many cells"),
    ],
)
def test_each_mistake_is_told_with_its_line(folder: Path, row: str, line: int, code: str) -> None:
    (folder / "duty.csv").write_text(PHONES + row + "\n")

    (problem,) = problems(folder)

    assert problem.startswith(f"{folder / 'duty.csv'}:{line}: {code}")
    assert "138" not in problem.removeprefix(str(folder))
    assert problems(folder, "zh-CN") != [problem]


def test_a_volunteer_is_somewhere_on_the_globe(folder: Path) -> None:
    (folder / "responders.csv").write_text(RESPONDERS + "V-2,,91,abc,,\n")

    assert [problem.partition(": ")[2].split(":")[0] for problem in problems(folder)] == ["latitude", "longitude"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "phones: the first line must name the columns: name,phone,days,hours,test"),
        ("who,number\na,1\n", "phones: the first line must name the columns: name,phone,days,hours,test"),
        ("name,phnoe\na,13800000001\n", 'phones: there is no column "phnoe"; did you mean phone?'),
        ("name,days\na,mon\n", 'phone: the column "phone" is missing'),
        ("name,phone,phone\na,13800000001,\n", 'phone: the column "phone" is there twice'),
    ],
)
def test_a_header_that_is_none_is_told(folder: Path, text: str, told: str) -> None:
    (folder / "duty.csv").write_text(text)

    assert problems(folder) == [f"{folder / 'duty.csv'}:1: {told}"]


def test_a_table_that_is_not_there_is_a_mistake_of_the_key_that_names_it(folder: Path) -> None:
    (folder / "duty.csv").unlink()

    assert problems(folder) == [f"{folder / 'gateway.toml'}:6: duty.phones_file: {folder / 'duty.csv'} is not there"]


@given(st.binary(max_size=400) | st.text(alphabet="name,phoe\n\r;\t\"'138-:周一+\x00", max_size=200).map(str.encode))
def test_no_content_of_a_table_is_too_odd(data: bytes) -> None:
    for read in (duty_files.duty_list, duty_files.volunteers):
        people, mistakes = read(Path("duty.csv"), data, "+86", Surroundings(Path(), {}))

        assert all(in_words(mistake, "zh-CN") for mistake in mistakes)
        assert people.country == "+86"


def changed(folder: Path, old: str, new: str) -> None:
    assert old in GOOD
    (folder / "gateway.toml").write_text(GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("[duty]\nreceipt_s = 60\nperson_s = 59\n", "6: duty.person_s: must be 60 or more, as `receipt_s` is, is 59"),
        ("[duty]\nagain_s = 60\n", "5: duty.again_s: must be more than 60, which `person_s` is, is 60"),
        ("[duty]\nreceipt_s = 9\n", "5: duty.receipt_s: must be 10 or more, is 9"),
        ("[duty]\nrepeat_s = 3601\n", "5: duty.repeat_s: must be 3600 or less, is 3601"),
        ("[duty]\nnext_phone_s = 19\n", "5: duty.next_phone_s: must be 20 or more, is 19"),
        ("[duty]\nsms_per_day = 0\n", "5: duty.sms_per_day: must be 1 or more, is 0"),
        ('[duty]\nself_test = "9:00"\n', '5: duty.self_test: cannot be "9:00"; expected a time of day, such as "09:00"'),
        ("[duty]\non_alert = []\n", "5: duty.on_alert: must not be empty; leave it out for the usual"),
        (
            '[duty]\ndrill = [{wearer = "W-017", day = 1, from = "10:00", to = "10:00"}]\n',
            '5: duty.drill.to: begins and ends at the same time (10:00-10:00); "00:00-24:00" is always',
        ),
        (
            '[duty]\ndrill = [{wearer = "W-017", day = 32, from = "10:00", to = "10:30"}]\n',
            "5: duty.drill.day: must be 31 or less, is 32",
        ),
        (
            '[supervision]\nwearing_hours = "08:00-08:00"\n',
            '5: supervision.wearing_hours: begins and ends at the same time (08:00-08:00); "00:00-24:00" is always',
        ),
        ("[supervision]\nsilent_warning_min = 1441\n", "5: supervision.silent_warning_min: must be 1440 or less, is 1441"),
        ("[home]\nlatitude = 91.0\nlongitude = 0.0\n", "5: home.latitude: must be 90.0 or less, is [...]"),
        ("[home]\nlatitude = 30.5\n", "5: home.longitude: is missing; expected degrees between -180 and 180, such as 120.68"),
        (
            "[wearer.W-017.geofence]\nlatitude = 30.5\nlongitude = 120.5\n",
            "4: wearer.W-017.geofence.radius_m: is missing; expected metres, such as 500",
        ),
        (
            '[modem]\nport = "/dev/x"\ncountry = "86"\n',
            '6: modem.country: cannot be "86"; expected a country code, such as +86',
        ),
        (
            '[modem]\nport = "/dev/x"\n[[serial]]\nname = "x"\nport = "/dev/x"\ndriver = "serial-hub"\n',
            "5: modem.port: /dev/x is the port in line 9 too",
        ),
    ],
)
def test_each_rail_and_order_of_the_sections_is_kept(tmp_path: Path, more: str, told: str) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(f'[gateway]\nid = "a"\n[mqtt]\nhost = "h"\n{more}'.replace('host = "h"\n', 'host = "h"\n', 1))

    (problem,) = problems(tmp_path)

    line, _, rest = told.partition(": ")
    found_line, _, found = problem.removeprefix(f"{file}:").partition(": ")
    assert found == rest
    assert abs(int(found_line) - int(line)) <= 1  # the section itself, or the key in it


def test_a_pin_is_four_to_eight_digits(folder: Path) -> None:
    (folder / "sim-pin").touch(0o600)
    (folder / "sim-pin").write_text("12a4\n")
    changed(folder, "[modem]\n", '[modem]\npin_file = "sim-pin"\n')

    assert problems(folder) == [
        f"{folder / 'gateway.toml'}:9: modem.pin_file: {folder / 'sim-pin'} holds no PIN: 4 to 8 digits and nothing else"
    ]


def test_a_wearers_own_geofence_is_no_limit_of_the_table(folder: Path) -> None:
    changed(folder, "[modem]", "[wearer.W-017.geofence]\nlatitude = 30.5\nlongitude = 120.5\nradius_m = 300\n[modem]")

    settings = loaded(folder).settings

    assert settings.geofences["W-017"].radius_m == 300
    assert settings.limits_by_wearer == {"W-017": {}}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param('[modem]\nport = "/dev/modem"\n', "", [("duty.phones_file", "phones_without_modem")], id="no modem"),
        pytest.param(
            'phones_file = "duty.csv"\nresponders_file = "responders.csv"\n',
            "",
            [("modem", "modem_without_phones")],
            id="nobody to ask",
        ),
        pytest.param(
            '[duty]\nphones_file = "duty.csv"\nresponders_file = "responders.csv"\n[modem]\nport = "/dev/modem"\n',
            "[duty]\nreceipt_s = 40\n",
            [("duty", "no_second_path")],
            id="neither",
        ),
        pytest.param(
            "[modem]", 'on_alert = ["/nowhere/buzzer"]\n[modem]', [("duty.on_alert", "no_such_program")], id="no buzzer"
        ),
        pytest.param(
            "[modem]",
            'drill = [{wearer = "W-1", day = 1, from = "10:00", to = "10:30"}]\n[modem]',
            [("duty.drill.wearer", "unknown_wearer")],
            id="a drill of nobody",
        ),
        pytest.param(
            "[modem]",
            'drill = [{wearer = "W-017", day = 1, from = "10:30", to = "10:00"}]\n[modem]',
            [("duty.drill.to", "long_drill")],
            id="a drill that lasts all day",
        ),
        pytest.param(
            '[duty]\nphones_file = "duty.csv"\nresponders_file = "responders.csv"\n[modem]\nport = "/dev/modem"\n',
            '[duty]\non_alert = ["true"]\n',
            [("duty", "only_the_local_light")],
            id="a light alone",
        ),
        pytest.param(
            "[mqtt]", '[mqtt]\nalerts_need = "puback"', [("mqtt.alerts_need", "puback_is_no_receipt")], id="the broker's word"
        ),
    ],
)
def test_a_duty_without_a_second_path_is_a_doubt(folder: Path, old: str, new: str, found: list[tuple[str, str]]) -> None:
    if old:
        changed(folder, old, new)

    assert doubts(folder) == found


def test_hours_without_anybody_and_landlines_are_doubts(folder: Path) -> None:
    (folder / "duty.csv").write_text("name,phone,hours\nwang,010-12345678,08:00-24:00\n")

    assert doubts(folder) == [("duty.phones_file", "nobody_on_duty"), ("duty.phones_file", "unusual_phone")]


def test_the_day_without_anybody_is_said_in_the_language_of_the_reader(folder: Path) -> None:
    (folder / "duty.csv").write_text("name,phone,days\nwang,13800000001,mon-fri\n")

    (doubt,) = examine(folder / "gateway.toml").warnings

    assert "sat 00:00" in text(doubt, "en")
    assert "周六 00:00" in text(doubt, "zh-CN")


def test_a_table_with_chinese_columns_and_characters_is_taken(folder: Path) -> None:
    (folder / "duty.csv").write_text("姓名,手机号,备注\n王,１３８００００００１１,夜班\n")
    (folder / "responders.csv").write_text("名称,电话,纬度,经度\nV-1,,３０．５３,120.68\n")

    configuration = loaded(folder)

    assert [(phone.name, phone.number) for phone in configuration.duty_list.phones] == [("王", "13800000011")]
    assert [one.latitude for one in configuration.volunteers.all] == [30.53]
