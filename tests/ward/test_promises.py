"""What holds of the rules for every series of readings, whatever stood before and whatever people did: six promises.

No silence; what is worse is told; a restart changes nothing; no cliff between a band that measures often and one that measures
rarely; a person who closes an alert silences nobody; and what holds of too high holds of too low.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from drivers.measurement import BloodPressure, Kind, Value
from gateway.alert import PRIORITIES, Alert, Priority
from tests.gateway.rules.ward import BEGIN_MS, reading, table
from tests.ward.station import Station, Told

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
TELLING = ("raised", "updated", "escalated")
AGAIN_S = 15 * MINUTE_S  # a critical one, after a person closed it
LEEWAY_S = 15.0  # a tick, and the thinning of fast streams


class Step(NamedTuple):
    """A measurement so long after the one before, and what a person does after it."""

    after_s: float
    value: Value
    deed: str = ""


# Apart from each other by more than any deadband: from the lowest to the highest.
PRESSURES = [
    BloodPressure(*both) for both in ((72, 41), (84, 51), (118, 72), (132, 78), (150, 84), (168, 92), (190, 105), (235, 132))
]
RATES = (28, 34, 72, 96, 120, 140, 158, 190)
apart_s = st.sampled_from((30, 45, 130, 400, 700, 6 * HOUR_S, DAY_S))
deeds = st.sampled_from(("", "", "", "", "resolve", "cancel"))
pressures = st.lists(st.builds(Step, apart_s, st.sampled_from(PRESSURES), deeds), min_size=1, max_size=12)
temperatures = st.lists(
    st.builds(Step, apart_s, st.sampled_from((33.6, 34.7, 36.7, 38.3, 39.4)), deeds), min_size=1, max_size=12
)
rates = st.lists(st.builds(Step, st.sampled_from((60, 60, 60, 300)), st.sampled_from(RATES), deeds), min_size=5, max_size=60)
series = st.one_of(
    pressures.map(lambda steps: ("blood_pressure", steps)),
    temperatures.map(lambda steps: ("body_temperature", steps)),
    rates.map(lambda steps: ("heart_rate", steps)),
)


def played(kind: Kind, steps: Sequence[Step], restart_after: int | None = None) -> tuple[Station, list[float]]:
    """The rules after these steps, and when each was measured."""
    station, at_s, times = Station(table(), nurse=False), 0.0, []
    for number, step in enumerate(steps):
        at_s += step.after_s
        times.append(at_s)
        station.hear([of(kind, step.value, at_s)])
        if step.deed:
            station.close_all(step.deed)
        if number == restart_after:
            station.restart(station.now_ms)
    station.wait(BEGIN_MS + round(1000 * (at_s + HOUR_S)))
    return station, times


def of(kind: Kind, value: Value, at_s: float):  # type: ignore[no-untyped-def] # a reading, as `reading` gives it
    cuff = kind in ("blood_pressure", "body_temperature")
    driver = {"blood_pressure": "omron-bp", "body_temperature": "ble-thermometer"}.get(kind, "serial-hub")
    return reading(kind, value, at_s, driver=driver, device="cuff" if cuff else "band")


def told_at(station: Station, at_s: float) -> list[Told]:
    """What was told with the reading of this time."""
    at_ms = BEGIN_MS + round(1000 * at_s)
    return [one for one in station.told if one.at_ms == at_ms and one.event in TELLING]


def urgent(alerts: Sequence[Alert], least: Priority) -> list[Alert]:
    """Those that are at least so urgent."""
    return [alert for alert in alerts if PRIORITIES.index(alert.priority) <= PRIORITIES.index(least)]


def severe(value: Value) -> bool:
    """Beyond a critical limit of cuff and thermometer, whoever the wearer."""
    if isinstance(value, BloodPressure):
        return value.systolic >= 225 or value.systolic <= 88
    assert isinstance(value, int | float)
    return value >= 39.2 or value <= 34.8


def normal(value: Value) -> bool:
    if isinstance(value, BloodPressure):
        return value.systolic in (118, 132)
    return value == 36.7


# --- no silence -----------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.one_of(pressures.map(lambda s: ("blood_pressure", s)), temperatures.map(lambda s: ("body_temperature", s))))
def test_a_first_reading_beyond_a_critical_limit_is_told_at_once_whatever_stands_or_was_closed(
    measured: tuple[Kind, list[Step]],
) -> None:
    kind, steps = measured
    station, times = played(kind, steps)

    before: Step | None = None
    for step, at_s in zip(steps, times, strict=True):
        new = before is None or bool(before.deed) or not severe(before.value) or _sides(before.value) != _sides(step.value)
        if severe(step.value) and new and step.after_s >= 45:
            assert urgent([one.alert for one in told_at(station, at_s)], "warning"), f"silent at {at_s:g} s: {step.value}"
        before = step


def _sides(value: Value) -> bool:
    """Too high, or too low."""
    return value.systolic > 130 if isinstance(value, BloodPressure) else float(value) > 36.7  # type: ignore[arg-type]


@settings(deadline=None)
@given(
    rate=st.sampled_from((34, 158, 190)),
    every_s=st.sampled_from((5, 60, 300, 600)),
    before=st.sampled_from((72, 72, 120, 158, 34)),
    deed=deeds,
)
def test_a_critical_rate_that_lasts_is_open_as_an_alert_whatever_stood_before(
    rate: int, every_s: float, before: int, deed: str
) -> None:
    station = Station(table(), nurse=False)
    at_s = 0.0
    while at_s < 90 * MINUTE_S:
        station.hear([of("heart_rate", before, at_s)])
        at_s += every_s
    if deed:
        station.close_all(deed)
    begin_s = at_s
    while at_s < begin_s + 45 * MINUTE_S + 3 * every_s:
        station.hear([of("heart_rate", rate, at_s)])
        at_s += every_s

    standing = [alert for alert in station.alerts if alert.kind == "heart_rate" and alert.condition == "active"]
    assert [alert.priority for alert in standing] == ["critical"]
    assert abs(float(standing[0].readings[-1].value) - rate) < 1, "the alert tells of another value"  # type: ignore[arg-type]


# --- what is worse is told ------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(pressures, st.data())
def test_a_reading_further_out_never_takes_an_event_away_and_never_makes_less_of_it(
    steps: list[Step], data: st.DataObject
) -> None:
    quiet = [Step(step.after_s, step.value) for step in steps]
    place = data.draw(st.integers(0, len(steps) - 1))
    index = PRESSURES.index(quiet[place].value)  # type: ignore[arg-type]
    further = PRESSURES[min(index + 1, len(PRESSURES) - 1) if index >= 3 else max(index - 1, 0)]
    worse = [*quiet[:place], Step(quiet[place].after_s, further), *quiet[place + 1 :]]

    assert loudest(worse, place) >= loudest(quiet, place)


def loudest(steps: list[Step], place: int) -> tuple[int, int]:
    """How urgent the alerts are once the reading at `place` has come, and in the end at their height."""
    first, _ = played("blood_pressure", steps[: place + 1])
    last, _ = played("blood_pressure", steps)
    return _urgency([one.alert for one in first.told]), _urgency([one.alert for one in last.told])


def _urgency(alerts: Sequence[Alert]) -> int:
    return max((len(PRIORITIES) - PRIORITIES.index(alert.priority) for alert in alerts), default=0)


# --- a restart changes nothing --------------------------------------------------------------------------------------


@settings(deadline=None)
@given(series, st.data())
def test_a_restart_anywhere_gives_the_same_events(measured: tuple[Kind, list[Step]], data: st.DataObject) -> None:
    kind, steps = measured
    place = data.draw(st.integers(0, len(steps) - 1))
    without, _ = played(kind, steps)
    with_one, _ = played(kind, steps, restart_after=place)

    assert spoken(with_one) == spoken(without)


def spoken(station: Station) -> list[tuple[object, ...]]:
    """What went to people: when, what, how urgent, of which rule."""
    return [
        (
            one.at_ms - BEGIN_MS,
            one.event,
            one.alert.kind,
            one.alert.priority,
            one.alert.unconfirmed,
            one.alert.rule.id,
            one.alert.detail,
        )
        for one in station.told
    ]


# --- no cliff -------------------------------------------------------------------------------------------------------

CONSTANT: tuple[tuple[Kind, float, str, float], ...] = (
    ("heart_rate", 158, "critical", 10 * MINUTE_S),
    ("heart_rate", 34, "critical", 10 * MINUTE_S),
    ("heart_rate", 28, "critical", 2 * MINUTE_S),
    ("oxygen_saturation", 84, "warning", 10 * MINUTE_S),
)


@settings(deadline=None)
@given(st.sampled_from(CONSTANT), st.integers(5, 1800))
def test_a_band_that_measures_less_often_is_later_by_a_sample_and_no_more(
    constant: tuple[Kind, float, Priority, float], every_s: int
) -> None:
    kind, value, least, lasting_s = constant
    station = Station(table(), nurse=False)
    at_s = 0.0
    while at_s < lasting_s + 3 * every_s + LEEWAY_S:
        station.hear([of(kind, value, at_s)])
        if urgent(station.alerts, least):
            break
        at_s += every_s

    assert at_s <= lasting_s + every_s + LEEWAY_S
    assert urgent(station.alerts, least)


# --- whoever closes an alert silences nobody ------------------------------------------------------------------------


@settings(deadline=None)
@given(
    st.sampled_from((34, 158)), st.sampled_from((5, 60, 300, 600)), st.floats(0, 3600), st.sampled_from(("resolve", "cancel"))
)
def test_what_still_holds_after_a_person_closed_it_is_told_again_in_time(
    rate: int, every_s: float, cut_s: float, verb: str
) -> None:
    station = Station(table(), nurse=False)
    at_s, closed_s = 0.0, None
    while at_s < cut_s + 2 * HOUR_S:
        station.hear([of("heart_rate", rate, at_s)])
        if closed_s is None and station.alerts and at_s >= cut_s:
            station.close_all(verb)
            closed_s = at_s
        at_s += every_s

    assert closed_s is not None
    again = [one for one in station.told if one.event == "raised" and one.at_ms > BEGIN_MS + 1000 * closed_s]
    assert again, "silent for as long as it stays bad"
    assert (again[0].at_ms - BEGIN_MS) / 1000 <= closed_s + max(AGAIN_S, every_s) + every_s + LEEWAY_S
    assert again[0].alert.priority == "critical"


@settings(deadline=None)
@given(st.sampled_from(("resolve", "cancel")), st.sampled_from(PRESSURES), st.sampled_from(PRESSURES), apart_s)
def test_the_next_severe_pressure_after_a_person_closed_the_alert_is_told_at_once(
    verb: str, first: BloodPressure, second: BloodPressure, later_s: float
) -> None:
    assume(severe(second) and later_s >= 45)
    steps = [Step(0, first), Step(130, first, verb), Step(later_s, second)]
    station, times = played("blood_pressure", steps)

    assert urgent([one.alert for one in told_at(station, times[-1])], "warning")
