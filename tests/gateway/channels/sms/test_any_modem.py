"""Whatever a modem does to a message: what is said to be sent has left, what left once has left once, and an end comes."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fake_devices.modem_brain import ModemBrain
from fake_devices.modem_habits import ModemHabits
from tests.gateway.channels.sms.virtual_line import NUMBER, VirtualLine, wall_ms
from tests.thorough import times

ERRORS = ["+CMS ERROR: 42", "+CMS ERROR: 8", "+CMS ERROR: 21", "+CMS ERROR: 512", "+CME ERROR: 515", "+CMS ERROR: 322", "ERROR"]
LONGEST_S = 900

HABITS = st.builds(
    ModemHabits,
    echo_stays=st.booleans(),
    line_end=st.sampled_from([b"\r\n", b"\r\r\n", b"\n"]),
    a_byte_s=st.sampled_from([0, 0, 0.0005]),
    prompt=st.sampled_from([b"> ", b">"]),
    prompt_s=st.sampled_from([0.05, 3, 6]),
    no_prompt=st.integers(0, 5),
    unasked=st.lists(
        st.tuples(
            st.sampled_from(["inside echo", "before prompt", "before reference", "before OK"]),
            st.sampled_from(["RING", "+CREG: 1", "^BOOT:1", '+CMTI: "ME",9', "OK?"]),
        ),
        max_size=3,
    ),
    accepts_s=st.sampled_from([0.1, 5, 100, 119, 125]),
    refuses_before_prompt=st.lists(st.sampled_from(ERRORS), max_size=4).map(deque),
    refuses=st.lists(st.sampled_from(["", *ERRORS]), max_size=4).map(deque),
    ok_first=st.booleans(),
    hangs_after_pdu=st.integers(0, 2),
    resets_in_burst=st.integers(0, 3),
    reset_sends=st.booleans(),
    reports=st.sampled_from(["direct", "stored", "none"]),
    report_before_reference=st.booleans(),
    messages_work_s=st.sampled_from([0.5, 10]),
    boot_s=st.sampled_from([1.0, 20.0, 200.0]),
    signal=st.sampled_from([3, 21, 99]),
)


@settings(max_examples=times(20, 60), deadline=None)
@example(habits=ModemHabits(accepts_s=125, resets_in_burst=2), tries=2, pieces=0)  # its word of the first is late
@given(habits=HABITS, tries=st.integers(1, 4), pieces=st.sampled_from([0, 1, 5]))
def test_what_is_said_of_a_message_is_true(habits: ModemHabits, tries: int, pieces: int) -> None:
    modem = ModemBrain(habits, wall_ms)
    line = VirtualLine(modem, pieces=pieces).starts()

    for number in range(tries):
        result = line.send(f"alert {number}", NUMBER, within_s=LONGEST_S)
        line.run_for(0.5)
        left = [part.text for part in modem.parts].count(f"alert {number}")

        if result.outcome == "sent":
            assert left >= 1
        if not result.duplicate_possible:
            assert left == (result.outcome == "sent")
        assert result.outcome != "unknown" or result.duplicate_possible
    assert modem.without_prompt == 0


@pytest.mark.parametrize(
    ("habits", "pause_s"),
    [
        pytest.param(ModemHabits(hangs_after_pdu=1), 0, id="it hung, and was reset"),
        pytest.param(ModemHabits(resets_in_burst=1), 0, id="it reset itself"),
        pytest.param(ModemHabits(accepts_s=125), 600, id="its word came late, long ago"),
    ],
)
def test_once_a_modem_has_forgotten_a_message_the_next_one_goes_once(habits: ModemHabits, pause_s: float) -> None:
    modem = ModemBrain(habits, wall_ms)
    line = VirtualLine(modem).starts()
    line.send("first", NUMBER, within_s=LONGEST_S)
    line.run_for(pause_s)
    habits.accepts_s = 0.1

    result = line.send("second", NUMBER, within_s=LONGEST_S)
    line.run_for(pause_s)

    assert (result.outcome, result.duplicate_possible) == ("sent", False)
    assert [part.text for part in modem.parts].count("second") == 1
