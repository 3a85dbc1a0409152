"""What a page lets a browser do, and whom it answers: only those who ask for this machine by a name of its own, and for each
change only the page itself.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.web.who_asks import is_of_this_page, is_this_machine

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "Server": "lifering",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
BY_ANOTHER_PAGE = "this was sent by another page\n"


def strict(largest_form: int) -> web.Application:
    """An application whose every answer has these headers."""
    application = web.Application(client_max_size=largest_form, middlewares=[_only_by_our_name])
    application.on_response_prepare.append(_with_headers)
    return application


@web.middleware
async def _only_by_our_name(request: web.Request, handler: Handler) -> web.StreamResponse:
    host = request.headers.get("Host", "")  # request.host would ask the name servers where it is missing
    if not is_this_machine(host, socket.gethostname()):
        return web.Response(status=421, text="ask for this machine by its address\n")
    if request.method == "POST" and not is_of_this_page(request.headers.get("Origin"), host):
        return web.Response(status=403, text=BY_ANOTHER_PAGE)
    return await handler(request)


async def _with_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
