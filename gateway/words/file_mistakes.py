"""What is wrong with a file: it cannot be read, is no TOML, or names what there is not. By the code of the mistake."""

from __future__ import annotations

from gateway.language import Said

FILES = {
    # a file as a whole
    "file_missing": Said("{path} is not there", "找不到文件 {path}"),
    "file_forbidden": Said(
        "{path} may not be read by the user {user}; put sudo in front of the command",
        "用户 {user} 无权读取 {path}；请在命令前加上 sudo",
    ),
    "file_forbidden_to_service": Said(
        "{path} may not be read by the user {user}; mend it by: sudo chgrp {user} {path} && sudo chmod g+rX {path}",
        "用户 {user} 无权读取 {path}；请执行：sudo chgrp {user} {path} && sudo chmod g+rX {path}",
    ),
    "file_is_no_file": Said("{path} is no file", "{path} 不是文件"),
    "file_unreadable": Said("{path} cannot be read: {why}", "无法读取 {path}：{why}"),
    "file_too_big": Said("the file is larger than {limit_mb} MB", "文件超过 {limit_mb} MB"),
    "file_is_utf16": Said("the file is UTF-16; save it as UTF-8", "文件是 UTF-16 编码；请另存为 UTF-8"),
    "file_is_not_utf8": Said(
        "here is something that is not UTF-8; save the file as UTF-8",
        "此处不是 UTF-8 编码；请把文件另存为 UTF-8",
    ),
    "file_is_no_pem": Said("{path} holds no certificate or key in PEM form", "{path} 里没有 PEM 格式的证书或密钥"),
    "file_is_no_certificate": Said(
        "{path} holds no certificate but something else, perhaps a private key; here belongs a certificate",
        "{path} 里没有证书，可能是私钥；这里应写证书文件",
    ),
    "file_is_no_private_key": Said(
        "{path} holds no private key; here belongs the key of the certificate", "{path} 里没有私钥；这里应写证书对应的私钥文件"
    ),
    "key_has_a_pass_phrase": Said(
        "the key in {path} wants a pass phrase, which nobody can type; `openssl pkey -in KEY -out NEW` takes it away",
        "{path} 中的私钥设有口令，网关无法输入；可用 `openssl pkey -in 原文件 -out 新文件` 去掉口令",
    ),
    "folder_is_no_folder": Said("{path} is no folder", "{path} 不是目录"),
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
    "secret_is_no_pin": Said(
        "{path} holds no PIN: 4 to 8 digits and nothing else", "{path} 里不是 PIN 码：只能有 4 到 8 位数字"
    ),
    "secret_is_no_page_pin": Said(
        "{path} holds no PIN of the page: one line of {least} characters or more",
        "{path} 里不是页面的 PIN 码：一行，至少 {least} 个字符",
    ),
    "secret_is_no_relay_key": Said(
        "{path} holds no key of a relay: the 44 characters behind `api: encryption: key:` in the configuration of ESPHome",
        "{path} 里不是中继器的密钥：应为 ESPHome 配置中 `api: encryption: key:` 后面的 44 个字符",
    ),
    # TOML
    "toml_full_width": Said(
        "holds characters of a Chinese keyboard ({found}); write {right} with the English keyboard",
        "请把此行的中文（全角）符号 {found} 改成英文半角 {right}",
    ),
    "toml_full_width_space": Said(
        "holds a full-width blank; delete it, and write it with the English keyboard",
        "此行有全角空格；请删去，改用英文半角空格",
    ),
    "toml_value": Said(
        "has no value that can be read; text stands in quotes, and between the values of a list stand commas",
        '无法识别这个值。文字要用英文半角引号 "…"；列表中的各个值之间要有英文逗号',
    ),
    "toml_boolean": Said("must be {right}, in small letters and without quotes", "请写 {right}（小写，不加引号）"),
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
    "secret_in_the_file": Said(
        "this never stands here: put it alone into a file of its own (mode 0600), and write the name of that file as {file}",
        "密码不能写在这里：请单独存放在一个文件中（权限 0600），这里用 {file} 写那个文件的名称",
    ),
    "misplaced_key": Said(
        "there is no such setting here, it belongs into [{section}]", "这里没有这个设置项，它属于 [{section}]"
    ),
    "missing": Said("is missing; expected {hint}", "缺少此项；应为：{hint}"),
    "does_not_answer": Said(
        "it was not read within {seconds} s, and nothing is taken over: a file that it names may lie on a disk or a network"
        " share that does not answer, or a driver of another package hangs. See with `sudo lifering check` where it stops, and"
        " reload then",
        "{seconds} 秒内没有读完，未作任何更改：所引用的文件可能位于无响应的磁盘或网络共享上，或者第三方驱动包卡住。"
        "请用 `sudo lifering check` 查明卡在哪里，然后重新加载",
    ),
}
