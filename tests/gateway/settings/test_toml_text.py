"""TOML is read past the mistakes in its writing."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.settings import toml_text
from gateway.words.mistakes import WORDS
from tests.thorough import times

MANY_FAULTS = """\
[gateway]
id = xishan-01
language = "en"
[mqtt]
host = "platform.example
port 8883
version = "5"
version = "3.1.1"
root = "C:\\data"
username = "a" "b"
[[serial]
name = "hub"
"""
FAULTY = [
    MANY_FAULTS,
    "x = [\n a\n]",
    "x = '''a",
    "x = [1",
    "x = 1\nx = 2",
    "x = {a = 1",
    "\ufeffx = 1",
    "x = '\x07'",
    "x = False",
]

tomllib_loads = tomllib.loads


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(fault.line, ".".join(map(str, fault.key)), fault.code) for fault in toml_text.read(text).faults]


def test_every_broken_line_is_named_and_the_rest_is_read() -> None:
    document = toml_text.read(MANY_FAULTS)

    assert faults(MANY_FAULTS) == [
        (2, "gateway.id", "toml_value"),
        (5, "mqtt.host", "toml_open_text"),
        (6, "mqtt.port", "toml_no_equals"),
        (8, "mqtt.version", "toml_twice"),
        (9, "mqtt.root", "toml_backslash"),
        (10, "mqtt.username", "toml_goes_on"),
        (11, "serial", "toml_header"),
    ]
    assert document.data == {"gateway": {"language": "en"}, "mqtt": {"version": "5"}}


@pytest.mark.parametrize(
    ("text", "line", "key", "code"),
    [
        pytest.param("a = 1\n[b]\nx = 1\n[b]\ny = 1", 4, "b", "toml_section_twice", id="a section twice"),
        pytest.param("[mqtt]\nhosts = [\n  'a',\n  b,\n]", 4, "mqtt.hosts", "toml_value", id="in a list"),
        pytest.param('[mqtt]\nca_file = """a\n[store]\n', 2, "mqtt.ca_file", "toml_open_text", id="text that never ends"),
        pytest.param("[mqtt]\nhosts = [ 'a',\n", 2, "mqtt.hosts", "toml_open_list", id="a list that never ends"),
        pytest.param("hosts = [ 'a'", 1, "hosts", "toml_open_list", id="a list that ends with the file"),
        pytest.param("x = " + "[" * 100_000, 1, "x", "toml_too_deep", id="deep nesting"),
        pytest.param("x = " + "1" * 100_000, 1, "x", "toml_number", id="a huge number"),
        pytest.param("\x00\x01\x02", 1, "", "toml_key", id="binary"),
        pytest.param("x = 'a\x07'", 1, "x", "toml_character", id="a control character"),
        pytest.param("x = [\n  1,\n  2\n  3\n]", 1, "x", "toml_value", id="a list without a comma"),
        pytest.param("x = {a = 1, a = 2}", 1, "x", "toml_twice", id="twice in a line"),
        pytest.param("x = {a = 1", 1, "x", "toml_open_table", id="a brace that is not closed"),
        pytest.param('x = "C:\\data\\"', 1, "x", "toml_backslash", id="a folder of Windows"),
        pytest.param('x = "\\ud800"', 1, "x", "toml_backslash", id="half of a character"),
        pytest.param("x =", 1, "x", "toml_value", id="nothing"),
        pytest.param("x = 2027-13-01", 1, "x", "toml_value", id="no day"),
        pytest.param("x = 1 y = 2", 1, "x", "toml_goes_on", id="two settings"),
        pytest.param("x = [1] y", 1, "x", "toml_goes_on", id="more behind a list"),
        pytest.param("x = False", 1, "x", "toml_boolean", id="Python's false"),
        pytest.param("x = 是", 1, "x", "toml_boolean", id="a Chinese yes"),
    ],
)
def test_a_mistake_in_writing_has_its_line_its_key_and_its_name(text: str, line: int, key: str, code: str) -> None:
    assert faults(text)[0] == (line, key, code)
    assert code in WORDS


