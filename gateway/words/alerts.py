"""What an alert says to people, in Simplified Chinese and in English: how urgent, where, what, and that it is no diagnosis.

A text holds no name: people find the wearer by the room, and by the pseudonym where no room is known. Pure.
"""

from __future__ import annotations

from msgspec import Struct

from drivers.measurement import BloodPressure
from gateway.alert import COULD_NOT_CONFIRM, NOT_CONFIRMED, PAST_EVENT, Alert, AlertKind, Priority


class AlertWords(Struct, frozen=True, kw_only=True):
    """Everything that is said in one language. `{}` is filled with the value, the limit, the place or the device."""

    priorities: dict[Priority, str]
    kinds: dict[AlertKind, str]
    values: dict[AlertKind, str]
    limit: str
    room: str
    wearer: str
    device: str
    faults: dict[str, str]
    other_fault: str
    because: str
    notes: dict[str, str]
    unconfirmed: str
    over: str
    test: str
    not_a_diagnosis: str
    wrist_pressure: str
    between: str
    end: str


ENGLISH = AlertWords(
    priorities={"critical": "CRITICAL", "warning": "Warning", "advisory": "Advisory"},
    kinds={
        "sos": "calls for help (SOS)",
        "fall": "fall detected by the band",
        "heart_rate": "heart rate outside its limits",
        "blood_pressure": "blood pressure outside its limits",
        "body_temperature": "body temperature outside its limits",
        "oxygen_saturation": "oxygen saturation outside its limits",
        "respiratory_rate": "breathing outside its limits",
        "several_signs": "several vital signs have changed",
        "trend": "resting heart rate above the usual of the last days",
        "no_usable_value": "no usable value: measure again, or go and see",
        "irregular_pulse": "pulse irregular",
        "off_wrist": "wristband not worn",
        "silent": "wristband not heard",
        "battery": "wristband battery low",
        "geofence": "left the agreed area",
        "technical": "technical fault",
    },
    values={
        "heart_rate": "heart rate {}/min",
        "blood_pressure": "blood pressure {} mmHg",
        "body_temperature": "body temperature {} °C",
        "oxygen_saturation": "oxygen saturation {} %",
        "respiratory_rate": "breathing {}/min",
        "battery": "wristband battery {} %",
    },
    limit=" (limit {})",
    room="room {}",
    wearer="wearer {}",
    device="device {}",
    faults={
        "unregistered_device": "unregistered devices call for help: {devices}, the newest {device}",
        "alert_rejected": "the platform refuses an alert",
        "disk": "the gateway cannot write to its disk",
        "store_repaired": "a data file was damaged, lost or locked; what could be read was kept, and the log says what to do",
        "port_lost": "a serial port is lost",
        "adapter_lost": "a Bluetooth adapter is lost",
        "driver_fault": "a driver of another package blocked the gateway and is switched off until the next start",
        "band_put_off": "Bluetooth crashed while connecting to a wristband, which is left alone for an hour",
    },
    other_fault="technical fault: {}",
    because="{}: {}",
    notes={
        PAST_EVENT: "Past event, found in readings that came late.",
        COULD_NOT_CONFIRM: "Could not be confirmed: no second measurement came. Please call.",
        NOT_CONFIRMED: "Not confirmed by the second measurement.",
    },
    unconfirmed="Unconfirmed: one measurement only.",
    over="The cause is gone.",
    test="TEST. ",
    not_a_diagnosis="Not a diagnosis.",
    wrist_pressure="Blood pressure measured at the wrist is not validated.",
    between=", ",
    end=".",
)

