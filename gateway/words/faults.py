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
    "adapter_lost": Said("a Bluetooth adapter or relay cannot be used", "蓝牙适配器或中继器不可用"),
    "driver_fault": Said(
        "a driver of another package blocked the gateway and is switched off until the next start",
        "一个第三方驱动卡住了网关，已停用至下次启动",
    ),
    "band_put_off": Said(
        "Bluetooth crashed while connecting to a wristband, which is left alone for an hour",
        "连接手环时蓝牙服务崩溃，一小时内不再连接这只手环",
    ),
    "contact_stuck": Said(
        "the sensor of a wristband says for a day that it is not worn, while it measures beats: its pulse counts; that it is"
        " taken off will not be told",
        "手环的传感器一整天都报告未佩戴，却一直测到心跳：其心率照常使用，但无法得知它是否被摘下",
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
    "working_in_memory": Said(
        "the data files cannot be used: alerts and readings go on in memory, and a power cut takes what has not left",
        "数据文件无法使用：报警和读数暂存于内存，断电将丢失尚未发出的部分",
    ),
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

# Why, where that is a fixed word: of the modem, and of a test of the ways to people.
REASONS: dict[str, Said] = {
    "starting": Said("it is being set up", "正在启动"),
    "ready": Said("it is in use", "使用中"),
    "searching": Said("it looks for a network", "正在搜索网络"),
    "lost": Said("no port, or no answer", "无端口或无应答"),
    "no_sim": Said("no SIM that works", "没有可用的 SIM 卡"),
    "pin": Said("the SIM wants its PIN", "SIM 卡需要 PIN 码"),
    "wrong PIN": Said("the PIN was wrong, and is not tried again", "PIN 码错误，不再重试"),
    "PUK": Said("the SIM wants its PUK", "SIM 卡需要 PUK 码"),
    "locked": Said("the SIM is locked to another network or device", "SIM 卡已锁定到其他网络或设备"),
    "no_network": Said("no network", "没有网络"),
    "denied": Said("the network refuses the SIM", "网络拒绝此 SIM 卡"),
    "no_service_centre": Said("no service centre number", "缺少短信中心号码"),
    "absent": Said("absent", "设备不在"),
    "no permission": Said("no permission", "无权限"),
    "in use": Said("in use by another program", "被其他程序占用"),
    "ambiguous": Said("several devices fit", "有多个设备符合"),
    "failed": Said("the system reports an error", "系统报告错误"),
    "silent": Said("no answer", "没有应答"),
    "stopped": Said("stopped", "已停止"),
    "no answer": Said("no answer", "没有应答"),
    "no receipt": Said("no receipt came in time", "没有按时收到回执"),
    "no such path": Said("there is no such way now", "此路径目前不可用"),
    "not registered": Said("the modem is in no network", "短信模块没有入网"),
    "nobody in the duty list": Said("nobody in the duty list", "值班表中没有人"),
    "not delivered": Said("the SMS could not be delivered", "短信未能送达"),
    "sms_bound": Said("the daily limit of SMS is reached", "短信已达每日上限"),
}
