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
    "close": Said("Close", "关闭"),
    "tools": Said("What can be done here", "可进行的操作"),
    "walk": Said("Walk test", "走动测试"),
    "walk_help": Said(
        "Carry a wristband from room to room and name the room you stand in; stay for half a minute. The least that was heard"
        " there decides: a body or a closed door takes 10 dB more.",
        "带着一只手环逐室走动，填写所在房间，每处停留半分钟。以该处最弱的信号为准：人体或关门还会再损失约 10 dB。",
    ),
    "walk_band": Said("Wristband", "手环"),
    "walk_room": Said("I stand in room", "我在的房间"),
    "walk_start": Said("Begin", "开始"),
    "walk_stop": Said("Stop", "停止"),
    "walk_clear": Said("Empty the table", "清空表格"),
    "walk_now": Said("now", "当前"),
    "walk_unheard": Said("not heard for 10 s, or this wristband tells no strength", "10 秒内未收到，或该手环不提供信号强度"),
    "walk_line": Said("Signal while walking, dBm", "走动中的信号（dBm）"),
    "room_column": Said("Room", "房间"),
    "weakest": Said("Weakest", "最弱"),
    "middle": Said("Middle", "中位"),
    "heard_part": Said("Heard", "收到"),
    "verdict": Said("Verdict", "结论"),
    "verdict_good": Said("good", "良好"),
    "verdict_weak": Said("weak", "较弱"),
    "verdict_bad": Said("not enough", "不足"),
    "drill": Said("Drill", "演练"),
    "drill_help": Said(
        "The next press of this wearer within 15 minutes is a test: it comes to the platform and the wristband as ever, nobody"
        " is asked by SMS, and it ends by itself. A second press, and a fall, are real.",
        "该佩戴者 15 分钟内的下一次按键只作测试：照常送达平台和手环，不发短信询问，并自动结束。第二次按键和跌倒仍为真实报警。",
    ),
    "drill_start": Said("Begin the drill", "开始演练"),
    "drill_end": Said("End it", "结束"),
    "wearer": Said("Wearer", "佩戴者"),
    "enrol": Said("Enrol", "登记手环"),
    "enrol_help": Said(
        "Scan the QR code of the wristband, or type or paste what it says. A wristband with a key of its own is enrolled with"
        " `sudo lifering enroll --key-file`.",
        "扫描手环的二维码，或输入、粘贴其内容。带密钥的手环请用 sudo lifering enroll --key-file 登记。",
    ),
    "label": Said("QR code, or address", "二维码内容或地址"),
    "scan": Said("Scan with the camera", "用摄像头扫描"),
    "scan_none": Said(
        "This browser cannot scan here. Read the code with the telephone's own camera, copy its text, and paste it.",
        "当前浏览器无法在此扫码。请用手机自带相机识别二维码，复制内容后粘贴。",
    ),
    "no_address": Said(
        "It should hold one address: twelve digits and letters A to F.", "其中应有且只有一个地址：12 位 0–9、A–F。"
    ),
    "driver": Said("Kind", "类型"),
    "enrol_room": Said("Room", "房间"),
    "enrol_go": Said("Enrol it", "登记"),
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
    "drill": Said(
        "Drill: the next press of {wearer} is a test, for {minutes} min more",
        "演练：{wearer} 的下一次按键只作测试，还剩 {minutes} 分钟",
    ),
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

DONE = {  # after a deed; `{}` are the fields of its form
    "enrol": Said("{address} is enrolled for {wearer}, and heard from now on.", "{address} 已登记给 {wearer}，现在开始接收。"),
    "drill": Said("Done.", "完成。"),
}

DECLINED = {  # fixed words of deeds
    "unknown wearer": Said("There is no such wearer.", "没有这位佩戴者。"),
    "clock is unsynced": Said(
        "The clock of the gateway is not set yet: no press may become a test.", "网关时钟尚未校准，不能把按键当作测试。"
    ),
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
    "on_scene": Said("there", "已到场"),
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
