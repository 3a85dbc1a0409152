"""What people read: every kind in both languages, with the room and the values, no name, and that it is no diagnosis."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from drivers.measurement import BloodPressure, Kind, Value
from gateway.alert import (
    COULD_NOT_CONFIRM,
    NOT_CONFIRMED,
    PAST_EVENT,
    PRIORITIES,
    Alert,
    AlertKind,
    RuleRef,
)
from gateway.readings import Reading
from gateway.words.alerts import LANGUAGES, text

KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
NO_DIAGNOSIS = {"en": "Not a diagnosis.", "zh-CN": "不构成诊断。"}
NOT_VALIDATED = {"en": "Blood pressure measured at the wrist is not validated.", "zh-CN": "手腕测得的血压未经验证。"}


def an_alert(kind: AlertKind, **others: Any) -> Alert:
    known: dict[str, Any] = {
        "number": 1,
        "kind": kind,
        "priority": "warning",
        "condition": "active",
        "workflow": "raised",
        "at_ms": 0,
        "raised_ms": 0,
        "rule": RuleRef(id="X", table="1"),
        "wearer": "W-017",
        "room": "3-201",
    }
    return Alert(**{**known, **others})


def measured(kind: Kind, value: Value, limit: float | None = None, **others: Any) -> Alert:
    readings = tuple(
        Reading(wearer="W-017", device="", driver="", kind=kind, value=one, at_ms=number, received_ms=number, clock="synced")
        for number, one in enumerate([50, value] if not isinstance(value, BloodPressure) else [value])
    )
    return an_alert(kind, readings=readings, rule=RuleRef(id="X", table="1", limit=limit), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words_its_place_and_says_that_it_is_no_diagnosis(kind: AlertKind, language: str) -> None:
    told = text(an_alert(kind, detail="disk" if kind == "technical" else ""), language)

    assert "3-201" in told
    assert LANGUAGES[language].kinds[kind] in told or kind == "technical"
    assert NO_DIAGNOSIS[language] in told
    assert "{" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blood_pressure_says_that_the_wrist_is_not_validated(language: str) -> None:
    assert NOT_VALIDATED[language] in text(measured("blood_pressure", BloodPressure(185, 121)), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("priority", PRIORITIES)
def test_how_urgent_it_is_stands_first(priority: Any, language: str) -> None:
    told = text(an_alert("sos", priority=priority), language)

    assert told.startswith(LANGUAGES[language].priorities[priority])


@pytest.mark.parametrize(
    ("alert", "english", "chinese"),
    [
        pytest.param(
            measured("heart_rate", 135, 131), "heart rate 135/min (limit 131)", "心率 135 次/分（界限 131）", id="heart rate"
        ),
        pytest.param(
            measured("blood_pressure", BloodPressure(185, 121.5), 180),
            "blood pressure 185/121.5 mmHg (limit 180)",
            "血压 185/121.5 mmHg（界限 180）",
            id="blood pressure",
        ),
        pytest.param(
            measured("body_temperature", 38.4, 37.8),
            "body temperature 38.4 °C (limit 37.8)",
            "体温 38.4 °C（界限 37.8）",
            id="temperature",
        ),
        pytest.param(
            measured("oxygen_saturation", 89, 91),
            "oxygen saturation 89 % (limit 91)",
            "血氧饱和度 89 %（界限 91）",
            id="oxygen saturation",
        ),
        pytest.param(measured("battery", 4), "wristband battery 4 %", "手环电量 4 %", id="battery"),
    ],
)
def test_the_newest_value_stands_with_its_unit_and_the_limit(alert: Alert, english: str, chinese: str) -> None:
    assert english in text(alert, "en")
    assert chinese in text(alert, "zh-CN")


@pytest.mark.parametrize(
    ("others", "english", "chinese"),
    [
        pytest.param({"unconfirmed": True}, "Unconfirmed: one measurement only.", "未确认：仅有一次测量。", id="unconfirmed"),
        pytest.param(
            {"unconfirmed": True, "detail": COULD_NOT_CONFIRM}, "Could not be confirmed", "未能确认", id="could not confirm"
        ),
        pytest.param(
            {"unconfirmed": True, "detail": NOT_CONFIRMED, "condition": "cleared"}, "Not confirmed by", "未证实", id="refuted"
        ),
        pytest.param({"detail": PAST_EVENT}, "Past event", "过去的事件", id="past event"),
        pytest.param({"condition": "cleared"}, "The cause is gone.", "原因已消除。", id="cleared"),
        pytest.param({"test": True}, "TEST. ", "【测试】", id="test"),
    ],
)
def test_how_sure_it_is_and_whether_it_is_over_is_said(others: dict[str, Any], english: str, chinese: str) -> None:
    alert = an_alert("blood_pressure", **others)

    assert english in text(alert, "en")
    assert chinese in text(alert, "zh-CN")


def test_what_was_refuted_or_could_not_be_confirmed_is_not_called_unconfirmed_besides() -> None:
    refuted = an_alert("blood_pressure", unconfirmed=True, detail=NOT_CONFIRMED, condition="cleared")

    assert "Unconfirmed" not in text(refuted, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_fault_has_words_and_its_device(language: str) -> None:
    for fault in LANGUAGES["en"].faults:
        told = text(an_alert("technical", room="", wearer="", device="hall-hub", detail=fault), language)

        assert LANGUAGES[language].faults[fault].format(devices=1, device="hall-hub") in told
        assert "hall-hub" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_without_words_of_its_own_is_named(language: str) -> None:
    assert "flux_lost" in text(an_alert("technical", detail="flux_lost"), language)


def test_without_a_room_the_pseudonym_stands_for_the_place() -> None:
    assert "wearer W-017" in text(an_alert("sos", room=""), "en")
    assert text(an_alert("sos", room="", wearer=""), "en") == "Warning, calls for help (SOS). Not a diagnosis."


def test_both_languages_say_the_same_things() -> None:
    english, chinese = LANGUAGES["en"], LANGUAGES["zh-CN"]

    for table in ("priorities", "kinds", "values", "faults", "notes"):
        assert getattr(english, table).keys() == getattr(chinese, table).keys()
    assert english.kinds.keys() == set(KINDS)


def test_the_chinese_text_has_no_english_words_but_units_and_abbreviations() -> None:
    for kind in KINDS:
        told = text(an_alert(kind, detail="disk" if kind == "technical" else ""), "zh-CN")

        assert set(re.findall(r"[A-Za-z]+", told)) <= {"SOS"}