CHINESE = AlertWords(
    priorities={"critical": "紧急", "warning": "警告", "advisory": "提示"},
    kinds={
        "sos": "按下求助键（SOS）",
        "fall": "手环检测到跌倒",
        "heart_rate": "心率超出界限",
        "blood_pressure": "血压超出界限",
        "body_temperature": "体温超出界限",
        "oxygen_saturation": "血氧饱和度超出界限",
        "respiratory_rate": "呼吸频率超限",
        "several_signs": "多项体征同时变化",
        "trend": "静息心率高于近日平时水平",
        "no_usable_value": "没有可用的测量值，请重新测量或上门查看",
        "irregular_pulse": "脉搏不规则",
        "off_wrist": "手环未佩戴",
        "silent": "收不到手环信号",
        "battery": "手环电量低",
        "geofence": "离开约定区域",
        "technical": "技术故障",
    },
    values={
        "heart_rate": "心率 {} 次/分",
        "blood_pressure": "血压 {} mmHg",
        "body_temperature": "体温 {} °C",
        "oxygen_saturation": "血氧饱和度 {} %",
        "respiratory_rate": "呼吸 {} 次/分",
        "battery": "手环电量 {} %",
    },
    limit="（界限 {}）",
    room="房间 {}",
    wearer="佩戴者 {}",
    device="设备 {}",
    faults={
        "unregistered_device": "未登记的设备发出求助：{devices} 台，最近一台 {device}",
        "alert_rejected": "平台拒绝了一条警报",
        "disk": "网关无法写入磁盘",
        "store_repaired": "数据文件损坏、丢失或缺少密钥；读得出的数据已保存，处理方法见网关日志",
        "port_lost": "串口丢失",
        "adapter_lost": "蓝牙适配器丢失",
        "driver_fault": "一个第三方驱动卡住了网关，已停用至下次启动",
        "band_put_off": "连接手环时蓝牙服务崩溃，一小时内不再连接这只手环",
    },
    other_fault="技术故障：{}",
    because="{}：{}",
    notes={
        PAST_EVENT: "过去的事件，由迟到的读数发现。",
        COULD_NOT_CONFIRM: "未能确认：没有收到第二次测量，请致电询问。",
        NOT_CONFIRMED: "第二次测量未证实。",
    },
    unconfirmed="未确认：仅有一次测量。",
    over="原因已消除。",
    test="【测试】",
    not_a_diagnosis="不构成诊断。",
    wrist_pressure="手腕测得的血压未经验证。",
    between="，",
    end="。",
)

LANGUAGES: dict[str, AlertWords] = {"en": ENGLISH, "zh-CN": CHINESE}


def text(alert: Alert, language: str) -> str:
    """The alert as people read it; `language` is `zh-CN` or `en`."""
    words = LANGUAGES[language]
    parts = [words.priorities[alert.priority], _where(alert, words), _what(alert, words)]
    head = words.test * alert.test + words.between.join(part for part in parts if part) + words.end
    gap = " " if words is ENGLISH else ""
    return gap.join([head, *_notes(alert, words)])


def _where(alert: Alert, words: AlertWords) -> str:
    if alert.room:
        return words.room.format(alert.room)
    if alert.wearer:
        return words.wearer.format(alert.wearer)
    return words.device.format(alert.device) if alert.device and not alert.devices else ""


def _what(alert: Alert, words: AlertWords) -> str:
    if alert.kind == "technical":
        known = words.faults.get(alert.detail)
        fault = (
            known.format(devices=max(1, alert.devices), device=alert.device)
            if known
            else words.other_fault.format(alert.detail)
        )
        return words.because.format(fault, alert.reason) if alert.reason else fault
    value = _newest_value(alert)
    if value is None or alert.kind not in words.values:
        return words.kinds[alert.kind]
    limit = "" if alert.rule.limit is None else words.limit.format(f"{alert.rule.limit:g}")
    return words.values[alert.kind].format(value) + limit


def _newest_value(alert: Alert) -> str | None:
    of_kind = [reading for reading in alert.readings if reading.kind == alert.kind]
    if not of_kind:
        return None
    value = max(of_kind, key=lambda reading: reading.at_ms).value
    return f"{value.systolic:g}/{value.diastolic:g}" if isinstance(value, BloodPressure) else f"{value:g}"


def _notes(alert: Alert, words: AlertWords) -> list[str]:
    """What stands behind the facts: how sure, whether it is over, and what it is not."""
    notes = [words.notes[alert.detail]] if alert.detail in words.notes else []
    if alert.unconfirmed and alert.detail not in (COULD_NOT_CONFIRM, NOT_CONFIRMED):
        notes.append(words.unconfirmed)
    if alert.condition == "cleared":
        notes.append(words.over)
    notes.append(words.not_a_diagnosis)
    if alert.kind == "blood_pressure":
        notes.append(words.wrist_pressure)
    return notes
