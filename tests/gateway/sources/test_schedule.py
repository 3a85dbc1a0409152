"""Who is connected to next: simulated bands, no radio, no clock."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from drivers.driver import ConnectionDriver
from drivers.standard.profiles import DRIVERS
from gateway.sources.schedule import SEEN_S, VISIT_EVERY_S, Schedule

BY_NAME = {driver.name: driver for driver in DRIVERS}
STRAP = BY_NAME["ble-heart-rate"]
CUFF = BY_NAME["ble-blood-pressure"]
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
    for now_s in (0, 100, 200, 300):
        plan.seen("cuff", "hci0", now_s)
        assert plan.begin(now_s) == ["cuff"]
        plan.ended("cuff", now_s, well=False, chance=1)

    assert plan.wait_s(300) == 1


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
