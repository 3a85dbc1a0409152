"""What the local page says, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

STANDING = {  # what stands in the page itself; `$name` in its HTML
    "title": Said("lifering", "救命环"),
    "skip": Said("To the alerts", "跳到报警"),
    "alerts": Said("Open alerts", "未结束的报警"),
    "no_alerts": Said("Nobody calls.", "目前没有报警。"),
    "faults": Said("What is wrong", "故障"),
    "no_faults": Said("Nothing is wrong.", "没有故障。"),
    "bands": Said("Wristbands", "手环"),
    "find": Said("Room or wearer", "房间或佩戴者"),
    "logout": Said("Lock", "锁定"),
    "pin": Said("PIN of this page", "页面 PIN 码"),
    "enter": Said("Open", "进入"),
    "pin_help": Said("Whoever set this gateway up has it.", "请向安装网关的人员索取。"),
    "lost": Said("The gateway does not answer. What you see is old.", "网关没有应答，页面内容已过时。"),
    "script": Said("This page needs JavaScript.", "本页面需要启用 JavaScript。"),
    "guests": Said(
        "This page has no PIN: wearers and alerts are not shown. `pin_file` in [page] of gateway.toml sets one.",
        "本页面未设置 PIN 码，因此不显示佩戴者和报警。在 gateway.toml 的 [page] 中用 pin_file 设置。",
    ),
    "day": Said("The last 24 hours", "最近 24 小时"),
    "day_empty": Said("Nothing was measured in the last 24 hours.", "最近 24 小时没有测量。"),
}

SAID = {
    "wrong_pin": Said("That is not the PIN.", "PIN 码不对。"),
    "wait": Said("Too many wrong PINs. Try again in {time}.", "输错次数过多，请在 {time}后再试。"),
    "pin_unreadable": Said("The PIN cannot be read; the log says why.", "无法读取 PIN 码，原因见日志。"),
    "never": Said("not heard yet", "尚未收到"),
    "since": Said("for {time}", "已 {time}"),
    "room": Said("Room {room}", "{room} 室"),
    "no_room": Said("no room", "未填房间"),
    # who comes
    "coming": Said("{name} goes", "{name} 正在前往"),
    "coming_eta": Said("{name} goes, there in {minutes} min", "{name} 正在前往，约 {minutes} 分钟到"),
    "acknowledged_by": Said("{name} knows of it; nobody goes yet", "{name} 已知晓，尚未派人"),
    "nobody": Said("Nobody has answered yet", "还没有人应答"),
    "asked": Said("asked: {names}", "已询问：{names}"),
    "near": Said("near: {name}, {metres} m", "附近：{name}，{metres} 米"),
    "test": Said("Test", "测试"),
    "level": Said("escalated {level}×", "已升级 {level} 次"),
}

TILES = {
    "heard": Said("Heard within the hour", "一小时内收到"),
    "silent": Said("Silent", "无信号"),
    "platform": Said("Way to the platform", "平台连接"),
    "box": Said("This gateway", "网关状态"),
}

TILE_WORDS = {
    "of": Said("of {known} wristbands", "共 {known} 只手环"),
    "none_known": Said("no wristband is enrolled", "未登记手环"),
    "none_silent": Said("every wristband is heard", "所有手环都有信号"),
    "some_silent": Said("look at the list below", "请查看下面的列表"),
    "waiting": Said("to be sent: alerts {alerts}, readings {readings}", "待发送：报警 {alerts} 条，读数 {readings} 条"),
    "all_sent": Said("everything is sent", "全部已发送"),
    "modem": Said("SMS: {state}", "短信：{state}"),
    "faults": Said("{n} to mend", "{n} 项故障"),
    "well": Said("well", "正常"),
    "disk": Said("{free} GB free", "可用 {free} GB"),
    "clock": Said("clock {state}", "时钟{state}"),
}

STEPS = {
    "raised": Said("raised", "报警"),
    "received": Said("platform has it", "平台收到"),
    "acknowledged": Said("somebody knows", "有人知晓"),
    "dispatched": Said("on the way", "已派人"),
    "on_scene": Said("there", "到现场"),
}

CHARTS = {
    "heart_rate": Said("Heart rate, /min", "心率（次/分）"),
    "blood_pressure": Said("Blood pressure, mmHg", "血压（mmHg）"),
    "body_temperature": Said("Body temperature, °C", "体温（°C）"),
    "skin_temperature": Said("Skin temperature, °C", "皮肤温度（°C）"),
    "oxygen_saturation": Said("Oxygen saturation, %", "血氧饱和度（%）"),
    "respiratory_rate": Said("Breathing, /min", "呼吸（次/分）"),
    "steps": Said("Steps", "步数"),
    "battery": Said("Battery, %", "电量（%）"),
}
