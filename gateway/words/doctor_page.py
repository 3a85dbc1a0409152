"""What stands around the findings on the page of `lifering doctor`, and what it did, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

GROUPS = {
    "configuration": Said("Configuration", "配置"),
    "service": Said("Service", "服务"),
    "gateway": Said("Gateway", "网关"),
    "ports": Said("Serial ports", "串口"),
    "modem": Said("SMS modem", "短信模块"),
    "broker": Said("Broker", "MQTT 服务器"),
    "clock": Said("Clock", "时钟"),
    "disk": Said("Disk", "磁盘"),
    "power": Said("Power, heat", "供电与温度"),
    "radio": Said("Bluetooth", "蓝牙"),
    "page": Said("Page, metrics", "本地页面与指标"),
}

MARKS = {
    "well": Said("ok", "正常"),
    "hint": Said("hint", "提示"),
    "fault": Said("FAULT", "故障"),
    "skipped": Said("-", "未查"),
}

SKIPPED = {
    "not configured": Said("not configured", "未配置"),
    "no configuration": Said("needs a configuration that is valid", "需要有效的配置"),
    "no systemd": Said("systemd does not answer", "systemd 没有应答"),
    "not running": Said("the gateway does not run", "网关没有运行"),
    "no port": Said("its port is not free", "端口不可用"),
}

LINES = {
    "all well": Said("All is well.", "一切正常。"),
    "faults": Said("Faults: {faults}, hints: {hints}.", "故障 {faults} 项，提示 {hints} 项。"),
    "can mend": Said(
        "sudo lifering doctor --fix mends: {codes}",
        "sudo lifering doctor --fix 可修复：{codes}",
    ),
    "not root": Said(
        "Only root sees who holds a port, and the files of the service: sudo lifering doctor",
        "只有 root 能看到谁占用串口以及服务的文件：sudo lifering doctor",
    ),
    "warnings": Said("{warnings} warnings: sudo lifering check", "警告 {warnings} 条：sudo lifering check"),
    "mended": Said("{code}: mended: {what}", "{code}：已修复：{what}"),
    "not mended": Said("{code}: could not be mended: {what}", "{code}：未能修复：{what}"),
}

MENDED = {
    "radio_soft_blocked": Said("Bluetooth was switched on (rfkill)", "已打开蓝牙（rfkill）"),
    "radio_no_bluetoothd": Said("bluetooth.service was enabled and started", "已启用并启动 bluetooth.service"),
    "unit_disabled": Said("the service starts with the box from now on", "服务已设为开机启动"),
    "unit_changed": Said("systemd has read its units again", "systemd 已重新读入服务单元"),
    "clock_ntp_off": Said("the clock is set by the network from now on", "已启用网络校时"),
    "port_held_by_modemmanager": Said("udev was told again which ports are ours", "已让 udev 重新识别本网关的串口"),
    "data_dir_outside_sandbox": Said(
        "the sandbox of the service lets it write to {folder} from now on; a gateway that runs puts there within ten seconds"
        " what it holds in memory: do not restart it before",
        "服务的沙箱从现在起允许写入 {folder}；运行中的网关会在十秒内把内存中的数据写入，此前请勿重启",
    ),
    "data_dir_forbidden": Said("{folder} belongs to {user} again", "{folder} 已归还给 {user}"),
    "data_file_forbidden": Said("the files in {folder} belong to {user} again", "{folder} 中的文件已归还给 {user}"),
    "data_dir_cannot_be_made": Said("{folder} was made, for {user}", "已创建 {folder}，归 {user} 所有"),
}

NOT_MENDED = {
    "folder of the system": Said("{what} is a folder of the system", "{what} 是系统目录"),
    "holds something else": Said("{what} is not of the gateway, a person must look at it", "{what} 不属于网关，请人工处理"),
    "system": Said("{what}", "系统报告：{what}"),
}


def why_not(code: str, what: str) -> Said:
    """Why something could not be mended, in both languages."""
    words = NOT_MENDED[code]
    return Said(words.english.format(what=what), words.chinese.format(what=what))
