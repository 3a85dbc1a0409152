"""What `setup` asks and says, in both languages: at most 78 columns a line. Pure."""

from __future__ import annotations

from gateway.language import Said

QUESTIONS = {
    "language": Said("Language: 1 Chinese, 2 English", "语言：1 中文，2 英文"),
    "id": Said(
        "Center id: the name of this gateway on the platform\n(letters, digits and -). No two boxes may have the same.",
        "中心编号：本网关在平台上的名称（字母、数字和 -）。\n任何两台设备不得相同。",
    ),
    "host": Said("Platform: name or address of its MQTT broker", "平台：MQTT 服务器的主机名或地址"),
    "tls": Said("Encrypt (TLS)? Without it anybody can read along.   y/n", "加密（TLS）？不加密时任何人都能看到内容。  y/n"),
    "port": Said("Port of the broker", "MQTT 服务器端口"),
    "ca_file": Said(
        "Certificate of the authority (a PEM file; Enter: those of the system)", "机构证书（PEM 文件；直接回车：用系统自带的）"
    ),
    "username": Said("User name at the platform ( - for none)", "平台用户名（ - 表示没有）"),
    "password": Said("Password (is not shown; Enter: leave it as it is)", "密码（输入时不显示；直接回车：保持不变）"),
    "first password": Said("Password (is not shown; Enter: there is none)", "密码（输入时不显示；直接回车：没有密码）"),
    "time_zone": Said("Time zone of this place", "本地时区"),
    "bluetooth": Said("Listen with this machine's Bluetooth?   y/n", "使用本机蓝牙接收手环？  y/n"),
    "serial": Said(
        "What is at {about}?\nThe name of a driver (`lifering drivers`), or - for nothing of ours.",
        "{about} 上接的是什么？\n填驱动名（见 `lifering drivers`），- 表示与本网关无关。",
    ),
    "modem": Said(
        "SMS modem: its serial port, the one that answers AT ( - for none).\n"
        "Without it nobody is asked when the network is down.",
        "短信模块：能应答 AT 的串口（ - 表示没有）。\n没有它，断网时无法通知任何人。",
    ),
    "pin": Said("PIN of the SIM (is not shown; Enter: it wants none)", "SIM 卡 PIN 码（输入时不显示；直接回车：无 PIN）"),
    "phones": Said(
        "Who is on duty, in the order in which they are asked: name number, name number\n"
        "such as: duty-room 13800000001, manager 13900000002",
        "值班人员，按询问的先后：称呼 号码，称呼 号码\n例如：duty-room 13800000001，manager 13900000002",
    ),
}

