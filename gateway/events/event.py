"""What an event of the log is: its code, its level, what it means, and from warnings on what to do. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gateway.language import Said

Level = Literal["debug", "info", "warning", "error"]


class Event(NamedTuple):
    """`advice` is there from warnings on, where somebody can do something."""

    code: str
    level: Level
    means: Said
    advice: Said | None = None


def debug(code: str, means: Said) -> Event:
    """For whoever looks for a fault, when debug lines are asked for."""
    return Event(code, "debug", means)


def info(code: str, means: Said) -> Event:
    """What somebody may want to know later."""
    return Event(code, "info", means)


def warning(code: str, means: Said, advice: Said) -> Event:
    """Something does not work as it should, and the gateway tries on."""
    return Event(code, "warning", means, advice)


def error(code: str, means: Said, advice: Said) -> Event:
    """Something does not work, or is lost, until somebody does something."""
    return Event(code, "error", means, advice)


# advice of several events
NOTHING_TO_DO = Said("Nothing: it mends itself.", "无需处理：会自行恢复。")
REPORT_IT = Said(
    "Send this line to whoever maintains lifering; everything else goes on.",
    "请把这一行发给 lifering 的维护者；其他功能照常运行。",
)
RESTORE_THE_KEY = Said(
    "Put the right key in its place and look with `sudo lifering check`. Then bring the files back as docs/technician.md"
    ' says under "Encrypted at rest": they are deleted after 30 days.',
    "放回密钥，用 `sudo lifering check` 确认；再按 docs/technician.zh-CN.md“静态加密”一节恢复搁置的文件：30 天后会被删除。",
)
