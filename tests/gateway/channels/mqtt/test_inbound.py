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
from gateway.clock import ClockState
from gateway.messages import ReplyMessage
from tests.gateway.channels.mqtt.fake_desk import FakeDesk

NOW_MS = 1_795_500_000_000  # 2026-11-24T06:00:00Z
LATER, EARLIER = "2026-11-24T06:00:01.000Z", "2026-11-24T05:59:59.000Z"


class StandingClock:
    """It is always the same moment; whether the clock knows it is up to the test."""

    boot = "boot-one"

    def __init__(self, state: ClockState = "synced") -> None:
        self._state = state

    def wall_ms(self) -> int:
        return NOW_MS

    def monotonic_s(self) -> float:
        return 100.0

    def state(self) -> ClockState:
        return self._state


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(StandingClock())


async def answer(desk: FakeDesk, state: ClockState = "synced", **fields: object) -> ReplyMessage:
    command = {"id": "c-1", "verb": "acknowledge", "args": {"alert": "g-1/3/A1"}, "expires_at": LATER} | fields
    return await commands.answer(json.dumps(command).encode(), desk, StandingClock(state))


# --- commands -------------------------------------------------------------------------------------------------------


async def test_a_command_is_carried_out(desk: FakeDesk) -> None:
    reply = await answer(desk)

    assert reply.status == "done"
    assert [(command.verb, command.args) for command in desk.commands] == [("acknowledge", {"alert": "g-1/3/A1"})]


async def test_a_command_that_has_expired_is_not(desk: FakeDesk) -> None:
    reply = await answer(desk, expires_at=EARLIER)

    assert (reply.status, reply.reason) == ("rejected", "expired")
    assert desk.commands == []


async def test_a_command_that_comes_again_after_its_time_gets_the_answer_it_got(desk: FakeDesk) -> None:
    first = await answer(desk)

    again = await answer(desk, expires_at=EARLIER)

    assert again == first
    assert len(desk.commands) == 1


async def test_a_gateway_that_does_not_know_the_date_still_obeys(desk: FakeDesk) -> None:
    assert (await answer(desk, "unsynced", expires_at=EARLIER)).status == "done"


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
async def test_a_malformed_command_is_refused_with_its_id(desk: FakeDesk, fields: dict[str, Any], why: str) -> None:
    with pytest.raises(Unreadable) as raised:
        await answer(desk, **fields)

    assert (str(raised.value), raised.value.id) == (why, "c-1")
    assert desk.commands == []


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        pytest.param(b"", "it is not JSON", id="nothing"),
        pytest.param(b'{"id":"\xff"}', "it is not JSON", id="not UTF-8"),
        pytest.param(b'{"verb":"a"}', "Object missing required field `id`", id="no id"),
        pytest.param(b" " * (LONGEST_BYTES + 1), "65537 bytes, 65536 are the most", id="too long"),
    ],
)
async def test_what_is_no_command_at_all_has_no_id(desk: FakeDesk, payload: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as raised:
        await commands.answer(payload, desk, StandingClock())

    assert (str(raised.value), raised.value.id) == (why, "")


async def test_a_deep_well_swallows_nobody(desk: FakeDesk) -> None:
    payload = b'{"id":"c-1","verb":"acknowledge","args":{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}}"

    with pytest.raises(Unreadable, match="nested too deeply"):
        await commands.answer(payload, desk, StandingClock())


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
    for read in (receipts.read, commands._read):
        with suppress(Unreadable):
            assert read(payload)
