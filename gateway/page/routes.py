"""What the page answers: itself, its files, a stream of views, a day of one kind; and the way in, by PIN.

Who has not given the PIN gets the door and nothing behind it. Each POST must come from the page itself, each request must ask
for this machine by a name of its own.
"""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import get_args

import structlog
from aiohttp import web

from gateway.awake import awake_timeout
from gateway.clock import Clock
from gateway.language import Language
from gateway.page import assets_folder
from gateway.page.live import Live
from gateway.page.pin_guard import PinGuard
from gateway.page.sessions import PageSession, Sessions
from gateway.page.who_asks import is_of_this_page, is_this_machine
from gateway.settings import named_files
from gateway.words.page import SAID
from gateway.words.telling import duration_in_words

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

COOKIE = "lifering"
MOST_STREAMS = 12
STILL_THERE_S = 15.0  # a word now and again, by which a browser knows that the gateway lives
SLOW_S = 10.0  # who has not taken a view by then is hung up
LARGEST_FORM = 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "Server": "lifering",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Page:
    """`keep_open`: tells the server that the answer to a request goes on. `pin_file`: None, the page is for guests."""

    def __init__(
        self, live: Live, clock: Clock, language: Callable[[], Language], pin_file: Path | None, *, slow_s: float = SLOW_S
    ) -> None:
        self._live, self._clock, self._usual, self._pin_file = live, clock, language, pin_file
        self._slow_s = slow_s
        self._guard, self._sessions = PinGuard(), Sessions()
        self._assets = assets_folder.assets()
        self.keep_open: Callable[[web.Request], None] = lambda _: None

    def application(self) -> web.Application:
        """All of it."""
        application = web.Application(client_max_size=LARGEST_FORM, middlewares=[self._only_by_our_name])
        application.on_response_prepare.append(_with_headers)
        application.add_routes(
            [
                web.get("/", self._page),
                web.post("/login", self._login),
                web.post("/logout", self._logout),
                web.get("/events", self._events),
                web.get("/day", self._day),
                web.get("/assets/{name}", self._asset),
            ]
        )
        return application

    # --- who asks -----------------------------------------------------------------------------------------------------

    @web.middleware
    async def _only_by_our_name(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")  # request.host would ask the name servers where it is missing
        if not is_this_machine(host, socket.gethostname()):
            return web.Response(status=421, text="ask for this machine by its address\n")
        if request.method == "POST" and not is_of_this_page(request.headers.get("Origin"), host):
            return web.Response(status=403, text="this was sent by another page\n")
        return await handler(request)

    def _session(self, request: web.Request) -> PageSession | None:
        return self._sessions.of(request.cookies.get(COOKIE, ""), self._clock.monotonic_s())

    def _is_shut(self, request: web.Request) -> bool:
        return self._pin_file is not None and self._session(request) is None

    def _language(self, request: web.Request) -> Language:
        asked = request.query.get("language")
        return next((one for one in get_args(Language) if one == asked), self._usual())

    # --- the page and its door ------------------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.StreamResponse:
        language = self._language(request)
        if self._is_shut(request):
            return _html("door.html", language, {"problem": ""})
        session = self._session(request)
        guest = "yes" if session is None else "no"
        return _html("page.html", language, {"csrf": session.csrf if session else "", "guest": guest})

    async def _login(self, request: web.Request) -> web.StreamResponse:
        language, form = self._language(request), await request.post()
        address, given = request.remote or "", form.get("pin")
        try:
            pin = await asyncio.to_thread(named_files.page_pin, self._pin_file) if self._pin_file else None
        except named_files.BadFile as bad:
            log.error("page PIN cannot be read", why=bad.code)
            return _html("door.html", language, {"problem": SAID["pin_unreadable"].of(language)}, status=503)
        now_s = self._clock.monotonic_s()  # from here on nobody else has a turn: many at once are one after another
        if wait_s := self._guard.wait_s(address, now_s):
            return _wait(wait_s, language)
        if pin is None or not isinstance(given, str) or not hmac.compare_digest(given.strip().encode(), pin.encode()):
            log.warning("wrong PIN", tries=self._guard.wrong(address, now_s))
            return _html("door.html", language, {"problem": SAID["wrong_pin"].of(language)}, status=403)
        self._guard.right(address)
        response = _to_the_page(language)
        token = self._sessions.begin(now_s)
        response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", path="/")
        return response

    async def _logout(self, request: web.Request) -> web.StreamResponse:
        session, form = self._session(request), await request.post()
        given = form.get("csrf")
        if session is None or not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.csrf.encode()):
            return web.Response(status=403, text="this was sent by another page\n")
        self._sessions.end(request.cookies[COOKIE])
        response = _to_the_page(self._language(request))
        response.del_cookie(COOKIE, path="/")
        return response

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        headers = {"ETag": asset.mark, "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == asset.mark:
            return web.Response(status=304, headers=headers)
        return web.Response(body=asset.body, content_type=asset.type, charset="utf-8", headers=headers)

    # --- what is behind it ----------------------------------------------------------------------------------------------

    async def _day(self, request: web.Request) -> web.StreamResponse:
        if self._session(request) is None:
            return web.Response(status=403, text="the PIN first\n")
        address, kind = request.query.get("address", ""), request.query.get("kind", "")
        columns = self._live.day.of(address, kind, self._clock.wall_ms() // 1000)
        return web.json_response(columns, headers={"Cache-Control": "no-store"})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: a view whenever it is another one."""
        if self._is_shut(request):
            return web.Response(status=403, text="the PIN first\n")
        if self._live.watching >= MOST_STREAMS:
            return web.Response(status=503, text="too many look at once\n")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        self.keep_open(request)
        self._live.watching += 1
        try:
            with suppress(ConnectionError, TimeoutError):  # it has gone, or is too slow
                await response.prepare(request)
                await self._stream(request, response)
        finally:
            self._live.watching -= 1
            if request.transport:
                request.transport.abort()
        return response

    async def _stream(self, request: web.Request, response: web.StreamResponse) -> None:
        language, guest, sent = self._language(request), self._session(request) is None, b""
        while not self._is_shut(request):
            seen, view = self._live.looks.number, self._live.view(language, guest=guest)
            async with awake_timeout(self._slow_s):
                await response.write(b":\n\n" if view == sent else b"data: %s\n\n" % view)
            sent = view
            await self._live.looks.wait_beyond_or(seen, STILL_THERE_S)


async def _with_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")


def _html(name: str, language: Language, facts: dict[str, str], *, status: int = 200) -> web.Response:
    return web.Response(status=status, text=assets_folder.filled_in(name, language, facts), content_type="text/html")


def _wait(wait_s: float, language: Language) -> web.Response:
    said = SAID["wait"].of(language).format(time=duration_in_words(ceil(wait_s), language))
    response = _html("door.html", language, {"problem": said}, status=429)
    response.headers["Retry-After"] = str(ceil(wait_s))
    return response


def _to_the_page(language: Language) -> web.Response:
    return web.Response(status=303, headers={"Location": f"/?language={language}"})
