"""Whatever comes down is read, or refused in words that quote nothing of it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.mqtt import inbound_commands as commands
from gateway.channels.mqtt import receipts
from gateway.channels.mqtt.inbound import LONGEST_BYTES, Unreadable
from gateway.commands import Command

NOW_MS = 1_795_500_000_000  # 2026-11-24T06:00:00Z
LATER = "2026-11-24T06:00:01.000Z"


def read(**fields: object) -> Command:
    command = {"id": "c-1", "verb": "acknowledge", "args": {"alert": "g-1/3/A1"}, "expires_at": LATER} | fields
    return commands.read(json.dumps(command).encode())


# --- commands -------------------------------------------------------------------------------------------------------


def test_a_command_is_read() -> None:
    assert read(actor="dispatcher-7") == Command(
        id="c-1", verb="acknowledge", args={"alert": "g-1/3/A1"}, actor="dispatcher-7", expires_ms=NOW_MS + 1000
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param({"verb": None}, "something is wrong at $.verb", id="no word for a verb"),
        pytest.param({"args": [1]}, "something is wrong at $.args", id="no object"),
        pytest.param({"expires_at": "tomorrow"}, "expires_at is no time such as 2026-11-23T03:21:09.120Z", id="no time"),
        pytest.param(
            {"expires_at": "2026-11-24T06:00:01"}, "expires_at is no time such as 2026-11-23T03:21:09.120Z", id="no zone"
        ),
        pytest.param({"args": {"a": [[[[[[[[[[]]]]]]]]]]}}, "args are nested too deeply", id="deep"),
    ],
)
def test_a_malformed_command_is_refused_with_its_id(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(**fields)

    assert (str(raised.value), raised.value.id) == (why, "c-1")


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        pytest.param(b"", "it is not JSON", id="nothing"),
        pytest.param(b'{"id":"\xff"}', "it is not JSON", id="not UTF-8"),
        pytest.param(b'{"verb":"a"}', "Object missing required field `id`", id="no id"),
        pytest.param(b" " * (LONGEST_BYTES + 1), "65537 bytes, 65536 are the most", id="too long"),
    ],
)
def test_what_is_no_command_at_all_has_no_id(payload: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as raised:
        commands.read(payload)

    assert (str(raised.value), raised.value.id) == (why, "")


def test_a_deep_well_swallows_nobody() -> None:
    payload = b'{"id":"c-1","verb":"acknowledge","args":{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}}"

    with pytest.raises(Unreadable, match="nested too deeply"):
        commands.read(payload)


# --- receipts -------------------------------------------------------------------------------------------------------


def test_receipts_are_sorted_by_the_shape_of_the_ids() -> None:
    read = receipts.read(b'{"ids":["g-1/3/17","g-1/3/A4","g-1/3/A4#2071","nonsense"],"status":"hold","reason":"later"}')

    assert read == (["g-1/3/A4", "g-1/3/A4#2071"], ["g-1/3/17", "nonsense"], "hold", "later")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b'{"ids":["a"],"status":"SECRET"}', id="status"),
        pytest.param(b'{"ids":[{"SECRET":1}],"status":"ok"}', id="id"),
        pytest.param(b'{"ids":"SECRET","status":"ok"}', id="ids"),
        pytest.param(b'{"ids":["' + b"SECRET" * 100 + b'"],"status":"ok"}', id="a long id"),
        pytest.param(b'{"ids":[' + b'"SECRET",' * 5_000 + b'"a"],"status":"ok"}', id="too many"),
    ],
)
def test_a_refusal_never_quotes_what_came(payload: bytes) -> None:
    with pytest.raises(Unreadable) as raised:
        receipts.read(payload)

    assert "SECRET" not in str(raised.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "ids", "verb", "args"]) | st.text(), inner)
    ),
)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_nothing_that_comes_down_does_more_than_being_refused(payload: bytes) -> None:
    for read in (receipts.read, commands.read):
        with suppress(Unreadable):
            assert read(payload)
