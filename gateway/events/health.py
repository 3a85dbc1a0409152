"""What `gateway/health/` logs: the board and the certificates. Pure."""

from __future__ import annotations

from gateway.events.event import Event, debug, info
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "board is watched": info(
        "BOARD_WATCHED",
        Said(
            "Whether this board tells of too low a supply voltage and of heat; what is not available is never told.",
            "这块主板是否报告供电电压过低和过热；标为“无法监测”的不会被上报。",
        ),
    ),
    "certificate cannot be read": debug(
        "CERTIFICATE_UNREADABLE",
        Said(
            "So nobody can say when it ends; the link to the broker tells whether it can be used.",
            "无法得知它何时到期；能否使用由与 MQTT 服务器的连接说明。",
        ),
    ),
}
