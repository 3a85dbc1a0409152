"""Writes `docs/log-events.md` out of the table of log events: `python -m tests.make_log_events`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.events import EVENTS
from gateway.events.event import Event
from gateway.whys import WHYS

PAGE = Path(__file__).parent.parent / "docs" / "log-events.md"
HEAD = """\
# What the log says · 日志事件

Made of `gateway/events/`. The phrase may be worded better one day; the code stays. Where no terminal is, each line is one
JSON object: `event`, `code`, `level`, `timestamp` (UTC), from warnings on `advice`, `why_means` where `why` is a fixed word
or the system's own, and what belongs to the event.

本页由 `gateway/events/` 生成。`event` 的措辞可能改进，`code` 不变。不在终端时每行是一个 JSON 对象：`event`、`code`、`level`、
`timestamp`（UTC），警告及以上还有 `advice`（怎么办），`why` 为固定词或系统用语时另有 `why_means`，以及该事件的其他内容。
"""


def text() -> str:
    """The page."""
    return "\n".join([HEAD, *_events(), "", *_whys(), ""])


def _events() -> Iterator[str]:
    yield "| code | level | event | what it means, what to do | 含义与处理 |"
    yield "| --- | --- | --- | --- | --- |"
    for phrase, event in EVENTS.items():
        yield f"| `{event.code}` | {event.level} | `{phrase}` | {_english(event)} | {_chinese(event)} |"


def _english(event: Event) -> str:
    return f"{event.means.english} {event.advice.english}" if event.advice else event.means.english


def _chinese(event: Event) -> str:
    return f"{event.means.chinese}{event.advice.chinese}" if event.advice else event.means.chinese


def _whys() -> Iterator[str]:
    yield "| `why` | what it means | 含义 |"
    yield "| --- | --- | --- |"
    yield from (f"| `{why}` | {means.english} | {means.chinese} |" for why, means in WHYS.items())


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
