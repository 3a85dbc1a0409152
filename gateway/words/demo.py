"""What the demo says, in Simplified Chinese and in English."""

from __future__ import annotations

from msgspec import Struct

MARKS = {"deed": "▶", "seen": "●", "alarm": "●"}  # as the legend says


class DemoWords(Struct, frozen=True, kw_only=True):
    """Everything that is said in one language; `{}` is filled in."""

    legend: str
    larger: str
    windows: str
    bands: dict[str, str]
    kinds: dict[str, str]
    priorities: dict[str, str]
    steps: dict[str, str]
    unconfirmed: str
    not_worn: str
    battery: str
    # what was seen
    first_reading: str
    kept: str
    alert: str
    text: str
    shown: str
    events: dict[str, str]
    since_press: str
    since_mended: str
    online: str
    offline: str
    waiting: str
    alert_first: str
    readings_first: str
    caught_up: str
    short: str
    short_by_sms: str
    long: str
    sms: str
    goes: str
    by: str
    missed: str
    # the picture
    people: str
    way: str
    band: str
    gateway: str
    network_down: str
    platform: str
    accepted: str
    waits: str
    delivered: str
    by_sms: str
    phone: str
    open_alerts: str
    no_alert: str
    story: str
    # the account
    account: str
    account_line: str
    account_accepted: str
    account_delivered: str
    account_lost: str
    account_rejected: str
    account_alerts: str
    account_press: str
    account_press_cut: str
    account_wrist: str
    account_phone: str
    account_help: str
    account_faults: str
    reasons: dict[str, str]
    well: str
    not_well: str
    log: str
    interrupted: str


ENGLISH = DemoWords(
    larger="(a window of {columns} columns and {lines} lines or more shows a picture)",
    windows="In a browser: the gateway {page} PIN {pin} · the platform {platform}",
    legend="▶ what people do   ● what was seen: at the platform, at the wrist",
    bands={
        "wristband": "wristband",
        "ycbt": "smartwatch",
        "strap": "strap",
        "cuff": "cuff",
        "thermometer": "thermometer",
        "pendant": "pendant",
    },
    kinds={
        "sos": "SOS",
        "fall": "fall",
        "heart_rate": "heart rate",
        "blood_pressure": "blood pressure",
        "body_temperature": "temperature",
        "oxygen_saturation": "oxygen",
        "technical": "technical",
    },
    priorities={"critical": "critical", "warning": "warning", "advisory": "advisory"},
    steps={
        "raised": "raised",
        "sent": "sent",
        "received": "received",
        "acknowledged": "acknowledged",
        "dispatched": "help sent",
        "on_scene": "help is there",
        "resolved": "closed",
        "cancelled": "cancelled",
    },
    unconfirmed="unconfirmed",
    not_worn="off the wrist",
    battery="battery",
    first_reading="{name}: the first reading of the {band} has reached the platform",
    kept="{name}: {n} readings that the {band} had kept have arrived with their own times, the oldest {minutes} minutes back",
    alert="Platform, {name}: {event}",
    text=". {}",
    shown=", the wristband has confirmed its vibration",
    events={
        "raised": "alert raised",
        "updated": "alert updated",
        "escalated": "alert escalated",
        "cleared": "cause gone",
        "acknowledged": "acknowledged",
        "dispatched": "help dispatched",
        "on_scene": "help is there",
        "resolved": "closed",
        "cancelled": "cancelled",
    },
    since_press=" [{} after the press]",
    since_mended=" [{} after the network came back]",
    online="The platform sees the gateway online",
    offline="The platform sees the gateway offline (its will)",
    waiting="{name}'s {kind} alert is on the gateway's disk and waits for the network, with {n} readings",
    alert_first="The alert came through first, before any of the {n} readings that wait",
    readings_first="{n} readings came through before the alert",
    caught_up="Caught up: all {n} readings that had waited are delivered",
    short="{name}'s wristband vibrates briefly: the platform has it [{span} after the press]",
    short_by_sms="{name}'s wristband vibrates briefly: somebody has answered [{span} after the press]",
    long="{name}'s wristband vibrates long: help is on the way [{span} after the press]",
    sms="The gateway sends an SMS to {}",
    goes="{who} goes to {name}: on the gateway's disk, without any network",
    by=" (by {})",
    missed="The story ends here: {}",
    people="People and their bands, as the platform sees them",
    way="The way of the data",
    band="bands",
    gateway="gateway",
    network_down="the network is down",
    platform="platform",
    accepted="accepted",
    waits="waiting",
    delivered="delivered",
    by_sms="SMS",
    phone="The phone of {}",
    open_alerts="Alerts",
    no_alert="none",
    story="The story",
    account="The account",
    account_line="{label}: {number}",
    account_accepted="readings accepted (on the gateway's disk)",
    account_delivered="of these at the platform, each once",
    account_lost="lost",
    account_rejected="frames not accepted",
    account_alerts="alerts raised / at the platform",
    account_press="from {name}'s press to the platform",
    account_press_cut="from {name}'s press to the platform ({cut:.1f} s of it without network)",
    account_wrist="from {name}'s press to the wristband's \"received\"",
    account_phone="from {name}'s press to the SMS at a phone on duty (platform asked first, for 10 s)",
    account_help="from {name}'s press to the wristband's \"help is on the way\"",
    account_faults="what must not be",
    reasons={
        "duplicate": "the same again",
        "length": "length",
        "checksum": "checksum",
        "not_mine": "not for us",
        "implausible": "impossible",
        "encrypted": "no key",
        "replayed": "replayed",
        "unsupported": "not supported",
    },
    well="Everything that was accepted was delivered.",
    not_well="Not everything that was accepted was delivered.",
    log="The gateway's log is kept in {}",
    interrupted="Interrupted; the gateway delivers what it still has.",
)

