"""Mistakes in the configuration: where each stands, and the words in which a technician is told of it, in both languages.

A mistake is a code and facts until it is told. The codes are those of this table: our own, and pydantic's error types.
`{shown}` in the words is the value as it stands in the file, `{hint}` what would be right for this key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["en", "zh-CN"]


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong, or unwise: in which file and line, at which key, what."""

    file: str
    line: int
    key: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """What is wrong, and what would be right."""
        words = WORDS.get(self.code, ("{otherwise}", "{otherwise}"))[_column(language)]
        told = words.format_map({**{name: _safe(fact) for name, fact in self.facts.items()}, "hint": self._hint(language)})
        near = self.facts.get("near")
        return told + GUESS[_column(language)].format(near=near) if near else told

    def told(self, language: Language) -> str:
        """The whole line: `FILE:LINE: key: what is wrong, what would be right`."""
        return f"{self.file}:{self.line}: {self.key}: {self.text(language)}"

    def _hint(self, language: Language) -> str:
        name = self.key.rpartition(".")[2]
        return HINTS.get(self.key, HINTS.get(name, ANY_TEXT))[_column(language)]


def _column(language: Language) -> int:
    return 1 if language == "zh-CN" else 0


def _safe(fact: object) -> object:
    return plain(fact, longest=400) if isinstance(fact, str) else fact


