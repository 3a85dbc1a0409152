"""The second path in a replay: with a modem every SMS succeeds at once, without one there is no second path."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.replay.played import Line, Played, at, command, deed, played, press, reading

WHO = '[gateway]\nid = "g-1"\n[duty]\nphones_file = "duty.csv"\n'
MODEM = '[modem]\nport = "/dev/nothing"\n'
FIRST, SECOND = "+8613800000001", "+8613800000002"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "duty.csv").write_text(f"name,phone,days,hours,test\nfirst,{FIRST},,,\nsecond,{SECOND},,,\n")
    file = tmp_path / "gateway.toml"
    file.write_text(WHO + MODEM)
    return file


def sent(found: Played) -> list[tuple[str, str]]:
    return [(line["at"], line["sms"]["to"]) for line in found.lines if "sms" in line]


def answer(seconds: float, text: str, number: str = FIRST) -> Line:
    return deed(seconds, "sms", **{"from": number, "text": text})


def test_without_receipts_the_first_phone_is_asked_after_receipt_s_and_the_next_one_after_next_phone_s(config: Path) -> None:
    found = played([press(0), deed(95, "wait")], config=config, receipts=False)

    assert sent(found)[:2] == [(at(30), FIRST), (at(90), SECOND)]


def test_with_receipts_it_opens_with_level_1(config: Path) -> None:
    found = played([press(0), deed(61, "wait")], config=config)

    assert sent(found) == [(at(60), FIRST)]
    assert "#A1" in found.of("sms")[0]["text"]


def test_while_the_link_is_down_there_is_no_receipt(config: Path) -> None:
    found = played([deed(0, "link", state="down"), press(10), deed(41, "wait")], config=config)

    assert sent(found) == [(at(40), FIRST)]
    assert found.alerts == []


def test_without_a_modem_there_is_no_second_path(config: Path) -> None:
    config.write_text(WHO)

    found = played([press(0), deed(95, "wait"), answer(96, "1")], config=config, receipts=False)

    assert sent(found) == []
    assert "dispatched" not in [event for _, event in found.told]


def test_a_reply_acknowledges_and_dispatches_and_is_confirmed(config: Path) -> None:
    found = played([press(0), deed(70, "wait"), answer(75, "1"), deed(400, "wait")], config=config)

    events = [alert["event"] for alert in found.alerts]
    assert events[:2] == ["raised", "escalated"]
    assert events[-1] == "dispatched"
    assert found.alerts[-1]["actor"] == "sms:first"
    assert sent(found) == [(at(60), FIRST), (at(75), FIRST)]
    assert found.alerts[-1]["second_path"] == [{"phone": "first", "at": at(60), "result": "sent"}]


def test_2_asks_the_next_phone_at_once(config: Path) -> None:
    found = played([press(0), deed(70, "wait"), answer(75, "2"), deed(76, "wait")], config=config)

    assert sent(found) == [(at(60), FIRST), (at(75), SECOND)]


def test_asking_goes_on_over_a_restart_and_nobody_is_asked_twice(config: Path) -> None:
    lines = [press(0), deed(100, "restart", down_s=10), deed(125, "wait")]

    assert sent(played(lines, config=config)) == [(at(60), FIRST), (at(120), SECOND)]


def test_a_person_who_acknowledges_ends_the_asking(config: Path) -> None:
    lines = [press(0), command(70, "acknowledge", alert="W-1/sos"), deed(200, "wait")]

    assert sent(played(lines, config=config)) == [(at(60), FIRST)]


def test_the_duty_files_must_be_there(config: Path) -> None:
    from gateway.errors import FaultySettings

    (config.parent / "duty.csv").unlink()

    with pytest.raises(FaultySettings):
        played([press(0)], config=config)


def test_a_drill_is_played(config: Path) -> None:
    drill = 'drill = [{wearer = "W-1", day = 23, from = "10:30", to = "11:30"}]\n'
    config.write_text(WHO + drill + MODEM)

    found = played([press(0), deed(600, "wait"), press(700)], config=config)

    test = [alert for alert in found.alerts if alert["test"]]
    assert {alert["event"] for alert in test} <= {"raised", "resolved"}
    assert test[-1]["outcome"] == "drill"
    real = [alert for alert in found.alerts if not alert["test"]]
    assert [(alert["event"], alert["sent_at"]) for alert in real] == [("raised", at(700))]
    assert sent(found) == []


def test_shelved_kinds_raise_nothing_until_then_and_reminders_are_given() -> None:
    from tests.gateway.replay.played import reading

    shelve = command(0, "shelve", wearer="W-1", kinds=["heart_rate"], until=at(1800), reason="bath")
    slow = [reading(20 * n, "heart_rate", 35) for n in range(1, 150)]

    found = [alert for alert in played([reading(0, "heart_rate", 70), shelve, *slow]).alerts if alert["kind"] == "heart_rate"]

    assert found
    assert found[0]["sent_at"] >= at(1800)


def test_what_is_not_played_is_answered() -> None:
    lines = [press(0), command(1, "notify", wearer="W-1", signal="received"), command(2, "locate", wearer="W-1")]

    assert [(reply["status"], reply["reason"]) for reply in played(lines).of("reply")] == [("failed", "unsupported")] * 2


def test_the_command_snapshot_tells_what_is_open() -> None:
    found = played([press(0), command(5, "snapshot", actor="nurse", open=[], closed=[])])

    assert [reply["status"] for reply in found.of("reply")] == ["done"]
    assert len(found.of("snapshot")) == 1
    assert found.told == [("sos", "raised"), ("sos", "updated")]  # it is open here, and the platform did not list it


def test_who_was_on_the_way_and_cannot_come_is_followed_by_the_next_at_once_though_the_platform_answers(config: Path) -> None:
    found = played([press(0), answer(65, "1"), answer(80, "2"), deed(95, "wait")], config=config)

    assert sent(found) == [(at(60), FIRST), (at(65), FIRST), (at(80), SECOND)]


def test_a_press_in_the_window_while_a_real_call_is_open_is_its_first_and_the_next_one_is_real(config: Path) -> None:
    drill = 'drill = [{wearer = "W-1", day = 23, from = "11:00", to = "11:30"}]\n'
    config.write_text(WHO + drill + MODEM)
    found = played([press(-10), press(10), command(20, "resolve", alert="W-1/sos"), press(30)], config=config)

    assert [(alert["event"], alert["test"]) for alert in found.alerts] == [
        ("raised", False),
        ("updated", False),
        ("resolved", False),
        ("raised", False),
    ]


def test_who_was_told_how_to_reply_is_still_told_that_nothing_is_open(config: Path) -> None:
    found = played([answer(n, f"what {n}") for n in range(5)] + [answer(6, "1")], config=config)

    assert ["please reply" in text["text"] for text in found.of("sms")] == [True, True, True, False]


def test_a_reminder_says_that_it_is_one() -> None:
    lines = [reading(n * 60, "heart_rate", 125, steps=0) for n in range(40)]
    lines = [*lines, command(1000, "acknowledge", alert="W-1/heart_rate")]
    lines.sort(key=lambda line: str(line["at"]))
    reminders = [alert for alert in played([*lines, deed(2400, "wait")]).alerts if alert["reminder"]]

    assert reminders
    assert all("Reminder" in alert["text"] for alert in reminders)


def test_an_id_of_any_length_that_the_platform_holds_open_is_answered_as_closed() -> None:
    long = "x" * 300
    found = played([press(0), command(1, "snapshot", open=[long], closed=[{"alert": long, "workflow": "resolved"}])])

    assert found.of("reply")[0]["result"] == {"closed": [long]}


def test_who_goes_in_place_of_one_who_cannot_is_told_to_the_platform_too(config: Path) -> None:
    lines = [press(0), answer(65, "1"), answer(80, "2"), answer(85, "1", SECOND), answer(90, "1", SECOND), deed(900, "wait")]
    found = played(lines, config=config)

    told = [(alert["event"], alert["actor"]) for alert in found.alerts]
    assert told[-3:] == [("dispatched", "sms:first"), ("updated", "sms:first"), ("dispatched", "sms:second")]
