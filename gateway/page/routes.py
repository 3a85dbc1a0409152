"""What the page answers: itself, its files, a stream of views, a day of one kind, a deed done; and the way in, by PIN.

Who has not given the PIN gets the door and nothing behind it. Each POST must come from the page itself, each request must ask
for this machine by a name of its own.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import get_args

import structlog
from aiohttp import web

from drivers import all_drivers
from gateway.awake import awake_timeout
from gateway.clock import Clock
from gateway.errors import LiferingError
from gateway.language import Language, Said
from gateway.page.live import Live
from gateway.page.pin_guard import PinGuard
from gateway.page.sessions import PageSession, Sessions
from gateway.settings import named_files
from gateway.settings.replace_file import CannotWrite
from gateway.system_errors import told
from gateway.web.asset_files import asset_answer, assets, filled_in
from gateway.web.forms import form_of
from gateway.web.strictness import BY_ANOTHER_PAGE, strict
from gateway.words.enrolling import ENROLLING
from gateway.words.page import DECLINED, DONE, SAID, STANDING
from gateway.words.telling import duration_in_words

log = structlog.get_logger()

Deed = Callable[[Mapping[str, object], str], Awaitable[Mapping[str, object]]]

ACTOR = "page"  # who asks, in the log
COOKIE = "lifering"
MOST_STREAMS = 12
STILL_THERE_S = 15.0  # a word now and again, by which a browser knows that the gateway lives
SLOW_S = 10.0  # who has not taken a view by then is hung up
FIELDS = {"enrol": ("address", "driver", "wearer", "room"), "drill": ("wearer", "minutes")}  # of each deed
LARGEST_FORM = 3072  # three fields of 64 Chinese characters and a label, encoded
FOLDER = Path(__file__).parent / "assets"


class Page:
    """`keep_open`: tells the server that the answer to a request goes on. `pin_file`: None, the page is for guests.

    `deeds`: what can be done from here, by name: from the fields of the form and who asks. Raises LiferingError.
    """

    def __init__(
        self,
        live: Live,
        clock: Clock,
        language: Callable[[], Language],
        pin_file: Path | None,
        deeds: Mapping[str, Deed],
        *,
        slow_s: float = SLOW_S,
    ) -> None:
        self._live, self._clock, self._usual, self._pin_file = live, clock, language, pin_file
        self._deeds, self._slow_s = deeds, slow_s
        self._guard, self._sessions = PinGuard(), Sessions()
        self._assets = assets(FOLDER)
        self.keep_open: Callable[[web.Request], None] = lambda _: None

    def application(self) -> web.Application:
        """All of it."""
        application = strict(LARGEST_FORM)
        application.add_routes(
            [
                web.get("/", self._page),
                web.post("/login", self._login),
                web.post("/logout", self._logout),
                web.post("/{deed:enrol|drill}", self._do),
                web.get("/events", self._events),
                web.get("/day", self._day),
                web.get("/assets/{name}", self._asset),
            ]
        )
        return application

    # --- who asks -----------------------------------------------------------------------------------------------------

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
        facts = {"csrf": session.csrf if session else "", "guest": guest, "drivers": _drivers(language)}
        return _html("page.html", language, facts)

    async def _login(self, request: web.Request) -> web.StreamResponse:
        language, form = self._language(request), await form_of(request)
        address, given = request.remote or "", form.get("pin", "")
        try:
            pin = await asyncio.to_thread(named_files.page_pin, self._pin_file) if self._pin_file else None
        except named_files.BadFile as bad:
            log.error("page PIN cannot be read", why=bad.code)
            return _html("door.html", language, {"problem": SAID["pin_unreadable"].of(language)}, status=503)
        now_s = self._clock.monotonic_s()  # from here on nobody else has a turn: many at once are one after another
        if wait_s := self._guard.wait_s(address, now_s):
            return _wait(wait_s, language)
        if pin is None or not hmac.compare_digest(given.strip().encode(), pin.encode()):
            log.warning("wrong PIN", tries=self._guard.wrong(address, now_s))
            return _html("door.html", language, {"problem": SAID["wrong_pin"].of(language)}, status=403)
        self._guard.right(address)
        response = _to_the_page(language)
        token = self._sessions.begin(now_s)
        response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", path="/")
        return response

    async def _logout(self, request: web.Request) -> web.StreamResponse:
        if await self._form(request) is None:
            return web.Response(status=403, text=BY_ANOTHER_PAGE)
        self._sessions.end(request.cookies[COOKIE])
        response = _to_the_page(self._language(request))
        response.del_cookie(COOKIE, path="/")
        return response

    async def _form(self, request: web.Request) -> dict[str, str] | None:
        """What was filled in, without the token; None: it was not sent by a page of this session."""
        session, form = self._session(request), await form_of(request)
        if session is None or not hmac.compare_digest(form.get("csrf", "").encode(), session.csrf.encode()):
            return None
        return {name: value for name, value in form.items() if name != "csrf"}

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return asset_answer(self._assets.get(request.match_info["name"]), request)

    async def _do(self, request: web.Request) -> web.StreamResponse:
        """A deed, and in words what came of it: 200, or 400 where it could not be done."""
        form = await self._form(request)
        if form is None:
            return web.Response(status=403, text=BY_ANOTHER_PAGE)
        self.keep_open(request)  # a slow card takes longer than a connection lives
        name, language = request.match_info["deed"], self._language(request)
        args: dict[str, object] = {field: form[field] for field in FIELDS[name] if field in form}
        if "minutes" in args and form["minutes"].isdecimal():
            args["minutes"] = int(form["minutes"])
        try:
            answer = await self._deeds[name](args, ACTOR)
        except LiferingError as why:
            return web.Response(status=400, text=_declined(why, language))
        return web.Response(text="\n".join([DONE[name].of(language).format(**form), *_warnings(answer)]))

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


def _html(name: str, language: Language, facts: dict[str, str], *, status: int = 200) -> web.Response:
    return web.Response(status=status, text=filled_in(FOLDER / name, STANDING, language, facts), content_type="text/html")


def _declined(why: LiferingError, language: Language) -> str:
    if isinstance(why, CannotWrite):
        return ENROLLING["cannot write"].of(language).format(file=why.path, why=told(why.why, language))
    return DECLINED[str(why)].of(language) if str(why) in DECLINED else str(why)


def _warnings(answer: Mapping[str, object]) -> list[str]:
    warnings = answer.get("warnings")
    return [str(one) for one in warnings] if isinstance(warnings, list) else []


def _drivers(language: Language) -> str:
    """Which there are, for whoever enrols a band: name and title of each, as JSON."""
    titles = {driver.name: Said(driver.title, driver.title_zh or driver.title).of(language) for driver in all_drivers()}
    return json.dumps(sorted(titles.items()))


def _wait(wait_s: float, language: Language) -> web.Response:
    said = SAID["wait"].of(language).format(time=duration_in_words(ceil(wait_s), language))
    response = _html("door.html", language, {"problem": said}, status=429)
    response.headers["Retry-After"] = str(ceil(wait_s))
    return response


def _to_the_page(language: Language) -> web.Response:
    return web.Response(status=303, headers={"Location": f"/?language={language}"})
