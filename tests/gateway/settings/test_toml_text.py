"""TOML is read past the mistakes in its writing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.settings import toml_text
from gateway.words.mistakes import WORDS
from tests.thorough import times


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(fault.line, ".".join(map(str, fault.key)), fault.code) for fault in toml_text.read(text).faults]


def test_every_broken_line_is_named_and_the_rest_is_read() -> None:
    text = """\
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

    document = toml_text.read(text)

    assert faults(text) == [
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
        pytest.param("[mqtt]\nhosts = [\n  'a',\n  b,\n]", 4, "mqtt.b", "toml_value", id="in a list"),
        pytest.param('[mqtt]\nca_file = """a\n[store]\n', 2, "mqtt.ca_file", "toml_open_text", id="text that never ends"),
        pytest.param("[mqtt]\nhosts = [ 'a',\n", 2, "mqtt.hosts", "toml_open_list", id="a list that never ends"),
        pytest.param("hosts = [ 'a'", 1, "hosts", "toml_open_list", id="a list that ends with the file"),
        pytest.param("x = " + "[" * 100_000, 1, "", "toml_too_deep", id="deep nesting"),
        pytest.param("x = " + "1" * 100_000, 1, "", "toml_number", id="a huge number"),
        pytest.param("\x00\x01\x02", 1, "", "toml_key", id="binary"),
        pytest.param("x = 'a\x07'", 1, "x", "toml_character", id="a control character"),
    ],
)
def test_a_mistake_in_writing_has_its_line_its_key_and_its_name(text: str, line: int, key: str, code: str) -> None:
    assert faults(text)[0] == (line, key, code)
    assert code in WORDS


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