@pytest.mark.parametrize(
    ("text", "found", "right"),
    [
        pytest.param("x = “xishan-01”", "“ ”", '"', id="curly quotes"),
        pytest.param("x = ‘xishan-01’", "‘ ’", '"', id="single curly quotes"),
        pytest.param('x = "xishan-01”', "”", '"', id="the last quote alone"),
        pytest.param("x ＝ 1883", "＝", "=", id="an equals sign"),
        pytest.param("x = １８８３", "０-９", "0-9", id="digits"),
        pytest.param("x = ｔｒｕｅ", "Ａ-ｚ", "A-z", id="letters"),
        pytest.param('x = ["hci0"，"hci1"]', "，", ",", id="a comma"),
        pytest.param('x = ["hci0"、"hci1"]', "、", ",", id="a comma of a list"),
        pytest.param("x = [\n  “hci0”,\n  'hci1',\n]", "“ ”", '"', id="in a list of several lines"),
        pytest.param("［x］", "［ ］", "[ ]", id="brackets"),
        pytest.param("【x】", "【 】", "[ ]", id="black brackets"),
    ],
)
def test_characters_of_a_chinese_keyboard_are_named_by_themselves(text: str, found: str, right: str) -> None:
    (fault,) = toml_text.read(text).faults

    assert (fault.code, fault.facts, fault.key) == ("toml_full_width", {"found": found, "right": right}, ("x",))


def test_a_full_width_comma_is_told_apart_from_the_comma_of_the_sentence() -> None:
    (fault,) = toml_text.read('x = ["a"，"b"]').faults

    told = WORDS[fault.code].of("zh-CN").format(**fault.facts)

    assert "，" in told
    assert "，，" not in told


def test_a_blank_that_looks_like_any_other_is_named() -> None:
    assert faults("x\u3000= 1") == [(1, "x", "toml_full_width_space")]


@pytest.mark.parametrize("text", ['x = "三号楼“东”，１室" # （备注）', "x = '＝'", "# ［x］", 'x = """\n“a”\n"""'])
def test_in_texts_and_comments_any_character_may_stand(text: str) -> None:
    assert faults(text) == []
    assert faults(f"{text}\nx ＝ 1") == [(text.count("\n") + 2, "x", "toml_full_width")]


def test_a_section_in_chinese_brackets_keeps_what_follows_it_out_of_the_one_before() -> None:
    document = toml_text.read("[a]\nx = 1\n［b］\ny = 2\n[c]\nz = 3\n")

    assert document.data == {"a": {"x": 1}, "c": {"z": 3}}


def test_every_line_of_a_list_that_is_wrong_is_named_and_the_others_are_read() -> None:
    document = toml_text.read("x = [\n  'a',\n  b,\n  'c',\n  d,\n]\ny = 1\n")

    assert [fault.line for fault in document.faults] == [3, 5]
    assert document.data == {"x": ["a", "c"], "y": 1}


@pytest.mark.parametrize("text", FAULTY)
def test_what_is_told_hangs_on_no_word_of_tomllib(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its errors are worded otherwise in each version of Python."""
    told = toml_text.read(text).faults

    def loads(text: str) -> object:
        try:
            return tomllib_loads(text)
        except tomllib.TOMLDecodeError:
            raise tomllib.TOMLDecodeError from None

    monkeypatch.setattr(tomllib, "loads", loads)

    assert toml_text.read(text).faults == told


@pytest.mark.parametrize("list_", ["hosts = ['a'", "hosts = ['a',", "hosts = [\n  'a', # ]\n  'b'\n", "hosts = [\n"])
@pytest.mark.parametrize("next_", ["port = 1\n[store]", "\n[store]", "# done\n\n[store]"])
def test_a_list_that_is_not_closed_is_told_where_it_begins_and_what_follows_is_read(list_: str, next_: str) -> None:
    document = toml_text.read(f"[mqtt]\n{list_}\n{next_}\nmax_mb = 5\n")

    assert [(fault.line, fault.key, fault.code) for fault in document.faults] == [(2, ("mqtt", "hosts"), "toml_open_list")]
    assert document.data is not None
    assert document.data["store"] == {"max_mb": 5}


@settings(max_examples=times(20, 60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text() | st.text(st.sampled_from("[]{}=.,\"'#\\\n\r \tab1é"), max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    document = toml_text.read(text)

    assert document.data is not None or document.faults
    assert all(1 <= fault.line <= text.count("\n") + 1 and fault.code in WORDS for fault in document.faults)
