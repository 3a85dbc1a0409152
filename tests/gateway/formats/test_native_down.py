"""Whatever comes down is read, or refused in words that quote nothing of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.commands import Command
from gateway.formats.format import Receipts, Unreadable
from gateway.formats.native import NativeFormat
from gateway.formats.native_down import DEEPEST, LONGEST_COMMAND, LONGEST_RECEIPTS

FORMAT = NativeFormat("g-1")
RECEIPTS, COMMANDS = FORMAT.subscriptions.values()
NO_TIME = "expires_at is no time such as 2026-11-23T03:21:09.120Z"


def command(**fields: object) -> Command | Unreadable:
    """What the gateway makes of this one; a field that is `...` is left out."""
    given = {"id": "c-1", "verb": "acknowledge", "args": {"alert": "g-1/3/A1"}, "actor": "dispatcher-7"} | fields
    return command_of(json.dumps({name: value for name, value in given.items() if value is not ...}).encode())


def command_of(payload: bytes) -> Command | Unreadable:
    read = FORMAT.inbound(COMMANDS, payload)
    assert isinstance(read, Command | Unreadable)
    return read


def receipts(payload: bytes) -> Receipts | Unreadable:
    read = FORMAT.inbound(RECEIPTS, payload)
    assert isinstance(read, Receipts | Unreadable)
    return read


def nested(levels: int) -> bytes:
    """A command whose objects and lists stand in one another so many times, itself and its args among them."""
    inner = levels - 2
    return b'{"id":"c-1","verb":"acknowledge","args":{"a":' + b"[" * inner + b"]" * inner + b"}}"


# --- commands -------------------------------------------------------------------------------------------------------


def test_a_command_is_read() -> None:
    assert command(issued_at="2026-11-24T05:59:00Z", expires_at="2026-11-24T06:00:01.500Z") == Command(
        id="c-1", verb="acknowledge", args={"alert": "g-1/3/A1"}, actor="dispatcher-7", expires_ms=1_795_500_001_500
    )


@pytest.mark.parametrize("nothing", [None, ...], ids=["null", "missing"])
def test_what_need_not_be_said_may_be_missing_or_null(nothing: object) -> None:
    assert command(args=..., actor=nothing, issued_at=nothing, expires_at=nothing) == Command(id="c-1", verb="acknowledge")


def test_a_verb_that_nobody_knows_is_a_command_all_the_same() -> None:
    assert isinstance(command(verb="sing"), Command)


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    read = command_of(b'{"id":5,"verb":"cancel","args":{"alert":"a","alert":"b"},"id":"c-2","verb":"resolve"}')

    assert read == Command(id="c-2", verb="resolve", args={"alert": "b"})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param({"verb": 7}, "something is wrong at $.verb", id="no word for a verb"),
        pytest.param({"verb": ...}, "Object missing required field `verb`", id="no verb"),
        pytest.param({"args": [1]}, "something is wrong at $.args", id="no object"),
        pytest.param({"actor": "SECRET" * 100}, "something is wrong at $.actor", id="no name"),
        pytest.param({"expires_at": "tomorrow"}, NO_TIME, id="no time"),
        pytest.param({"expires_at": "2026-11-24T06:00:01"}, NO_TIME, id="no zone"),
        pytest.param({"expires_at": ""}, NO_TIME, id="nothing"),
    ],
)
def test_a_command_that_makes_no_sense_is_rejected_by_its_id(fields: dict[str, Any], why: str) -> None:
    read = command(**fields)

    assert isinstance(read, Unreadable)
    assert read.why == why
    assert read.command is not None
    assert (read.command.id, read.command.readable) == ("c-1", False)


def test_a_rejected_command_hears_its_verb_where_that_can_be_read() -> None:
    readable, unreadable = command(args=1), command(verb=["acknowledge"])

    assert isinstance(readable, Unreadable)
    assert isinstance(unreadable, Unreadable)
    assert readable.command
    assert unreadable.command
    assert (readable.command.verb, unreadable.command.verb) == ("acknowledge", "")


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        pytest.param(b"", "it is not JSON", id="nothing"),
        pytest.param(b'{"id":"\xff"}', "it is not JSON", id="not UTF-8"),
        pytest.param(b'{"id":"c-1","verb":"acknowledge"', "it is not JSON", id="cut off"),
        pytest.param(b'["c-1"]', "something is wrong at $", id="no object"),
        pytest.param(b'{"verb":"acknowledge"}', "Object missing required field `id`", id="no id"),
        pytest.param(b'{"id":"","verb":"acknowledge"}', "something is wrong at $.id", id="an empty id"),
        pytest.param(b'{"id":17,"verb":"acknowledge"}', "something is wrong at $.id", id="a number"),
        pytest.param(b'{"id":"%s","verb":"a"}' % (b"i" * 129), "something is wrong at $.id", id="a long id"),
        pytest.param(b'{"id":"c-1"}' + b" " * LONGEST_COMMAND, "65548 bytes, 65536 are the most", id="too long"),
        pytest.param(nested(DEEPEST + 1), "it is nested too deeply", id="deep"),
        pytest.param(nested(30_000), "it is nested too deeply", id="a well"),
    ],
)
def test_a_command_that_has_no_id_or_is_no_message_at_all_gets_no_reply(payload: bytes, why: str) -> None:
    assert command_of(payload) == Unreadable("down/commands", why, None)


def test_a_command_may_be_long_and_deep_up_to_the_bound() -> None:
    payload = nested(DEEPEST)

    assert isinstance(command_of(payload + b" " * (LONGEST_COMMAND - len(payload))), Command)


def test_an_id_of_128_characters_is_one() -> None:
    assert isinstance(command(id="救" * 128), Command)


# --- receipts -------------------------------------------------------------------------------------------------------


def test_receipts_are_sorted_by_the_shape_of_the_ids() -> None:
    read = receipts(b'{"ids":["g-1/3/17","g-1/3/A4","g-1/3/A4#2071","nonsense"],"status":"hold","reason":"later"}')

    assert read == Receipts(["g-1/3/A4", "g-1/3/A4#2071"], ["g-1/3/17", "nonsense"], "hold", "later")


@pytest.mark.parametrize("bad", ["null", "5", '{"id":"x"}', '""', '"%s"' % ("x" * 129), "[]"])
def test_one_bad_id_does_not_spoil_the_others(bad: str) -> None:
    read = receipts(b'{"ids":["g-1/3/17",%s,"g-1/3/A4"],"status":"ok"}' % bad.encode())

    assert isinstance(read, Receipts)
    assert (read.alerts, read.readings) == (["g-1/3/A4"], ["g-1/3/17"])
    assert read.unreadable == "1 of 3 ids are no text of 1 to 128 characters"


@pytest.mark.parametrize(
    ("reason", "read"),
    [("null", ""), ("5", ""), ('"no such wearer"', "no such wearer"), ('"%s"' % ("x" * 501), "x" * 500)],
)
def test_a_reason_never_spoils_a_receipt(reason: str, read: str) -> None:
    answer = receipts(b'{"ids":["g-1/3/A4"],"status":"rejected","reason":%s}' % reason.encode())

    assert answer == Receipts(["g-1/3/A4"], [], "rejected", read)


def test_of_two_states_of_a_receipt_the_last_counts() -> None:
    assert receipts(b'{"status":"SECRET","ids":["g-1/3/A4"],"status":"ok"}') == Receipts(["g-1/3/A4"], [], "ok")


def test_a_receipt_for_many_batches_is_read() -> None:
    ids = [f"g-1/3/{number}" for number in range(10_000)]

    read = receipts(json.dumps({"ids": ids, "status": "ok"}).encode())

    assert isinstance(read, Receipts)
    assert read.readings == ids


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"SECRET", id="no JSON"),
        pytest.param(b'["SECRET"]', id="no object"),
        pytest.param(b'{"ids":["a"],"status":"SECRET"}', id="status"),
        pytest.param(b'{"ids":["SECRET"]}', id="no status"),
        pytest.param(b'{"ids":"SECRET","status":"ok"}', id="ids"),
        pytest.param(b'{"ids":["' + b"S" * LONGEST_RECEIPTS + b'"],"status":"ok"}', id="too long"),
    ],
)
def test_a_refusal_never_quotes_what_came(payload: bytes) -> None:
    read = receipts(payload)

    assert isinstance(read, Unreadable)
    assert "S" not in read.why.replace("JSON", "")


# --- both -----------------------------------------------------------------------------------------------------------


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "ids", "verb", "args", "status", "expires_at"]) | st.text(), inner)
    ),
)


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused(payload: bytes) -> None:
    for topic in FORMAT.subscriptions.values():
        assert isinstance(FORMAT.inbound(topic, payload), Command | Receipts | Unreadable)


def test_what_comes_on_another_topic_is_nothing_to_us() -> None:
    assert FORMAT.inbound("lifering/v1/g-2/down/commands", b'{"id":"c-1","verb":"cancel"}') is None
    assert FORMAT.inbound("lifering/v1/g-1/up/alerts", b"{}") is None
