"""The clock of a replay: every deadline at its time, and what comes first."""

from __future__ import annotations

from tests.gateway.replay.played import at, command, deed, played, press, reading


def test_the_clock_starts_at_the_first_line_and_stops_at_the_last() -> None:
    assert played([press(0)]).told == [("sos", "raised")]
    assert played([press(0), deed(60, "wait")]).told == [("sos", "raised"), ("sos", "escalated")]
    assert played([press(0), deed(59.999, "wait")]).told == [("sos", "raised")]


def test_every_deadline_is_taken_exactly_at_its_time() -> None:
    sent = [alert["sent_at"] for alert in played([press(0.123), deed(1000, "wait")]).alerts]

    assert sent == [at(seconds + 0.123) for seconds in (0, 60, 180, 480, 780)]


def test_at_equal_times_deadlines_come_first_then_lines_in_their_order() -> None:
    found = played([press(0), command(60, "acknowledge", alert="W-1/sos"), command(60, "dispatch", alert="W-1/sos")])

    assert found.told == [("sos", "raised"), ("sos", "escalated"), ("sos", "acknowledged"), ("sos", "dispatched")]
    assert [reply["status"] for reply in found.of("reply")] == ["done", "done"]


def test_a_line_earlier_than_the_one_before_is_taken_at_that_ones_time() -> None:
    found = played([reading(0, "heart_rate", 70), deed(100, "wait"), press(40)])

    (alert,) = found.alerts
    assert (alert["sent_at"], alert["at"], alert["raised_at"]) == (at(100), at(40), at(100))
    assert alert["readings"][0]["received_at"] == at(100)


def test_received_at_is_when_it_comes_and_stands_for_at_where_that_is_missing_and_the_other_way_round() -> None:
    both = press(0, received_at=at(10))
    late = {key: value for key, value in press(0, received_at=at(20), device="D-2").items() if key != "at"}

    alerts = played([both, late]).alerts

    assert [alert["sent_at"] for alert in alerts] == [at(10), at(20)]
    assert [(one["at"], one["received_at"]) for one in alerts[1]["readings"]] == [(at(0), at(10)), (at(20), at(20))]


def test_the_same_input_gives_the_same_output_byte_for_byte() -> None:
    lines = [press(0), deed(5, "restart", down_s=3), press(70, wearer="W-2"), deed(500, "snapshot"), deed(900, "wait")]

    assert played(lines) == played(lines)
