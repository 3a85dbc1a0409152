"""What `lifering doctor` finds: what it means and how to mend it, in both languages, by the code of the finding. Pure.

What `check` finds in the configuration and its machine, and what a running gateway tells of itself, has its words elsewhere.
"""

from __future__ import annotations

from gateway.language import Said

SERVICE = {
    "unit_missing": Said(
        "systemd has no lifering.service: the package is not installed here, or the gateway is run by hand",
        "systemd 中没有 lifering.service：本机未安装软件包，或网关是手动运行的",
    ),
    "unit_changed": Said(
        "the unit was changed and systemd does not know it yet: sudo systemctl daemon-reload",
        "服务单元已修改，systemd 尚未读入；请执行：sudo systemctl daemon-reload",
    ),
    "unit_masked": Said(
        "the service is masked and cannot be started: sudo systemctl unmask lifering && sudo systemctl enable --now lifering",
        "服务已被屏蔽（mask），无法启动；请执行：sudo systemctl unmask lifering && sudo systemctl enable --now lifering",
    ),
    "unit_disabled": Said(
        "the service does not start when the box does: sudo systemctl enable lifering",
        "服务未设为开机启动；请执行：sudo systemctl enable lifering",
    ),
    "unit_restarts": Said(
        "the service ends and begins again ({times} times): sudo journalctl -u lifering -n 20 says why",
        "服务反复退出并重启（{times} 次）；原因见：sudo journalctl -u lifering -n 20",
    ),
    "unit_failed": Said(
        "the service has failed ({result}): sudo journalctl -u lifering -n 20 says why; then sudo systemctl start lifering",
        "服务启动失败（{result}）；原因见：sudo journalctl -u lifering -n 20，解决后执行：sudo systemctl start lifering",
    ),
    "unit_stopped": Said(
        "the service does not run, and nobody is heard: sudo systemctl start lifering",
        "服务没有运行，收不到任何呼救；请执行：sudo systemctl start lifering",
    ),
    "unit_waits": Said(
        "the service waits for a configuration: this is the example still; write your own, then sudo systemctl start lifering",
        "服务在等待配置：现有的配置还是示例；请写好配置，再执行：sudo systemctl start lifering",
    ),
    "may_not_ask": Said(
        "the gateway runs, but this user may not ask it: sudo lifering doctor",
        "网关正在运行，但当前用户无权询问；请执行：sudo lifering doctor",
    ),
    "garbled": Said(
        "what runs is another version of lifering than this one: sudo systemctl restart lifering",
        "正在运行的 lifering 与本命令版本不同；请执行：sudo systemctl restart lifering",
    ),
}

PORTS = {
    "port_absent": Said(
        "{name}: nothing is plugged in at {port}; look at the plug, the cable and the power of the device",
        "{name}：{port} 上没有设备；请检查插头、线缆和设备电源",
    ),
    "port_ambiguous": Said(
        "{name}: several devices fit {port}; name the one that is meant by /dev/serial/by-path/...",
        "{name}：有多个设备符合 {port}；请改用 /dev/serial/by-path/... 指明是哪一个",
    ),
    "port_held_by_modemmanager": Said(
        "{name}: {holder} (pid {pid}) holds {port}, for it takes every serial port for a modem;"
        " sudo udevadm trigger --subsystem-match=tty, where that does not help sudo systemctl disable --now ModemManager",
        "{name}：{port} 被 {holder}（pid {pid}）占用，它会把串口当作调制解调器；"
        "请执行：sudo udevadm trigger --subsystem-match=tty，若仍不行：sudo systemctl disable --now ModemManager",
    ),
    "port_held_by_console": Said(
        "{name}: a login console ({holder}, pid {pid}) is at {port}; sudo raspi-config, Interface Options, Serial Port:"
        " no login shell; then restart the box",
        "{name}：{port} 上开着登录控制台（{holder}，pid {pid}）；请执行 sudo raspi-config，在 Interface Options 的 Serial Port"
        " 中关闭登录，然后重启本机",
    ),
    "port_held": Said(
        "{name}: another program, {holder} (pid {pid}), holds {port}; end it: sudo kill {pid}",
        "{name}：{port} 被另一个程序 {holder}（pid {pid}）占用；请结束它：sudo kill {pid}",
    ),
    "port_taken_by_brltty": Said(
        "{name} may have been taken by brltty, which is for braille displays and makes other ports vanish;"
        " sudo systemctl mask --now brltty.service brltty-udev.service, then plug the device in again",
        "{name} 可能被 brltty 占去（它服务于盲文显示器，会使其他串口消失）；"
        "请执行：sudo systemctl mask --now brltty.service brltty-udev.service，再重新插拔设备",
    ),
}

