"""What is done in a replay: commands, restarts, the link."""

from __future__ import annotations

import json

import pytest

from tests.gateway.replay.played import at, command, deed, played, press, reading

# --- commands ---------------------------------------------------------------------------------------------------------


def test_an_alert_may_be_named_by_wearer_and_kind_and_each_command_has_its_reply() -> None:
    found = played([press(0), command(5, "acknowledge", alert="W-1/sos")])

    reply, alert = found.lines[-2:]
    assert reply == {
        "reply": {
            "v": 1,
            "id": "1",
            "verb": "acknowledge",
            "status": "done",
            "result": {"alert": "replay/1/A1", "workflow": "acknowledged"},
        },
        "at": at(5),
    }
    assert (alert["event"], alert["actor"], alert["sent_at"]) == ("acknowledged", "nurse", at(5))


def test_it_is_the_open_one_else_the_newest() -> None:
    lines = [
        press(0),
        command(5, "resolve", alert="W-1/sos", outcome="helped"),
        command(6, "acknowledge", alert="W-1/sos"),
        press(10),
        command(11, "acknowledge", alert="W-1/sos"),
    ]

    replies = played(lines).of("reply")

    assert [(reply["status"], reply.get("reason")) for reply in replies] == [
        ("done", None),
        ("rejected", "alert is closed"),
        ("done", None),
    ]
    assert replies[2]["result"]["alert"] == "replay/1/A2"


def test_its_real_id_does_as_well_and_a_name_that_nobody_has_is_unknown() -> None:
    found = played([press(0), command(1, "acknowledge", alert="replay/1/A1"), command(2, "resolve", alert="W-9/sos")])

    assert [reply.get("reason") for reply in found.of("reply")] == [None, "unknown alert"]


def test_the_contract_of_commands_holds_here_too() -> None:
    lines = [
        press(0),
        deed(1, "command", verb="dance", args={}, actor="nurse"),
        deed(2, "command", verb="acknowledge", args={"alert": "W-1/sos"}),
        deed(3, "command", verb="acknowledge", args={"alert": "W-1/sos"}, actor="nurse", expires_at=at(2)),
        deed(4, "command", verb="acknowledge", args=[], actor="nurse"),
        deed(5, "command", id="c-1", verb="acknowledge", args={"alert": "W-1/sos"}, actor="nurse"),
        deed(6, "command", id="c-1", verb="acknowledge", args={"alert": "W-1/sos"}, actor="nurse"),
        deed(7, "command", id="c-1", verb="dispatch", args={"alert": "W-1/sos"}, actor="nurse"),
    ]

    replies = played(lines).of("reply")

    assert [reply.get("reason") for reply in replies] == [
        "unknown verb",
        "actor is missing",
        "expired",
        "unreadable",
        None,
        None,
        "id was used for another command",
    ]
    assert replies[4] == replies[5]


# --- snapshots --------------------------------------------------------------------------------------------------------


def test_a_snapshot_tells_what_is_open() -> None:
    found = played([press(0), command(5, "acknowledge", alert="W-1/sos"), deed(9, "snapshot")])

    (line,) = [line for line in found.lines if "snapshot" in line]
    assert line["at"] == at(9)
    assert line["snapshot"]["gateway"] == "replay"
    (still_open,) = line["snapshot"]["open"]
    assert (still_open["id"], still_open["kind"], still_open["workflow"]) == ("replay/1/A1", "sos", "acknowledged")


# --- restarts ---------------------------------------------------------------------------------------------------------


def test_a_ladder_goes_on_over_a_restart() -> None:
    found = played([press(0), deed(30, "restart", down_s=5), deed(200, "wait")])

    assert [alert["sent_at"] for alert in found.alerts] == [at(0), at(60), at(180)]


def test_of_steps_slept_through_only_the_one_that_is_due_now_is_taken() -> None:
    found = played([press(0), deed(30, "restart", down_s=470), deed(600, "wait")])

    assert [(alert["sent_at"], alert["level"]) for alert in found.alerts] == [(at(0), 0), (at(500), 3)]


def test_readings_meanwhile_are_not_heard_and_those_of_the_start_are() -> None:
    found = played([press(0), deed(10, "restart", down_s=10), press(15, wearer="W-2"), press(20, wearer="W-3")])

    assert [alert["wearer"] for alert in found.alerts] == ["W-1", "W-3"]


