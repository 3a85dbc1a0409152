"""What `gateway/channels/` logs: the link to the platform, the SMS modem, people on duty, the local light or buzzer. Pure."""

from __future__ import annotations

from gateway.events.event import Event, info, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "link up": info("LINK_UP", Said("The broker has accepted the connection.", "已连接 MQTT 服务器。")),
    "link lost": warning(
        "LINK_LOST",
        Said(
            "The broker cannot be reached, or the connection broke; `why` says it.",
            "连不上 MQTT 服务器，或连接中断；原因见 `why`。",
        ),
        Said(
            "Alerts and readings wait, and are sent when it is back. If it lasts: network, broker, what `why` says.",
            "报警和读数会等待，恢复后发送。若持续出现：检查网络、MQTT 服务器和 `why` 所说的原因。",
        ),
    ),
    "broker refuses messages": warning(
        "BROKER_REFUSES",
        Said("The broker's access rules do not allow this topic.", "MQTT 服务器的权限不允许这个主题。"),
        Said(
            "Ask the platform: `config/mosquitto-acl.example` shows what is needed.",
            "请平台处理：`config/mosquitto-acl.example` 写明需要的权限。",
        ),
    ),
    "nobody listens": warning(
        "NOBODY_LISTENS",
        Said("The broker has no subscriber for this topic.", "MQTT 服务器上没有人订阅这个主题。"),
        Said(
            "Ask the platform whether its application runs and which topics it reads.",
            "请平台确认应用是否在运行、订阅了哪些主题。",
        ),
    ),
    "messages get through again": info(
        "MESSAGES_THROUGH", Said("A topic that was held up is taken again.", "曾受阻的主题恢复正常。")
    ),
    "unreadable message from above": warning(
        "UNREADABLE_MESSAGE",
        Said("The platform sent something that is no message of the contract.", "平台发来的内容不符合约定。"),
        Said("Show the platform `docs/platform.md`.", "请平台对照 `docs/platform.md`。"),
    ),
    "modem ready": info("MODEM_READY", Said("The SMS modem is in a network and sends.", "短信模块已入网，可以发送短信。")),
    "modem cannot send": warning(
        "MODEM_CANNOT_SEND",
        Said(
            "The SMS modem sends nothing now: `state` says what it is, `why` more of it.",
            "短信模块目前无法发送短信：状态见 `state`，原因见 `why`。",
        ),
        Said(
            "lost: cable, port, power; `absent` or `in use` (does ModemManager hold it?). no_sim: put the SIM in. pin: correct"
            " pin_file; a PIN that was refused is never entered again; with PUK unlock the SIM in a telephone."
            " no_network, denied: antenna, contract. no_service_centre: store the operator's number in the SIM.",
            "lost：检查连线、端口、供电；absent 为端口不存在，in use 为端口被占用（是否被 ModemManager 占用）。"
            "no_sim：插好 SIM 卡。pin：改正 pin_file；被拒绝过的 PIN 不会再次输入；若需 PUK，请在手机上解锁。"
            "no_network、denied：检查天线和资费套餐。"
            "no_service_centre：在 SIM 卡中写入运营商的短信中心号码。",
        ),
    ),
    "modem reset": warning(
        "MODEM_RESET",
        Said(
            "The SMS modem did not answer and was reset; at most once in 5 minutes and 6 times in an hour.",
            "短信模块没有响应，已复位（5 分钟内最多一次，一小时内最多六次）。",
        ),
        Said(
            "If it comes often: a stronger power supply, newer firmware, or another modem.",
            "若经常出现：换用更强的电源、升级固件或更换模块。",
        ),
    ),
    "modem signal is weak": warning(
        "MODEM_WEAK",
        Said("The SMS modem hears its network badly.", "短信模块信号弱。"),
        Said("Move the antenna to a window, or higher.", "请把天线移到窗边或更高处。"),
    ),
    "sms": info(
        "SMS",
        Said(
            "What came of a message to somebody on duty (`outcome`, and `error` of the modem), in how many parts, about how"
            " many alerts. Numbers and names are in no log.",
            "发给值班人员的短信结果（`outcome`，以及模块给出的 `error`）、条数、涉及的报警数。日志中不含号码和姓名。",
        ),
    ),
    "sms answered": info("SMS_ANSWERED", Said("Somebody on duty has answered by SMS.", "值班人员已用短信答复。")),
    "sms of nobody on duty": info(
        "SMS_STRANGER",
        Said(
            "A message came from a number that is in no list, or of a volunteer without an alert's number; it changes nothing.",
            "收到值班表和志愿者之外号码的短信，或志愿者未注明报警编号的短信；不作任何处理。",
        ),
    ),
    "on_alert failed": warning(
        "ON_ALERT",
        Said("The command of the local light or buzzer did not end well.", "本地声光提示命令未正常结束。"),
        Said(
            "Run it by hand as the service's user; `sudo lifering test-alert --path local` tries it.",
            "请以服务用户手动运行该命令；可用 `sudo lifering test-alert --path local` 测试。",
        ),
    ),
}