def shown(value: object) -> str:
    """A value as one writes it in the file, short and on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{plain(value)}"'
        case Mapping():
            return "{...}"
        case list() | tuple():
            return "[...]"
        case _:
            return plain(str(value))


def plain(text: str, longest: int = 48) -> str:
    """Text from outside, made harmless for a terminal and a log."""
    text = re.sub(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", "?", text)
    return text if len(text) <= longest else text[: longest - 3] + "..."


GUESS = ("; did you mean {near}?", "；是不是 {near}？")

ANY_TEXT = ("text of one line", "一行文字")
HINTS = {
    "gateway": ("the section [gateway] with `id`", "[gateway] 一节，其中写 `id`"),
    "mqtt": ("the section [mqtt] with `host`", "[mqtt] 一节，其中写 `host`"),
    "id": ("letters, digits and -, such as xishan-01", "字母、数字和 -，例如 xishan-01"),
    "host": ("a name or address alone, such as platform.example", "只写主机名或地址，例如 platform.example"),
    "hosts": ("name:port, such as a.example:8883", "主机名:端口，例如 a.example:8883"),
    "root": ("words with / between them, such as lifering/v1", "用 / 分隔的几个词，例如 lifering/v1"),
    "serial.name": ("a short name, such as hall-hub", "一个简短的名称，例如 hall-hub"),
    "serial.port": ("a path such as /dev/serial/by-id/..., or vid:pid", "路径，例如 /dev/serial/by-id/...，或 vid:pid"),
    "driver": ("a name that `lifering drivers` lists", "`lifering drivers` 列出的驱动名"),
    "adapters": ("hci0, or an adapter's address", "hci0 之类，或适配器地址"),
    "address": ("six pairs of hexadecimal digits, such as C0:FF:EE:00:00:01", "六组十六进制数，例如 C0:FF:EE:00:00:01"),
    "wearer": ("a pseudonym without spaces, such as W-017", "不含空格的代号，例如 W-017"),
    "key_file": ("32 hexadecimal digits, for some devices 24 or 40", "32 位十六进制数，个别设备为 24 或 40 位"),
    "key": ("32 hexadecimal digits, for some devices 24 or 40", "32 位十六进制数，个别设备为 24 或 40 位"),
}

WORDS: dict[str, tuple[str, str]] = {
    # a file as a whole
    "file_missing": ("{path} is not there", "找不到文件 {path}"),
    "file_forbidden": ("{path} may not be read by this user", "当前用户无权读取 {path}"),
    "file_is_no_file": ("{path} is no file", "{path} 不是文件"),
    "file_unreadable": ("{path} cannot be read: {why}", "无法读取 {path}：{why}"),
    "file_too_big": ("the file is larger than {limit_mb} MB", "文件超过 {limit_mb} MB"),
    "file_is_utf16": ("the file is UTF-16; save it as UTF-8", "文件是 UTF-16 编码；请另存为 UTF-8"),
    "file_is_not_utf8": (
        "here is something that is not UTF-8; save the file as UTF-8",
        "此处不是 UTF-8 编码；请把文件另存为 UTF-8",
    ),
    "file_is_no_pem": ("{path} holds no certificate or key in PEM form", "{path} 里没有 PEM 格式的证书或密钥"),
    "folder_is_no_folder": ("{path} is no folder", "{path} 不是文件夹"),
    "secret_is_empty": ("{path} is empty", "{path} 是空文件"),
    "secret_is_writable": ("{path} can be changed by anybody; chmod 600 it", "任何人都能修改 {path}；请执行 chmod 600"),
    "secret_is_no_key": ("{path} holds no key; expected {hint}", "{path} 里没有密钥；应为 {hint}"),
    # TOML
    "toml": ("is not written as TOML: {otherwise}", "不符合 TOML 写法：{otherwise}"),
    "toml_value": (
        "has no value that can be read; text stands in quotes, and a list above may lack its ]",
        "值无法识别；文字要加引号，也请检查上面的列表是否缺少 ]",
    ),
    "toml_open_text": ("the text is not closed with a quote", "文字缺少结尾的引号"),
    "toml_open_list": ("the list that begins above is not closed with ]", "上面开始的列表缺少结尾的 ]"),
    "toml_open_table": ("what begins with {{ is not closed with }} in this line", "以 {{ 开头的内容没有在本行用 }} 结束"),
    "toml_character": ("holds a character that may not stand here", "含有不允许出现的字符"),
    "toml_backslash": (
        "in double quotes write \\\\ for a backslash, or take single quotes",
        "双引号内的反斜杠要写成 \\\\，或改用单引号",
    ),
    "toml_no_equals": ("a key needs = and a value", "键的后面要有 = 和值"),
    "toml_goes_on": ("has something behind its value; one setting a line", "值的后面有多余内容；每行只写一个设置"),
    "toml_header": ("a section is written [name] or [[name]]", "一节的写法是 [名称] 或 [[名称]]"),
    "toml_key": ("is neither a section [name] nor a setting `key = value`", "既不是 [节] 也不是 `键 = 值`"),
    "toml_twice": ("is given twice", "重复出现"),
    "toml_section_twice": ("the section is there twice; put its settings together", "这一节重复出现；请把设置合并"),
    "toml_number": ("somewhere in the file is a number with thousands of digits", "文件中有一个长达数千位的数字"),
    "toml_too_deep": ("brackets are nested too deeply", "括号嵌套过深"),
    # keys
    "unknown_key": ("there is no such setting", "没有这个设置项"),
    "misplaced_key": ("there is no such setting here, it belongs into [{section}]", "这里没有这个设置项，它属于 [{section}]"),
    "missing": ("is missing; expected {hint}", "缺少此项；应为 {hint}"),
    # values
    "string_type": ("must be text in quotes, is {shown}", "必须是带引号的文字，现在是 {shown}"),
    "path_type": ("must be a file name in quotes, is {shown}", "必须是带引号的文件名，现在是 {shown}"),
    "int_type": ("must be a whole number without quotes, is {shown}", "必须是不带引号的整数，现在是 {shown}"),
    "bool_type": ("must be true or false without quotes, is {shown}", "必须是不带引号的 true 或 false，现在是 {shown}"),
    "tuple_type": ('must be a list such as ["..."], is {shown}', '必须是列表，例如 ["..."]，现在是 {shown}'),
    "model_type": ("must be a section of its own, is {shown}", "必须是单独的一节，现在是 {shown}"),
    "dict_type": ("must be a section of its own, is {shown}", "必须是单独的一节，现在是 {shown}"),
    "single_brackets": ("there may be several, so it is written [[{name}]]", "可以有多个，应写成 [[{name}]]"),
    "double_brackets": ("there is only one, so it is written [{name}]", "只能有一个，应写成 [{name}]"),
    "literal_error": ("must be {expected}, is {shown}", "必须是 {expected_zh}，现在是 {shown}"),
    "greater_than_equal": ("must be {ge} or more, is {shown}", "不能小于 {ge}，现在是 {shown}"),
    "less_than_equal": ("must be {le} or less, is {shown}", "不能大于 {le}，现在是 {shown}"),
    "string_too_short": ("must not be empty; expected {hint}", "不能为空；应为 {hint}"),
    "string_too_long": ("is too long, at most {max_length} characters", "太长，最多 {max_length} 个字符"),
    "too_short": ("must not be empty; leave it out for the usual", "不能为空；不需要时请整行删去"),
    "string_pattern_mismatch": ("cannot be {shown}; expected {hint}", "不能是 {shown}；应为 {hint}"),
    "unshown_mismatch": ("is not valid; expected {hint}", "格式不对；应为 {hint}"),
    "port_out_of_range": ("the port must be 1 to 65535, is {port}", "端口必须在 1 到 65535 之间，现在是 {port}"),
    # one key and another
    "host_missing": ("is missing; expected {hint}, or a list `hosts`", "缺少此项；应为 {hint}，或写列表 `hosts`"),
    "host_and_hosts": ("give either `host` or `hosts`, not both", "`host` 和 `hosts` 只能写一个"),
    "tls_off": (
        "false sends everything in plain text; if that is really meant, add insecure = true",
        "false 会以明文发送所有数据；若确实需要，请加上 insecure = true",
    ),
    "password_without_username": ("needs `username` beside it", "需要同时写 `username`"),
    "cert_without_key": ("needs `key_file` beside it", "需要同时写 `key_file`"),
    "key_without_cert": ("is missing; `key_file` needs it", "缺少此项；`key_file` 需要它"),
    "unknown_driver": (
        'there is no driver "{name}"; `lifering drivers` lists them',
        "没有驱动 {name}；`lifering drivers` 列出全部驱动",
    ),
    "not_a_serial_driver": (
        '"{name}" does not speak over a serial line; those that do: {among}',
        "{name} 不是串口驱动；串口驱动有：{among}",
    ),
    "no_port_speaks_it": (
        'no [[serial]] port has the driver "{name}", through which this wristband would be heard',
        "没有任何 [[serial]] 串口使用驱动 {name}，收不到这只手环",
    ),
    "shared_hub": (
        '"{name}" is a hub: nobody sits down at it; `shared` is for a device that measures',
        "{name} 是集线器，没有人坐下测量；`shared` 只用于测量设备",
    ),
    "port_needed": (
        'several ports have the driver "{driver}" ({ports}); say in [[wristband]] at which this device is docked: port = "..."',
        '有多个串口使用驱动 {driver}（{ports}）；请在 [[wristband]] 中写明设备接在哪个串口：port = "..."',
    ),
    "port_taken": ("{address} is docked at {port} already", "{port} 已接有设备 {address}"),
    "unknown_port": ('no [[serial]] port has the name "{name}"', "没有名为 {name} 的 [[serial]] 串口"),
    "port_speaks_other": ('the port "{name}" has the driver "{driver}"', "串口 {name} 使用的驱动是 {driver}"),
    "not_docked": (
        'a device with the driver "{driver}" is not docked at a port; leave this out',
        "使用驱动 {driver} 的设备不接在串口上；请删去此项",
    ),
    "name_twice": ('"{name}" is the name of the port in line {first} too', "{name} 与第 {first} 行的串口重名"),
    "port_twice": ("{name} is the port in line {first} too", "{name} 与第 {first} 行的串口相同"),
    "address_twice": ("{address} is enrolled already, at {first}", "{address} 已在 {first} 登记"),
    # the roster
    "roster_is_neither": ("the file is neither UTF-8 nor GB18030 text", "文件既不是 UTF-8 也不是 GB18030 文本"),
    "roster_has_no_header": (
        "the first line must name the columns: address,driver,wearer,room,key,model",
        "第一行必须是列名：address,driver,wearer,room,key,model",
    ),
    "unknown_column": ('there is no column "{name}"', "没有 {name} 这一列"),
    "column_missing": ('the column "{name}" is missing', "缺少 {name} 这一列"),
    "column_twice": ('the column "{name}" is there twice', "{name} 列重复"),
    "too_many_cells": ("has {cells} values for {columns} columns", "有 {cells} 个值，但只有 {columns} 列"),
    "csv": ("is no CSV here: {why}", "此处不是有效的 CSV：{why}"),
    # rules
    "rule": ("{otherwise}", "{otherwise}"),
    # unwise, but allowed
    "insecure": ("everything is sent in plain text", "所有数据都以明文发送"),
    "secret_is_readable": ("{path} can be read by anybody; chmod 600 it", "任何人都能读取 {path}；请执行 chmod 600"),
    "long_id": ("longer than 23 characters, some brokers refuse that", "超过 23 个字符，有的服务器会拒绝"),
    "long_topic": (
        "with the id the longest topic has {length} characters; several clouds take only 64",
        "加上网关 id，最长的主题有 {length} 个字符；有的云平台只允许 64 个",
    ),
    "no_bands": ("no wristband is enrolled, so none will be heard", "没有登记任何手环，因此不会接收任何手环"),
    "nothing_docked": (
        'no [[wristband]] has the driver "{driver}" for the device at this port, so nothing that it measures is kept',
        "没有为此串口上的设备登记驱动为 {driver} 的 [[wristband]]，其测量结果不会保存",
    ),
    "no_radio": (
        "{bands} wristbands speak Bluetooth, which is switched off here",
        "有 {bands} 只手环使用蓝牙，但这里关闭了蓝牙",
    ),
    "few_slots": (
        "{bands} wristbands want a connection that lasts, and an adapter holds {slots} at once",
        "有 {bands} 只手环需要持续连接，而每个适配器最多同时连接 {slots} 只",
    ),
    "no_identity": (
        "{address} would never be heard: {driver} needs the identity that the key sends, as key of {digits} hexadecimal digits",
        "{address} 的求助不会被听到：{driver} 需要把按键时发出的标识登记为 key，{digits} 位十六进制数",
    ),
    "unknown_wearer": ("nobody wears a wristband under this pseudonym", "没有手环登记在这个代号下"),
}
