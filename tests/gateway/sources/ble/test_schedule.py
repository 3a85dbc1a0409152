"""Who is connected to next: simulated bands, no radio, no clock."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from drivers.driver import ConnectionDriver
from drivers.standard.profiles import DRIVERS
from gateway.sources.ble.schedule import LONGEST_PAUSE_S, SEEN_S, VISIT_EVERY_S, Schedule

BY_NAME = {driver.name: driver for driver in DRIVERS}
STRAP = BY_NAME["ble-heart-rate"]
CUFF = BY_NAME["ble-blood-pressure"]
CLIP = BY_NAME["ble-pulse-oximeter"]
LOCATOR = replace(STRAP, name="locator", streams=False)


def schedule(slots: int, **bands: ConnectionDriver) -> Schedule:
    made = Schedule(slots)
    made.enrol(bands)
    return made


def all_seen(plan: Schedule, now_s: float, *addresses: str, adapter: str = "hci0") -> None:
    for address in addresses:
        plan.seen(address, adapter, now_s)


def test_a_band_is_connected_to_when_it_is_heard() -> None:
    plan = schedule(5, strap=STRAP)

    assert plan.begin(0) == []
    plan.seen("strap", "hci0", 1)
    assert plan.begin(1) == ["strap"]
    assert plan.begin(2) == [], "one link is enough"


def test_a_band_that_was_not_heard_lately_is_not_tried() -> None:
    plan = schedule(5, strap=STRAP)
    plan.seen("strap", "hci0", 0)

    assert plan.begin(SEEN_S + 1) == []


def test_those_that_show_themselves_for_seconds_come_first() -> None:
    plan = schedule(1, locator=LOCATOR, cuff=CUFF)
    all_seen(plan, 0, "locator", "cuff")

    assert plan.begin(0) == ["cuff"]


def test_then_the_most_overdue_comes() -> None:
    plan = schedule(1, first=LOCATOR, second=LOCATOR)
    all_seen(plan, 0, "first", "second")
    for address, at_s in (("first", 10), ("second", 20)):
        plan.seen(address, "hci0", at_s)
        assert plan.begin(at_s) == [address]
        plan.ended(address, at_s + 5, well=True, chance=1)
    now_s = VISIT_EVERY_S + 100

    all_seen(plan, now_s, "second", "first")

    assert plan.begin(now_s) == ["first"]


def test_an_adapter_holds_no_more_links_than_it_may_and_another_has_its_own() -> None:
    plan = schedule(2, a=CUFF, b=CUFF, c=CUFF, d=CUFF)
    all_seen(plan, 0, "a", "b", "c")
    plan.seen("d", "hci1", 0)

    assert plan.begin(0) == ["a", "b", "d"]
    plan.ended("a", 1, well=True, chance=1)
    assert plan.begin(1) == ["c"]


def test_a_relay_holds_as_many_links_as_it_says() -> None:
    plan = schedule(5, strap=STRAP, other=STRAP, third=STRAP, cuff=CUFF)
    plan.has_slots("house-3", 2)
    all_seen(plan, 0, "strap", "other", "third", adapter="house-3")

    assert plan.begin(0) == ["strap"], "one of two is left for those that do not stream"
    plan.seen("cuff", "house-3", 1)
    assert plan.begin(1) == ["cuff"]


def test_bands_that_stream_leave_one_link_for_the_others() -> None:
    plan = schedule(3, one=STRAP, two=STRAP, three=STRAP, cuff=CUFF)
    all_seen(plan, 0, "one", "two", "three")
    assert plan.begin(0) == ["one", "two"]

    plan.seen("cuff", "hci0", 1)

    assert plan.begin(1) == ["cuff"]


def test_where_all_stream_they_may_have_every_link() -> None:
    plan = schedule(2, one=STRAP, two=STRAP)
    all_seen(plan, 0, "one", "two")

    assert plan.begin(0) == ["one", "two"]


@pytest.mark.parametrize(("failures", "pause_s"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (50, 60)])
def test_a_band_that_fails_puts_itself_off_longer_and_longer(failures: int, pause_s: float) -> None:
    plan = schedule(5, strap=STRAP)
    now_s = 0.0
    for _ in range(failures):
        now_s += plan.wait_s(now_s) or 0
        plan.seen("strap", "hci0", now_s)
        assert plan.begin(now_s) == ["strap"]
        plan.ended("strap", now_s, well=False, chance=1)

    assert plan.wait_s(now_s) == pause_s


@pytest.mark.parametrize(("took_s", "failures", "pause_s"), [(62, 1, 1), (62, 2, 124), (62, 9, 868), (3, 9, 60), (300, 9, 900)])
def test_a_failure_that_takes_long_puts_a_band_off_for_long(took_s: float, failures: int, pause_s: float) -> None:
    plan = schedule(5, band=LOCATOR)
    now_s = 0.0
    for _ in range(failures):
        plan.seen("band", "hci0", now_s)
        now_s += plan.wait_s(now_s) or 0
        plan.seen("band", "hci0", now_s)
        assert plan.begin(now_s) == ["band"]
        now_s += took_s
        plan.ended("band", now_s, well=False, chance=1)

    plan.seen("band", "hci0", now_s)
    assert plan.wait_s(now_s) == pause_s


def test_a_band_that_shows_itself_all_the_time_comes_first_only_once() -> None:
    plan = schedule(1, cuff=CUFF, locator=LOCATOR)
    all_seen(plan, 1000, "cuff", "locator")
    assert plan.begin(1000) == ["cuff"]
    plan.ended("cuff", 1010, well=True, chance=1)

    all_seen(plan, 1012, "cuff", "locator")

    assert plan.begin(1012) == ["locator"]


def test_a_stream_that_was_lost_is_missed_sooner_than_a_visit() -> None:
    plan = schedule(1, locator=LOCATOR, strap=STRAP)
    for band, ends_s in (("locator", 100), ("strap", 1050)):
        plan.seen(band, "hci0", ends_s - 10)
        assert plan.begin(ends_s - 10) == [band]
        plan.ended(band, ends_s, well=True, chance=1)

    all_seen(plan, 1120, "locator", "strap")

    assert plan.begin(1120) == ["strap"]


def test_a_band_that_fails_blocks_no_other() -> None:
    plan = schedule(1, broken=CUFF, good=CUFF)
    all_seen(plan, 0, "broken", "good")
    assert plan.begin(0) == ["broken"]

    plan.ended("broken", 20, well=False, chance=0)
    plan.seen("good", "hci0", 20)

    assert plan.begin(20) == ["good"]


def test_a_band_that_hung_up_has_to_show_itself_again() -> None:
    plan = schedule(5, cuff=CUFF)
    plan.seen("cuff", "hci0", 0)
    plan.begin(0)
    plan.ended("cuff", 5, well=True, chance=1)
    assert plan.begin(10) == []

    plan.seen("cuff", "hci0", 10)

    assert plan.begin(10) == ["cuff"]


def test_a_band_that_comes_back_after_a_while_begins_with_a_clean_sheet() -> None:
    plan = schedule(5, cuff=CUFF)
    for now_s in (0, 1000, 2000, 3000):
        plan.seen("cuff", "hci0", now_s)
        assert plan.begin(now_s) == ["cuff"]
        plan.ended("cuff", now_s, well=False, chance=1)

    assert plan.wait_s(3000) == 1


def test_a_band_that_is_heard_now_and_then_and_never_answers_does_not_begin_anew_each_time() -> None:
    plan = schedule(5, cuff=CUFF)
    for now_s in (0, 100, 200, 300):
        plan.seen("cuff", "hci0", now_s)
        assert plan.begin(now_s) == ["cuff"]
        plan.ended("cuff", now_s, well=False, chance=1)

    assert plan.wait_s(300) == 8


def test_a_reload_keeps_what_is_known_of_those_that_stay() -> None:
    plan = schedule(5, strap=STRAP, cuff=CUFF)
    all_seen(plan, 0, "strap", "cuff")
    plan.begin(0)

    plan.enrol({"strap": STRAP})

    assert plan.begin(1) == [], "the strap is connected still"
    plan.ended("cuff", 2, well=True, chance=1)
    assert plan.wait_s(2) is None
    assert not plan.knows("cuff")


def test_a_band_that_is_enrolled_no_more_holds_its_slot_until_its_link_is_over() -> None:
    plan = schedule(1, cuff=CUFF)
    all_seen(plan, 0, "cuff")
    plan.begin(0)

    plan.enrol({"other": CUFF})
    plan.seen("other", "hci0", 1)

    assert not plan.knows("cuff")
    assert plan.begin(1) == []
    plan.ended("cuff", 2, well=True, chance=1)
    assert plan.begin(2) == ["other"]


def test_a_band_that_is_back_before_its_link_is_over_is_connected_to_after_that() -> None:
    plan = schedule(5, strap=STRAP)
    all_seen(plan, 0, "strap")
    plan.begin(0)

    plan.enrol({})
    plan.enrol({"strap": STRAP})

    assert plan.begin(1) == []
    plan.ended("strap", 1, well=True, chance=1)
    plan.seen("strap", "hci0", 3)
    assert plan.begin(3) == ["strap"]


def test_a_band_that_somebody_waits_for_is_visited_as_soon_as_it_is_heard_again() -> None:
    plan = schedule(5, cuff=LOCATOR)
    all_seen(plan, 0, "cuff")
    plan.begin(0)
    plan.ended("cuff", 10, well=True, chance=0)
    plan.seen("cuff", "hci0", 20)
    assert plan.begin(20) == []

    plan.wanted("cuff")
    plan.wanted("nobody")

    assert plan.begin(20) == ["cuff"]


def test_after_failures_a_band_has_its_pause_whoever_waits_for_it() -> None:
    plan = schedule(5, cuff=LOCATOR)
    all_seen(plan, 0, "cuff")
    plan.begin(0)
    plan.ended("cuff", 1, well=False, chance=0.5)
    due_s = plan.wait_s(1)

    plan.wanted("cuff")

    assert plan.begin(1) == []
    assert plan.wait_s(1) == due_s


# --- bands that show themselves and have nothing to say ---


def visited_in_vain(plan: Schedule, hours: float) -> list[float]:
    """When an oximeter is visited that shows itself all the time, and each visit finds nothing for a minute."""
    now_s, begun = 0.0, []
    while now_s < hours * 3600:
        plan.seen("clip", "hci0", now_s)
        if plan.begin(now_s):
            begun.append(now_s)
            now_s += 60
            plan.ended("clip", now_s, well=True, idle=True, chance=0.5)
        now_s += 5
    return begun


def test_an_oximeter_that_has_nothing_to_say_is_visited_less_and_less() -> None:
    begun = visited_in_vain(schedule(5, clip=CLIP), hours=4)
    pauses = [later - earlier - 60 for earlier, later in pairwise(begun)]

    assert len(begun) < 25, "every 67 s it would be 215"
    assert pauses == sorted(pauses)
    assert pauses[0] < 10, "the first may have been too early"
    assert VISIT_EVERY_S <= pauses[-1] < VISIT_EVERY_S + 10


@pytest.mark.parametrize("well", [True, False])
def test_an_oximeter_that_was_away_and_shows_itself_anew_is_visited_at_once(well: bool) -> None:
    plan = schedule(5, clip=CLIP)
    for _ in range(5):
        plan.seen("clip", "hci0", 0)
        plan.ended("clip", 60, well=well, idle=True, chance=0.5)
    plan.seen("clip", "hci0", 65)
    assert plan.begin(65) == []

    plan.seen("clip", "hci0", 65 + LONGEST_PAUSE_S + 1)

    assert plan.begin(65 + LONGEST_PAUSE_S + 1) == ["clip"]


def test_one_that_says_something_again_is_visited_as_before() -> None:
    plan = schedule(5, clip=CLIP)
    for _ in range(5):
        plan.ended("clip", 60, well=True, idle=True, chance=0.5)
    plan.ended("clip", 70, well=True, chance=0.5)
    plan.seen("clip", "hci0", 71)

    assert plan.begin(72) == ["clip"]


def test_who_waits_for_a_band_does_not_wait_for_its_pause() -> None:
    plan = schedule(5, clip=CLIP)
    for _ in range(5):
        plan.ended("clip", 60, well=True, idle=True, chance=0.5)
    plan.seen("clip", "hci0", 61)

    plan.wanted("clip")

    assert plan.begin(61) == ["clip"]


def test_a_connect_that_took_a_minute_in_vain_is_no_absence_of_the_band() -> None:
    plan = schedule(5, strap=STRAP)
    for _ in range(8):
        plan.seen("strap", "hci0", 0)
        plan.ended("strap", 62, well=False, chance=1)
    plan.seen("strap", "hci0", 63)

    assert plan.begin(70) == [], "its failures are not forgotten"


# --- slots of their own ---


def with_own_slots(slots: int, *own: str, **bands: ConnectionDriver) -> Schedule:
    made = Schedule(slots)
    made.enrol(bands, own)
    return made


def test_a_slot_of_its_own_is_kept_for_a_band_also_while_it_is_away() -> None:
    plan = with_own_slots(2, "key", key=LOCATOR, a=LOCATOR, b=LOCATOR)
    all_seen(plan, 0, "a", "b")
    assert plan.begin(0) == ["a"], "one slot is the other's"

    plan.seen("key", "hci0", 1)

    assert plan.begin(1) == ["key"]


def test_a_band_with_a_slot_of_its_own_comes_before_all_others() -> None:
    plan = with_own_slots(2, "key", cuff=CUFF, other=CUFF, key=LOCATOR)
    all_seen(plan, 0, "cuff", "other", "key")

    assert plan.begin(0) == ["key", "cuff"]


def test_its_link_is_made_again_at_once_when_it_is_lost() -> None:
    plan = with_own_slots(2, "key", key=LOCATOR, other=LOCATOR)
    plan.seen("key", "hci0", 0)
    assert plan.begin(0) == ["key"]
    plan.ended("key", 5000, well=True, chance=1)

    all_seen(plan, 5001, "key", "other")

    assert plan.begin(5001) == ["key", "other"]


def test_a_link_of_its_own_that_is_over_at_once_is_a_failure() -> None:
    plan = with_own_slots(2, "key", key=LOCATOR)
    now_s = 0.0
    for _ in range(4):
        plan.seen("key", "hci0", now_s)
        assert plan.begin(now_s) == ["key"]
        plan.ended("key", now_s + 6, well=True, chance=1)
        plan.seen("key", "hci0", now_s + 6)
        now_s += 6 + (plan.wait_s(now_s + 6) or 0)

    assert now_s == 4 * 6 + 1 + 2 + 4 + 8


def test_each_adapter_keeps_it_since_nobody_knows_which_will_hear_it_next() -> None:
    plan = with_own_slots(2, "key", key=LOCATOR, a=LOCATOR, b=LOCATOR, c=LOCATOR, d=LOCATOR)
    all_seen(plan, 0, "a", "b")
    all_seen(plan, 0, "c", "d", adapter="hci1")
    assert plan.begin(0) == ["a", "c"]

    plan.seen("key", "hci1", 1)

    assert plan.begin(1) == ["key", "b"], "connected through the second, it needs none of the first any more"


def test_others_keep_one_slot_however_many_have_their_own() -> None:
    plan = with_own_slots(2, "one", "two", one=LOCATOR, two=LOCATOR, cuff=CUFF)
    all_seen(plan, 0, "one", "two", "cuff")

    assert plan.begin(0) == ["one", "cuff"]


def test_bands_that_stream_make_room_for_one_that_is_given_a_slot_of_its_own() -> None:
    plan = with_own_slots(3, one=STRAP, two=STRAP, key=LOCATOR)
    all_seen(plan, 0, "one", "two")
    assert plan.begin(0) == ["one", "two"]
    assert plan.in_the_way(0) == []

    plan.enrol({"one": STRAP, "two": STRAP, "key": LOCATOR, "cuff": CUFF}, {"key"})
    plan.seen("key", "hci0", 1)
    assert plan.begin(1) == []
    assert plan.in_the_way(1) == ["one"]

    plan.ended("one", 2, well=True, chance=1)
    all_seen(plan, 4, "one", "key")
    assert plan.begin(4) == ["key"]
    assert plan.in_the_way(4) == []


def test_a_band_that_has_a_slot_of_its_own_and_never_answers_is_tried_each_minute() -> None:
    plan = with_own_slots(2, "key", key=LOCATOR)
    now_s = 0.0
    for _ in range(9):
        plan.seen("key", "hci0", now_s)
        assert plan.begin(now_s) == ["key"]
        plan.ended("key", now_s + 62, well=False, chance=1)
        plan.seen("key", "hci0", now_s + 62)
        now_s += 62 + (plan.wait_s(now_s + 62) or 0)

    assert plan.wait_s(now_s - 60) == 60
