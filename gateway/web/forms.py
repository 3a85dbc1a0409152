"""The fields of a form that a page sends. What else somebody sends in its place is refused: it is no fault of the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

SENT_AS = "application/x-www-form-urlencoded"


async def form_of(request: web.Request) -> Mapping[str, str]:
    """By name, the last of each. Raises HTTPBadRequest: it is no form; HTTPRequestEntityTooLarge."""
    if request.content_type != SENT_AS:
        raise web.HTTPBadRequest
    try:
        return dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
    except (ValueError, web.RequestPayloadError) as unreadable:
        raise web.HTTPBadRequest from unreadable
