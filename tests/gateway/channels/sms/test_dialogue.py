"""The dialogue with modems that behave as real ones do, in virtual time."""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

import pytest

from fake_devices.modem_brain import ModemBrain
from fake_devices.modem_habits import ModemHabits
from gateway.channels.sms.pin import PinTried
from gateway.channels.sms.sms import SmsResult
from tests.gateway.channels.sms.kept_pin import KeptPin
from tests.gateway.channels.sms.virtual_line import NUMBER, TEXT, VirtualLine, wall_ms


def brain(*, reference: int = 0, **habits: Any) -> ModemBrain:
    return ModemBrain(ModemHabits(**habits), wall_ms, reference=reference)


def texts(modem: ModemBrain) -> list[str]:
    return [part.text for part in modem.parts]


def sends(modem: ModemBrain, **line: Any) -> SmsResult:
    return VirtualLine(modem, **line).starts().send_stubbornly()


# --- how it speaks ---


@pytest.mark.parametrize(
    "habits",
    [
        pytest.param({}, id="a good one"),
        pytest.param({"echo_stays": True}, id="the echo stays on"),
        pytest.param({"prompt_s": 3.0}, id="a slow prompt"),
        pytest.param({"prompt": b">"}, id="a prompt without its space"),
        pytest.param({"line_end": b"\r\r\n"}, id="CR CR LF"),
        pytest.param({"line_end": b"\n"}, id="LF"),
        pytest.param({"a_byte_s": 0.002}, id="byte by byte"),
        pytest.param({"unasked": [("before prompt", "^RSSI: 17")]}, id="unasked before the prompt"),
        pytest.param({"unasked": [("before reference", "+CREG: 1")]}, id="unasked before the reference"),
        pytest.param({"unasked": [("before OK", '^HCSQ:"LTE",59,50,161,24')]}, id="unasked before the OK"),
        pytest.param({"unasked": [("inside echo", "+CTZV: +32")], "echo_stays": True}, id="unasked inside an echo"),
        pytest.param({"makers_lines": ("^BOOT:27710117,0,0,0,75", "^RSSI: 11")}, id="a Huawei stick that never rests"),
        pytest.param({"messages_work_s": 8.0}, id="its messages work late"),
        pytest.param({"accepts_s": 100.0}, id="a slow network"),
        pytest.param({"ok_first": True}, id="the OK before the reference"),
        pytest.param({"sim_busy": 10}, id="the SIM is busy ten times"),
        pytest.param({"circuit": 2, "packet": 7}, id="SMS only, by packet"),
        pytest.param({"circuit": 5, "packet": 0}, id="roaming"),
        pytest.param({"signal": 99}, id="the signal is not known"),
        pytest.param({"reports": "stored"}, id="reports are stored"),
        pytest.param({"old_pin_answer": True}, id="no OK behind the SIM's state"),
        pytest.param({"reports": "none"}, id="no reports"),
    ],
)
def test_one_message_leaves_once_whatever_the_modem_is_like(habits: dict[str, Any]) -> None:
    modem = brain(**habits)

    result = sends(modem)

    assert (result.outcome, result.references, result.duplicate_possible) == ("sent", (0,), False)
    assert texts(modem) == [TEXT]


def test_what_is_said_in_pieces_of_any_size_is_understood() -> None:
    for pieces in (1, 2, 3, 7):
        modem = brain(echo_stays=True, unasked=[("inside echo", "+CREG: 1"), ("before prompt", "RING")])

        assert sends(modem, pieces=pieces).outcome == "sent"
        assert texts(modem) == [TEXT]


def test_a_modem_left_in_edit_mode_sends_no_commands_as_a_text() -> None:
    modem = brain()
    modem.leave_in_edit_mode()

    assert sends(modem).outcome == "sent"
    assert texts(modem) == [TEXT]


def test_references_wrap_at_256() -> None:
    line = VirtualLine(brain(reference=254)).starts()

    assert [line.send().references for _ in range(3)] == [(254,), (255,), (0,)]


def test_a_pdu_is_never_written_before_the_prompt() -> None:
    modem = brain(no_prompt=2, prompt_s=4.9)

    assert sends(modem).outcome == "sent"
    assert modem.without_prompt == 0
    assert texts(modem) == [TEXT]


