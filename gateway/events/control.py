"""What `gateway/control/` logs: the control socket, and what was done to the store through it. Pure."""

from __future__ import annotations

from gateway.events.event import REPORT_IT, Event, debug, error, info, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "no control socket": error(
        "CONTROL_NONE",
        Said(
            "`sudo lifering status` and its kin cannot ask this gateway; everything else goes on.",
            "`sudo lifering status` 等命令无法查询此网关；其他功能照常运行。",
        ),
        Said(
            "Look at `path`: its folder may be missing, or another lifering listens there.",
            "请检查 `path`：目录可能不存在，或另一个 lifering 正在使用。",
        ),
    ),
    "control verb failed": error(
        "CONTROL_FAILED", Said("What somebody asked over the socket met a bug.", "处理套接字请求时程序出错。"), REPORT_IT
    ),
    "control client hung up": debug(
        "CONTROL_HUNG_UP", Said("One who asked was idle, too slow, or went.", "提问者空闲、过慢或已断开。")
    ),
    "store copied": info("STORE_COPIED", Said("Somebody makes a backup: `by` asked for it.", "有人在备份；操作者见 `by`。")),
    "wearer erased": warning(
        "WEARER_ERASED",
        Said("Somebody had all that is held of one wearer erased.", "有人清除了一位佩戴者的全部数据。"),
        Said("Nothing, if it was wanted; `by` asked for it.", "若是有意为之则无需处理；操作者见 `by`。"),
    ),
    "drill opened": warning(
        "DRILL_OPENED",
        Said(
            "Somebody has begun a drill for one wearer: the next press within `minutes` is a test.",
            "有人为一位佩戴者开始了演练：`minutes` 分钟内的下一次按键只作测试。",
        ),
        Said(
            "Nothing, if the house knows of it; else see who has the PIN of the page.",
            "如中心知情则无需处理；否则请查明谁持有页面 PIN 码。",
        ),
    ),
    "drill ended": info(
        "DRILL_ENDED", Said("That drill was ended by hand: each press is real.", "演练已手动结束：此后每次按键都是真实呼救。")
    ),
}
