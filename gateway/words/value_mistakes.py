"""What is wrong with the value of a setting, and what would be right, by the code and by the key."""

from __future__ import annotations

from gateway.language import Said

ANY_TEXT = Said("text of one line", "一行文字")
HINTS = {
    "gateway": Said("the section [gateway] with `id`", "[gateway] 一节，其中写 `id`"),
    "mqtt": Said("the section [mqtt] with `host`", "[mqtt] 一节，其中写 `host`"),
    "id": Said("letters, digits and -, such as xishan-01", "字母、数字和 -，例如 xishan-01"),
    "host": Said(
        "a name or address alone, such as platform.example", "主机名或地址（不带 mqtt:// 和端口），例如 platform.example"
    ),
    "hosts": Said("name:port, such as a.example:8883", "主机名:端口，例如 a.example:8883"),
    "root": Said("words with / between them, such as lifering/v1", "用 / 分隔的几个词，例如 lifering/v1"),
    "serial.name": Said("a short name, such as hall-hub", "一个简短的名称，例如 hall-hub"),
    "serial.port": Said("a path such as /dev/serial/by-id/..., or vid:pid", "路径，例如 /dev/serial/by-id/...，或 vid:pid"),
    "driver": Said("a name that `lifering drivers` lists", "`lifering drivers` 列出的驱动名"),
    "adapters": Said(
        "hci0, or an adapter's address, such as AA:BB:CC:DD:EE:01",
        "hci0 之类，或以半角冒号分隔的蓝牙适配器地址，例如 AA:BB:CC:DD:EE:01",
    ),
    "address": Said(
        "six pairs of hexadecimal digits, such as C0:FF:EE:00:00:01; of a watch on mobile data the digits of its id or IMEI,"
        " such as 8800000015",
        "以半角冒号分隔的六组十六进制数，例如 C0:FF:EE:00:00:01；移动网络手表写编号或 IMEI 的数字，例如 8800000015",
    ),
    "wearer": Said("a pseudonym without spaces, such as W-017", "不含空格的代号，例如 W-017"),
    "key_file": Said(
        "32 hexadecimal digits, for some devices 24 or 40; or the 6 digits of a passkey",
        "32 位十六进制数，个别设备为 24 或 40 位；或 6 位数字的配对码",
    ),
    "name": Said("a short name", "一个简短的名称"),
    "latitude": Said("degrees between -90 and 90, such as 30.53", "-90 到 90 之间的度数，例如 30.53"),
    "longitude": Said("degrees between -180 and 180, such as 120.68", "-180 到 180 之间的度数，例如 120.68"),
    "radius_m": Said("metres, such as 500", "米数，例如 500"),
    "country": Said("a country code, such as +86", "国家代码，例如 +86"),
    "from": Said('a time of day, such as "10:00"', '时刻，例如 "10:00"'),
    "to": Said('a time of day, such as "10:30"', '时刻，例如 "10:30"'),
    "self_test": Said('a time of day, such as "09:00"', '时刻，例如 "09:00"'),
    "wearing_hours": Said('hours, such as "07:00-21:30"', '起止时刻，例如 "07:00-21:30"'),
    "relay.host": Said("an address or a name alone, such as 10.0.0.31", "地址或主机名（不带端口），例如 10.0.0.31"),
    "relay.name": Said(
        "the name that it has in ESPHome, such as house-3: small letters, digits and -",
        "中继器在 ESPHome 中的名称，例如 house-3：小写字母、数字和 -",
    ),
    "psk_file": Said("the name of a file with the key of its API", "存放其 API 密钥的文件名"),
    "watches.listen": Said("an address and a port, such as 0.0.0.0:8001", "地址和端口，中间用半角冒号，例如 0.0.0.0:8001"),
    "listen": Said("an address and a port, such as 127.0.0.1:8080", "地址和端口，中间用半角冒号，例如 127.0.0.1:8080"),
    "modem.port": Said("a path such as /dev/serial/by-id/..., or vid:pid", "路径，例如 /dev/serial/by-id/...，或 vid:pid"),
    "key": Said(
        "32 hexadecimal digits, for some devices 24 or 40; or the 6 digits of a passkey",
        "32 位十六进制数，个别设备为 24 或 40 位；或 6 位数字的配对码",
    ),
}

