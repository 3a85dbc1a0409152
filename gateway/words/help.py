"""What `--help` says of every verb and its options, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

SENTENCE = Said("{}.", "{}。")

FRAME = {
    "lifering": Said("The gateway of a community center for wristbands.", "社区养老服务中心的手环网关。"),
    "usage": Said("usage: ", "用法："),
    "verbs": Said("verbs", "命令"),
    "arguments": Said("positional arguments", "参数"),
    "options": Said("options", "选项"),
    "help": Said("show this help message and exit", "显示本帮助并退出"),
    "version": Said("print the version and end", "显示版本号并退出"),
}

HELP = {
    # of several verbs
    "config": Said("the gateway's (%(default)s)", "网关的配置文件（默认 %(default)s）"),
    "address": Said(
        "the wristband's, such as C0:FF:EE:00:00:01; of a watch on mobile data its id or IMEI",
        "手环地址，例如 C0:FF:EE:00:00:01；移动网络手表写编号或 IMEI",
    ),
    "one object": Said("print it as one JSON object", "以一个 JSON 对象输出"),
    # run
    "run": Said(
        "The daemon: hears the wristbands, keeps what they say, brings the alerts up to the platform.",
        "守护进程：接收手环信号，保存数据，把报警上报平台。",
    ),
    "run record": Said(
        "keep every raw frame in this file too, to look for a fault", "把收到的每一帧原始数据另存到此文件，用于查找故障"
    ),
    "run play": Said("play back a recording beside what is heard", "在正常接收之外，回放一份录制的数据"),
    # check
    "check user": Said(
        "look with the rights of this user (for root: the service's user)", "以此用户的权限检查（root 默认用服务的用户）"
    ),
    # doctor
    "doctor fix": Said("mend what is safe to mend, and say what was done", "排除可以安全处理的故障，并说明做了什么"),
    "doctor no test alert": Said("send no test alert to a platform that is connected", "不向已连接的平台发送测试报警"),
    # bundle
    "bundle file": Said("a name that ends with .tar.gz", "以 .tar.gz 结尾的文件名"),
    "bundle yes": Said("do not ask", "不询问，直接写入"),
    # label
    "label center": Said("the name of the center", "服务中心的名称"),
    "label phone": Said("the number to call when nobody comes; answered at night too", "没有人去时拨打的电话，夜里也须有人接"),
    # setup
    "setup from": Said("ask nothing: the answers stand in this TOML", "不提问：答案都写在这个 TOML 文件里"),
    "setup report": Said("what was said is written here, too (FILE.report.txt)", "过程同时写入此文件（默认 FILE.report.txt）"),
    "setup replace": Said(
        "with --from: also where there is a configuration; it is kept", "与 --from 同用：已有配置时也执行，原配置会保留"
    ),
    "setup no fix": Said("mend nothing of this machine (else as `doctor --fix`)", "不修复本机（默认同 `doctor --fix`）"),
    "setup port": Said("a serial port that udev does not name", "udev 没有命名的串口"),
    "setup seconds": Said("wait so long for what comes (%(default)g)", "等待信号的秒数（默认 %(default)g）"),
    "setup config": Said("what is written (%(default)s)", "要写入的配置文件（默认 %(default)s）"),
    # backup and restore
    "backup file": Said("what is written; readable for its owner alone", "要写入的文件；仅所有者可读"),
    "restore file": Said("the backup", "备份文件"),
    "restore config": Said("where it goes (%(default)s)", "恢复到哪个配置文件（默认 %(default)s）"),
    # test-alert
    "test-alert path": Said("which way (%(default)s)", "经由哪条通道（默认 %(default)s）"),
    "test-alert wait": Said("seconds to wait for the answer (%(default)g)", "等待应答的秒数（默认 %(default)g）"),
    "test-alert json": Said("print each step as one JSON object", "每一步输出一个 JSON 对象"),
    # enroll
    "enroll driver": Said("how it speaks, see `lifering drivers`", "所用驱动，见 `lifering drivers`"),
    "enroll wearer": Said("the pseudonym of the one who wears it, never a name", "佩戴者的代号，不要填写姓名"),
    "enroll room": Said("where the wearer lives, such as 3-201", "佩戴者的房间，例如 3-201"),
    "enroll key file": Said("file with its key in hexadecimal digits", "存放密钥（十六进制数字）的文件"),
    # erase
    "erase wearer": Said("the pseudonym", "佩戴者代号"),
    "erase yes": Said("do not ask", "不再询问确认"),
    "erase json": Said("print the counts as one JSON object", "以一个 JSON 对象输出清除的数量"),
    # export
    "export what": Said("one line a reading, or an event of an alert", "readings：每条读数一行；alerts：报警的每个事件一行"),
    "export from": Said(
        "2026-11-23, or 2026-11-23T08:00, or with a zone", "从何时起：2026-11-23 或 2026-11-23T08:00，也可带时区"
    ),
    "export to": Said("before this moment; a day counts to its end", "到何时为止；只写日期时包含当天"),
    "export wearer": Said("only of this wearer", "只导出此佩戴者的数据"),
    "export format": Said("(%(default)s)", "输出格式（默认 %(default)s）"),
    "export verify": Said(
        "check the chain of the events: of the store, or of a file", "检查报警记录的链是否完整：本机的，或某个文件的"
    ),
    "export json": Said("print what --verify finds as one JSON object", "以一个 JSON 对象输出 --verify 的结果"),
    # scan
    "scan seconds": Said("how long to listen (%(default)s)", "接收多少秒（默认 %(default)s）"),
    "scan config": Said(
        "says which adapters to use, and who is enrolled (/etc/lifering/gateway.toml, where there is one)",
        "写明使用哪些蓝牙适配器、登记了哪些手环的配置文件（默认 /etc/lifering/gateway.toml，可以没有）",
    ),
    "scan json": Said("one JSON object a wristband, one a line", "每只手环一行，一个 JSON 对象"),
    # drivers
    "drivers json": Said("one JSON object a driver, one a line", "每个驱动一行，一个 JSON 对象"),
    # decode
    "decode driver": Said("a name that `lifering drivers` lists", "驱动名，见 `lifering drivers`"),
    "decode inputs": Said(
        "bytes; - reads one input a line from standard input", "要解析的字节（十六进制）；- 表示从标准输入逐行读取"
    ),
    "decode characteristic": Said(
        "which characteristic has this value: 2a37, or in full", "字节是哪个特征的值：2a37，或完整的 UUID"
    ),
    "decode key": Said("the key of an encrypted advertisement", "加密广播的密钥"),
    "decode address": Said("the sender: C0:FF:EE:00:00:01", "发送者的地址：C0:FF:EE:00:00:01"),
    "decode at": Said("when it was received, for drivers that complete a date", "收到的时间，供需要补全日期的驱动使用"),
    "decode model": Said("the model, for drivers that speak with several", "型号，供支持多种型号的驱动使用"),
    # replay
    "replay file": Said(
        "readings and deeds, one JSON object a line; -: stdin", "读数和操作，每行一个 JSON 对象；- 表示标准输入"
    ),
    "replay config": Said(
        "the limits, the duty and the roster of this configuration; without it the shipped ones. Several: with --stats",
        "使用此配置的阈值、值班安排和名册；不写则用随附的。多份配置须与 --stats 一起使用",
    ),
    "replay no receipts": Said("the platform never answers", "平台始终不应答"),
    "replay stats": Said("only how many alerts a worn day, and how they come", "只统计每个佩戴日有多少报警、因何而来"),
    "replay json": Said("print the stats as one JSON object", "以一个 JSON 对象输出统计"),
    # demo
    "demo": Said(
        "Virtual wristbands on a virtual radio, a hub and a modem on pseudo-terminals, a broker, a platform and the phone of"
        " somebody on duty, and between them the real gateway. Tells a story in under a minute, then lives on until Ctrl-C."
        " All people in it are invented.",
        "虚拟蓝牙链路上的虚拟手环，伪终端上的手环接收器和短信模块，一个 MQTT 服务器、一个平台和一部值班手机，"
        "中间是真正的网关。用不到一分钟讲完一个经过，然后继续运行，直到按下 Ctrl-C。其中的人都是虚构的。",
    ),
    "demo seconds": Said(
        "end after N seconds ({shortest} or more) with the account; not before the story is told",
        "N 秒后结束（至少 {shortest} 秒）并给出对账结果；故事讲完之前不会结束",
    ),
    "demo no web": Said(
        "without the two pages for a browser: the gateway's and the platform's", "不提供浏览器中的两个页面（网关和平台）"
    ),
    "demo language": Said("default: as LANG says", "默认按 LANG"),
}
