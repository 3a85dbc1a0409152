"""What is allowed in a configuration, but perhaps not meant, by the code of the doubt."""

from __future__ import annotations

from gateway.language import Said

DOUBTS = {
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
