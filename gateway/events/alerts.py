"""What `gateway/alerts/` logs: an alert, and what the platform says of it. Pure."""

from __future__ import annotations

from gateway.events.event import NOTHING_TO_DO, Event, error, info, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "the platform gives no receipts": warning(
        "PLATFORM_SILENT",
        Said(
            "The broker takes alerts, and for 30 s the platform has not said that it has them.",
            "MQTT 服务器收下了报警，但平台 30 秒内没有回执。",
        ),
        Said(
            "Ask the platform whether its application runs, and whether the broker lets it hear `up/alerts` and say"
            " `down/receipts`: over MQTT 3.1.1 a broker throws away what its access rules forbid and says nothing.",
            "请平台确认应用是否在运行，以及 MQTT 服务器是否允许接收 `up/alerts`、发送 `down/receipts`："
            "在 MQTT 3.1.1 下，MQTT 服务器会悄悄丢弃权限不允许的消息。",
        ),
    ),
    "the platform gives receipts again": info(
        "PLATFORM_ANSWERS", Said("The platform confirms alerts again.", "平台恢复回执。")
    ),
    "the platform rejects an alert": error(
        "ALERT_REJECTED",
        Said("The platform refuses an alert; it is sent again every 5 minutes.", "平台拒绝了一条报警；每 5 分钟重发一次。"),
        Said(
            "Ask the platform at once; what it says stands in the technical alert (`lifering export alerts`), not in the log.",
            "请立即联系平台；平台给出的理由写在技术报警中（`lifering export alerts`），不写入日志。",
        ),
    ),
    "alert not sent": warning(
        "ALERT_NOT_SENT",
        Said("An alert could not be handed to the broker, and is tried again.", "报警未能交给 MQTT 服务器，将重试。"),
        NOTHING_TO_DO,
    ),
    "alert": info("ALERT", Said("An alert was raised or has changed, and is on the disk.", "报警产生或有变化，已存盘。")),
}