SETUP = {
    "welcome": Said(
        "Setting up lifering. Enter takes what stands in [ ]; < goes back;\nCtrl-C ends it, and nothing was changed.",
        "开始安装设置。直接回车采用 [ ] 中的内容；输入 < 返回上一题；\n按 Ctrl-C 退出，不作任何改动。",
    ),
    "adapter": Said("Bluetooth adapter {adapter}  {address}", "蓝牙适配器 {adapter}  {address}"),
    "no adapter": Said("No Bluetooth adapter: {why}", "没有可用的蓝牙适配器。{why}"),
    "port": Said("Serial port {port}", "串口 {port}"),
    "no ports": Said("No serial port of a hub or device is plugged in.", "没有插入手环接收器或串口设备。"),
    "listening": Said("Listening for what is plugged in ...", "正在识别所接的设备……"),
    "no pin": Said("4 to 8 digits, please.", "请输入 4 到 8 位数字。"),
    "must": Said("This must be answered.", "此项必须填写。"),
    "yes or no": Said("y or n, please.", "请回答 y 或 n。"),
    "one or two": Said("1 or 2, please.", "请回答 1 或 2。"),
    "no port": Said("A number from 1 to 65535, please.", "请填写 1 到 65535 之间的数字。"),
    "no serial port": Said(
        "The path of a serial port, please, such as /dev/serial/by-id/...; - for none.",
        "请填写串口路径，例如 /dev/serial/by-id/...；没有则填 - 。",
    ),
    "no driver": Said("There is no serial driver of this name: {names}", "没有这个串口驱动。可用的有：{names}"),
    "write": Said(
        "Write this?   y: yes   <: back   n: end, change nothing", "写入以上设置？  y：写入   <：返回   n：退出，不作改动"
    ),
    "existing": Said(
        "There is a configuration already ({file}).\nYour answers are put into it, the old one is kept beside it.   y/n",
        "已有配置（{file}）。\n回答将写入其中，旧文件保留在旁边。  y/n",
    ),
    "nothing changed": Said("Nothing was changed.", "没有任何改动。"),
    "written": Said("Written: {file}", "已写入：{file}"),
    "kept": Said("The old one: {file}", "旧文件：{file}"),
    "cannot write": Said(
        "{file} cannot be written: {why} (`sudo lifering setup`?)", "无法写入 {file}：{why}（请用 `sudo lifering setup`）"
    ),
    "faulty": Said(
        "`check` found mistakes: mend them, then `sudo lifering setup` again.",
        "`check` 发现错误：请改正后再执行 `sudo lifering setup`。",
    ),
    "bands": Said(
        "Now the wristbands. Press (or tap) the one that you want to enrol, or type its\nnumber. Enter: no more bands.",
        "下面登记手环。请按一下（或轻敲）要登记的那一只，或输入它的编号。\n直接回车：不再登记。",
    ),
    "pressed": Said("Pressed: {address} ({driver})", "已按下：{address}（{driver}）"),
    "changes": Said(
        "{address} is an address that changes every quarter of an hour: this device\ncannot be enrolled. Press another band.",
        "{address} 每 15 分钟左右就会变化，这个设备无法登记。\n请按另一只手环。",
    ),
    "already": Said("{address} is enrolled already, for {wearer}.", "{address} 已登记给 {wearer}。"),
    "wearer": Said("Wearer: a pseudonym such as W-001, never a name", "佩戴者代号，例如 W-001，不写姓名"),
    "room": Said("Room", "房间"),
    "enrolled": Said("Enrolled: {address} for {wearer}", "已登记：{address} → {wearer}"),
    "no systemd": Said(
        "There is no systemd here. Start the gateway in another window:\n  lifering run --config {file}",
        "本机没有 systemd。请在另一个窗口启动网关：\n  lifering run --config {file}",
    ),
    "starting": Said("Starting the gateway, and at each boot from now on ...", "正在启动网关，并设为开机启动……"),
    "not started by hand": Said(
        "The gateway does not answer. What it says in the other window is why.",
        "网关没有应答。原因见启动网关的那个窗口。",
    ),
    "not started": Said(
        "The gateway does not answer. `journalctl -u lifering -e` says why.",
        "网关没有应答。原因见 `journalctl -u lifering -e`。",
    ),
    "runs": Said("The gateway runs.", "网关已运行。"),
    "wait reading": Said("Waiting for a first reading: press a band, or put it on ...", "等待第一条读数：请按一下手环或戴上……"),
    "reading": Said("Heard: {wearer}, room {room}: {what}", "已收到：{wearer}，房间 {room}：{what}"),
    "no reading": Said(
        "No band was heard in {seconds:.0f} s. `lifering status` shows it when it comes.",
        "{seconds:.0f} 秒内没有收到手环。收到后 `lifering status` 会显示。",
    ),
    "no bands": Said("No band is enrolled yet: `sudo lifering enroll`.", "尚未登记手环：`sudo lifering enroll`。"),
    "test": Said("A test alert through the whole chain:", "发送一条测试报警，走完整条链路："),
    "sms": Said(
        "Let each phone on duty get a test: `lifering test-alert --path sms`.",
        "请让每部值班电话收到一条测试短信：`lifering test-alert --path sms`。",
    ),
    "took": Said("It took {minutes} min {seconds} s.", "耗时 {minutes} 分 {seconds} 秒。"),
    "done": Said("All is well: the platform has answered.", "一切正常：平台已应答。"),
    "not done": Said(
        "Not all of it works yet, see above. After mending it: `lifering test-alert`.",
        "尚未全部正常，见上。排除后请执行 `lifering test-alert`。",
    ),
    "no terminal": Said(
        "there is nobody to ask here: `--from FILE` takes the answers from a file",
        "此处无法提问：请用 `--from FILE` 从文件读取回答",
    ),
    "replace": Said(
        "{file} is no longer the example:\n`--replace` puts the answers into it and keeps the old one",
        "{file} 已不是示例：\n加 `--replace` 写入回答，旧文件会保留",
    ),
}


def elapsed(seconds: float) -> dict[str, int]:
    """The facts of `took`."""
    return {"minutes": int(seconds) // 60, "seconds": int(seconds) % 60}