CHINESE = DemoWords(
    larger="（窗口达到 {columns} 列、{lines} 行时显示画面）",
    windows="浏览器中：网关 {page} PIN 码 {pin} · 平台 {platform}",
    legend="▶ 人物动作   ● 在平台、手腕或网关自己的计数上看到的结果",
    bands={
        "wristband": "手环",
        "ycbt": "智能手表",
        "strap": "心率带",
        "cuff": "血压计",
        "thermometer": "体温计",
        "pendant": "吊坠",
    },
    kinds={
        "sos": "求助",
        "fall": "跌倒",
        "heart_rate": "心率",
        "blood_pressure": "血压",
        "body_temperature": "体温",
        "oxygen_saturation": "血氧",
        "technical": "技术",
    },
    priorities={"critical": "紧急", "warning": "警告", "advisory": "提示"},
    steps={
        "raised": "发出",
        "sent": "送出",
        "received": "收到",
        "acknowledged": "知晓",
        "dispatched": "派出",
        "on_scene": "到场",
        "resolved": "办结",
        "cancelled": "取消",
    },
    unconfirmed="待复测",
    not_worn="未佩戴",
    battery="电量",
    first_reading="{name}的{band}：第一条读数到达平台",
    kept="{name}的{band}里存着的 {n} 条读数补传到平台，时间照原样，最早的是 {minutes} 分钟前",
    alert="平台，{name}：{event}",
    text="。{}",
    shown="，手环确认已振动",
    events={
        "raised": "新报警",
        "updated": "报警更新",
        "escalated": "报警升级",
        "cleared": "已恢复正常",
        "acknowledged": "有人知晓",
        "dispatched": "已派人",
        "on_scene": "已到场",
        "resolved": "已办结",
        "cancelled": "已取消",
    },
    since_press="【按下后 {}】",
    since_mended="【网络恢复后 {}】",
    online="平台看到网关上线",
    offline="平台看到网关离线（遗嘱消息）",
    waiting="{name}的{kind}报警已存入网关磁盘，与 {n} 条读数一起等网络",
    alert_first="最先到达的是报警，排在等待的 {n} 条读数之前",
    readings_first="报警之前先到了 {n} 条读数",
    caught_up="补齐了：断网期间积压的 {n} 条读数全部送达",
    short="{name}的手环短振：平台已收到【按下后 {span}】",
    short_by_sms="{name}的手环短振：有人答复了【按下后 {span}】",
    long="{name}的手环长振：有人正赶来【按下后 {span}】",
    sms="网关给{}发短信",
    goes="{who}前往{name}处：没有网络，也已记入网关磁盘",
    by="（{}）",
    missed="故事到此为止：{}",
    people="平台看到的老人和手环",
    way="数据流向",
    band="手环",
    gateway="网关",
    network_down="网络断开",
    platform="平台",
    accepted="已接收",
    waits="等待",
    delivered="已送达",
    by_sms="短信",
    phone="{}的手机",
    open_alerts="报警",
    no_alert="无",
    story="经过",
    account="对账结果",
    account_line="{label}：{number}",
    account_accepted="接收的读数（已存入网关磁盘）",
    account_delivered="其中到达平台（每条只计一次）",
    account_lost="丢失",
    account_rejected="未接收的帧",
    account_alerts="报警：发出 / 到达平台",
    account_press="从{name}按下到平台收到",
    account_press_cut="从{name}按下到平台收到（其中断网 {cut:.1f} 秒）",
    account_wrist="从{name}按下到手环“已收到”短振",
    account_phone="从{name}按下到值班手机收到短信（先等平台 10 秒）",
    account_help="从{name}按下到手环“有人赶来”长振",
    account_faults="异常",
    reasons={
        "duplicate": "重复",
        "length": "长度",
        "checksum": "校验",
        "not_mine": "不是给我们的",
        "implausible": "不可能的值",
        "encrypted": "无密钥",
        "replayed": "重放",
        "unsupported": "不支持",
    },
    well="接收的数据已全部送达。",
    not_well="有数据接收后未送达。",
    log="网关日志保存在 {}",
    interrupted="已中断；网关正在送出剩下的。",
)

LANGUAGES = {"en": ENGLISH, "zh-CN": CHINESE}
