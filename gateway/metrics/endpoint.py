"""`GET /metrics`, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from gateway.metrics.exposition import CONTENT_TYPE, exposition
from gateway.snapshot import Snapshot


def metrics_application(snapshot: Callable[[], Snapshot]) -> web.Application:
    """It answers one question."""

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=exposition(snapshot()).encode(), headers={"Content-Type": CONTENT_TYPE})

    application = web.Application()
    application.router.add_get("/metrics", metrics)
    return application
