"""What a technical alert says of its fault, in both languages: what is broken, in one line. Pure.

`{device}`: the port, adapter, file or band that has it; `{devices}`: how many, where it stands for many.
"""

from __future__ import annotations

from gateway.language import Said

FAULTS: dict[str, Said] = {
    # what hears
    "port_lost": Said("a serial port is lost", "串口设备断开"),
    "port_garbled": Said(
        "a serial port brings nothing that can be read: look at driver, baud and parity",
        "串口收到的数据全都无法识别，请检查驱动、波特率和校验位",
    ),
    "adapter_lost": Said("a Bluetooth adapter cannot be used", "蓝牙适配器不可用"),
    "driver_fault": Said(
        "a driver of another package blocked the gateway and is switched off until the next start",
        "一个第三方驱动卡住了网关，已停用至下次启动",
    ),
    "band_put_off": Said(
        "Bluetooth crashed while connecting to a wristband, which is left alone for an hour",
        "连接手环时蓝牙服务崩溃，一小时内不再连接这只手环",
    ),
    "unregistered_device": Said(
        "unregistered devices call for help: {devices}, the newest {device}; find out at once whose they are",
        "未登记的手环发出求助，请立即核实是谁的（共 {devices} 只，最近一只 {device}）",
    ),
    # ways to people
    "broker_unreachable": Said("the MQTT broker cannot be reached", "无法连接 MQTT 服务器（broker）"),
    "platform_silent": Said("the broker takes alerts, but the platform confirms none", "MQTT 服务器已接收报警，但平台没有回执"),
    "alert_rejected": Said("the platform refuses an alert", "平台拒绝了一条报警"),
    "modem_lost": Said("the SMS modem cannot be used", "短信模块不可用"),
    "modem_no_network": Said(
        "the SMS modem is in no network, or does not know its service centre: look at antenna and SIM",
        "短信模块没有入网，或缺少短信中心号码，请检查天线和 SIM 卡",
    ),
    "modem_power": Said(
        "the SMS modem restarts while it sends: give it a stronger supply",
        "短信模块在发送时重启，请换用供电能力更强的电源",
    ),
    "sms_undelivered": Said("an SMS could not be delivered", "短信未能送达"),
    "sms_bound": Said("the daily limit of SMS is reached; only critical alerts are sent", "短信已达每日上限，只发送紧急报警"),
    "self_test": Said("daily self test", "每日自检"),
    "self_test_failed": Said("the daily self test had no answer", "每日自检没有收到应答"),
    "test": Said("test alert", "测试报警"),
    # the machine
    "clock_unset": Said("the clock is not set: times may be wrong", "系统时间尚未校准，记录的时间可能不准"),
    "disk": Said("the gateway cannot write to its disk", "网关无法写入磁盘"),
    "disk_nearly_full": Said("the disk is nearly full", "磁盘空间即将用尽"),
    "store_repaired": Said(
        "a data file was damaged, lost or locked; what could be read was kept, and the log says what to do",
        "数据文件损坏、丢失或缺少密钥；可读出的数据已另存，处理方法见网关日志",
    ),
    "undervoltage": Said("the supply voltage is too low: use the original power supply", "供电电压过低，请使用原装电源"),
    "overheated": Said("the processor is too hot and slows down", "处理器过热，已降速运行"),
    "certificate_expires": Said("a certificate is about to end", "证书即将到期"),
    # what people owe
    "review_missed": Said("the review of a limit is overdue", "阈值的复核已逾期"),
}
