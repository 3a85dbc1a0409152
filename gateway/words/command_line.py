"""What the commands say to whoever types them, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Said

SCAN = {
    "absent": Said(
        "there is no Bluetooth adapter: plug one in; `bluetoothctl list` shows those that BlueZ knows",
        "没有蓝牙适配器：请插入一个；`bluetoothctl list` 列出 BlueZ 认得的",
    ),
    "powered off": Said(
        "it is switched off: `sudo rfkill unblock bluetooth`, then `bluetoothctl power on`",
        "蓝牙适配器未开启：请执行 `sudo rfkill unblock bluetooth`，再执行 `bluetoothctl power on`",
    ),
    "soft blocked": Said(
        "Bluetooth is switched off by software, as on every new Raspberry Pi OS: `sudo rfkill unblock bluetooth`",
        "蓝牙被软件关闭（新装的树莓派系统默认如此）：请执行 `sudo rfkill unblock bluetooth`",
    ),
    "hard blocked": Said(
        "Bluetooth is switched off by a switch or key of the machine: switch it on there",
        "蓝牙被机器上的开关或按键关闭：请在机器上打开",
    ),
    "no permission": Said(
        "this user may not use Bluetooth: be root, or a member of the group bluetooth",
        "当前用户无权使用蓝牙：请用 root，或加入 bluetooth 组",
    ),
    "no bluetoothd": Said(
        "bluetoothd does not run: `sudo systemctl start bluetooth`",
        "bluetoothd 未运行：请执行 `sudo systemctl start bluetooth`",
    ),
    "no D-Bus": Said(
        "there is no system bus: `sudo systemctl start dbus`", "系统总线未运行：请执行 `sudo systemctl start dbus`"
    ),
    "busy": Said(
        "it is busy with another scan: try again; when that does not help, `sudo systemctl restart bluetooth`",
        "蓝牙适配器正忙于另一次扫描：请稍后再试；若仍不行，请执行 `sudo systemctl restart bluetooth`",
    ),
    "failed": Said("the system reports an error: {why}", "系统报告错误：{why}"),
    "enrolled": Said("enrolled for {wearer}", "已登记给 {wearer}"),
    "not enrolled": Said("not enrolled", "未登记"),
    "address changes": Said("(its address changes: it cannot be enrolled)", "（地址会变化，无法登记）"),
    "address": Said("address", "地址"),
    "driver": Said("driver", "驱动"),
    "signal": Said("signal", "信号"),
    "battery": Said("battery", "电量"),
    "whose": Said("whose", "登记给谁"),
    "more": Said("... and {more} more, which are weaker", "……另有 {more} 只，信号更弱"),
    "left": Said("({seconds} s to go)", "（还有 {seconds} 秒）"),
    "count": Said("{bands} wristbands in reach, {others} other devices", "附近有 {bands} 只手环，另有 {others} 个其他设备"),
}

REPEATS_FILTERED = Said(
    "repeats are filtered: a frame that says nothing new is told once in 10 s; an adapter that filters by address alone tells "
    "each band once in 10 s, whatever it says, and misses presses. To have every frame: `Experimental = true` under [General] "
    "in /etc/bluetooth/main.conf, then `sudo systemctl restart bluetooth`",
    "重复帧被过滤：内容不变的帧每 10 秒只报告一次；只按地址过滤的蓝牙适配器每只手环 10 秒只报告一次，会漏掉按键。"
    "要接收每一帧：在 /etc/bluetooth/main.conf 的 [General] 下写 `Experimental = true`，再执行 "
    "`sudo systemctl restart bluetooth`",
)

CHECK = {
    "valid": Said("{file} is valid.", "{file} 没有错误。"),
    "gateway": Said("Gateway    {id}, data in {data_dir}", "网关  {id}，数据存放在 {data_dir}"),
    "disk": Said(
        "Disk       {point}, {free_gb:.1f} of {total_gb:.1f} GB free",
        "磁盘  {point}，共 {total_gb:.1f} GB，剩余 {free_gb:.1f} GB",
    ),
    "time": Said(
        "Local time {zone}, {now:%Y-%m-%d %H:%M}; the clock is {state}", "时区  {zone}，现在 {now:%Y-%m-%d %H:%M}；时钟{state}"
    ),
    "synced": Said("set by the network", "已与网络同步"),
    "unsynced": Said("NOT set by the network", "【未与网络同步】"),
    "broker": Said(
        "Broker     {brokers}; MQTT {version}, {security}; topics {root}/{id}/...",
        "MQTT 服务器  {brokers}；版本 {version}，{security}；主题 {root}/{id}/...",
    ),
    "tls": Said("TLS", "TLS 加密"),
    "plain": Said("NOT ENCRYPTED", "未加密"),
    "delivery": Said(
        "Delivery   an alert until {alerts}, a reading until {readings}", "送达  报警：{alerts}；读数：{readings}"
    ),
    "receipt": Said("the platform's receipt", "平台回执"),
    "puback": Said("the broker's acknowledgement", "MQTT 服务器应答"),
    "duty": Said(
        "Duty       no receipt: {receipt_s} s; no answer: escalated after {person_s} s, {again_s} s, then every {repeat_s} s",
        "值班  无回执 {receipt_s} 秒；无人应答：{person_s} 秒和 {again_s} 秒后升级，之后每 {repeat_s} 秒一次",
    ),
    "second path": Said(
        "SMS        {phones} phones on the duty list; modem at {port}", "短信  值班表 {phones} 人；短信模块 {port}"
    ),
    "no second path": Said(
        "SMS        none: when the network is down nobody is asked ([modem], and phones_file of [duty])",
        "短信  未配置，断网时无法通知值班人员（[modem]，以及 [duty] 的 phones_file）",
    ),
    "light": Said("Light      {command}", "声光  {command}"),
    "self test": Said("Self test  daily at {at}, by every way", "自检  每天 {at}，测试各条通道"),
    "serial": Said("Serial     {name}: {driver} at {port}", "串口  {name}：{driver}，{port}"),
    "shared": Said(
        "Shared     {name}: of whoever signed in at most {seconds} s before, else of the device itself",
        "共用  {name}：归 {seconds} 秒内按键签到的老人，否则归设备本身",
    ),
    "radio": Said(
        "Bluetooth  {adapters}, {connections} connections at once", "蓝牙  {adapters}，同时最多 {connections} 个连接"
    ),
    "own slots": Said(
        "Kept       {bands} of them, for wristbands with slot = true", "专用  其中 {bands} 个留给设了 slot = true 的手环"
    ),
    "all": Said("all adapters", "所有蓝牙适配器"),
    "no radio": Said("Bluetooth  off", "蓝牙  关闭"),
    "adapter": Said("Bluetooth  {name} {address}: {state}", "蓝牙  {name} {address}：{state}"),
    "adapter on": Said("on, every frame is told", "已开启，报告每一帧"),
    "adapter off": SCAN["powered off"],
    "adapter filters": REPEATS_FILTERED,
    "relay": Said("Relay      {name} at {host}", "中继器  {name}，{host}"),
    "watches": Said(
        "Watches    {driver} at {listen}; NOT ENCRYPTED, anybody may speak in their name",
        "手表  {driver}，监听 {listen}；【未加密，身份无法验证】",
    ),
    "adapter by number": Said(
        'Bluetooth  the number of {name} may change at the next start; write adapters = ["{address}"]',
        '蓝牙  {name} 的编号下次启动可能改变；请写 adapters = ["{address}"]',
    ),
    "bands": Said("Wristbands {bands} of {wearers} wearers: {drivers}", "手环  共 {bands} 只，{wearers} 位佩戴者：{drivers}"),
    "limits": Said(
        "Limits     {rules} changed for everybody, {wearers} wearers with their own",
        "阈值  对所有人修改 {rules} 项，{wearers} 位佩戴者另有阈值",
    ),
    "warning": Said("warning: ", "警告："),
}

DRIVERS = {
    "broken": Said("the plug-in {name} is broken: {why}", "插件 {name} 无法使用：{why}"),
}

LIST = Said(", ", "、")

TRANSPORTS = {
    "ble-advertisement": Said("ble-advertisement", "蓝牙广播"),
    "ble-connection": Said("ble-connection", "蓝牙连接"),
    "serial": Said("serial", "串口"),
    "tcp-server": Said("tcp-server", "移动网络（TCP）"),
}

SENSORS = {  # what of a sensor the rules go by
    "cuff": Said("cuff", "袖带测压"),
    "cuffless": Said("cuffless", "无袖带估算血压"),
    "wrist": Said("wrist", "腕部"),
    "finger": Said("finger", "手指"),
    "arm": Said("arm", "上臂"),
    "worn": Said("worn", "整日佩戴"),
    "not worn": Said("not worn", "不佩戴"),
}

KINDS = {
    "heart_rate": Said("heart rate", "心率"),
    "blood_pressure": Said("blood pressure", "血压"),
    "body_temperature": Said("body temperature", "体温"),
    "skin_temperature": Said("skin temperature", "皮肤温度"),
    "oxygen_saturation": Said("oxygen saturation", "血氧饱和度"),
    "respiratory_rate": Said("respiratory rate", "呼吸频率"),
    "position": Said("position", "位置"),
    "battery": Said("battery", "电量"),
    "steps": Said("steps", "步数"),
    "worn": Said("worn", "佩戴状态"),
    "charging": Said("charging", "充电状态"),
    "battery_low": Said("battery low", "低电量"),
    "fall": Said("fall", "跌倒"),
    "button": Said("button", "按键"),
}

USAGE = {
    "demo_needs": Said(
        "the demo needs {name}, which is not installed here; in a checkout of the project `./dev demo` has all that it needs",
        "演示需要 {name}，此处没有安装；请在项目的代码库中运行 ./dev demo，所需的一切会自动备齐",
    ),
    "demo_loads": Said("Loading the demo: a broker, a Bluetooth stack ...", "正在加载演示：MQTT 服务器、蓝牙协议栈……"),
    "demo_still_loads": Said("... still loading, {seconds} s", "……仍在加载，已 {seconds} 秒"),
    # what argparse finds
    "missing": Said("{what} is missing", "缺少 {what}"),
    "no_value": Said("{name} needs a value", "{name} 后面要有值"),
    "unknown": Said("there is no {what} here", "没有 {what} 这个选项"),
    "no_number": Said("{name}: {what} is no number", "{name}：{what} 不是数字"),
    "no_choice": Said("{name}: {what} cannot be; there are {choices}", "{name}：不能是 {what}；可以是 {choices}"),
    "ambiguous": Said("{what} may be {choices}", "{what} 可能是 {choices}"),
    "not_together": Said("{name} and {what} do not go together", "{name} 和 {what} 不能同时使用"),
    "folder_of_service": Said(
        "{what} belongs to the user {user}, and root would leave files there that the service may not open:\n"
        "sudo systemctl start lifering; or, by hand: sudo -u {user} lifering run",
        "{what} 属于用户 {user}，root 运行会留下服务打不开的文件：\n"
        "请执行 sudo systemctl start lifering；手动运行：sudo -u {user} lifering run",
    ),
    "no_user": Said("this machine has no user {what}", "本机没有用户 {what}"),
    "only_root_looks": Said(
        "only root can look with the rights of {what}: put sudo in front",
        "只有 root 能以用户 {what} 的权限检查：请在命令前加上 sudo",
    ),
    # what the system says
    "no_text": Said("argument {number} is no text in the encoding of this machine", "第 {number} 个参数不是本机编码的文字"),
    "not_there": Said("{what} is not there", "找不到 {what}"),
    "no_right": Said("{what}: this user has no right to it; try sudo", "{what}：当前用户无权使用，请用 sudo 重试"),
    "refused": Said("the system refuses {what}: {why}", "系统拒绝 {what}：{why}"),
    "cannot_write": Said("the output cannot be written: {why}", "无法写出结果：{why}"),
    # what the verbs find
    "not_hex": Said("{what} is not hex; right would be 0647", "{what} 不是十六进制；正确的写法例如 0647"),
    "no_phone": Said("{what} is no telephone number; such as 0573-5550100", "{what} 不是电话号码；例如 0573-5550100"),
    "key_not_hex": Said("this is no key in hex digits", "这不是十六进制的密钥"),
    "no_uuid": Said(
        "{what} is no UUID; right would be 2a37, or a UUID in full", "{what} 不是 UUID；正确的写法例如 2a37，或完整的 UUID"
    ),
    "no_address": Said(
        "{what} is no address; right would be C0:FF:EE:00:00:01, of a watch on mobile data its id, such as 8800000015",
        "{what} 不是地址；正确的写法例如 C0:FF:EE:00:00:01，移动网络手表写编号，例如 8800000015",
    ),
    "no_time": Said(
        "{what} is no time; right would be 2026-11-23T12:00:00Z", "{what} 不是时间；正确的写法例如 2026-11-23T12:00:00Z"
    ),
    "seconds_from": Said("{what} is no number of seconds from {least} on", "{what} 不是从 {least} 起的秒数"),
    "seconds_within": Said("{what} is no number of seconds above 0, at most {most}", "{what} 不是大于 0、不超过 {most} 的秒数"),
    "several_configs": Said(
        "several configurations are compared only with --stats; without it name one",
        "多份配置只能与 --stats 一起对比；不加 --stats 时请只写一份",
    ),
    "no_driver": Said("there is no driver {what}", "没有名为 {what} 的驱动"),
    "drivers": Said("; `lifering drivers` lists them", "；`lifering drivers` 列出全部驱动"),
    "no_characteristic": Said(
        "{driver} is connected to: --characteristic says which value the bytes are, such as 2a37",
        "{driver} 需要连接：请用 --characteristic 说明这些字节是哪个特征的值，例如 2a37",
    ),
    "input": Said("input {number}: ", "第 {number} 个输入："),
    "line": Said("line {number}: ", "第 {number} 行："),
    "no_verb": Said("there is no verb {what}", "没有命令 {what}"),
    "did_you_mean": Said(". Did you mean {near}?", "。您是否想写 {near}？"),
    "verbs": Said(". There are: {verbs}.", "。可用的命令：{verbs}。"),
    "help": Said(" (`{prog} --help` says what there is)", "（`{prog} --help` 列出用法）"),
}