def test_deeds_meanwhile_happen_at_the_start() -> None:
    lines = [press(0), deed(10, "restart", down_s=30), command(15, "acknowledge", alert="W-1/sos"), deed(50, "wait")]

    found = played(lines)

    assert [(line["at"], line["reply"]["status"]) for line in found.lines if "reply" in line] == [(at(40), "done")]
    assert found.alerts[-1]["at"] == at(40)


def test_a_deed_meanwhile_happens_though_no_line_comes_after_the_start() -> None:
    found = played([press(0), deed(10, "restart", down_s=30), command(15, "acknowledge", alert="W-1/sos")])

    assert [line["at"] for line in found.lines if "reply" in line] == [at(40)]


def test_what_holds_is_not_raised_twice_over_a_restart() -> None:
    before = [reading(20 * n, "heart_rate", 180) for n in range(40)]
    after = [reading(1000 + 20 * n, "heart_rate", 180) for n in range(40)]

    found = played([*before, deed(801, "restart", down_s=10), *after])

    assert len({alert["id"] for alert in found.alerts if alert["kind"] == "heart_rate"}) == 1


def test_a_restart_changes_no_letter_of_what_is_told() -> None:
    pulses = [reading(60 * minute, "heart_rate", 150) for minute in range(12)]

    for place in range(0, 700, 100):
        again = [*pulses, deed(place + 1, "restart"), deed(800, "wait")]
        again.sort(key=lambda line: line["at"])
        expected = [line for line in again if line.get("do") != "restart"]

        assert json.dumps(played(again).alerts) == json.dumps(played(expected).alerts)


def test_the_same_reading_is_one_reading_also_over_a_restart() -> None:
    found = played([press(0), deed(5, "restart", down_s=1), press(0, received_at=at(9))])

    assert len(found.alerts) == 1


# --- the link ---------------------------------------------------------------------------------------------------------


def urgent_and_old() -> list[dict[str, object]]:
    fever = [reading(20 + n, "body_temperature", 38.6, wearer="W-2") for n in (0, 60)]
    return [deed(0, "link", state="down"), *fever, press(100), deed(130, "link", state="up")]


def test_while_the_link_is_down_nothing_is_sent_then_the_more_urgent_first_then_the_older() -> None:
    alerts = [alert for alert in played(urgent_and_old()).alerts if alert["kind"] != "technical"]

    assert {alert["sent_at"] for alert in alerts} == {at(130)}
    assert alerts[0]["kind"] == "sos"
    assert {alert["kind"] for alert in alerts[1:]} == {"body_temperature"}
    assert [alert["seq"] for alert in alerts[1:]] == sorted(alert["seq"] for alert in alerts[1:])


def test_what_is_late_says_so() -> None:
    lines = [deed(0, "link", state="down"), press(10), deed(200, "link", state="up")]

    sent = [(alert["event"], alert["late_s"]) for alert in played(lines).alerts if alert["kind"] == "sos"]

    assert sent == [("raised", 190), ("escalated", 130), ("escalated", 0)]


def test_what_was_told_is_not_told_again_with_another_session() -> None:
    lines = [press(0), deed(10, "link", state="down"), deed(20, "link", state="up"), deed(30, "restart"), deed(40, "wait")]

    for receipts in (True, False):
        assert [alert["event"] for alert in played(lines, receipts=receipts).alerts] == ["raised"]


def test_commands_are_answered_while_the_link_is_down() -> None:
    lines = [press(0), deed(1, "link", state="down"), command(2, "acknowledge", alert="W-1/sos"), deed(9, "link", state="up")]

    found = played(lines)

    assert [line["at"] for line in found.lines if "reply" in line] == [at(2)]
    assert (found.alerts[-1]["event"], found.alerts[-1]["sent_at"]) == ("acknowledged", at(9))


# --- receipts ---------------------------------------------------------------------------------------------------------


def test_a_receipt_comes_at_once_unless_there_are_none() -> None:
    lines = [press(0), deed(61, "wait")]

    assert played(lines).alerts[-1]["workflow"] == "received"
    assert played(lines, receipts=False).alerts[-1]["workflow"] == "sent"