def test_a_radio_that_is_off_is_switched_on() -> None:
    modem = brain(radio=4)

    assert sends(modem).outcome == "sent"
    assert modem.habits.radio == 1


def test_a_huawei_stick_is_told_to_be_quiet_and_no_other_is() -> None:
    huawei, other = brain(makers_lines=("^RSSI: 17",), makers_every_s=1), brain()
    for modem in (huawei, other):
        VirtualLine(modem).starts().run_for(700)

    assert "AT^CURC=0" in huawei.commands
    assert "AT^CURC=0" not in other.commands


def test_where_the_network_wants_it_what_was_handed_over_is_acknowledged() -> None:
    modem = brain(phase_2_plus=True, stays_in_phase_2_plus=True, stores_messages=False)
    line = VirtualLine(modem).starts()

    modem.phone_sends(NUMBER, "1")
    line.run_for(2)

    assert modem.commands.count("AT+CNMA") == 1


def test_a_modem_that_begins_anew_when_dtr_falls_is_brought_back_by_that() -> None:
    modem = brain(boot_s=10_000)
    line = VirtualLine(modem).starts()
    modem.hang()

    line.run_until(lambda: line.dialogue.recovery.wish == "drop DTR", within_s=300)
    line.dialogue.recovery.wish = ""
    modem.power_cycle(line.now_s)
    line.starts()

    assert line.send().outcome == "sent"


# --- errors while sending ---


@pytest.mark.parametrize("code", [38, 41, 42, 331, 500, 322])
def test_an_error_that_passes_is_tried_again_and_the_message_leaves_once(code: int) -> None:
    modem = brain(refuses=deque([f"+CMS ERROR: {code}"]))

    assert sends(modem).outcome == "sent"
    assert texts(modem) == [TEXT]


def test_temporary_errors_are_the_callers_to_wait_for_longer_and_longer() -> None:
    line = VirtualLine(brain(refuses=deque(["+CMS ERROR: 42"] * 6))).starts()

    results = [line.send()]
    while results[-1].outcome == "temporary":
        results.append(line.send(go_on=results[-1].unsent))

    assert [result.again_s for result in results] == [5, 10, 20, 40, 60, 60, 0]


def test_what_the_network_rejects_is_tried_once_more_after_a_minute_and_then_never() -> None:
    modem = brain(refuses=deque(["+CMS ERROR: 21", "+CMS ERROR: 21"]))
    line = VirtualLine(modem).starts()

    first = line.send()
    second = line.send(go_on=first.unsent)

    assert (first.outcome, first.again_s, first.code) == ("temporary", 60, "CMS 21")
    assert (second.outcome, second.code, second.unsent) == ("permanent", "CMS 21", None)


def test_a_busy_modem_is_asked_again_each_second_and_given_up_after_thirty() -> None:
    patient = VirtualLine(brain(refuses_before_prompt=deque(["+CME ERROR: 515"] * 30))).starts()
    hopeless = VirtualLine(brain(refuses_before_prompt=deque(["+CMS ERROR: 314"] * 31))).starts()

    began_s = patient.now_s
    assert patient.send().outcome == "sent"
    assert 30 <= patient.now_s - began_s < 40
    assert (hopeless.send().outcome, hopeless.modem.next_s) == ("temporary", None)


def test_of_several_parts_only_the_one_that_failed_goes_again_under_the_same_reference() -> None:
    modem = brain(reference=253, refuses=deque(["", "+CMS ERROR: 41"]))
    line = VirtualLine(modem).starts()
    text = "求" * 135

    first = line.send(text)
    second = line.send(text, go_on=first.unsent)

    assert (first.outcome, first.references) == ("temporary", (253,))
    assert (second.outcome, second.references) == ("sent", (253, 254, 255))
    assert [part.header for part in modem.parts] == [(9, 3, 1), (9, 3, 2), (9, 3, 3)]
    assert "".join(texts(modem)) == text


def test_a_lost_pdu_mode_is_set_again() -> None:
    modem = brain(refuses_before_prompt=deque(["+CMS ERROR: 305"]))

    assert sends(modem).outcome == "sent"


def test_three_errors_that_nobody_understands_reset_the_modem() -> None:
    modem = brain(refuses=deque(["+CMS ERROR: 512"] * 3))
    line = VirtualLine(modem).starts()

    assert line.send_stubbornly().outcome == "sent"
    assert modem.resets == 1
    assert texts(modem) == [TEXT]


