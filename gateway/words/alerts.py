"""What an alert says to people, in Simplified Chinese and in English: how urgent, where, what, and how sure that is.

A text holds no name: people find the wearer by the room, and by the pseudonym where no room is known. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from drivers.measurement import BloodPressure
from gateway.alert import COULD_NOT_CONFIRM, NOT_CONFIRMED, PAST_EVENT, SENSOR_UNVALIDATED, Alert, AlertKind, Priority
from gateway.language import Language, Said
from gateway.words.faults import FAULTS, REASONS
from gateway.words.incidents import device

PRIORITIES: Mapping[Priority, Said] = {
    "critical": Said("CRITICAL", "紧急"),
    "warning": Said("Warning", "警告"),
    "advisory": Said("Advisory", "提示"),
}

KINDS: Mapping[AlertKind, Said] = {
    "sos": Said("calls for help (SOS)", "按下求助键（SOS）"),
    "fall": Said("the band reports a possible fall", "手环检测到疑似跌倒"),
    "heart_rate": Said("heart rate outside its limits", "心率超限"),
    "blood_pressure": Said("blood pressure outside its limits", "血压超限"),
    "body_temperature": Said("body temperature outside its limits", "体温超限"),
    "oxygen_saturation": Said("oxygen saturation outside its limits", "血氧饱和度超限"),
    "respiratory_rate": Said("breathing outside its limits", "呼吸频率超限"),
    "several_signs": Said("several vital signs have changed together", "多项生命体征同时异常"),
    "trend": Said("the resting heart rate is above that of the last two weeks", "静息心率高于近两周的平时水平"),
    "no_usable_value": Said("no usable value: measure again, or go and see", "没有可用的测量值，请重新测量或上门查看"),
    "irregular_pulse": Said("irregular pulse", "脉搏不规则"),
    "off_wrist": Said("the wristband is not worn", "手环未佩戴"),
    "silent": Said("the wristband is not heard", "收不到手环信号"),
    "battery": Said("the wristband's battery is low", "手环电量低"),
    "geofence": Said("has left the safe area", "离开安全区域（电子围栏）"),
    "technical": Said("technical fault", "技术故障"),
}

VALUES: Mapping[AlertKind, Said] = {
    "heart_rate": Said("heart rate {}/min", "心率 {} 次/分"),
    "body_temperature": Said("body temperature {} °C", "体温 {} °C"),
    "oxygen_saturation": Said("oxygen saturation {} %", "血氧饱和度 {} %"),
    "respiratory_rate": Said("breathing {}/min", "呼吸 {} 次/分"),
    "battery": Said("wristband battery {} %", "手环电量 {} %"),
}
PRESSURE_PARTS: Mapping[str, Said] = {
    "systolic": Said("systolic pressure {} mmHg", "收缩压 {} mmHg"),
    "diastolic": Said("diastolic pressure {} mmHg", "舒张压 {} mmHg"),
}
PRESSURE = Said("blood pressure {} mmHg", "血压 {} mmHg")
WHOLE_PRESSURE = Said(" (blood pressure {})", "（血压 {}）")

# How a value lies to its limit: beyond an upper or a lower one, at it, or back inside.
ABOVE = Said(", above the limit of {}", "，超过上限 {}")
BELOW = Said(", below the limit of {}", "，低于下限 {}")
AT_UPPER = Said(", at the upper limit of {}", "，达到上限 {}")
AT_LOWER = Said(", at the lower limit of {}", "，达到下限 {}")
INSIDE_UPPER = Said(" (upper limit {})", "（上限 {}）")
INSIDE_LOWER = Said(" (lower limit {})", "（下限 {}）")

# Between the lower and the upper limits of each number, wherever a technician may set them.
MIDDLE: Mapping[str, float] = {
    "heart_rate": 70,
    "systolic": 125,
    "diastolic": 70,
    "body_temperature": 36.6,
    "oxygen_saturation": 101,
    "respiratory_rate": 15,
}

HEAD = Said("{priority}, {where}{what}.", "【{priority}】{where}{what}。")
ROOM = Said("room {}: ", "{} 室：")
WEARER = Said("wearer {}: ", "佩戴者 {}：")
DEVICE = Said("device {}: ", "设备 {}：")
STOP = Said(".", "。")
TEST = Said("TEST. ", "【测试】")
OTHER_FAULT = Said("technical fault: {}", "技术故障：{}")
BECAUSE = Said("{}: {}", "{}：{}")
BETWEEN_NOTES = Said(" ", "")

NOTES: Mapping[str, Said] = {
    PAST_EVENT: Said("A past event, found in readings that came late: not of now.", "补传数据中发现的既往事件，并非刚刚发生。"),
    COULD_NOT_CONFIRM: Said(
        "Could not be confirmed by a second measurement. Please call.",
        "未能通过复测确认，请电话询问老人。",
    ),
    NOT_CONFIRMED: Said("The second measurement was within the limits.", "复测未超限。"),
}
UNCONFIRMED = Said("To be confirmed: one measurement so far.", "待复测确认：目前只有一次测量。")
UNUSABLE = Said("Not confirmed: the measurement may be faulty.", "未确认：也可能是测量有误。")
REMINDER = Said("Reminder: it lasts, and nobody is on the way yet.", "再次提醒：情况仍未恢复，尚未派人。")
OVER = Said("Back to normal.", "已恢复正常。")
FAULT_OVER = Said("The fault is mended.", "故障已消除。")
NO_DIAGNOSIS = Said("For information only, not a diagnosis.", "仅供参考，不作为诊断依据。")
UNVALIDATED: Mapping[AlertKind, Said] = {
    "blood_pressure": Said(
        "Blood pressure measured at the wrist or without a cuff is not validated: please measure again with an upper-arm cuff.",
        "腕部或无袖带测得的血压未经临床验证，请用上臂式血压计复测。",
    ),
    "oxygen_saturation": Said(
        "Oxygen measured at the wrist is uncertain: please measure again at a finger.",
        "腕部测得的血氧饱和度不够可靠，请用指夹式血氧仪复测。",
    ),
}

# Where a text could be taken for a diagnosis.
CLINICAL: frozenset[AlertKind] = frozenset(
    {
        "heart_rate",
        "blood_pressure",
        "body_temperature",
        "oxygen_saturation",
        "respiratory_rate",
        "several_signs",
        "trend",
        "irregular_pulse",
    }
)


def text(alert: Alert, language: Language, *, reminder: bool = False) -> str:
    """The alert as people read it."""
    head = HEAD.of(language).format(
        priority=PRIORITIES[alert.priority].of(language), where=_where(alert, language), what=_what(alert, language)
    )
    test = TEST.of(language) if alert.test else ""
    return BETWEEN_NOTES.of(language).join([test + head, *(note.of(language) for note in _notes(alert, reminder=reminder))])


def what_and_notes(alert: Alert, language: Language) -> str:
    """The same without urgency and place, for who shows those beside it."""
    what = _what(alert, language)
    notes = [note.of(language) for note in _notes(alert, reminder=False)]
    return BETWEEN_NOTES.of(language).join([f"{what[:1].upper()}{what[1:]}{STOP.of(language)}", *notes])


def _where(alert: Alert, language: Language) -> str:
    if alert.room:
        return ROOM.of(language).format(alert.room)
    if alert.wearer:
        return WEARER.of(language).format(alert.wearer)
    return (
        DEVICE.of(language).format(device(alert.detail, alert.device, language)) if alert.device and not alert.devices else ""
    )


def _what(alert: Alert, language: Language) -> str:
    if alert.kind == "technical":
        return _fault(alert, language)
    of_kind = [reading for reading in alert.readings if reading.kind == alert.kind]
    if not of_kind:
        return KINDS[alert.kind].of(language)
    value = max(of_kind, key=lambda reading: reading.at_ms).value
    if isinstance(value, BloodPressure):
        return _pressure(alert, value, language)
    if alert.kind in VALUES and isinstance(value, int | float):
        return VALUES[alert.kind].of(language).format(f"{value:g}") + _against_limit(
            alert.kind, value, alert.rule.limit, language
        )
    return KINDS[alert.kind].of(language)


def _fault(alert: Alert, language: Language) -> str:
    known = FAULTS.get(alert.detail)
    fault = (
        known.of(language).format(devices=max(1, alert.devices), device=alert.device)
        if known
        else OTHER_FAULT.of(language).format(alert.detail)
    )
    return BECAUSE.of(language).format(fault, _reason(alert, language)) if alert.reason else fault


def _reason(alert: Alert, language: Language) -> str:
    """What the platform says is told as it says it, and so is a modem's own number of an error."""
    fixed = REASONS.get(alert.reason) if alert.detail != "alert_rejected" else None
    return fixed.of(language) if fixed else alert.reason


