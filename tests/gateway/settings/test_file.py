"""A configuration is read whole, or everything that is wrong with it is told at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import FaultySettings
from gateway.settings.file import examine, load
from gateway.settings.shipped import shipped
from gateway.words.mistakes import WORDS, in_words

GOOD = """\
[gateway]
id = "xishan-01"

[mqtt]
host = "platform.example"

[[serial]]
name = "hall-hub"
port = "/dev/ttyUSB0"
driver = "serial-hub"

[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "serial-hub"
wearer = "W-017"

[wearer."W-017".heart_rate]
critical_high = 150
reason = "agreed with her doctor"
by = "Dr. Example"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "gateway.toml"


def problems(file: Path, text: str | bytes) -> list[str]:
    """What is wrong with this text, as `LINE: key: words`."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        load(file)
    except FaultySettings as error:
        return [in_words(mistake, error.language or "en").removeprefix(f"{file}:") for mistake in error.mistakes]
    return []


def places(file: Path, text: str | bytes) -> list[tuple[int, str]]:
    """Line and key of each mistake."""
    return [(int(line), key) for line, key, _ in (problem.split(": ", 2) for problem in problems(file, text))]


def test_a_good_file_gives_its_settings(file: Path) -> None:
    file.write_text(GOOD)

    found, bands, *_ = load(file)

    assert found.gateway.id == "xishan-01"
    assert list(bands) == [band.address for band in found.wristband]
    assert [port.name for port in found.serial] == ["hall-hub"]
    assert [band.wearer for band in found.wristband] == ["W-017"]
    assert found.wearer["W-017"]["heart_rate"]["critical_high"] == 150


TEN_MISTAKES = """\
[gateway]
id = "xi shan"

[mqtt]
hsot = "platform.example"
port = 99999
version = 5
tls = false
password_file = "not-there"
username = "xishan-01"

[[serial]]
name = "hall-hub"
port = "/dev/ttyUSB0"
driver = "serial-hbu"

[[wristband]]
address = "C0:FF"
driver = "serial-hub"
wearer = "W-017"

[rules.heart_rate]
critical_high = 300

[roster]
file = "bands.csv"

[store]
max_mb = "much"
"""


def test_ten_mistakes_are_named_with_their_lines_in_one_run(file: Path) -> None:
    (file.parent / "bands.csv").write_text("address,driver,wearer,room\nC0:FF:EE:00:00:02,bthome,,\n")

    found = problems(file, TEN_MISTAKES)

    assert found == [
        '2: gateway.id: cannot be "xi shan"; expected letters, digits and -, such as xishan-01',
        "5: mqtt.hsot: there is no such setting; did you mean host?",
        "6: mqtt.port: must be 65535 or less, is 99999",
        '7: mqtt.version: must be "5" or "3.1.1", is 5',
        "8: mqtt.tls: false sends everything in plain text; if that is really meant, add insecure = true",
        "9: mqtt.password_file: the file that is named here is not there; the secret itself stands in a file of its own, mode "
        "0600, and never here",
        '15: serial.driver: there is no driver "serial-hbu"; `lifering drivers` lists them; did you mean serial-hub?',
        '18: wristband.address: cannot be "C0:FF"; expected six pairs of hexadecimal digits, such as C0:FF:EE:00:00:01; '
        "of a watch on mobile data the digits of its id or IMEI, such as 8800000015",
        "23: rules.heart_rate.critical_high: 300 is outside the rails; 110 to 180 /min is allowed (default 131)",
        '29: store.max_mb: must be a whole number without quotes, is "much"',
        f"{file.parent}/bands.csv:2: wearer: is missing; expected a pseudonym without spaces, such as W-017",
    ]


def test_mistakes_are_told_in_the_language_of_the_file(file: Path) -> None:
    found = problems(file, '[gateway]\nid = "a"\nlanguage = "zh-CN"\n[mqtt]\nhsot = "h"\nport = x\nroot = “a”\n')

    assert found == [
        "5: mqtt.hsot: 没有这个设置项；您是否想写 host？",
        '6: mqtt.port: 无法识别这个值。文字要用英文半角引号 "…"；列表中的各个值之间要有英文逗号',
        '7: mqtt.root: 请把此行的中文（全角）符号 “ ” 改成英文半角 "',
    ]


@pytest.mark.parametrize(
    ("wrong", "right", "place"),
    [
        pytest.param("[mqqt]", "[mqtt]", (4, "mqqt"), id="a section"),
        pytest.param("[[seriall]]", "[[serial]]", (7, "seriall"), id="a section of many"),
        pytest.param("hots =", "host =", (5, "mqtt.hots"), id="a key that is needed"),
        pytest.param("naem =", "name =", (8, "serial.naem"), id="a key in a section of many"),
    ],
)
def test_a_misspelt_key_is_one_mistake_and_hides_no_other(file: Path, wrong: str, right: str, place: tuple[int, str]) -> None:
    text = GOOD.replace(right, wrong) + "[store]\nmax_mb = 1\n"

    assert places(file, text) == [place, (22, "store.max_mb")]


def test_what_stands_in_a_misspelt_section_is_checked_too(file: Path) -> None:
    assert places(file, GOOD.replace("[mqtt]", "[mqqt]\nport = 0")) == [(4, "mqqt"), (5, "mqtt.port")]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("[[wristband]]", "[wristband]", "12: wristband: there may be several, so it is written [[wristband]]"),
        ("[mqtt]", "[[mqtt]]", "4: mqtt: there is only one, so it is written [mqtt]"),
    ],
)
def test_the_brackets_of_a_section_are_explained(file: Path, right: str, wrong: str, told: str) -> None:
    assert problems(file, GOOD.replace(right, wrong)) == [told]


def test_a_key_in_the_wrong_section_is_told_its_right_one(file: Path) -> None:
    found = problems(file, GOOD.replace("[mqtt]", 'ca_file = "ca.pem"\n[mqtt]'))

    assert found == ["4: gateway.ca_file: there is no such setting here, it belongs into [mqtt]"]


def test_a_line_that_is_no_toml_is_one_mistake_and_hides_no_other(file: Path) -> None:
    text = GOOD.replace('"platform.example"', "platform.example") + "[store]\nmax_mb = 1\n"

    assert places(file, text) == [(5, "mqtt.host"), (22, "store.max_mb")]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        pytest.param(
            '[[serial]]\nname = "hall-hub"\nport = "/dev/ttyUSB1"\ndriver = "serial-hub"',
            ['22: serial.name: "hall-hub" is the name of the port in line 8 too'],
            id="a name of a port",
        ),
        pytest.param(
            '[[serial]]\nname = "other"\nport = "/dev/ttyUSB0"\ndriver = "serial-hub"',
            ["23: serial.port: /dev/ttyUSB0 is the port in line 9 too"],
            id="a port",
        ),
        pytest.param(
            '[[wristband]]\naddress = "c0ffee000001"\ndriver = "bthome"\nwearer = "W-018"',
            ["21: wristband.address: C0:FF:EE:00:00:01 is enrolled already, at {file}:12"],
            id="an address",
        ),
        pytest.param(
            '[gateway]\nlanguage = "en"', ["21: gateway: the section is there twice; put its settings together"], id="a section"
        ),
    ],
)
def test_nothing_may_be_there_twice(file: Path, more: str, found: list[str]) -> None:
    assert problems(file, GOOD + more + "\n") == [line.format(file=file) for line in found]


def test_a_band_on_a_hub_needs_the_port_of_a_hub(file: Path) -> None:
    text = re.sub(r"\[\[serial\]\][^\[]*", "", GOOD)

    assert places(file, text) == [(9, "wristband.driver")]


def test_overrides_stay_inside_the_rails_and_have_a_reason(file: Path) -> None:
    text = GOOD.replace("critical_high = 150", "critical_high = 400").replace('by = "Dr. Example"\n', "")

    assert places(file, text) == [(17, "wearer.W-017.heart_rate.by"), (18, "wearer.W-017.heart_rate.critical_high")]


def test_files_that_are_named_are_looked_at(file: Path) -> None:
    folder = file.parent
    (folder / "ca.pem").write_text("no certificate")
    (folder / "empty").touch(0o600)
    text = """\
[gateway]
id = "a"
data_dir = "ca.pem"
[mqtt]
host = "h"
username = "u"
password_file = "empty"
ca_file = "ca.pem"
key_file = "."
cert_file = "nowhere"
[roster]
file = "nowhere.csv"
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "bthome"
wearer = "W-1"
key_file = "empty"
"""

    assert problems(file, text) == [
        f"3: gateway.data_dir: {folder}/ca.pem is no folder",
        f"7: mqtt.password_file: {folder}/empty is empty",
        f"8: mqtt.ca_file: {folder}/ca.pem holds no certificate or key in PEM form",
        f"9: mqtt.key_file: {folder} is no file",
        f"10: mqtt.cert_file: {folder}/nowhere is not there",
        f"12: roster.file: {folder}/nowhere.csv is not there",
        f"13: wristband.key_file: {folder}/empty holds no key; "
        "expected 32 hexadecimal digits, for some devices 24 or 40; or the 6 digits of a passkey",
    ]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"\x7fELF\x02\x01\x01\n\x00\xff\xfe", (2, "file"), id="a program"),
        pytest.param(GOOD.encode("utf-16"), (1, "file"), id="UTF-16"),
        pytest.param("[gateway]\nid = '西山'\n".encode("gb18030"), (2, "file"), id="GB18030"),
        pytest.param(b"x" * 4_000_001, (1, "file"), id="a huge file"),
        pytest.param(b"", (1, "gateway"), id="an empty file"),
        pytest.param(b"x = " + b"[" * 1_000_000, (1, "x"), id="deep nesting"),
        pytest.param(b"x = " + b"1" * 1_000_000, (1, "x"), id="a huge number"),
        pytest.param(b"\x00" * 1000, (1, "TOML"), id="zeros"),
    ],
)
def test_a_file_that_is_no_configuration_is_told_by_its_line(file: Path, data: bytes, place: tuple[int, str]) -> None:
    assert places(file, data)[0] == place


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="with a mark of UTF-8"),
        pytest.param(GOOD.replace("\n", "\r\n").encode(), id="with the line ends of Windows"),
    ],
)
def test_files_from_windows_are_read(file: Path, data: bytes) -> None:
    assert problems(file, data) == []


def test_mistakes_in_files_from_windows_have_their_lines(file: Path) -> None:
    data = b"\xef\xbb\xbf" + GOOD.replace("wearer =", "waerer =").replace("\n", "\r\n").encode()

    assert places(file, data) == [(15, "wristband.waerer")]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"

    with pytest.raises(FaultySettings, match=f"{file}:1: file: file_missing") as wrong:
        load(file)

    assert [in_words(mistake, "en") for mistake in wrong.value.mistakes] == [f"{file}:1: file: {file} is not there"]


def test_what_stands_in_the_file_reaches_a_terminal_only_harmless(file: Path) -> None:
    (found,) = problems(file, '[gateway]\nid = "a\\u001b[31m\\u202eb\\nc"\n[mqtt]\nhost = "h"\n')

    assert found.isprintable()


NAMES = st.sampled_from(
    ["gateway", "mqtt", "serial", "wristband", "rules", "wearer", "id", "host", "hosts", "port", "tls", "driver", "heart_rate"]
)
VALUES = st.recursive(
    st.sampled_from(['"a"', "1", "true", "1.5", "1979-05-27", "nan", '"serial-hub"', "'''\nx'''", "bare"]),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | st.tuples(NAMES, inner).map(lambda pair: f"{{{pair[0]} = {pair[1]}}}")
    ),
    max_leaves=4,
)
ROWS = (
    NAMES.map(lambda word: f"[{word}]")
    | NAMES.map(lambda word: f"[[{word}]]")
    | st.tuples(NAMES, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}")
    | st.tuples(NAMES, NAMES, VALUES).map(lambda three: f"{three[0]}.{three[1]} = {three[2]}")
    | st.text(max_size=10)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(ROWS, max_size=12).map("\n".join))
def test_no_text_makes_it_fail_and_each_mistake_is_one_line(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")

    examined = examine(file)

    for mistake in examined.mistakes:
        for line in (in_words(mistake, "en"), in_words(mistake, "zh-CN")):
            assert re.match(rf"{re.escape(str(file))}:[1-9]\d*: \S", line)
            assert len(line.splitlines()) == 1
        assert mistake.code in WORDS
    assert (examined.settings is None) == bool(examined.mistakes)


def test_files_that_are_shipped_are_found() -> None:
    assert "critical_high" in shipped("rules.toml").read_text(encoding="utf-8")


INVISIBLE = {
    "\u200b": "U+200B",
    "\u200d": "U+200D",
    "\u202e": "U+202E",
    "\u2067": "U+2067",
    "\ufeff": "U+FEFF",
    "\u00ad": "U+00AD",
    "\u3164": "U+3164",
    "\u061c": "U+061C",
}


@pytest.mark.parametrize("character", INVISIBLE, ids=INVISIBLE.values())
@pytest.mark.parametrize("key", ["wearer", "room"])
def test_a_character_that_nobody_sees_is_named_and_refused(file: Path, character: str, key: str) -> None:
    band = {"wearer": "W-017", "room": "3-201"} | {key: f"3{character}-201"}
    (file.parent / "bands.csv").write_text(
        f"address,driver,wearer,room\nC0:FF:EE:00:00:02,bthome,{band['wearer']},{band['room']}\n"
    )

    found = problems(file, '[gateway]\nid = "a"\n[mqtt]\nhost = "h"\n[roster]\nfile = "bands.csv"\n')

    assert found == [
        f"{file.parent}/bands.csv:2: {key}: holds a character that cannot be seen ({INVISIBLE[character]}); "
        "delete it and write it anew"
    ]


def test_the_ids_of_the_gateway_hold_no_such_character_either(file: Path) -> None:
    mqtt = '[mqtt]\nhost = "h"\nclient_id = "c\u202ed"\nroot = "r\u2060/v1"\n'

    found = problems(file, f'[gateway]\nid = "a\u200bb"\n{mqtt}[[serial]]\nname = "x\u200b"\n')

    assert sum("holds a character that cannot be seen" in line for line in found) == 4


@pytest.mark.parametrize("key", ["password", "passwd", "pwd"])
def test_who_writes_the_password_itself_is_told_that_it_stands_in_a_file(file: Path, key: str) -> None:
    text = f'[gateway]\nid = "a"\nlanguage = "zh-CN"\n[mqtt]\nhost = "h"\nusername = "u"\n{key} = "geheim"\n'

    assert problems(file, text) == [
        f"7: mqtt.{key}: 密码不能写在这里：请单独存放在一个文件中（权限 0600），这里用 password_file 写那个文件的名称"
    ]
