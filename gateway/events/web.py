"""What `gateway/web/` logs: whether the page and the metrics can be asked for. Pure."""

from __future__ import annotations

from gateway.events.event import REPORT_IT, Event, error, info
from gateway.language import Said

EVENTS: dict[str, Event] = {
    "listening": info("WEB_LISTENING", Said("The page or the metrics can be asked for now.", "本地页面或指标现在可以访问。")),
    "cannot listen": error(
        "WEB_NONE",
        Said(
            "The page or the metrics cannot be asked for, `why` says it; tried again every 15 s. Everything else goes on.",
            "本地页面或指标无法访问，原因见 `why`；每 15 秒重试。其他功能照常运行。",
        ),
        Said(
            "Look at `listen` of [page] and [metrics]: another program may have the port, or no network this address.",
            "请检查 [page] 和 [metrics] 的 `listen`：端口可能被其他程序占用，或本机没有这个地址。",
        ),
    ),
    "web answer failed": error("WEB_FAILED", Said("What a browser asked met a bug.", "处理浏览器请求时程序出错。"), REPORT_IT),
}
