"""`--stats`: how many alerts a worn day, and how they come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.replay.stats import Frequency, Stats
from tests.gateway.replay.played import at, command, deed, played, press, reading
from tests.gateway.replay.test_bad_lines import command_line

MIN = 60.0
DAY = 86_400.0


def stats_of(*lines: dict[str, object]) -> Stats:
    found = played(lines, stats=True).stats
    assert found is not None
    return found


def beats(*minutes: float, **others: object) -> list[dict[str, object]]:
    return [reading(minute * MIN, "heart_rate", 70, **others) for minute in minutes]


def test_worn_is_the_time_between_two_readings_not_more_than_30_minutes_apart() -> None:
    assert stats_of(*beats(0, 10, 40)).worn_days == pytest.approx(40 * MIN / DAY, abs=1e-6)
    assert stats_of(*beats(0, 10, 41)).worn_days == pytest.approx(10 * MIN / DAY, abs=1e-6)
    assert stats_of(*beats(5)).worn_days == 0


def test_each_device_that_is_worn_counts() -> None:
    lines = sorted([*beats(0, 20), *beats(0, 20, wearer="W-2")], key=lambda line: str(line["at"]))

    found = stats_of(*lines)

    assert found.wearers == 2
    assert found.worn_days == pytest.approx(40 * MIN / DAY, abs=1e-6)


def test_readings_that_came_late_fill_the_time_in_which_they_were_measured() -> None:
    late = [reading(minute * MIN, "heart_rate", 71, received_at=at(90 * MIN)) for minute in (50, 25)]

    assert stats_of(*beats(0, 75), *late).worn_days == pytest.approx(75 * MIN / DAY, abs=1e-6)


def test_off_the_wrist_is_not_worn() -> None:
    off = reading(20 * MIN, "worn", False)
    on = reading(30 * MIN, "worn", True)

    assert stats_of(*beats(0), off, on, *beats(40)).worn_days == pytest.approx(30 * MIN / DAY, abs=1e-6)
    assert stats_of(*beats(0), off, *beats(40)).worn_days == pytest.approx(20 * MIN / DAY, abs=1e-6)


def test_on_the_charger_is_not_worn() -> None:
    charged = [reading(20 * MIN, "charging", True), reading(30 * MIN, "charging", False)]

    assert stats_of(*beats(0), *charged, *beats(40)).worn_days == pytest.approx(30 * MIN / DAY, abs=1e-6)


def test_of_cuffs_it_is_the_calendar_days_with_a_reading() -> None:
    pressure = {"systolic": 120, "diastolic": 80}
    lines = [
        reading(hours * 3600, "blood_pressure", pressure, driver="ble-blood-pressure")
        for hours in (0, 1, 14, 40)  # 11:00, 12:00, Tuesday 01:00 and Wednesday 03:00 in Shanghai
    ]

    assert stats_of(*lines).worn_days == 3


def test_alerts_are_counted_by_kind_and_the_highest_priority_that_each_had() -> None:
    rising = [reading(20 * n, "heart_rate", 125 if n < 40 else 180) for n in range(100)]
    calls = [press(2000), command(2001, "resolve", alert="W-1/sos"), press(4000)]

    found = stats_of(*rising, *calls)

    hearts = [one for one in found.alerts if one.kind == "heart_rate"]
    assert [(one.priority, one.n) for one in hearts] == [("critical", 1)]
    (sos,) = [one for one in found.alerts if one.kind == "sos"]
    assert (sos.priority, sos.n) == ("critical", 2)
    assert sos.per_day == pytest.approx(2 / found.worn_days, rel=1e-3)


def test_without_worn_time_there_is_no_number_a_day() -> None:
    assert stats_of(press(0)).alerts == [Frequency("sos", "critical", 1, None)]


def test_chatter_is_what_begins_within_an_hour_of_the_end_of_one_of_the_same_wearer_and_kind() -> None:
    def twice(gap: float, **others: object) -> list[dict[str, object]]:
        return [press(0), command(10, "resolve", alert="W-1/sos"), press(10 + gap, **others)]

    assert stats_of(*twice(3600)).chatter == 1
    assert stats_of(*twice(3601)).chatter == 0
    assert stats_of(*twice(60, wearer="W-2")).chatter == 0
    assert stats_of(press(0), press(60)).chatter == 0  # it has not ended


def test_the_longest_is_the_time_active_of_the_longest() -> None:
    lines = [
        press(0),
        command(100, "resolve", alert="W-1/sos"),
        press(0, wearer="W-2", received_at=at(200)),
        command(500, "cancel", alert="W-2/sos"),
    ]

    assert stats_of(*lines).longest_s == 500
    assert stats_of(press(0), deed(700, "wait")).longest_s == 700  # it is active still


def test_events_are_the_lines_that_would_be_sent() -> None:
    lines = [press(0), deed(200, "wait")]

    assert stats_of(*lines).events == len(played(lines).alerts) == 3


def test_with_json_it_is_one_object(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in [*beats(0, 10), press(601)]))

    found = command_line("--stats", "--json", str(file))

    (line,) = found.stdout.splitlines()
    assert json.loads(line) == {
        "wearers": 1,
        "worn_days": pytest.approx(601 / DAY, abs=1e-6),
        "alerts": [{"kind": "sos", "priority": "critical", "n": 1, "per_day": pytest.approx(DAY / 601, rel=1e-3)}],
        "chatter": 0,
        "longest_s": 0,
        "events": 1,
    }


def test_two_configurations_stand_side_by_side(tmp_path: Path) -> None:
    file, calm, strict = tmp_path / "in.jsonl", tmp_path / "calm.toml", tmp_path / "strict.toml"
    file.write_text("".join(json.dumps(reading(20 * n, "heart_rate", 140)) + "\n" for n in range(60)))
    calm.write_text('[gateway]\nid = "g-1"\n')
    strict.write_text('[gateway]\nid = "g-1"\nlanguage = "zh-CN"\n[duty]\nperson_s = 30\n')

    table = command_line("--stats", "--config", str(calm), "--config", str(strict), str(file))
    both = command_line("--stats", "--json", "--config", str(calm), "--config", str(strict), str(file))

    assert table.returncode == 0
    assert str(calm).encode() in table.stdout
    assert str(strict).encode() in table.stdout
    assert set(json.loads(both.stdout)) == {str(calm), str(strict)}


def test_without_stats_several_configurations_are_wrong_usage_and_no_word_comes_out(tmp_path: Path) -> None:
    config = tmp_path / "calm.toml"
    config.write_text('[gateway]\nid = "g-1"\n')

    done = command_line("--config", str(config), "--config", str(config), given=b"")

    assert done.returncode == 2
    assert done.stdout == b""
    assert b"only with --stats" in done.stderr


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    done = command_line(str(tmp_path / "nowhere.jsonl"))

    assert done.returncode == 1
    assert done.stderr.decode().strip() == f"lifering: {tmp_path / 'nowhere.jsonl'} is not there"


def test_the_table_for_people_has_every_number() -> None:
    given = "".join(json.dumps(line) + "\n" for line in [*beats(0, 10), press(601)]).encode()

    shown = command_line("--stats", given=given).stdout.decode()

    assert "sos, critical" in shown
    assert "1 h" in shown
    assert "0.01 days" in shown


def test_the_rosters_model_says_what_is_worn(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(
        '[gateway]\nid = "g-1"\n[[serial]]\nname = "hub"\nport = "/dev/nothing"\ndriver = "serial-hub"\n'
        '[[wristband]]\naddress = "C0:FF:EE:00:00:01"\ndriver = "serial-hub"\nwearer = "W-1"\nmodel = "unworn"\n'
    )

    found = played(beats(0, 20, device="C0:FF:EE:00:00:01"), config=config, stats=True).stats

    assert found is not None
    assert found.worn_days == 1