def test_no_prompt_at_all_resets_the_modem_and_nothing_was_sent() -> None:
    modem = brain(no_prompt=4)
    line = VirtualLine(modem).starts()

    result = line.send()
    again = line.send(go_on=result.unsent)

    assert (result.outcome, result.code, result.duplicate_possible) == ("temporary", "no prompt", False)
    assert again.outcome == "sent"
    assert modem.resets == 1


def test_a_sim_that_goes_missing_while_sending_is_a_fault_and_nothing_is_sent_until_it_is_back() -> None:
    modem = brain(refuses_before_prompt=deque(["+CMS ERROR: 310"]))
    line = VirtualLine(modem).starts()
    modem.habits.sim = "missing"

    assert (line.send().outcome, line.dialogue.status.state) == ("fault", "no_sim")
    assert (line.send().outcome, texts(modem)) == ("fault", [])
    line.run_for(200)
    assert line.dialogue.status.state == "no_sim"

    modem.habits.sim = "in"
    modem.unasked("+CPIN: READY")
    line.starts()
    assert line.send().outcome == "sent"


# --- it hangs, it begins anew ---


def test_a_modem_that_hangs_after_the_pdu_is_reset_and_the_message_goes_again() -> None:
    modem = brain(hangs_after_pdu=1)
    line = VirtualLine(modem).starts()

    result = line.send()

    assert (result.outcome, result.duplicate_possible, modem.resets) == ("sent", True, 1)
    assert texts(modem) == [TEXT]


@pytest.mark.parametrize("went_out", [False, True])
def test_a_supply_that_breaks_down_in_the_burst_sends_again_and_is_told_when_it_happens_twice(went_out: bool) -> None:
    modem = brain(resets_in_burst=2, reset_sends=went_out)
    line = VirtualLine(modem).starts()

    job = line.submit()
    line.run_until(lambda: line.dialogue.status.undervoltage)
    line.run_until(lambda: job.result is not None)

    assert job.result is not None
    assert (job.result.outcome, job.result.duplicate_possible) == ("sent", True)
    assert texts(modem) == [TEXT] * (3 if went_out else 1)
    line.run_for(1)
    assert not line.dialogue.status.undervoltage


def test_a_modem_that_says_itself_that_its_supply_is_weak_is_believed_until_a_message_went_out() -> None:
    modem = brain()
    line = VirtualLine(modem).starts()
    modem.unasked("UNDER-VOLTAGE WARNNING")  # as SIM800 spells it
    line.run_for(1)
    assert line.dialogue.status.undervoltage

    line.send()
    line.run_for(1)

    assert not line.dialogue.status.undervoltage


def test_an_idle_modem_that_falls_silent_is_found_within_two_minutes_and_reset() -> None:
    modem = brain()
    line = VirtualLine(modem).starts()
    line.run_for(5)

    modem.hang()
    line.run_until(lambda: modem.resets == 1, within_s=120)
    line.starts()

    assert line.send().outcome == "sent"


