"""What is wrong in a configuration, in the words in which a technician is told of it, in both languages. Pure.

The codes are those of this table: our own, and pydantic's error types. `{shown}` in the words is the value as it stands
in the file, `{hint}` what would be right for this key.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.language import Language, Said
from gateway.mistake import Mistake, plain


def in_words(mistake: Mistake, language: Language) -> str:
    """The whole line: `FILE:LINE: key: what is wrong, what would be right`."""
    return f"{mistake.file}:{mistake.line}: {mistake.key}: {text(mistake, language)}"


def text(mistake: Mistake, language: Language) -> str:
    """What is wrong, and what would be right."""
    return what(mistake.code, mistake.facts, language, hint=_hint(mistake.key).of(language))


def what(code: str, facts: Mapping[str, object], language: Language, *, hint: str = "") -> str:
    """The same of a code and its facts alone."""
    words = WORDS.get(code, OTHERWISE).of(language)
    said = words.format_map({name: _shown(name, fact, language) for name, fact in facts.items()} | {"hint": hint})
    if near := facts.get("near"):
        return said + GUESS.of(language).format(near=near)
    if there := facts.get("there"):
        return said + THERE_ARE.of(language).format(there=_shown("there", there, language))
    return said


def _hint(key: str) -> Said:
    return HINTS.get(key, HINTS.get(key.rpartition(".")[2], ANY_TEXT))


def _shown(name: str, fact: object, language: Language) -> object:
    if name == "day" and fact in WEEKDAYS:
        return WEEKDAYS[str(fact)].of(language)
    if isinstance(fact, tuple):
        return OR.of(language).join(f'"{one}"' for one in fact) if name == "expected" else ", ".join(map(str, fact))
    return plain(fact, longest=400) if isinstance(fact, str) else fact


WEEKDAYS = {
    "mon": Said("mon", "周一"),
    "tue": Said("tue", "周二"),
    "wed": Said("wed", "周三"),
    "thu": Said("thu", "周四"),
    "fri": Said("fri", "周五"),
    "sat": Said("sat", "周六"),
    "sun": Said("sun", "周日"),
}
OTHERWISE = Said("{otherwise}", "{otherwise}")
GUESS = Said("; did you mean {near}?", "；您是否想写 {near}？")
THERE_ARE = Said("; there are {there}", "；有：{there}")
OR = Said(" or ", " 或 ")

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
    "adapters": Said("hci0, or an adapter's address", "hci0 之类，或蓝牙适配器地址"),
    "address": Said(
        "six pairs of hexadecimal digits, such as C0:FF:EE:00:00:01", "以半角冒号分隔的六组十六进制数，例如 C0:FF:EE:00:00:01"
    ),
    "wearer": Said("a pseudonym without spaces, such as W-017", "不含空格的代号，例如 W-017"),
    "key_file": Said("32 hexadecimal digits, for some devices 24 or 40", "32 位十六进制数，个别设备为 24 或 40 位"),
    "name": Said("a short name", "一个简短的名称"),
    "latitude": Said("degrees between -90 and 90, such as 30.53", "-90 到 90 之间的度数，例如 30.53"),
    "longitude": Said("degrees between -180 and 180, such as 120.68", "-180 到 180 之间的度数，例如 120.68"),
    "radius_m": Said("metres, such as 500", "米数，例如 500"),
    "country": Said("a country code, such as +86", "国家代码，例如 +86"),
    "from": Said('a time of day, such as "10:00"', '时刻，例如 "10:00"'),
    "to": Said('a time of day, such as "10:30"', '时刻，例如 "10:30"'),
    "self_test": Said('a time of day, such as "09:00"', '时刻，例如 "09:00"'),
    "wearing_hours": Said('hours, such as "07:00-21:30"', '起止时刻，例如 "07:00-21:30"'),
    "modem.port": Said("a path such as /dev/serial/by-id/..., or vid:pid", "路径，例如 /dev/serial/by-id/...，或 vid:pid"),
    "key": Said("32 hexadecimal digits, for some devices 24 or 40", "32 位十六进制数，个别设备为 24 或 40 位"),
}

WORDS: dict[str, Said] = {
    # a file as a whole
    "file_missing": Said("{path} is not there", "找不到文件 {path}"),
    "file_forbidden": Said("{path} may not be read by this user", "当前用户无权读取 {path}"),
    "file_is_no_file": Said("{path} is no file", "{path} 不是文件"),
    "file_unreadable": Said("{path} cannot be read: {why}", "无法读取 {path}：{why}"),
    "file_too_big": Said("the file is larger than {limit_mb} MB", "文件超过 {limit_mb} MB"),
    "file_is_utf16": Said("the file is UTF-16; save it as UTF-8", "文件是 UTF-16 编码；请另存为 UTF-8"),
    "file_is_not_utf8": Said(
        "here is something that is not UTF-8; save the file as UTF-8",
        "此处不是 UTF-8 编码；请把文件另存为 UTF-8",
    ),
    "file_is_no_pem": Said("{path} holds no certificate or key in PEM form", "{path} 里没有 PEM 格式的证书或密钥"),
    "folder_is_no_folder": Said("{path} is no folder", "{path} 不是文件夹"),
    "secret_file_missing": Said(
        "the file that is named here is not there; the secret itself stands in a file of its own, mode 0600, and never here",
        "找不到此处所写的文件；密码或密钥要单独存放在一个文件中（权限 0600），不能直接写在这里",
    ),
    "file_is_big5": Said(
        "the file is Big5 (traditional Chinese of older Windows); save it as UTF-8",
        "文件是 Big5 编码（旧版繁体中文）；请另存为 UTF-8",
    ),
    "secret_is_empty": Said("{path} is empty", "{path} 是空文件"),
    "secret_is_writable": Said("{path} can be changed by anybody; chmod 600 it", "任何人都能修改 {path}；请执行 chmod 600"),
    "secret_is_open": Said("{path} can be read by others; chmod 600 it", "其他用户能读取 {path}；请执行 chmod 600"),
    "store_key_missing": Said(
        "the file that is named here is not there; a store that is encrypted needs the very key that encrypted it: put it back;"
        " for a new one `openssl rand -hex 32` makes a key; the key itself never stands here",
        "找不到此处所写的密钥文件；存储若已加密，必须放回原来的密钥；新存储可用 `openssl rand -hex 32` 生成；"
        "密钥本身不能写在这里",
    ),
    "secret_is_no_store_key": Said(
        "{path} holds no key of 32 bytes; `openssl rand -hex 32` makes one",
        "{path} 里没有 32 字节的密钥；可用 `openssl rand -hex 32` 生成",
    ),
    "secret_is_no_key": Said("{path} holds no key; expected {hint}", "{path} 里没有密钥；应为：{hint}"),
    "no_recording": Said("{file} is no recording that this version can read", "{file} 不是本版本能读取的录制文件"),
    # TOML
    "toml": Said("is not written as TOML: {otherwise}", "不符合 TOML 写法：{otherwise}"),
    "toml_value": Said(
        "has no value that can be read; text stands in quotes, true and false are written so, and a list above may lack its ]",
        '无法识别这个值。文字要用英文半角引号 "…"，true 和 false 须小写且不加引号；'
        "此行若有中文标点（“ ” ＝ ，），请改成半角；也请检查上面的列表是否缺少 ]",
    ),
    "toml_open_text": Said("the text is not closed with a quote", "文字缺少结尾的引号"),
    "toml_open_list": Said("the list that begins above is not closed with ]", "上面开始的列表缺少结尾的 ]"),
    "toml_open_table": Said("what begins with {{ is not closed with }} in this line", "以 {{ 开头的内容没有在本行用 }} 结束"),
    "toml_character": Said("holds a character that may not stand here", "含有不允许出现的字符"),
    "toml_backslash": Said(
        "in double quotes write \\\\ for a backslash, or take single quotes",
        "双引号内的反斜杠要写成 \\\\，或改用单引号",
    ),
    "toml_no_equals": Said("a key needs = and a value", "键的后面要有英文（半角）的 = 和值"),
    "toml_goes_on": Said(
        "has something behind its value; text and addresses stand in quotes, one setting a line",
        "值的后面有多余内容；文字和地址要加引号，每行只写一个设置",
    ),
    "toml_header": Said("a section is written [name] or [[name]]", "一节的写法是 [名称] 或 [[名称]]"),
    "toml_key": Said("is neither a section [name] nor a setting `key = value`", "这一行既不是小节标题 [名称]，也不是“键 = 值”"),
    "toml_twice": Said("is given twice", "重复出现"),
    "toml_section_twice": Said("the section is there twice; put its settings together", "这一节重复出现；请把设置合并"),
    "toml_number": Said("somewhere in the file is a number with thousands of digits", "文件中有一个长达数千位的数字"),
    "toml_too_deep": Said("brackets are nested too deeply", "括号嵌套过深"),
    # keys
    "unknown_key": Said("there is no such setting", "没有这个设置项"),
    "misplaced_key": Said(
        "there is no such setting here, it belongs into [{section}]", "这里没有这个设置项，它属于 [{section}]"
    ),
    "missing": Said("is missing; expected {hint}", "缺少此项；应为：{hint}"),
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
    "shared_hub": Said(
        '"{name}" is a hub: nobody sits down at it; `shared` is for a device that measures',
        "{name} 是手环接收器（串口），没有人坐下测量；`shared` 只用于测量设备",
    ),
    "port_needed": Said(
        'several ports have the driver "{driver}" ({ports}); say in [[wristband]] at which this device is docked: port = "..."',
        '有多个串口使用驱动 {driver}（{ports}）；请在 [[wristband]] 中写明设备接在哪个串口：port = "..."',
    ),
    "port_taken": Said("{address} is docked at {port} already", "{port} 已接有设备 {address}"),
    "unknown_port": Said('no [[serial]] port has the name "{name}"', "没有名为 {name} 的 [[serial]] 串口"),
    "port_speaks_other": Said('the port "{name}" has the driver "{driver}"', "串口 {name} 使用的驱动是 {driver}"),
    "not_docked": Said(
        'a device with the driver "{driver}" is not docked at a port; leave this out',
        "使用驱动 {driver} 的设备不接在串口上；请删去此项",
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
    "does_not_answer": Said(
        "it was not read within {seconds} s, and nothing is taken over: a file that it names may lie on a disk or a network"
        " share that does not answer, or a driver of another package hangs. See with `lifering check` where it stops, and"
        " reload then",
        "{seconds} 秒内没有读完，未作任何更改：所引用的文件可能位于无响应的磁盘或网络共享上，或者第三方驱动包卡住。"
        "请用 `lifering check` 查明卡在哪里，然后重新加载",
    ),
    # the roster
    "roster_is_neither": Said("the file is neither UTF-8 nor GB18030 text", "文件既不是 UTF-8 也不是 GB18030 文本"),
    "roster_has_no_header": Said(
        "the first line must name the columns: address,driver,wearer,room,key,model",
        "第一行必须是列名：address,driver,wearer,room,key,model",
    ),
    "unknown_column": Said('there is no column "{name}"', "没有 {name} 这一列"),
    "column_missing": Said('the column "{name}" is missing', "缺少 {name} 这一列"),
    "column_twice": Said('the column "{name}" is there twice', "{name} 列重复"),
    "too_many_cells": Said("has {cells} values for {columns} columns", "有 {cells} 个值，但只有 {columns} 列"),
    "csv": Said("is no CSV here: {why}", "此处不是有效的 CSV：{why}"),
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
    # who is on duty
    "secret_is_no_pin": Said(
        "{path} holds no PIN: 4 to 8 digits and nothing else", "{path} 里不是 PIN 码：只能有 4 到 8 位数字"
    ),
    "table_has_no_header": Said("the first line must name the columns: {columns}", "第一行必须是列名：{columns}"),
    "like_a_formula": Said(
        "begins like a formula of a spreadsheet; begin with a letter or a digit", "开头像表格公式；请以文字、字母或数字开头"
    ),
    "bad_phone": Said(
        "is no telephone number; digits alone, or with + and the country code; in a spreadsheet the column must be text",
        "不是电话号码；只写数字，或以 + 加国家代码开头；在 Excel 中请先把这一列设为文本格式",
    ),
    "bad_days": Said(
        'cannot be "{shown}"; such as mon-fri or sat,sun; empty: every day',
        '不能是 "{shown}"；例如 mon-fri 或 sat,sun；留空表示每天',
    ),
    "bad_hours": Said(
        'cannot be "{shown}"; such as 08:00-20:00, or 20:00-08:00 over midnight; empty: always',
        '不能是 "{shown}"；例如 08:00-20:00，跨午夜写 20:00-08:00；留空表示全天',
    ),
    "bad_yes_or_no": Said('must be yes or no, is "{shown}"', '只能写 yes 或 no（是/否），现在是 "{shown}"'),
    "bad_degrees": Said("must be a number; expected {hint}", "必须是数字；应为：{hint}"),
    "person_twice": Said(
        "is the same as in line {first}; a reply could be of either", "与第 {first} 行相同，无法分清是谁的回复"
    ),
    "hours_are_empty": Said(
        'begins and ends at the same time ({shown}); "00:00-24:00" is always', '起止时刻相同（{shown}）；全天请写 "00:00-24:00"'
    ),
    # limits: what a technician or a clinician changed
    "limit_kind": Said("there are no limits for this kind of reading", "没有针对这种读数的阈值"),
    "limit_unknown": Said("there is no such limit", "没有这个阈值"),
    "limit_no_section": Said(
        "must be a section with limits, such as critical_high = 131",
        "必须是写有阈值的一节，例如 critical_high = 131",
    ),
    "limit_wearer_no_section": Said(
        'must be a section, such as [wearer."{wearer}".heart_rate]',
        '必须是单独的一节，例如 [wearer."{wearer}".heart_rate]',
    ),
    "limit_no_number": Said("must be a number in {unit}, such as {usual:g}", "必须是数字，单位 {unit}，例如 {usual:g}"),
    "limit_outside_rails": Said(
        "{value:g} is outside the rails; {low:g} to {high:g} {unit} is allowed (default {usual:g})",
        "{value:g} 超出允许范围；允许 {low:g} 到 {high:g} {unit}（默认 {usual:g}）",
    ),
    "limit_no_reason": Said("is missing; say why this wearer has other limits", "缺少此项；请写明为何这位佩戴者另有阈值"),
    "limit_no_by": Said("is missing; say who decided it", "缺少此项；请写明由谁决定"),
    "limit_no_day": Said("must be a day, such as 2027-01-31", "必须是日期，例如 2027-01-31"),
    "limit_not_below": Said(
        "{outer} = {value:g} must be below {inner} = {other:g}",
        "{outer} = {value:g} 必须低于 {inner} = {other:g}",
    ),
    "limit_not_above": Said(
        "{outer} = {value:g} must be above {inner} = {other:g}",
        "{outer} = {value:g} 必须高于 {inner} = {other:g}",
    ),
    "limit_too_little_below": Said(
        "{outer} = {value:g} must be below {inner} = {other:g}, by {gap:g} {unit} at least: "
        "an alert ends only so far inside its limit",
        "{outer} = {value:g} 必须比 {inner} = {other:g} 至少低 {gap:g} {unit}：报警要回到阈值以内这么多才结束",
    ),
    "limit_too_little_above": Said(
        "{outer} = {value:g} must be above {inner} = {other:g}, by {gap:g} {unit} at least: "
        "an alert ends only so far inside its limit",
        "{outer} = {value:g} 必须比 {inner} = {other:g} 至少高 {gap:g} {unit}：报警要回到阈值以内这么多才结束",
    ),
    # the table of limits itself, rules.toml
    "table_unit": Said("{unit} is not the unit of {kind}; {right} is", "{unit} 不是 {kind} 的单位，应为 {right}"),
    "table_no_source": Said("is missing; where does this come from?", "缺少此项；请写明出处"),
    "table_persistence": Said(
        "needs either `lasting_s`, or `confirm_s` with `apart_s` and a longer `within_s`",
        "须写 `lasting_s`，或者写 `confirm_s`、`apart_s` 和比它更长的 `within_s`",
    ),
    "table_when": Said("begins with {situation}, so `when` cannot be {when}", "以 {situation} 开头，`when` 不能是 {when}"),
    "table_signature": Said(
        "`reviewed_by` and `reviewed_on`, a day such as 2027-01-31, go together",
        "`reviewed_by` 与 `reviewed_on`（日期，例如 2027-01-31）须同时填写",
    ),
    "table_clear": Said("`back` and `lasting_s` must not be negative", "`back` 和 `lasting_s` 不能是负数"),
    "table_row": Said(
        "no persistence {persistence} or no clear {clear} in this table",
        "此表中没有 persistence {persistence} 或 clear {clear}",
    ),
    "table_outside_rails": Said(
        "{value:g} is outside its own rails, {low:g} to {high:g}",
        "{value:g} 超出它自己的允许范围 {low:g} 到 {high:g}",
    ),
    # unwise, but allowed
    "insecure": Said("everything is sent in plain text", "所有数据都以明文发送"),
    "secret_is_readable": Said("{path} can be read by anybody; chmod 600 it", "任何人都能读取 {path}；请执行 chmod 600"),
    "puback_is_no_receipt": Said(
        "an alert counts as delivered when the broker has it, also where nobody reads it there",
        "MQTT 服务器收下即视为报警送达，即使平台没有人读取",
    ),
    "long_id": Said("longer than 23 characters, some brokers refuse that", "超过 23 个字符，有的 MQTT 服务器会拒绝"),
    "long_topic": Said(
        "with the id the longest topic has {length} characters; several clouds take only 64",
        "加上网关 id，最长的主题有 {length} 个字符；有的云平台只允许 64 个",
    ),
    "no_bands": Said("no wristband is enrolled, so none will be heard", "没有登记任何手环，收不到任何手环的数据"),
    "nothing_docked": Said(
        'no [[wristband]] has the driver "{driver}" for the device at this port, so nothing that it measures is kept',
        "没有为此串口上的设备登记驱动为 {driver} 的 [[wristband]]，其测量结果不会保存",
    ),
    "no_radio": Said(
        "{bands} wristbands speak Bluetooth, which is switched off here",
        "有 {bands} 只手环使用蓝牙，但这里关闭了蓝牙",
    ),
    "few_slots": Said(
        "{bands} wristbands want a connection that lasts, and an adapter holds {slots} at once",
        "有 {bands} 只手环需要持续连接，而每个蓝牙适配器最多同时连接 {slots} 只",
    ),
    "no_identity": Said(
        "{address} would never be heard: {driver} needs the identity that the key sends, as key of {digits} hexadecimal digits",
        "收不到 {address} 的求助：{driver} 需要把按键时发出的标识登记为 key，{digits} 位十六进制数",
    ),
    "unknown_wearer": Said("nobody wears a wristband under this pseudonym", "没有手环登记在这个代号下"),
    "no_second_path": Said(
        "there is no [modem], and no on_alert: when the network is down nobody learns of a call for help",
        "没有 [modem] 一节，也没有 on_alert：断网时无法通知任何人",
    ),
    "only_the_local_light": Said(
        "there is no [modem]: when the network is down nobody learns of a call for help but by the local light",
        "没有 [modem] 一节：断网时无法用短信通知任何人，只剩本地声光提示",
    ),
    "long_drill": Said(
        "this window lasts {hours} hours (it goes over midnight where `to` is before `from`); the first press in it is a drill,"
        " and nobody comes: half an hour is usual",
        "演练时段长达 {hours} 小时（to 早于 from 时跨午夜）；时段内第一次按键视为演练，不会有人上门：通常设半小时",
    ),
    "phones_without_modem": Said(
        "these phones are never asked, as there is no [modem] that could send an SMS",
        "没有 [modem] 一节，无法发送短信，名单中的电话不会收到询问",
    ),
    "modem_without_phones": Said(
        "a modem without anybody to ask: name the duty list in [duty] phones_file",
        "有短信模块，但没有可通知的人：请在 [duty] phones_file 中写明值班表",
    ),
    "nobody_on_duty": Said(
        "at some hours nobody is on duty ({day} {time} the first); then everybody in the list is asked, one after another",
        "有的时段无人值班（最早是 {day} {time}）；那时会按顺序询问名单上的所有人",
    ),
    "unusual_phone": Said(
        "{name} has no mobile number of this country; can it receive SMS?", "{name} 的号码不是本国手机号；它能收短信吗？"
    ),
    "responders_for_nobody": Said(
        "volunteers are named to those who are asked, and there is nobody to ask: phones_file is missing or empty",
        "志愿者只会列给被询问的值班人员，但值班表（phones_file）缺失或为空",
    ),
    "no_such_program": Said(
        "{path} is not there or may not be run; then no light or buzzer tells of an alert",
        "找不到或无法执行 {path}；报警时不会有本地声光提示",
    ),
    "rules_unsigned": Said(
        "no clinician has reviewed and signed this table of limits (docs/rules.md says how); the mark of its rows is {rows}",
        "本阈值表尚未经临床医师审核签字（方法见 docs/rules.zh-CN.md）；当前各行的校验码为 {rows}",
    ),
    "rules_changed": Said(
        "{by} signed another table on {on}: its rows had the mark {signed_rows}, now they have {rows}; have it reviewed again",
        "{by} 于 {on} 签字的是另一份阈值表：当时校验码为 {signed_rows}，现为 {rows}；请重新审核",
    ),
}
