"""What is allowed in a configuration, but perhaps not meant, by the code of the doubt."""

from __future__ import annotations

from gateway.language import Said

DOUBTS = {
    "insecure": Said("everything is sent in plain text", "所有数据都以明文发送"),
    "secret_is_readable": Said("{path} can be read by anybody; chmod o-rwx it", "任何人都能读取 {path}；请执行 chmod o-rwx"),
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
    "many_own_slots": Said(
        "{bands} wristbands have a connection of their own, and there are {most}: each adapter keeps one for all others",
        "有 {bands} 只手环设了专用连接，但最多只能有 {most} 只：每个蓝牙适配器要留一个连接给其余手环",
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
    "no_watch_enrolled": Said(
        'no watch is enrolled with the driver "{driver}"; whoever calls here is a stranger',
        "没有登记使用驱动 {driver} 的手表；连到这里的都是陌生设备",
    ),
    "long_drill": Said(
        "this window lasts {hours} hours (it goes over midnight where `to` is before `from`); the first press in it is a drill,"
        " and nobody comes: half an hour is usual",
        "演练时段长达 {hours} 小时（to 早于 from 时跨午夜）；时段内第一次按键视为演练，不会有人上门：通常设半小时",
    ),
    "phones_without_modem": Said(
        "these phones are never asked, as there is no [modem] that could send an SMS",
        "没有 [modem] 一节，无法发送短信，值班表中的电话不会收到询问",
    ),
    "modem_without_phones": Said(
        "a modem without anybody to ask: name the duty list in [duty] phones_file",
        "有短信模块，但没有可通知的人：请在 [duty] phones_file 中写明值班表",
    ),
    "nobody_on_duty": Said(
        "at some hours nobody is on duty ({day} {time} the first); then everybody in the list is asked, one after another",
        "有的时段无人值班（最早是 {day} {time}）；那时会按顺序询问值班表上的所有人",
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
    "tls_at_plain_port": Said(
        "1883 is the usual port of plain text; with TLS it is 8883", "1883 通常是不加密的端口；使用 TLS 时一般是 8883"
    ),
    "plain_at_tls_port": Said(
        "8883 is the usual port of TLS; in plain text it is 1883", "8883 通常是 TLS 加密端口；不加密时一般是 1883"
    ),
    "page_without_pin": Said(
        "without a PIN the page shows how the gateway is, and no wearer and no alert",
        "没有 PIN 码时，页面只显示网关状态，不显示佩戴者和报警",
    ),
    "short_page_pin": Said(
        "the PIN in {path} is easily guessed; take {least} digits or more, not in a row",
        "{path} 中的 PIN 码容易被猜中；请用至少 {least} 位、不连续的数字",
    ),
    "password_has_blanks": Said(
        "the password in {path} begins or ends with a blank, or with a mark of a Windows editor; is that part of it?",
        "{path} 中的密码首尾有空格，或有 Windows 编辑器加上的标记（BOM）；它们属于密码吗？",
    ),
    # the bands that are enrolled
    "band_is_an_example": Said(
        "this band comes with the program as an example and does not exist; put your own in its place",
        "这只手环是随程序附带的示例，并不存在；请换成实际的手环",
    ),
    "address_is_nobodys": Said("no device has this address", "没有设备使用这个地址"),
    "address_changes": Said(
        "an address that begins so changes every quarter of an hour and is not heard again;"
        " `sudo lifering scan` shows those that stay, also of a band that was paired before",
        "这样开头的地址每 15 分钟左右就会变，之后再也收不到；`sudo lifering scan` 可显示固定地址，包括已配对手环的固定地址",
    ),
    "wearer_is_an_identity_number": Said(
        "is the number of an identity card; write a pseudonym such as W-017, who it is stands on the platform alone",
        "这是身份证号；请改用代号，例如 W-017，个人信息只保存在平台",
    ),
    "wearer_is_a_name": Said(
        "looks like a name; write a pseudonym such as W-017, who it is stands on the platform alone",
        "看起来是姓名；请改用代号，例如 W-017，个人信息只保存在平台",
    ),
    "wearer_in_two_rooms": Said(
        "the same wearer has another room at {first}; where does one go to?",
        "同一位佩戴者在 {first} 写的是另一个房间；该去哪里救助？",
    ),
    "wearer_written_otherwise": Said(
        "nearly the same as at {first}, and yet another wearer; if it is the same person, write it the same way",
        "与 {first} 只差大小写或符号，会被当作另一位佩戴者；若是同一人，请写成一样",
    ),
    "looks_like_a_date": Said(
        "looks like a date: Excel makes one of 3-2; make the column text, then write it anew",
        "看起来是日期：Excel 会把 3-2 变成日期；请先把这一列设为“文本”格式，再重新输入",
    ),
    "room_is_empty": Said("is empty; then an alert does not say where to go", "房间为空；报警时不知道该去哪里"),
}
