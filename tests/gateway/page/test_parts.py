"""The pure parts of the page: what is shown to whom, who waits for how long, whose request it is, and a day of values."""

from __future__ import annotations

import itertools
import re

import msgspec
import pytest
from msgspec.structs import replace

from gateway.alert import Alert
from gateway.language import Language
from gateway.page.day import DAY_S, MOST, SPACING_S, Day
from gateway.page.pin_guard import FREE, FREE_OF_ALL, LONGEST_OF_ALL_S, LONGEST_S, MOST_ADDRESSES, PinGuard
from gateway.page.routes import FOLDER
from gateway.page.sessions import LASTS_S, Sessions
from gateway.page.sessions import MOST as MOST_SESSIONS
from gateway.page.view import view_of
from gateway.snapshot import Snapshot
from gateway.web.asset_files import assets, filled_in
from gateway.web.who_asks import is_of_this_page, is_this_machine
from gateway.words.page import CHARTS, DECLINED, DONE, SAID, STANDING, STEPS, TILE_WORDS, TILES
from tests.gateway.a_snapshot import SNAPSHOT
from tests.gateway.page.a_ward import alert, ward

(SOS,) = SNAPSHOT.open_alerts


# --- the view ---------------------------------------------------------------------------------------------------------


def test_the_view_says_who_calls_and_that_nobody_has_answered() -> None:
    (one,) = view_of(SNAPSHOT, "en", guest=False).alerts

    assert (one.id, one.where, one.urgency, one.raised) == ("xishan-01/3/A4", "Room 3-201", "CRITICAL", "3 min ago")
    assert one.what == "Calls for help (SOS)."
    assert [step.done for step in one.steps] == [True, True, False, False, False]
    assert (one.answered, one.comes) == (False, "Nobody has answered yet")


@pytest.mark.parametrize(
    ("alert", "comes"),
    [
        (replace(SOS, workflow="acknowledged", actor="duty-2"), "duty-2 knows of it; nobody goes yet"),
        (replace(SOS, workflow="dispatched", actor="sms:Li", responder="sms:Li", eta_min=6.0), "Li goes, there in 6 min"),
        (replace(SOS, workflow="on_scene", responder="V-12"), "V-12 goes"),
    ],
)
def test_the_view_says_who_comes(alert: Alert, comes: str) -> None:
    (one,) = view_of(replace(SNAPSHOT, open_alerts=(alert,)), "en", guest=False).alerts

    assert one.comes == comes


def test_the_most_urgent_alert_stands_first_then_what_nobody_has_answered_then_the_oldest() -> None:
    seen = view_of(ward(), "en", guest=False).alerts

    urgency = ["critical", "warning", "advisory"]
    assert [urgency.index(one.priority) for one in seen] == sorted(urgency.index(one.priority) for one in seen)
    critical = [(one.answered, one.number) for one in seen if one.priority == "critical"]
    assert critical == [(False, "#A49"), (False, "#A41"), (True, "#A57"), (True, "#A53"), (True, "#A45")]


def test_a_guest_sees_the_box_and_nothing_of_people() -> None:
    seen = msgspec.json.encode(view_of(ward(), "en", guest=True)).decode()

    assert '"value":"95"' in seen
    for word in ("W-0", "1-1", "C0:FF", "Li", "Wang", "V-12", "heart", "hall-hub"):
        assert word not in seen


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_view_is_in_one_language(language: Language) -> None:
    view = view_of(replace(SNAPSHOT, gateway="x"), language, guest=False)
    words = " ".join([*(tile.title for tile in view.tiles), view.alerts[0].what, view.faults[0].what])

    assert bool(re.search("[\u4e00-\u9fff]", words)) == (language == "zh-CN")


def test_what_is_silent_and_what_was_never_heard_is_said() -> None:
    heard, never = view_of(SNAPSHOT, "en", guest=False).bands[0], view_of(SNAPSHOT, "en", guest=False).bands[1]

    assert (heard.heard, heard.mood, heard.battery) == ("just now", "good", "81 %")
    assert (never.heard, never.mood) == ("not heard yet", "warn")