def test_bands_are_not_told() -> None:
    lines = [press(0), command(5, "dispatch", alert="W-1/sos"), deed(90, "wait")]

    assert all("band" not in alert for alert in played(lines).alerts)


@pytest.mark.parametrize("receipts", [True, False])
def test_every_event_is_told_once(receipts: bool) -> None:
    found = played([press(0), deed(4000, "wait")], receipts=receipts)

    seqs = [alert["seq"] for alert in found.alerts]
    assert len(seqs) == len(set(seqs))


# --- ports and the way to the platform --------------------------------------------------------------------------------


def test_a_port_that_is_lost_is_told_within_10_seconds_and_its_end_at_once() -> None:
    lines = [deed(0, "port", name="hall-hub", state="lost"), deed(60, "port", name="hall-hub", state="open")]

    raised, cleared = played(lines).alerts

    assert (raised["detail"], raised["device"], raised["event"]) == ("port_lost", "hall-hub", "raised")
    assert at(0) < raised["sent_at"] <= at(10)
    assert (cleared["event"], cleared["sent_at"]) == ("cleared", at(60))


def test_a_technical_alert_may_be_named_by_its_device() -> None:
    lines = [deed(0, "port", name="hall-hub", state="lost"), command(20, "acknowledge", alert="hall-hub/technical")]

    assert [reply["status"] for reply in played(lines).of("reply")] == ["done"]


def test_a_port_that_is_lost_over_a_restart_is_one_alert() -> None:
    lines = [deed(0, "port", name="hall-hub", state="lost"), deed(20, "restart", down_s=5), deed(90, "wait")]

    assert played(lines).told == [("technical", "raised")]


def test_a_broker_that_is_away_for_a_minute_is_told_once_it_is_back_and_that_it_is() -> None:
    lines = [deed(0, "link", state="down"), deed(59.9, "wait"), deed(300, "link", state="up")]

    raised, cleared = played(lines).alerts

    assert (raised["detail"], raised["raised_at"], raised["sent_at"]) == ("broker_unreachable", at(60), at(300))
    assert (cleared["event"], cleared["sent_at"]) == ("cleared", at(300))
    assert played([deed(0, "link", state="down"), deed(59.9, "link", state="up")]).told == []


def test_a_platform_that_never_answers_is_told_a_minute_after_the_first_alert() -> None:
    found = played([press(0), deed(100, "wait")], receipts=False)

    (silent,) = [alert for alert in found.alerts if alert["kind"] == "technical"]
    assert (silent["detail"], silent["sent_at"]) == ("platform_silent", at(60))
    assert "technical" not in {alert["kind"] for alert in played([press(0), deed(100, "wait")]).alerts}


def test_a_restart_that_takes_no_time_changes_nothing() -> None:
    slow = [reading(20 * n, "heart_rate", 35 if 20 < n < 90 else 70) for n in range(180)]
    others = [press(500.5), command(700.5, "acknowledge", alert="W-1/sos"), reading(900.5, "body_temperature", 38.7)]
    others += [reading(1000.5, "worn", False, wearer="W-2"), deed(5400, "wait")]
    restarts = [deed(150.25 * n, "restart", down_s=0) for n in range(1, 30)]

    def in_order(*lines: dict[str, object]) -> list[dict[str, object]]:
        return sorted(lines, key=lambda line: str(line["at"]))

    def told(*lines: dict[str, object]) -> list[dict[str, object]]:
        """Which of the readings are named as evidence may be fewer: not all of them are remembered."""
        return [{**line, "readings": []} for line in played(in_order(*lines)).lines]

    assert told(*slow, *others, *restarts) == told(*slow, *others)


def test_after_a_restart_what_was_measured_before_the_band_was_off_is_not_taken_up_again() -> None:
    steps = [reading(t, "steps", 100) for t in range(0, 4000, 60)]
    breaths = [reading(t, "respiratory_rate", 22) for t in range(1, 1500, 60)]
    off, on = reading(1500, "worn", False), reading(2000, "worn", True)
    pulses = [reading(t, "heart_rate", 114) for t in range(2101, 4000, 60)]
    lines = sorted([*steps, *breaths, off, on, *pulses], key=lambda line: line["at"])

    restarted = sorted([*lines, deed(2150, "restart")], key=lambda line: line["at"])

    assert played(restarted).told == played(lines).told