def test_resets_are_rare_even_where_they_do_not_help() -> None:
    modem = brain(boot_s=1)
    line = VirtualLine(modem).starts()
    at_s: list[float] = []

    for _ in range(4 * 3600 // 10):
        modem.hang()
        line.run_for(10)
        at_s += [line.now_s] * (modem.resets - len(at_s))

    assert all(later - earlier >= 290 for earlier, later in itertools.pairwise(at_s))
    assert all(at_s[at + 6] - at_s[at] >= 3590 for at in range(len(at_s) - 6))
    assert len(at_s) > 10


def test_while_it_does_not_answer_whoever_sends_is_told_so_soon() -> None:
    modem = brain(boot_s=10_000)
    line = VirtualLine(modem).starts()
    modem.hang()
    line.run_until(lambda: line.dialogue.status.state == "lost", within_s=300)

    began_s = line.now_s
    result = line.send()

    assert (result.outcome, result.code) == ("fault", "lost")
    assert line.now_s - began_s < 20


def test_nobody_waits_for_ever_where_a_message_may_have_gone_out_and_the_modem_is_gone() -> None:
    modem = brain(hangs_after_pdu=1, boot_s=100_000)
    line = VirtualLine(modem).starts()

    result = line.send(within_s=300)

    assert (result.outcome, result.duplicate_possible) == ("unknown", True)
    assert result.unsent is not None
    assert result.unsent.doubt


def test_everything_is_set_again_after_it_began_anew() -> None:
    modem = brain()
    line = VirtualLine(modem).starts()
    line.run_for(5)

    modem.power_cycle(line.now_s)
    line.run_until(lambda: modem.commands.count("AT+CNMI=2,1,0,1,0") >= 3)
    line.starts()

    assert line.send().outcome == "sent"


# --- network ---


def test_registration_lost_is_told_after_two_minutes_and_found_again_by_itself() -> None:
    modem = brain()
    line = VirtualLine(modem).starts()

    modem.habits.circuit, modem.habits.packet = 2, 2
    line.starts("searching")
    lost_s = line.now_s
    line.starts("no_network")
    assert 115 <= line.now_s - lost_s <= 130

    modem.habits.packet = 1
    line.starts("ready")
    assert line.send().outcome == "sent"


def test_a_network_that_denies_the_sim_sends_nothing() -> None:
    modem = brain(circuit=3, packet=3)
    line = VirtualLine(modem).starts("denied")

    assert (line.send().outcome, texts(modem)) == ("fault", [])


def test_a_sim_without_a_service_centre_is_a_fault() -> None:
    line = VirtualLine(brain(service_centre="")).starts("no_service_centre")

    assert line.send().outcome == "fault"


@pytest.mark.parametrize(("circuit", "packet"), [(6, 0), (7, 2), (9, 0), (0, 10), (2, 5), (3, 1)])
def test_any_kind_of_registration_that_takes_sms_is_good(circuit: int, packet: int) -> None:
    line = VirtualLine(brain(circuit=circuit, packet=packet)).starts("ready")

    assert line.dialogue.status.registered


# --- the PIN ---


def test_the_pin_is_entered_where_it_is_wanted() -> None:
    modem = brain(pin="1234")
    line = VirtualLine(modem, pin="1234").starts()

    assert modem.commands.count('AT+CPIN="1234"') == 1
    assert line.send().outcome == "sent"


def test_a_wrong_pin_is_entered_once_and_never_again_not_even_after_a_restart() -> None:
    modem, memory = brain(pin="1234"), KeptPin()
    for _ in range(3):
        line = VirtualLine(modem, pin="0000", memory=memory)
        line.starts("pin")
        line.run_for(600)
        assert line.dialogue.status.why == "wrong PIN"

    assert modem.habits.pin_tries == 2

    VirtualLine(modem, pin="1234", memory=memory).starts("ready")
    assert modem.habits.pin_tries == 3


def test_a_pin_of_which_nobody_knows_whether_it_was_refused_is_entered_at_most_twice() -> None:
    modem, memory = brain(pin="1234"), KeptPin()
    for _ in range(5):  # killed each time before the answer is put down
        VirtualLine(modem, pin="0000", memory=memory).starts("pin")
        assert memory.tried is not None
        memory.tried = PinTried(memory.tried.salt, memory.tried.mark, memory.tried.entered)

    assert modem.habits.pin_tries == 1


def test_a_pin_that_cannot_be_put_down_is_not_entered() -> None:
    modem, memory = brain(pin="1234"), KeptPin()
    memory.broken = True

    line = VirtualLine(modem, pin="1234", memory=memory).starts("pin")

    assert line.dialogue.status.why == "PIN cannot be put down"
    assert modem.habits.pin_tries == 3


@pytest.mark.parametrize(
    ("habits", "state"),
    [
        ({"pin": "1234"}, "pin"),  # and none is configured
        ({"pin": "1234", "pin_tries": 0}, "pin"),  # it wants its PUK
        ({"sim": "missing"}, "no_sim"),
        ({"sim": "broken"}, "no_sim"),
    ],
)
def test_a_sim_that_cannot_be_used_is_told_at_once(habits: dict[str, Any], state: str) -> None:
    line = VirtualLine(brain(**habits)).starts(state)

    assert line.now_s < 10


# --- what comes in ---


def taken(line: VirtualLine) -> list[tuple[str, str]]:
    """Takes all that came."""
    messages = []
    while line.dialogue.receiving.arrived:
        arrived = line.dialogue.receiving.arrived.popleft()
        messages.append((arrived.message.sender, arrived.message.text))
        line.dialogue.receiving.taken(arrived)
    line.run_for(1)
    return messages


@pytest.mark.parametrize(
    "habits",
    [
        pytest.param({}, id="stored"),
        pytest.param({"stores_messages": False}, id="handed over at once"),
        pytest.param({"empty_at_first": 2}, id="the store tells it late"),
        pytest.param({"phase_2_plus": True}, id="phase 2+"),
    ],
)
def test_a_reply_is_taken_and_leaves_no_trace_in_the_modem(habits: dict[str, Any]) -> None:
    modem = brain(**habits)
    line = VirtualLine(modem).starts()
    line.run_for(1)

    modem.phone_sends(NUMBER, "1 A41")
    line.run_for(3)

    assert taken(line) == [(NUMBER, "1 A41")]
    assert modem.store == {}


def test_what_came_before_the_start_is_found_in_the_store() -> None:
    modem = brain()
    modem.phone_sends(NUMBER, "1")
    modem.due(0)

    line = VirtualLine(modem).starts()
    line.run_for(3)

    assert taken(line) == [(NUMBER, "1")]


def test_what_nobody_has_taken_stays_in_the_modem_and_is_not_read_twice() -> None:
    modem = brain()
    line = VirtualLine(modem).starts()
    modem.phone_sends(NUMBER, "1")

    line.run_for(1300)

    assert len(line.dialogue.receiving.arrived) == len(modem.store) == 1


def test_a_long_reply_is_joined_whatever_the_order_of_its_parts() -> None:
    modem = brain()
    line = VirtualLine(modem).starts()

    for part, text in ((3, "c"), (1, "a"), (2, "b")):
        modem.phone_sends(NUMBER, text, (7, 3, part))
        line.run_for(1)

    assert taken(line) == [(NUMBER, "abc")]
    assert modem.store == {}


def test_a_reply_of_which_a_part_never_comes_is_handed_over_without_it() -> None:
    modem = brain()
    line = VirtualLine(modem).starts()

    modem.phone_sends(NUMBER, "1", (7, 2, 1))
    line.run_for(590)
    assert not line.dialogue.receiving.arrived
    line.run_for(30)

    arrived = line.dialogue.receiving.arrived[0]
    assert (arrived.message.text, arrived.message.whole) == ("1", False)


@pytest.mark.parametrize("deletes_all", [True, False])
def test_a_full_store_is_emptied_and_what_waits_in_the_network_comes(deletes_all: bool) -> None:
    modem = brain(places=3, deletes_all=deletes_all)
    line = VirtualLine(modem).starts()
    for number in range(5):
        modem.phone_sends(NUMBER, f"{number}")

    line.run_for(20)
    messages = taken(line)
    line.run_for(20)
    messages += taken(line)

    assert sorted(text for _, text in messages) == ["0", "1", "2", "3", "4"]
    assert modem.store == {}


def test_rubbish_in_the_store_is_deleted() -> None:
    modem = brain()
    modem.store.update({1: "00FF", 2: "0031000D91683108108300F000080B026C42"})

    VirtualLine(modem).starts().run_for(3)

    assert modem.store == {}


# --- reports ---


@pytest.mark.parametrize("way", ["direct", "stored"])
def test_reports_come_late_twice_pending_first_and_for_what_nobody_sent(way: str) -> None:
    modem = brain(reports=way, report_statuses=(0x30, 0x00, 0x00), report_s=7200)
    line = VirtualLine(modem).starts()
    result = line.send()

    modem.report(77, "+8613900139000", 0)
    line.run_for(3 * 7200 + 60)

    reports = [(report.reference, report.outcome) for report in line.dialogue.receiving.reports]
    assert reports == [(77, "delivered"), (result.references[0], "pending"), (0, "delivered"), (0, "delivered")]
    assert (modem.memory.messages, modem.memory.reports) == ({}, {})


def test_no_reports_is_said_and_no_failure() -> None:
    line = VirtualLine(brain(reports="none")).starts()

    assert not line.dialogue.status.reports_come
    assert line.send().outcome == "sent"


def test_a_report_before_the_reference_is_kept() -> None:
    line = VirtualLine(brain(report_before_reference=True, reference=54)).starts()

    assert line.send().references == (54,)
    assert [report.reference for report in line.dialogue.receiving.reports] == [54]
