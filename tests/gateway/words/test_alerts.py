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
    SENSOR_UNVALIDATED,
    Alert,
    AlertKind,
    Priority,
    RuleRef,
)
from gateway.channels.sms.sms import ModemState
from gateway.language import Language
from gateway.readings import Reading
from gateway.words.alerts import KINDS, text
from gateway.words.alerts import PRIORITIES as PRIORITY_WORDS
from gateway.words.faults import FAULTS

ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
SPOKEN: tuple[Language, ...] = get_args(Language)
NO_DIAGNOSIS = {"en": "not a diagnosis", "zh-CN": "不作为诊断依据"}
NOT_VALIDATED = {"en": "is not validated", "zh-CN": "腕部或无袖带测得的血压未经临床验证，请用上臂式血压计复测。"}


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


def measured(kind: Kind, value: Value, limit: float | None = None, rule_id: str = "X", **others: Any) -> Alert:
    readings = tuple(
        Reading(wearer="W-017", device="", driver="", kind=kind, value=one, at_ms=number, received_ms=number, clock="synced")
        for number, one in enumerate([50, value] if not isinstance(value, BloodPressure) else [value])
    )
    return an_alert(kind, readings=readings, rule=RuleRef(id=rule_id, table="1", limit=limit), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("kind", ALERT_KINDS)
def test_every_kind_has_its_words_and_its_place(kind: AlertKind, language: Language) -> None:
    told = text(an_alert(kind, detail="disk" if kind == "technical" else ""), language)

    assert "3-201" in told
    assert KINDS[kind].of(language) in told or kind == "technical"
    assert "{" not in told


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("kind", ALERT_KINDS)
def test_what_is_no_diagnosis_is_said_where_there_could_be_one_and_nowhere_else(kind: AlertKind, language: Language) -> None:
    could_be_one = kind not in ("sos", "fall", "no_usable_value", "off_wrist", "silent", "battery", "geofence", "technical")

    assert (NO_DIAGNOSIS[language] in text(an_alert(kind), language)) is could_be_one


@pytest.mark.parametrize("language", SPOKEN)
def test_only_a_pressure_of_the_wrist_or_without_a_cuff_says_that_it_is_not_validated(language: Language) -> None:
    of_a_cuff = measured("blood_pressure", BloodPressure(185, 121))
    of_the_wrist = measured("blood_pressure", BloodPressure(185, 121), detail=SENSOR_UNVALIDATED)

    assert NOT_VALIDATED[language] in text(of_the_wrist, language)
    assert NOT_VALIDATED[language] not in text(of_a_cuff, language)


@pytest.mark.parametrize("priority", PRIORITIES)
def test_how_urgent_it_is_stands_first(priority: Priority) -> None:
    alert = an_alert("sos", priority=priority)

    assert text(alert, "en").startswith(PRIORITY_WORDS[priority].english)
    assert text(alert, "zh-CN").startswith(f"【{PRIORITY_WORDS[priority].chinese}】3-201 室：")


@pytest.mark.parametrize(
    ("alert", "english", "chinese"),
    [
        pytest.param(
            measured("heart_rate", 135, 131),
            "heart rate 135/min, above the limit of 131",
            "心率 135 次/分，超过上限 131。",
            id="above",
        ),
        pytest.param(
            measured("heart_rate", 131, 131),
            "heart rate 131/min, at the upper limit of 131",
            "心率 131 次/分，达到上限 131。",
            id="at the upper limit",
        ),
        pytest.param(
            measured("heart_rate", 40, 40),
            "heart rate 40/min, at the lower limit of 40",
            "心率 40 次/分，达到下限 40。",
            id="at the lower limit",
        ),
        pytest.param(
            measured("heart_rate", 100, 131), "heart rate 100/min (upper limit 131)", "心率 100 次/分（上限 131）。", id="back"
        ),
        pytest.param(
            measured("oxygen_saturation", 95, 91),
            "oxygen saturation 95 % (lower limit 91)",
            "血氧饱和度 95 %（下限 91）。",
            id="back above",
        ),
        pytest.param(
            measured("blood_pressure", BloodPressure(186, 108.5), 180, rule_id="SBP-HIGH"),
            "systolic pressure 186 mmHg, above the limit of 180 (blood pressure 186/108.5)",
            "收缩压 186 mmHg，超过上限 180（血压 186/108.5）。",
            id="systolic",
        ),
        pytest.param(
            measured("blood_pressure", BloodPressure(120, 45), 50, rule_id="DBP-LOW"),
            "diastolic pressure 45 mmHg, below the limit of 50 (blood pressure 120/45)",
            "舒张压 45 mmHg，低于下限 50（血压 120/45）。",
            id="diastolic",
        ),
        pytest.param(
            measured("body_temperature", 38.4, 37.8),
            "body temperature 38.4 °C, above the limit of 37.8",
            "体温 38.4 °C，超过上限 37.8。",
            id="temperature",
        ),
        pytest.param(
            measured("respiratory_rate", 30, 25),
            "breathing 30/min, above the limit of 25",
            "呼吸 30 次/分，超过上限 25。",
            id="respiration",
        ),
        pytest.param(measured("battery", 4), "wristband battery 4 %.", "手环电量 4 %。", id="battery"),
    ],
)
def test_the_newest_value_stands_with_its_unit_and_how_it_lies_to_the_limit(alert: Alert, english: str, chinese: str) -> None:
    assert english in text(alert, "en")
    assert chinese in text(alert, "zh-CN")


@pytest.mark.parametrize(
    ("others", "english", "chinese"),
    [
        pytest.param(
            {"unconfirmed": True}, "To be confirmed: one measurement", "待复测确认：目前只有一次测量。", id="unconfirmed"
        ),
        pytest.param(
            {"unconfirmed": True, "detail": COULD_NOT_CONFIRM},
            "Could not be confirmed by a second measurement",
            "未能通过复测确认",
            id="could not confirm",
        ),
        pytest.param(
            {"unconfirmed": True, "detail": NOT_CONFIRMED, "condition": "cleared"},
            "The second measurement was within",
            "复测未超限。",
            id="refuted",
        ),
        pytest.param({"detail": PAST_EVENT}, "past event", "既往事件", id="past event"),
        pytest.param({"condition": "cleared"}, "Back to normal.", "已恢复正常。", id="cleared"),
        pytest.param({"test": True}, "TEST. ", "【测试】", id="test"),
    ],
)
def test_how_sure_it_is_and_whether_it_is_over_is_said(others: dict[str, Any], english: str, chinese: str) -> None:
    alert = an_alert("blood_pressure", **others)

    assert english in text(alert, "en")
    assert chinese in text(alert, "zh-CN")


def test_what_was_refuted_or_could_not_be_confirmed_is_not_called_unconfirmed_besides() -> None:
    refuted = an_alert("blood_pressure", unconfirmed=True, detail=NOT_CONFIRMED, condition="cleared")

    assert "To be confirmed" not in text(refuted, "en")


def test_a_fault_that_is_mended_is_not_called_normal() -> None:
    mended = an_alert("technical", detail="disk", condition="cleared")

    assert text(mended, "en").endswith("The fault is mended.")
    assert text(mended, "zh-CN").endswith("故障已消除。")


def test_a_reminder_says_that_it_is_one() -> None:
    assert "Reminder" in text(an_alert("heart_rate"), "en", reminder=True)
    assert "再次提醒" in text(an_alert("heart_rate"), "zh-CN", reminder=True)


@pytest.mark.parametrize("language", SPOKEN)
def test_every_known_fault_has_words_and_its_device(language: Language) -> None:
    for fault, said in FAULTS.items():
        told = text(an_alert("technical", room="", wearer="", device="hall-hub", detail=fault), language)

        assert said.of(language).format(devices=1, device="hall-hub") in told
        assert "hall-hub" in told


@pytest.mark.parametrize("language", SPOKEN)
def test_a_fault_without_words_of_its_own_is_named(language: Language) -> None:
    assert "flux_lost" in text(an_alert("technical", detail="flux_lost"), language)


WHYS = ("wrong PIN", "PUK", "locked", "silent", "absent", "not registered", "no receipt", "not delivered")


@pytest.mark.parametrize("state", [*get_args(ModemState), *WHYS])
def test_why_a_modem_or_a_test_fails_is_said_in_the_language(state: str) -> None:
    fault = an_alert("technical", detail="modem_lost", reason=state)

    assert not set(re.findall(r"[A-Za-z_]+", text(fault, "zh-CN"))) - {"SIM", "PIN", "PUK", "W"}
    assert "_" not in text(fault, "en")


def test_what_the_platform_says_is_told_as_it_says_it() -> None:
    assert "：denied" in text(an_alert("technical", detail="alert_rejected", reason="denied"), "zh-CN")


def test_without_a_room_the_pseudonym_stands_for_the_place() -> None:
    assert "wearer W-017: " in text(an_alert("sos", room=""), "en")
    assert text(an_alert("sos", room="", wearer=""), "en") == "Warning, calls for help (SOS)."


def test_the_chinese_text_has_no_english_words_but_units_and_abbreviations() -> None:
    for kind in ALERT_KINDS:
        told = text(an_alert(kind, detail="disk" if kind == "technical" else ""), "zh-CN")

        assert set(re.findall(r"[A-Za-z]+", told)) <= {"SOS"}


def test_of_values_that_nobody_has_no_second_measurement_is_asked_for() -> None:
    alert = an_alert("no_usable_value", priority="critical", unconfirmed=True)

    assert [text(alert, language) for language in SPOKEN] == [
        "CRITICAL, room 3-201: no usable value: measure again, or go and see. Not confirmed: the measurement may be faulty.",
        "【紧急】3-201 室：没有可用的测量值，请重新测量或上门查看。未确认：也可能是测量有误。",
    ]