MODEM = {
    "modem_silent": Said(
        "the SMS modem does not answer; look at its plug and power, and at port and baud of [modem]",
        "短信模块没有应答；请检查插头和供电，以及 [modem] 的 port 和 baud",
    ),
    "modem_no_sim": Said(
        "the SMS modem has no SIM that works; put it in, or try it in a phone",
        "短信模块没有可用的 SIM 卡；请插好卡，或放到手机里试一试",
    ),
    "modem_pin": Said(
        "the SIM wants its PIN; write it into a file and name that in [modem] pin_file, or switch the PIN off in a phone",
        "SIM 卡需要 PIN 码；请把 PIN 写入文件并填入 [modem] 的 pin_file，或用手机关闭 PIN",
    ),
    "modem_puk": Said(
        "the SIM is blocked and wants its PUK; enter it in a phone, the operator tells it",
        "SIM 卡已锁，需要 PUK 码；请放到手机中输入，PUK 可向运营商查询",
    ),
    "modem_locked": Said(
        "the SIM is locked to another network or device; take one without that lock",
        "SIM 卡已锁定到其他网络或设备；请换一张无锁的卡",
    ),
    "modem_searching": Said(
        "the SMS modem is in no mobile network; put the aerial to a window, and try the SIM in a phone: is it active, has it"
        " credit",
        "短信模块没有入网；请把天线移到窗边，并把 SIM 卡放到手机里确认是否开通、有余额",
    ),
    "modem_denied": Said(
        "the mobile network refuses the SIM; ask the operator whether it is active and has credit",
        "移动网络拒绝此 SIM 卡；请向运营商确认是否开通、有余额",
    ),
    "modem_no_service_centre": Said(
        "the SIM does not know its service centre, no SMS can be sent; put it into a phone and set the operator's number",
        "SIM 卡缺少短信中心号码，无法发送短信；请放到手机中设置运营商的短信中心号码",
    ),
    "modem_weak": Said(
        "the signal of the mobile network is weak ({signal} of 31), SMS may fail; put the aerial to a window",
        "移动网络信号弱（{signal}/31），短信可能发不出；请把天线移到窗边",
    ),
}

BROKER = {
    "broker_name": Said(
        "{why}; look at host in [mqtt], and at the network: ping -c 1 HOST",
        "{why}；请检查 [mqtt] 的 host 和网络：ping -c 1 主机名",
    ),
    "broker_port": Said(
        "{why}; look at port in [mqtt] (TLS: 8883, plain text: 1883), and whether a firewall lets it through",
        "{why}；请检查 [mqtt] 的 port（TLS 为 8883，明文为 1883），以及防火墙是否放行",
    ),
    "broker_tls": Said(
        "{why}; look at the clock, at ca_file, cert_file and key_file in [mqtt], and at port",
        "{why}；请检查时钟、[mqtt] 的 ca_file、cert_file、key_file 和 port",
    ),
    "broker_login": Said(
        "{why}; look at username, password_file and client_id in [mqtt]: the platform tells them",
        "{why}；请检查 [mqtt] 的 username、password_file 和 client_id：由平台提供",
    ),
    "broker_hangs_up": Said(
        "{why}; it may want TLS on this port: tls = true in [mqtt]",
        "{why}；这个端口可能要求 TLS：请在 [mqtt] 中写 tls = true",
    ),
    "broker_topic": Said(
        "{broker} does not allow {topic} ({detail}); ask the platform: config/mosquitto-acl.example shows what is needed",
        "{broker} 不允许 {topic}（{detail}）；请联系平台：所需权限见 config/mosquitto-acl.example",
    ),
    "broker_certificate_ends": Said(
        "the certificate of {broker} ends in {days} days; ask the platform for a new one there",
        "{broker} 的证书将在 {days} 天后到期；请平台更换",
    ),
    "platform_no_receipt": Said("test alert: {why}", "测试报警：{why}"),
}

CLOCK = {
    "clock_year": Said(
        "the clock says the year {year}: sudo timedatectl set-ntp true, or sudo timedatectl set-time 'YYYY-MM-DD hh:mm:ss'",
        "时钟显示为 {year} 年；请执行：sudo timedatectl set-ntp true，或 sudo timedatectl set-time '年-月-日 时:分:秒'",
    ),
    "clock_no_service": Said(
        "nothing sets the clock by the network: sudo apt install systemd-timesyncd",
        "没有从网络校时的服务；请执行：sudo apt install systemd-timesyncd",
    ),
    "clock_ntp_off": Said(
        "the clock is not set by the network: sudo timedatectl set-ntp true",
        "未启用网络校时；请执行：sudo timedatectl set-ntp true",
    ),
    "clock_unsynced": Said(
        "the clock was not set by the network; let NTP through (UDP 123), or name a time server of the place in"
        " /etc/systemd/timesyncd.conf",
        "时钟尚未与网络同步；请放行 NTP（UDP 123），或在 /etc/systemd/timesyncd.conf 中填写当地的时间服务器",
    ),
    "clock_zone": Said(
        "the machine keeps the time of {machine}, the gateway that of {zone}; the journal is easier to read when they are one:"
        " sudo timedatectl set-timezone {zone}",
        "本机时区为 {machine}，网关为 {zone}；统一后日志更易读：sudo timedatectl set-timezone {zone}",
    ),
}

