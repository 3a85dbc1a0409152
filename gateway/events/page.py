"""What `gateway/page/` logs: who logs in to the local page, and what it cannot show. Pure."""

from __future__ import annotations

from gateway.events.event import Event, error, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "charts begin now": warning(
        "PAGE_CHARTS",
        Said("The store could not be read for the day's charts, `why` says it.", "无法从存储读取当天曲线，原因见 `why`。"),
        Said("The disk has a fault of its own; the charts go on from now.", "磁盘故障另有提示；曲线从现在开始。"),
    ),
    "page PIN cannot be read": error(
        "PAGE_PIN",
        Said("Nobody can log in to the page; `why` says it.", "无法登录本地页面，原因见 `why`。"),
        Said("Mend pin_file of [page], see `sudo lifering check`.", "请用 `sudo lifering check` 检查 [page] 的 pin_file。"),
    ),
    "wrong PIN": warning(
        "PAGE_PIN_WRONG",
        Said("Somebody typed a wrong PIN at the page; `tries` in a row.", "有人在本地页面输错 PIN 码，已连续 `tries` 次。"),
        Said(
            "If it goes on and nobody has forgotten it, see who is in your network.",
            "如反复出现且无人忘记 PIN 码，请检查网络中有谁。",
        ),
    ),
}
