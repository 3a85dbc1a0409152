"""The fixed words that `why` of an event or a state may be, and what they mean for whoever has to mend it. Pure."""

from __future__ import annotations

from gateway.language import Language, Said
from gateway.system_errors import told

WHYS: dict[str, Said] = {
    "absent": Said("it is not there: look at the plug", "设备不在：检查插头"),
    "no permission": Said(
        "this user may not use it (groups dialout and bluetooth)", "当前用户无权使用（dialout、bluetooth 组）"
    ),
    "in use": Said(
        "another program holds it; a serial port: often ModemManager or brltty, remove them",
        "被其他程序占用；串口常被 ModemManager 或 brltty 占用，请卸载",
    ),
    "ambiguous": Said("several devices fit: name it more exactly", "有多个设备符合：请写得更具体"),
    "failed": Said("the system reports an error, see `detail`", "系统报告错误，见 `detail`"),
    "powered off": Said(
        "it is switched off: `sudo rfkill unblock bluetooth`", "未开启：请执行 `sudo rfkill unblock bluetooth`"
    ),
    "no bluetoothd": Said(
        "bluetoothd does not run: `sudo systemctl start bluetooth`",
        "bluetoothd 未运行：请执行 `sudo systemctl start bluetooth`",
    ),
    "no D-Bus": Said(
        "there is no system bus: `sudo systemctl start dbus`", "系统总线未运行：请执行 `sudo systemctl start dbus`"
    ),
    "no answer": Said("it does not answer in time; it is tried again", "没有按时应答；将重试"),
    "busy": Said("it does something else; it is tried again", "设备正忙；将重试"),
    "cannot": Said("this adapter knows no Bluetooth Low Energy: take another", "此蓝牙适配器不支持低功耗蓝牙：请更换"),
    "silent": Said(
        "it listens and hears nobody: antenna, place, another adapter", "收不到任何信号：请检查天线和位置，或更换蓝牙适配器"
    ),
    # of a relay
    "no such host": Said("no machine of this name is in the network: look at `host`", "网络中没有此主机名：检查 `host`"),
    "no relay": Said(
        "what answers at this address is no ESPHome, or its API is off: look at `host`, and at `api:` in ESPHome",
        "此地址上的设备不是 ESPHome，或未启用 API：检查 `host` 和 ESPHome 配置中的 `api:`",
    ),
    "wrong key": Said(
        "it has another key: copy the one behind `api: encryption: key:` in ESPHome into `psk_file`",
        "密钥不一致：请把 ESPHome 配置中 `api: encryption: key:` 的密钥写入 `psk_file`",
    ),
    "no key": Said(
        "the file of its key cannot be used: `lifering check` says why", "密钥文件无法使用：原因见 `lifering check`"
    ),
    "another name": Said(
        "the device at this address has another name: look at `host` and `name`; the router may have given the address anew",
        "此地址上的设备名称不同：检查 `host` 和 `name`；可能是路由器重新分配了地址",
    ),
    "not encrypted": Said(
        "it speaks without encryption: give it `api: encryption: key:` in ESPHome",
        "未启用加密：请在 ESPHome 配置中加上 `api: encryption: key:`",
    ),
    "no proxy": Said(
        "it is an ESPHome without `bluetooth_proxy:`: put that into its configuration",
        "ESPHome 配置中没有 `bluetooth_proxy:`：请加上",
    ),
    "old firmware": Said(
        "its ESPHome is too old to tell whole advertisements: update it (2023.6 or later)",
        "ESPHome 固件过旧，不能转发完整的广播：请升级（2023.6 或更新）",
    ),
    "flood": Said(
        "it told far more than any radio hears, and was hung up on: restart it, and find out who is at this address",
        "上报量远超正常范围，连接已断开：请重启它，并查明此地址上是什么设备",
    ),
    "not installed": Said(
        "this installation has no relays: it wants the extra `relay`; `lifering check` says more",
        "本次安装不含中继器功能，需要附加组件 relay；详情见 `lifering check`",
    ),
    "disk full": Said("the disk is full", "磁盘已满"),
    "read-only": Said(
        "the disk cannot be written to: mount, rights, a worn card", "磁盘不可写：检查挂载、权限、存储卡是否老化"
    ),
    "gone": Said("a file of the store was removed while it ran", "存储文件在运行中被删除"),
    "io error": Said("the disk reports errors: a worn card, a loose plug", "磁盘读写出错：存储卡老化或接触不良"),
    "no receipt": Said(
        "no receipt came in time: the platform, the broker or the modem does not answer",
        "没有按时收到回执：平台、MQTT 服务器或短信模块没有应答",
    ),
    "no such path": Said(
        "this way is not configured: [modem], or on_alert of [duty]", "未配置此路径：[modem]，或 [duty] 的 on_alert"
    ),
    "corrupt": Said("the file is damaged", "文件已损坏"),
    "services missing": Said(
        "the wristband is connected, but does not say what it offers; it is tried again", "手环已连接，但未报告其服务；将重试"
    ),
    # of what was ordered of a wristband
    "it is not connected": Said("it is not connected", "未连接"),
    "the watch is not connected": Said("the watch is not connected", "手表未连接"),
    "a watch has no word for it": Said("a watch has no word for it", "手表不支持此操作"),
    "the link is gone": Said("the link is gone", "连接已断开"),
    "no answer in time": Said("it does not answer in time", "没有按时应答"),
    "something else is ordered of it": Said("something else is ordered of it", "正在执行另一条指令"),
    "the hub does not answer": Said("the hub does not answer", "手环接收器没有应答"),
    "the line is full": Said("the line is full", "串口发送队列已满"),
    "it speaks by itself only": Said("it speaks by itself only", "此设备只会主动上报，不接受指令"),
    "this hub has no way to say it": Said("this hub has no way to say it", "此手环接收器不支持该指令"),
    "there is no way to this band": Said("there is no way to this band", "没有通往此手环的途径"),
    "no value came": Said("no value came", "没有收到测量值"),
}


def meaning(why: str, language: Language) -> str:
    """What a fixed word means, or the system's own word of an error; anything else is said as it is."""
    return WHYS[why].of(language) if why in WHYS else told(why, language)
