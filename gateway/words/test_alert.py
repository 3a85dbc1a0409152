"""What `lifering test-alert` says of each step, in both languages. Pure."""

from __future__ import annotations

from gateway.language import Language, Said
from gateway.words.status import STATES

STEPS = {
    "raised": Said("the test alert is on the disk", "测试报警已存盘"),
    "sent": Said("the broker has it", "MQTT 服务器已收到"),
    "received": Said("the platform's receipt has come", "已收到平台回执"),
    "sms sent": Said("the modem has sent the SMS", "短信模块已发出短信"),
    "sms delivered": Said("the phone has the SMS", "短信已送达手机"),
    "begun": Said("the light or buzzer was started", "灯或蜂鸣器已启动"),
    "ended": Said("the light or buzzer has ended well", "灯或蜂鸣器已正常结束"),
}

FAILURES = {  # "no receipt" by its way, and how far it came
    "mqtt no receipt": Said(
        "no answer in time: the broker does not have it yet. See `sudo lifering status`, and `link lost` in the log",
        "没有按时收到回执：MQTT 服务器尚未收到。`sudo lifering status` 显示连接状态，日志中的 `link lost` 写明原因",
    ),
    "mqtt no receipt, sent": Said(
        "no receipt came in time: the broker has it, the platform does not answer. Ask the platform whether its"
        " application runs, reads `up/alerts` and answers on `down/receipts`",
        "没有按时收到回执：MQTT 服务器已收到，但平台没有应答。请平台确认应用是否在运行，"
        "是否订阅 `up/alerts` 并在 `down/receipts` 上回执",
    ),
    "sms no receipt": Said(
        "no word of the modem came in time. `sudo lifering status` shows its state and signal; try again with a longer --wait",
        "短信模块没有按时应答。`sudo lifering status` 显示其状态和信号；可加长 --wait 再试",
    ),
    "local no receipt": Said(
        "the command of on_alert has not ended in time: it must end by itself within 10 s",
        "on_alert 的命令没有按时结束：须在 10 秒内自行结束",
    ),
    "sms no such path": Said(
        "there is no [modem] in the configuration of the running gateway", "正在运行的网关没有配置 [modem]"
    ),
    "local no such path": Said(
        "there is no on_alert in [duty] of the running gateway", "正在运行的网关没有在 [duty] 中配置 on_alert"
    ),
    "sms nobody in the duty list": Said(
        "there is nobody to send it to: name the duty list in [duty] phones_file",
        "没有可发送的对象：请在 [duty] phones_file 中写明值班表",
    ),
    "sms sms_bound": Said(
        "the SMS of the day are used up (sms_per_day of [duty])", "当天的短信已达上限（[duty] 的 sms_per_day）"
    ),
    "local too slow": Said("the command of on_alert ran for 10 s and was killed", "on_alert 的命令运行超过 10 秒，已被终止"),
}
OF_THE_SOCKET = frozenset({"busy", "other gateway"})  # no word of a way to people
NOT_SENT = Said("the modem did not send it: {why}", "短信模块未能发送：{why}")
NOT_RUN = Said("the command of on_alert failed: {why}", "on_alert 的命令失败：{why}")


def failure(why: str, path: str, last: str, language: Language) -> str:
    """What came instead of the word that was waited for, and what to do. `last`: the step before. "": as others say it."""
    key = f"{path} {why}"
    if key == "mqtt no receipt" and last == "sent":
        key += ", sent"
    if key in FAILURES:
        return FAILURES[key].of(language)
    if why in OF_THE_SOCKET:
        return ""
    in_words = STATES[why].of(language) if why in STATES else why
    match path:
        case "sms":
            return NOT_SENT.of(language).format(why=in_words)
        case "local":
            return NOT_RUN.of(language).format(why=in_words)
        case _:
            return ""
