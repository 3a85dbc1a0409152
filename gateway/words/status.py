"""What `lifering status` says to people, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

ASKING = {
    "not running": Said(
        "no gateway runs with this configuration: `sudo systemctl start lifering`; `sudo lifering doctor` says why it does not",
        "没有网关以此配置运行：请执行 `sudo systemctl start lifering`；仍不运行时用 `sudo lifering doctor` 查原因",
    ),
    "garbled": Said(
        "what listens at the control socket is no gateway of this version",
        "控制套接字上的程序不是本版本的网关",
    ),
    "bad arguments": Said("the gateway does not understand what was asked: {why}", "网关无法理解所给的参数：{why}"),
    "may not ask": Said(
        "this user may not speak with the gateway: be root, or a member of the group lifering",
        "当前用户无权与网关通信：请用 root，或加入 lifering 组",
    ),
}

SOCKET = {  # the fixed words of the control socket; `busy` means the same as of a device
    "other gateway": Said("the gateway that answers works in another data folder", "应答的网关使用的是另一个数据目录"),
    "unknown verb": Said(
        "the running gateway is older than this command: restart it", "正在运行的网关版本较旧，没有此命令：请重启网关"
    ),
    "failed, see the log": Said("it failed; the gateway's log says why", "执行失败，原因见网关日志"),
}

LABELS = {
    "gateway": Said("Gateway", "网关"),
    "platform": Said("Platform", "平台"),
    "mqtt": Said("Platform", "平台"),
    "modem": Said("Modem", "短信模块"),
    "waiting": Said("Waiting", "待发送"),
    "ports": Said("Ports", "端口"),
    "adapters": Said("Bluetooth", "蓝牙"),
    "disk": Said("Disk", "磁盘"),
    "clock": Said("Clock", "时钟"),
    "counted": Said("Counted", "计数"),
    "faults": Said("FAULTS", "故障"),
    "alerts": Said("OPEN ALERTS", "未结束的报警"),
    "bands": Said("WRISTBANDS", "手环"),
}

LINES = {
    "gateway": Said("{gateway}, runs for {time}", "{gateway}，已运行 {time}"),
    "modem link": Said("{state}, signal {signal} of 31", "{state}，信号 {signal}/31"),
    "link": Said("{state} for {time}", "{state}，持续 {time}"),
    "waiting": Said("alert events {alerts}, readings {readings}", "报警事件 {alerts} 条，读数 {readings} 条"),
    "oldest": Said("the oldest {time}", "最早 {time}前"),
    "disk": Said("{state}, {free} of {total} GB free", "{state}，可用 {free} / {total} GB"),
    "heard": Said("{heard} of {known} heard within the hour", "共 {known} 只，一小时内收到 {heard} 只"),
    "ago": Said("{time} ago", "{time}前"),
    "now": Said("just now", "刚刚"),
    "aged": Said(" ({time})", "（{time}前）"),
    "since": Said("for {time}", "持续 {time}"),
    "never": Said("not heard since the start", "启动后未收到"),
    "of them rejected": Said(
        "{received} received, {rejected} of them rejected", "收到 {received} 条，其中 {rejected} 条未采用"
    ),
    "battery": Said("battery {percent} %", "电量 {percent} %"),
    "none": Said("none", "无"),
    "room": Said("room {room}", "{room} 室"),
    "wearer": Said("wearer {wearer}", "佩戴者 {wearer}"),
    "yes": Said("yes", "是"),
    "no": Said("no", "否"),
}

BETWEEN = Said(", ", "，")

TIMES = {
    "s": Said("{n} s", "{n} 秒"),
    "min": Said("{n} min", "{n} 分钟"),
    "h": Said("{n} h", "{n} 小时"),
    "d": Said("{n} d", "{n} 天"),
}

STATES = {
    "connected": Said("connected", "已连接"),
    "connecting": Said("connecting", "正在连接"),
    "waiting": Said("not connected", "未连接"),
    "open": Said("open", "已打开"),
    "scanning": Said("scanning", "正在扫描"),
    "starting": Said("starting", "正在启动"),
    "silent": Said("hears nobody", "收不到信号"),
    "deaf": Said("deaf: another adapter hears", "失灵：另一个蓝牙适配器收得到"),
    "ready": Said("ready", "就绪"),
    "searching": Said("looks for a network", "正在搜索网络"),
    "lost": Said("lost: no port, or no answer", "无端口或无应答"),
    "no_sim": Said("no SIM that works", "无可用 SIM 卡"),
    "pin": Said("the SIM wants its PIN", "SIM 卡需要 PIN 码"),
    "no_network": Said("no network", "无网络"),
    "denied": Said("the network refuses the SIM", "网络拒绝此 SIM 卡"),
    "no_service_centre": Said("no service centre number", "缺少短信中心号码"),
    "absent": Said("absent", "不存在"),
    "no permission": Said("no permission", "无权限"),
    "in use": Said("in use by another program", "被其他程序占用"),
    "ambiguous": Said("ambiguous: several fit", "不明确：有多个符合"),
    "failed": Said("failed", "失败"),
    "busy": Said("busy", "忙"),
    "powered off": Said("powered off", "未开启"),
    "no answer": Said("no answer", "无应答"),
    "no such host": Said("no such host", "没有此主机"),
    "no relay": Said("what answers is no relay", "应答的不是中继器"),
    "wrong key": Said("another key", "密钥不一致"),
    "no key": Said("no key", "没有密钥"),
    "another name": Said("another name", "名称不一致"),
    "not encrypted": Said("not encrypted", "未加密"),
    "no proxy": Said("no Bluetooth proxy in its ESPHome", "未启用蓝牙代理"),
    "old firmware": Said("ESPHome too old", "固件过旧"),
    "flood": Said("floods", "上报量异常"),
    "not installed": Said("relays are not installed", "未安装中继器功能"),
    "soft blocked": Said("switched off by software", "被软件关闭"),
    "hard blocked": Said("switched off by a key", "被开关关闭"),
    "no bluetoothd": Said("bluetoothd does not run", "bluetoothd 未运行"),
    "no D-Bus": Said("no system bus", "系统总线未运行"),
    "ok": Said("well", "正常"),
    "disk full": Said("full", "已满"),
    "io error": Said("reports errors", "读写出错"),
    "corrupt": Said("a file is damaged", "文件已损坏"),
    "gone": Said("a file of the store was removed", "存储文件被删除"),
    "read-only": Said("cannot be written to", "不可写"),
    "synced": Said("set by the network", "已与网络同步"),
    "holdover": Said("was set by the network", "曾与网络同步"),
    "unsynced": Said("not set", "未校准"),
}

FAULTS = {  # of the way to the platform, by the fixed words of the heartbeat
    "platform_silent": Said("the platform gives no receipts", "平台没有回执"),
    "unreadable receipts": Said("the platform sends receipts that cannot be read", "平台发来的回执无法识别"),
    "unreadable commands": Said("the platform sends commands that cannot be read", "平台发来的命令无法识别"),
    "another box uses this id": Said(
        "another box uses this id (cloned SD card?)", "另一台设备在使用同一个 id（存储卡是克隆的？）"
    ),
    "link keeps breaking": Said("the link to the broker breaks again and again", "与 MQTT 服务器的连接反复中断"),
    "first broker is passed over": Said(
        "the first broker does not serve, another one does", "第一个 MQTT 服务器不可用，正在用下一个"
    ),
    "broker speaks only MQTT 3.1.1": Said("the broker speaks only MQTT 3.1.1", "MQTT 服务器只支持 MQTT 3.1.1"),
    "broker takes no will": Said("the broker takes no will", "MQTT 服务器不支持遗嘱消息"),
    "broker retains nothing": Said("the broker retains nothing", "MQTT 服务器不支持保留消息"),
    "broker takes only short messages": Said("the broker takes only short messages", "MQTT 服务器只接受较短的消息"),
    "broker refuses": Said("the broker refuses {stream}", "MQTT 服务器拒收 {stream}"),
    "nobody listens to": Said("nobody listens to {stream}", "没有人订阅 {stream}"),
    "too long a message on": Said("the platform sends too long a message on {stream}", "平台在 {stream} 上发来的消息过长"),
}

WORKFLOWS = {
    "raised": Said("not sent yet", "尚未发送"),
    "stored": Said("not sent yet", "尚未发送"),
    "sent": Said("sent", "已发送"),
    "received": Said("the platform has it", "平台已收到"),
    "acknowledged": Said("somebody knows", "有人知晓"),
    "dispatched": Said("help is on the way", "已派人"),
    "on_scene": Said("help is there", "已到场"),
}

TALLIES = {
    "dropped_frames": Said("frames of wristbands dropped", "丢弃的手环帧"),
    "refused_frames": Said("frames of relays that cannot be", "中继器上报的无效帧"),
    "deaf_s": Said("seconds without Bluetooth", "蓝牙中断秒数"),
    "driver_faults": Said("faults of drivers", "驱动程序出错"),
    "refused_messages": Said("messages refused", "被拒绝的消息"),
    "evicted_by_reason": Said("readings evicted", "被淘汰的读数"),
}

READINGS = {
    "heart_rate": Said("heart rate {}/min", "心率 {} 次/分"),
    "blood_pressure": Said("blood pressure {} mmHg", "血压 {} mmHg"),
    "body_temperature": Said("body temperature {} °C", "体温 {} °C"),
    "skin_temperature": Said("skin temperature {} °C", "皮肤温度 {} °C"),
    "oxygen_saturation": Said("oxygen saturation {} %", "血氧饱和度 {} %"),
    "respiratory_rate": Said("breaths {}/min", "呼吸 {} 次/分"),
    "position": Said("position {}", "位置 {}"),
    "battery": Said("battery {} %", "电量 {} %"),
    "steps": Said("{} steps", "{} 步"),
    "worn": Said("worn: {}", "佩戴：{}"),
    "charging": Said("charging: {}", "充电：{}"),
    "battery_low": Said("battery low: {}", "电量低：{}"),
    "fall": Said("fall", "跌倒"),
    "button": Said("key: {}", "按键：{}"),
}

BUTTONS = {
    "sos": Said("SOS", "求助（SOS）"),
    "find_phone": Said("find the phone", "寻找手机"),
    "press": Said("press", "单击"),
    "double_press": Said("double press", "双击"),
    "triple_press": Said("triple press", "三击"),
    "long_press": Said("long press", "长按"),
    "long_double_press": Said("long double press", "长按两次"),
    "long_triple_press": Said("long triple press", "长按三次"),
    "hold": Said("hold", "按住"),
}