def test_a_view_of_the_same_minute_is_the_same() -> None:
    later = replace(SNAPSHOT, at_ms=SNAPSHOT.at_ms + 2000)

    assert view_of(later, "en", guest=False) == view_of(SNAPSHOT, "en", guest=False)


# --- the door ---------------------------------------------------------------------------------------------------------


def test_who_mistypes_waits_for_nothing_and_who_guesses_waits_longer_and_longer() -> None:
    guard, now_s, waits = PinGuard(), 0.0, []
    for _ in range(14):
        guard.wrong("a", now_s)
        waits.append(guard.wait_s("a", now_s))
        now_s += waits[-1]

    assert waits[: FREE - 1] == [0.0] * (FREE - 1)
    assert waits[FREE - 1 : FREE + 2] == [5.0, 10.0, 20.0]
    assert waits[-1] == LONGEST_S
    assert (guard.wait_s("b", now_s), guard.wait_s("a", now_s)) == (0.0, 0.0)


def test_who_guesses_from_everywhere_waits_too_but_nobody_for_long() -> None:
    guard = PinGuard()
    for number in range(FREE_OF_ALL + 20):
        guard.wrong(f"10.0.0.{number}", 100.0)

    assert guard.wait_s("192.168.0.9", 100.0) == LONGEST_OF_ALL_S


def test_the_right_pin_clears_the_address_and_an_hour_everything() -> None:
    guard = PinGuard()
    for _ in range(FREE):
        guard.wrong("a", 0.0)
    guard.right("a")
    assert guard.wait_s("a", 0.0) == 0.0

    for _ in range(FREE):
        guard.wrong("a", 0.0)
    assert guard.wrong("a", 4000.0) == 1


def test_addresses_fill_no_memory() -> None:
    guard = PinGuard()
    for number in range(2 * MOST_ADDRESSES):
        guard.wrong(str(number), 0.0)

    assert len(guard._of) == MOST_ADDRESSES


def test_a_session_ends_by_its_time_by_its_owner_and_when_there_are_many() -> None:
    sessions = Sessions()
    first, second = sessions.begin(0.0), sessions.begin(0.0)
    sessions.end(second)
    assert sessions.of(first, LASTS_S - 1)
    assert not sessions.of(second, 0.0)
    assert not sessions.of(first, LASTS_S)
    assert not sessions.of("", 0.0)

    tokens = [sessions.begin(0.0) for _ in range(MOST_SESSIONS + 1)]
    assert [bool(sessions.of(token, 0.0)) for token in tokens] == [False] + [True] * MOST_SESSIONS


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        *(
            (host, True)
            for host in ("127.0.0.1:8080", "[::1]:8080", "192.168.1.7", "localhost", "Hall-Box:80", "hall-box.local")
        ),
        *((host, False) for host in ("", "evil.example", "hall-box.evil.example", "1.2.3.4.nip.io", "localhost.", ":8080")),
    ],
)
def test_only_our_own_names_and_addresses_are_ours(host: str, ours: bool) -> None:
    assert is_this_machine(host, "hall-box") == ours


def test_a_form_comes_from_the_page_or_from_elsewhere() -> None:
    host = "10.0.0.2:8080"

    assert is_of_this_page("http://10.0.0.2:8080", host)
    assert not any(is_of_this_page(one, host) for one in (None, "", "null", "http://10.0.0.2", "https://10.0.0.2:8080"))


# --- a day ------------------------------------------------------------------------------------------------------------


