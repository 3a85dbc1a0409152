"""What `gateway/intake/` logs: what a serial device says of itself, and what is remembered of devices. Pure."""

from __future__ import annotations

from gateway.events.event import NOTHING_TO_DO, Event, debug, warning
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "serial device says": debug("SERIAL_STATUS", Said("A device at a serial port tells its state.", "串口设备报告状态。")),
    "frame not understood": warning(
        "FRAME_NOT_UNDERSTOOD",
        Said(
            "A registered band sends what its driver does not know; it may be a press.",
            "已登记的手环发送了驱动程序不认识的内容；可能是一次按键。",
        ),
        Said(
            "Press each key of the band and watch `sudo lifering status`. Where a press does not come, record it"
            " (`lifering run --record FILE`) and send the file to whoever maintains lifering.",
            "逐个按下手环的按键，用 `sudo lifering status` 查看。如果没有收到按键，请录制（`lifering run --record 文件`），"
            "并把文件发给 lifering 的维护者。",
        ),
    ),
    "contact bit stuck": warning(
        "CONTACT_STUCK",
        Said(
            "The sensor of a band says for a day that it touches no skin, while it measures beats. Its pulse counts.",
            "已登记手环的传感器一整天都报告未接触皮肤，却一直测到心跳。其心率照常使用。",
        ),
        Said(
            "Look at the band on its wearer. Where it sits well the bit is stuck: that this band is taken off will not be told;"
            " replace it where that matters.",
            "查看佩戴情况。如果佩戴良好，说明该标志卡死：这只手环被摘下时不会有提示；如需要此提示，请更换手环。",
        ),
    ),
    "wristband may be imitated": warning(
        "BAND_IMITATED",
        Said(
            "Signs that somebody else sends in the name of a band, `why` says which, seen `times` times since the start."
            " Nothing is refused for it: each of its presses counts.",
            "有迹象表明有人冒用手环的地址发送数据，迹象见 `why`，启动以来共 `times` 次。网关不会因此拒收：每次按键仍然有效。",
        ),
        Said(
            "Ask whether the band was reset or replaced, or whether a hub tells late. If not, somebody may be near who"
            " imitates it: take a band with a key, see docs/wristbands.md.",
            "先核实手环是否重启或更换过，或手环接收器是否上报延迟。如都不是，附近可能有人冒用：请换用带密钥的手环，"
            "见 docs/wristbands.zh-CN.md。",
        ),
    ),
    "press memory unreadable": warning(
        "PRESS_MEMORY_LOST",
        Said(
            "It is forgotten which presses of a band were known; one may be told twice.",
            "不再记得某手环已处理过的按键；可能重复报警一次。",
        ),
        NOTHING_TO_DO,
    ),
    "known records unreadable": warning(
        "KNOWN_RECORDS_LOST",
        Said(
            "It is forgotten which records of a device were known; they may come twice.",
            "不再记得某设备已读取的记录；可能重复读取。",
        ),
        NOTHING_TO_DO,
    ),
}