DISK = {
    "disk_has_no_room": Said(
        "only {free_mb} MB are free on the disk of data_dir; make room: sudo journalctl --vacuum-size=100M, sudo apt clean",
        "data_dir 所在磁盘只剩 {free_mb} MB；请清理：sudo journalctl --vacuum-size=100M，sudo apt clean",
    ),
    "disk_no_inodes": Said(
        "only {files} more files fit onto the disk of data_dir; find the folder that is full of small files, and empty it",
        "data_dir 所在磁盘只能再存 {files} 个文件；请找出存有大量小文件的目录并清理",
    ),
    "disk_errors": Said(
        "the file system of {disk} has had {errors} errors; replace the card or disk soon, and sudo touch /forcefsck before the"
        " next start",
        "{disk} 的文件系统出过 {errors} 次错误；请尽快更换存储卡或硬盘，并在下次启动前执行：sudo touch /forcefsck",
    ),
    "disk_wears": Said(
        "the memory of {disk} is worn by more than 80 %; have another one ready",
        "{disk} 的存储寿命已用去 80% 以上；请备好替换件",
    ),
    "disk_worn_out": Said(
        "the memory of {disk} is worn out and may fail at any moment; replace it now",
        "{disk} 的存储寿命已耗尽，随时可能损坏；请立即更换",
    ),
}

POWER = {
    "undervoltage": Said(
        "the supply voltage is too low, the board may stop or damage the card; take the original power supply"
        " (5 V, 3 A) and its own cable",
        "供电电压过低，主板可能停机或损坏存储卡；请使用原装电源（5 V 3 A）和原装线",
    ),
    "undervoltage_before": Said(
        "the supply voltage was too low since the last start; take the original power supply (5 V, 3 A)",
        "上次开机以来出现过电压不足；请使用原装电源（5 V 3 A）",
    ),
    "overheated": Said(
        "the processor is too hot and slows down; out of the sun and the closed cabinet, or give it a heat sink",
        "处理器过热，已降速；请避开阳光和密闭的柜子，或加装散热片",
    ),
    "overheated_before": Said(
        "the processor was too hot since the last start; out of the sun and the closed cabinet",
        "上次开机以来处理器曾过热；请避开阳光和密闭的柜子",
    ),
}

RADIO = {
    "radio_absent": Said(
        "there is no Bluetooth adapter; plug one in, or enabled = false in [bluetooth] where none is wanted",
        "没有蓝牙适配器；请插入一个，不需要蓝牙时在 [bluetooth] 中写 enabled = false",
    ),
    "radio_soft_blocked": Said(
        "Bluetooth is switched off by software, as on every new Raspberry Pi OS: sudo rfkill unblock bluetooth",
        "蓝牙被软件关闭（新装的树莓派系统默认如此）；请执行：sudo rfkill unblock bluetooth",
    ),
    "radio_hard_blocked": Said(
        "Bluetooth is switched off by a switch or key of the machine; switch it on there",
        "蓝牙被机器上的开关或按键关闭；请在机器上打开",
    ),
    "radio_no_dbus": Said(
        "there is no system bus: sudo systemctl start dbus", "系统总线未运行；请执行：sudo systemctl start dbus"
    ),
    "radio_no_bluetoothd": Said(
        "bluetoothd does not run: sudo systemctl enable --now bluetooth",
        "bluetoothd 未运行；请执行：sudo systemctl enable --now bluetooth",
    ),
    "radio_forbidden": Said(
        "this user may not use Bluetooth: sudo lifering doctor", "当前用户无权使用蓝牙；请执行：sudo lifering doctor"
    ),
    "radio_no_answer": Said(
        "bluetoothd does not answer: sudo systemctl restart bluetooth",
        "bluetoothd 没有应答；请执行：sudo systemctl restart bluetooth",
    ),
    "adapter_missing": Said(
        "the adapter {name} of [bluetooth] is not there; plug it in, or write another one: {there}",
        "[bluetooth] 中的蓝牙适配器 {name} 不在；请插好，或改用现有的：{there}",
    ),
    "adapter_off": Said(
        "{name} ({address}) is switched off: bluetoothctl power on", "{name}（{address}）未开启；请执行：bluetoothctl power on"
    ),
    "adapter_filters": Said(
        "{name} ({address}) may leave out repeated presses; Experimental = true under [General] in"
        " /etc/bluetooth/main.conf, then sudo systemctl restart bluetooth",
        "{name}（{address}）可能漏掉重复的按键；请在 /etc/bluetooth/main.conf 的 [General] 下写 Experimental = true，"
        "再执行：sudo systemctl restart bluetooth",
    ),
    "adapter_by_number": Said(
        'the number of {name} may change at the next start; write adapters = ["{address}"]',
        '{name} 的编号下次启动可能改变；请写 adapters = ["{address}"]',
    ),
    "radio_shares_chip": Said(
        "Bluetooth and the Wi-Fi in use are one chip and disturb each other; take a network cable, or a USB adapter for it",
        "蓝牙与正在使用的 Wi-Fi 共用一块芯片，会互相干扰；请改用网线，或另插一个 USB 蓝牙适配器",
    ),
}