def test_a_day_has_a_point_every_two_minutes_and_no_more_than_fit() -> None:
    day, at_s = Day(), SNAPSHOT.at_ms // 1000
    for second in range(0, DAY_S + 7200, 60):
        day.take(_heart_rate(60 + second % 7, SNAPSHOT.at_ms + 1000 * second))

    times, values = day.of("C0:FF:EE:00:00:01", "heart_rate", at_s + DAY_S + 7200)

    assert MOST - 1 <= len(times) == len(values) <= MOST
    assert {b - a for a, b in itertools.pairwise(times)} == {SPACING_S}
    assert times[0] > at_s + 7200


def test_what_no_person_has_is_not_drawn() -> None:
    day = Day()
    day.take(_heart_rate(250, SNAPSHOT.at_ms, "invalid:implausible"))

    assert day.of("C0:FF:EE:00:00:01", "heart_rate", SNAPSHOT.at_ms // 1000) == []


def test_the_day_of_a_band_that_somebody_else_wears_now_is_forgotten() -> None:
    day, snapshot = Day(), _heart_rate(70, SNAPSHOT.at_ms)
    day.take(snapshot)
    day.take(replace(snapshot, bands=tuple(replace(band, wearer="W-900") for band in snapshot.bands)))

    assert day.of("C0:FF:EE:00:00:01", "heart_rate", SNAPSHOT.at_ms // 1000) == []


def test_the_day_of_a_wearer_who_is_erased_is_forgotten() -> None:
    day = Day()
    day.take(_heart_rate(70, SNAPSHOT.at_ms))

    day.forget("W-001")

    assert day.of("C0:FF:EE:00:00:01", "heart_rate", SNAPSHOT.at_ms // 1000) == []


def test_both_numbers_of_a_pressure_are_drawn() -> None:
    day = Day()
    day.take(SNAPSHOT)

    assert day.of("C0:FF:EE:00:00:01", "blood_pressure", SNAPSHOT.at_ms // 1000)[1:] == [[128.0], [82.0]]


def _heart_rate(rate: int, at_ms: int, *quality: str) -> Snapshot:
    band, other = SNAPSHOT.bands
    last = tuple(replace(one, value=rate, at_ms=at_ms, quality=quality) for one in band.last if one.kind == "heart_rate")
    return replace(SNAPSHOT, bands=(replace(band, last=last), other))


# --- words and files --------------------------------------------------------------------------------------------------


def test_every_word_is_there_in_both_languages() -> None:
    for table in (STANDING, SAID, DONE, DECLINED, TILES, TILE_WORDS, STEPS, CHARTS):
        for word, said in table.items():
            assert said.english, word
            assert said.chinese, word
            assert re.findall(r"{(\w*)}", said.english).sort() == re.findall(r"{(\w*)}", said.chinese).sort()


def test_a_word_in_the_page_is_text_and_never_html() -> None:
    assert "&lt;script&gt;" in filled_in(FOLDER / "door.html", STANDING, "en", {"problem": "<script>"})


def test_nothing_of_the_page_is_fetched_from_elsewhere() -> None:
    for path in FOLDER.iterdir():
        if path.name not in {"uplot.js", "uplot-LICENSE.txt", "ring.svg"}:
            assert not re.search(r"https?://|//[a-z]+\.", path.read_text(encoding="utf-8")), path.name


def test_the_licence_of_what_is_not_ours_comes_along() -> None:
    assert "MIT License" in assets(FOLDER)["uplot-LICENSE.txt"].body.decode()


def test_an_alert_that_was_escalated_says_so_and_who_was_asked() -> None:
    (one,) = view_of(replace(SNAPSHOT, open_alerts=(replace(alert(4), level=2),)), "en", guest=False).alerts

    assert one.notes == ("escalated 2×", "asked: Wang", "near: V-12, 180 m")


def test_a_tablet_that_gets_no_updates_any_more_reads_every_script() -> None:
    """One expression that looks behind is a syntax error in Safari before 16.4, and then there is no page."""
    scripts = [path for path in FOLDER.iterdir() if path.suffix == ".js"]

    assert scripts
    assert [path.name for path in scripts if re.search(r"\(\?<[!=]", path.read_text(encoding="utf-8"))] == []