def _pressure(alert: Alert, value: BloodPressure, language: Language) -> str:
    """The number that is beyond its limit first, and then the whole."""
    both = f"{value.systolic:g}/{value.diastolic:g}"
    part = "diastolic" if alert.rule.id.startswith("DBP") else "systolic"
    if alert.rule.limit is None:
        return PRESSURE.of(language).format(both)
    number = value.diastolic if part == "diastolic" else value.systolic
    beyond = _against_limit(part, number, alert.rule.limit, language)
    return PRESSURE_PARTS[part].of(language).format(f"{number:g}") + beyond + WHOLE_PRESSURE.of(language).format(both)


def _against_limit(number: str, value: float, limit: float | None, language: Language) -> str:
    if limit is None or number not in MIDDLE:
        return ""
    if limit > MIDDLE[number]:
        words = ABOVE if value > limit else AT_UPPER if value == limit else INSIDE_UPPER
    else:
        words = BELOW if value < limit else AT_LOWER if value == limit else INSIDE_LOWER
    return words.of(language).format(f"{limit:g}")


def _notes(alert: Alert, *, reminder: bool) -> list[Said]:
    """What stands behind the facts: how sure, whether it is over, and what it is not."""
    notes = [NOTES[alert.detail]] if alert.detail in NOTES else []
    if alert.unconfirmed and alert.detail not in (COULD_NOT_CONFIRM, NOT_CONFIRMED):
        notes.append(UNUSABLE if alert.kind == "no_usable_value" else UNCONFIRMED)
    if reminder:
        notes.append(REMINDER)
    if alert.condition == "cleared":
        notes.append(FAULT_OVER if alert.kind == "technical" else OVER)
    if alert.kind in CLINICAL:
        notes.append(NO_DIAGNOSIS)
    if alert.detail == SENSOR_UNVALIDATED and alert.kind in UNVALIDATED:
        notes.append(UNVALIDATED[alert.kind])
    return notes