RELAYS = {
    "relay_no_answer": Said(
        "{name}: nobody answers at {host}; look at its power and its Wi-Fi, and at the address that the router has given it",
        "{name}：{host} 无应答；请检查它的电源、Wi-Fi，以及路由器分配给它的地址",
    ),
    "relay_no_such_host": Said(
        "{name}: no machine is called {host}; write its address in `host`, and have the router keep it",
        "{name}：网络中没有主机 {host}；请在 `host` 中写它的地址，并在路由器上固定该地址",
    ),
    "relay_no_relay": Said(
        "{name}: what is at {host} is no ESPHome, or has no `api:`; look at `host`, and add `api:` to its configuration",
        "{name}：{host} 上的设备不是 ESPHome，或没有启用 `api:`；请检查 `host`，并在其配置中加上 `api:`",
    ),
    "relay_wrong_key": Said(
        "{name}: {host} has another key; copy the one behind `api: encryption: key:` of its configuration into the psk_file",
        "{name}：{host} 的密钥不一致；请把其配置中 `api: encryption: key:` 的密钥写入 psk_file",
    ),
    "relay_another_name": Said(
        "{name}: the ESPHome at {host} has another name; look at `host` and `name` of [[relay]], and at the router's addresses",
        "{name}：{host} 上的 ESPHome 名称不同；请检查 [[relay]] 的 `host` 和 `name`，以及路由器分配的地址",
    ),
    "relay_not_encrypted": Said(
        "{name}: {host} speaks without encryption; add `api: encryption: key:` to its configuration",
        "{name}：{host} 未启用加密；请在其配置中加上 `api: encryption: key:`",
    ),
    "relay_no_proxy": Said(
        "{name}: {host} is no Bluetooth proxy; add `bluetooth_proxy:` with `active: true` to its configuration",
        "{name}：{host} 未启用蓝牙代理；请在其配置中加上 `bluetooth_proxy:` 和 `active: true`",
    ),
    "relay_old_firmware": Said(
        "{name}: the ESPHome of {host} is too old to tell whole advertisements; update it",
        "{name}：{host} 的 ESPHome 版本过旧，不能转发完整的广播；请升级",
    ),
    "relay_only_listens": Said(
        "{name}: {host} hears presses, but bands cannot be connected to through it; `active: true` under `bluetooth_proxy:`",
        "{name}：{host} 只能接收按键，不能连接手环；请在 `bluetooth_proxy:` 下写 `active: true`",
    ),
}

PAGE = {
    "page_no_address": Said(
        "[{section}] listen: this machine has no address {listen} now; hostname -I shows those that it has, 0.0.0.0 means all",
        "[{section}] 的 listen：本机现在没有地址 {listen}；hostname -I 显示本机地址，0.0.0.0 表示全部",
    ),
    "page_port_taken": Said(
        "[{section}] listen: another program, {holder} (pid {pid}), has the port of {listen}; choose another port, or end it",
        "[{section}] 的 listen：{listen} 的端口被另一个程序 {holder}（pid {pid}）占用；请换一个端口，或结束该程序",
    ),
    "page_not_open": Said(
        "[{section}] listen: the gateway runs, and nobody listens at {listen}; sudo systemctl reload lifering where it was"
        " changed since, else sudo journalctl -u lifering | grep -e WEB_NONE -e WATCHES_NONE says why",
        "[{section}] 的 listen：网关在运行，但 {listen} 没有服务在监听；改过配置请执行 sudo systemctl reload lifering，"
        "否则原因见：sudo journalctl -u lifering | grep -e WEB_NONE -e WATCHES_NONE",
    ),
}

WORDS: dict[str, Said] = SERVICE | PORTS | MODEM | BROKER | CLOCK | DISK | POWER | RADIO | RELAYS | PAGE
