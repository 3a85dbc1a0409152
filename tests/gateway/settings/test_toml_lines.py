"""Every key of a TOML text is found in the line that it stands in."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.settings.toml_lines import KeyPath, Lines
from tests.thorough import times

TEXT = '''\
[gateway]
id = "a"
"quoted key" = 1
a.b."c d" = 2

[mqtt] # a comment with [brackets] = "and quotes
hosts = [
  "one", # not ] the end
  """two
  [x]
  """,
  { port = 1, "na me" = 'x' },
]
text = \'\'\'
[no.section]
key = 1\'\'\'
later = 1979-05-27 07:32:00.5

[[serial]]
name = "hub"
[serial.more]
deep = 1.5e3
[[serial]]
"n\\u0061me" = "other"
[wearer."W-017".heart_rate]
critical_high = 150
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("gateway",), 1),
        (("gateway", "id"), 2),
        (("gateway", "quoted key"), 3),
        (("gateway", "a", "b", "c d"), 4),
        (("mqtt",), 6),
        (("mqtt", "hosts"), 7),
        (("mqtt", "hosts", 0), 8),
        (("mqtt", "hosts", 1), 9),
        (("mqtt", "hosts", 2, "port"), 12),
        (("mqtt", "hosts", 2, "na me"), 12),
        (("mqtt", "text"), 14),
        (("mqtt", "later"), 17),
        (("serial", 0), 19),
        (("serial", 0, "name"), 20),
        (("serial", 0, "more", "deep"), 22),
        (("serial", 1), 23),
        (("serial", 1, "name"), 24),
        (("wearer", "W-017", "heart_rate"), 25),
        (("wearer", "W-017", "heart_rate", "critical_high"), 26),
    ],
    ids=str,
)
def test_a_key_is_found_in_its_line(path: KeyPath, line: int) -> None:
    assert Lines(TEXT).of(path) == line


def test_a_key_that_is_not_there_is_looked_for_in_its_section() -> None:
    lines = Lines(TEXT)

    assert lines.of(("mqtt", "port")) == 6
    assert lines.of(("serial", 1, "baud")) == 23
    assert lines.of(("store", "max_mb")) == 1


def test_a_section_can_be_found_under_its_right_name_too() -> None:
    lines = Lines("[mqqt]\nport = 1\n")

    lines.rename(("mqqt",), ("mqtt",))

    assert lines.of(("mqtt", "port")) == 2


def test_the_line_ends_of_windows_count_once() -> None:
    assert Lines('[gateway]\r\ntext = """a\r\nb"""\r\nid = "a"\r\n').of(("gateway", "id")) == 4


KEYS = st.text(st.characters(codec="utf-8"), max_size=6)
SCALARS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), KEYS)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


def written(value: object) -> str:
    """A value as TOML, over several lines where TOML has that."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + "".join(f"  {written(item)}, # ]\n" for item in value) + "]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def quoted(text: str) -> str:
    return (
        json.dumps(text).replace("\x7f", "\\u007f") if text.isascii() else '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"'
    )


def paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from paths(item, (*path, number))


@settings(max_examples=times(20, 60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        KEYS, st.dictionaries(KEYS, VALUES, max_size=4) | st.lists(st.dictionaries(KEYS, VALUES), min_size=1), max_size=4
    )
)
def test_every_key_that_tomllib_reads_has_a_line(sections: dict[str, dict[str, object] | list[dict[str, object]]]) -> None:
    rows = []
    for name, section in sections.items():
        for table in section if isinstance(section, list) else [section]:
            rows.append(f"[[{quoted(name)}]]" if isinstance(section, list) else f"[{quoted(name)}]")
            rows += [f"{quoted(key)} = {written(value)}" for key, value in table.items()]
    text = "\n".join(rows)

    lines = Lines(text)

    assert [path for path in paths(tomllib.loads(text)) if path not in lines] == []