VALUES = {
    # values
    "string_type": Said("must be text in quotes, is {shown}", "必须是带引号的文字，现在是 {shown}"),
    "path_type": Said("must be a file name in quotes, is {shown}", "必须是带引号的文件名，现在是 {shown}"),
    "int_type": Said("must be a whole number without quotes, is {shown}", "必须是不带引号的整数，现在是 {shown}"),
    "bool_type": Said("must be true or false without quotes, is {shown}", "必须是不带引号的 true 或 false，现在是 {shown}"),
    "tuple_type": Said('must be a list such as ["..."], is {shown}', '必须是列表，例如 ["..."]，现在是 {shown}'),
    "model_type": Said("must be a section of its own, is {shown}", "必须是单独的一节，现在是 {shown}"),
    "dict_type": Said("must be a section of its own, is {shown}", "必须是单独的一节，现在是 {shown}"),
    "single_brackets": Said("there may be several, so it is written [[{name}]]", "可以有多个，应写成 [[{name}]]"),
    "double_brackets": Said("there is only one, so it is written [{name}]", "只能有一个，应写成 [{name}]"),
    "literal_error": Said("must be {expected}, is {shown}", "必须是 {expected}，现在是 {shown}"),
    "greater_than_equal": Said("must be {ge} or more, is {shown}", "不能小于 {ge}，现在是 {shown}"),
    "less_than_equal": Said("must be {le} or less, is {shown}", "不能大于 {le}，现在是 {shown}"),
    "string_too_short": Said("must not be empty; expected {hint}", "不能为空；应为：{hint}"),
    "string_too_long": Said("is too long, at most {max_length} characters", "太长，最多 {max_length} 个字符"),
    "too_short": Said("must not be empty; leave it out for the usual", "不能为空；不需要时请整行删去"),
    "string_pattern_mismatch": Said("cannot be {shown}; expected {hint}", "不能是 {shown}；应为：{hint}"),
    "invisible_character": Said(
        "holds a character that cannot be seen ({characters}); delete it and write it anew",
        "含有看不见的字符（{characters}）；请删去后重新输入",
    ),
    "unshown_mismatch": Said("is not valid; expected {hint}", "格式不对；应为：{hint}"),
    "port_out_of_range": Said("the port must be 1 to 65535, is {port}", "端口必须在 1 到 65535 之间，现在是 {port}"),
    "bad_listen": Said("cannot be {shown}; expected {hint}", "不能是 {shown}；应为：{hint}"),
    "listen_twice": Said("the page in line {first} listens there already", "第 {first} 行的本地页面已使用这个地址和端口"),
    "page_needs_a_pin": Said(
        "is missing: at {address} others in the network reach the page too; put a PIN into a file of its own (mode 0600)"
        ' and name it here, or listen at "127.0.0.1:8080"',
        '缺少此项：{address} 可被网络中的其他人打开；请把 PIN 码写入单独的文件（权限 0600）并在此写明，或改为 "127.0.0.1:8080"',
    ),
    "brokers_own_topics": Said("{name} is for the broker's own topics", "{name} 是 MQTT 服务器自用的主题"),
    # one key and another
    "host_missing": Said("is missing; expected {hint}, or a list `hosts`", "缺少此项；应为：{hint}，或写列表 `hosts`"),
    "host_and_hosts": Said("give either `host` or `hosts`, not both", "`host` 和 `hosts` 只能写一个"),
    "tls_off": Said(
        "false sends everything in plain text; if that is really meant, add insecure = true",
        "false 会以明文发送所有数据；若确实需要，请加上 insecure = true",
    ),
    "password_without_username": Said("needs `username` beside it", "需要同时写 `username`"),
    "cert_without_key": Said("needs `key_file` beside it", "需要同时写 `key_file`"),
    "key_without_cert": Said("is missing; `key_file` needs it", "缺少此项；`key_file` 需要它"),
    "unknown_driver": Said(
        'there is no driver "{name}"; `lifering drivers` lists them',
        "没有名为 {name} 的驱动（`lifering drivers` 可列出全部）",
    ),
    "not_a_serial_driver": Said(
        '"{name}" does not speak over a serial line; those that do: {among}',
        "{name} 不是串口驱动；串口驱动有：{among}",
    ),
    "no_port_speaks_it": Said(
        'no [[serial]] port has the driver "{name}", through which this wristband would be heard',
        "没有任何 [[serial]] 串口使用驱动 {name}，收不到这只手环",
    ),
    "no_listener_hears_it": Said(
        'no [[watches]] has the driver "{name}", through which this watch would be heard; first write [[watches]] into'
        ' gateway.toml, with listen = "0.0.0.0:8001" and driver = "{name}"',
        "没有任何 [[watches]] 使用驱动 {name}，收不到这块手表；请先在 gateway.toml 中写一节 [[watches]]，"
        '其中 listen = "0.0.0.0:8001"、driver = "{name}"',
    ),
    "not_a_watch_driver": Said(
        '"{name}" is not the driver of a watch that calls over mobile data; those are: {among}',
        "{name} 不是移动网络手表的驱动；这类驱动有：{among}",
    ),
    "watch_without_its_id": Said(
        'with the driver "{name}" the address is the id that the watch sends, or its IMEI: 5 to 15 digits, not 12',
        "使用驱动 {name} 时，地址应写手表发送的编号或 IMEI：5 到 15 位数字（12 位除外）",
    ),
    "id_of_no_watch": Said(
        'such an address is the id of a watch on mobile data; with the driver "{name}" it is six pairs of hexadecimal digits',
        "这种地址是移动网络手表的编号；使用驱动 {name} 时应为六组十六进制数",
    ),
    "passkey_of_no_connection": Said(
        '6 digits are the passkey of a band that is connected to; the driver "{name}" connects to none and needs the whole key',
        "6 位数字是需要连接的手环的配对码；驱动 {name} 不连接手环，请填写完整密钥",
    ),
    "port_of_root": Said(
        "the port must be {least} or more, is {port}: those below are for root, and the gateway is not",
        "端口不能小于 {least}，现在是 {port}：更小的端口只有 root 可用，网关不以 root 运行",
    ),
    "port_listens_twice": Said(
        "something listens at port {port} already, see line {first}", "端口 {port} 已被第 {first} 行使用"
    ),
    "shared_hub": Said(
        '"{name}" is a hub: nobody sits down at it; `shared` is for a device that measures',
        "{name} 是手环接收器（串口），没有人坐下测量；`shared` 只用于测量设备",
    ),
    "port_needed": Said(
        'several ports have the driver "{driver}" ({ports}); say in [[wristband]] at which this device is docked: port = "..."',
        '有多个串口使用驱动 {driver}（{ports}）；请在 [[wristband]] 中写明设备接在哪个串口：port = "..."',
    ),
    "slot_in_vain": Said(
        'a wristband with the driver "{driver}" is not kept connected: a connection of its own would lie idle; leave this out',
        "驱动 {driver} 的设备不会保持连接，设专用连接只会白占一个；请删除此项",
    ),
    "port_taken": Said("{address} is docked at {port} already", "{port} 已接有设备 {address}"),
    "unknown_port": Said('no [[serial]] port has the name "{name}"', "没有名为 {name} 的 [[serial]] 串口"),
    "port_speaks_other": Said('the port "{name}" has the driver "{driver}"', "串口 {name} 使用的驱动是 {driver}"),
    "not_docked": Said(
        'a device with the driver "{driver}" is not docked at a port; leave this out',
        "使用驱动 {driver} 的设备不接在串口上；请删去此项",
    ),
    "relay_name_twice": Said('"{name}" is the name of the relay in line {first} too', "{name} 与第 {first} 行的中继器重名"),
    "relay_host_twice": Said("{name} is the host of the relay in line {first} too", "{name} 与第 {first} 行的中继器地址相同"),
    "relay_not_installed": Said(
        "this installation has no relays: install it with the extra `relay` (pip install 'lifering[relay]'); the Debian package"
        " has it. All else works",
        "本次安装不含中继器功能：请安装附加组件 relay（pip install 'lifering[relay]'）；Debian 软件包已包含。其他功能不受影响",
    ),
    "like_an_adapter": Said(
        '"{name}" is what an adapter is called; give the relay another name in ESPHome, and here',
        "{name} 是蓝牙适配器的名称；请在 ESPHome 中给中继器改名，再写在这里",
    ),
    "name_twice": Said('"{name}" is the name of the port in line {first} too', "{name} 与第 {first} 行的串口重名"),
    "port_twice": Said("{name} is the port in line {first} too", "{name} 与第 {first} 行的串口相同"),
    "not_enrolled": Said("{address} is not enrolled", "{address} 没有登记"),
    "address_twice": Said("{address} is enrolled already, at {first}", "{address} 已在 {first} 登记"),
    "data_dir_moves": Said(
        "a running gateway stays with {kept}, where open alerts and readings that are not sent yet lie; stop it,"
        " move that folder to {new}, and start it again",
        "运行中的网关不能更换数据目录：{kept} 中有未结束的报警和未发送的读数；请先停止网关，把该目录移到 {new}，再启动",
    ),
    "no_such_zone": Said(
        'there is no time zone "{name}"; China has Asia/Shanghai, `timedatectl list-timezones` lists the others',
        '没有名为 "{name}" 的时区；中国写 Asia/Shanghai，其他地方见 `timedatectl list-timezones`',
    ),
    "no_zones": Said(
        "this machine has no time zone data: apt-get install tzdata",
        "本机没有时区数据：请执行 apt-get install tzdata",
    ),
    "below_another": Said(
        "must be {least} or more, as `{other}` is, is {shown}", "不能小于 `{other}` 的值 {least}，现在是 {shown}"
    ),
    "not_above_another": Said(
        "must be more than {least}, which `{other}` is, is {shown}", "必须大于 `{other}` 的值 {least}，现在是 {shown}"
    ),
    "hours_are_empty": Said(
        'begins and ends at the same time ({shown}); "00:00-24:00" is always', '起止时刻相同（{shown}）；全天请写 "00:00-24:00"'
    ),
}
