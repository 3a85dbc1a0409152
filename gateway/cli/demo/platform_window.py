"""The window of the stand-in platform: what came there, the duty officer's buttons, and a wristband that is seen to vibrate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import get_args

import msgspec
from aiohttp import web

from fake_devices.community import Community
from fake_devices.story import Presses
from gateway.cli.demo.platform_view import Deed, PlatformView, platform_view
from gateway.language import Language
from gateway.page.routes import FOLDER as PAGE_FOLDER
from gateway.web.asset_files import asset_answer, assets, filled_in
from gateway.web.forms import form_of
from gateway.web.strictness import strict
from gateway.words.platform_window import STANDING

FOLDER = Path(__file__).parent / "assets"
LOOK_EVERY_S = 0.2
LARGEST_FORM = 1024


class PlatformWindow:
    """`pressable`: the wearer whose key can be pressed here. `keep_open`: as of the gateway's own page."""

    def __init__(self, community: Community, pressable: str, language: Language) -> None:
        self._community, self._pressable, self._usual = community, pressable, language
        self._assets = {**assets(PAGE_FOLDER), **assets(FOLDER)}  # it looks as the gateway's page does
        self.keep_open: Callable[[web.Request], None] = lambda _: None

    def application(self) -> web.Application:
        """All of it."""
        application = strict(LARGEST_FORM)
        application.add_routes(
            [
                web.get("/", self._page),
                web.get("/events", self._events),
                web.post("/command", self._command),
                web.post("/press", self._press),
                web.get("/assets/{name}", self._asset),
            ]
        )
        return application

    def _language(self, request: web.Request) -> Language:
        asked = request.query.get("language")
        return next((one for one in get_args(Language) if one == asked), self._usual)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        text = filled_in(FOLDER / "platform.html", STANDING, self._language(request), {})
        return web.Response(text=text, content_type="text/html")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return asset_answer(self._assets.get(request.match_info["name"]), request)

    async def _command(self, request: web.Request) -> web.StreamResponse:
        form = await form_of(request)
        alert, verb = form.get("alert", ""), form.get("verb", "")
        known = {event["id"] for event in self._community.platform.consumer.events.values()}
        if alert not in known or verb not in get_args(Deed):
            raise web.HTTPBadRequest
        self._community.platform.commands(verb, alert)
        return web.Response(status=204)

    async def _press(self, request: web.Request) -> web.StreamResponse:
        form = await form_of(request)
        if form.get("wearer") != self._pressable:
            raise web.HTTPBadRequest
        await self._community.does(Presses(at_s=0, who=self._pressable))
        return web.Response(status=204)

    def _view(self, language: Language) -> PlatformView:
        community = self._community
        return platform_view(community.platform.consumer, community.hub.vibrations, community.story, self._pressable, language)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        self.keep_open(request)
        language, sent = self._language(request), None
        with suppress(ConnectionError):  # the window was closed
            await response.prepare(request)
            while True:
                view = self._view(language)
                if view != sent:
                    await response.write(b"data: %s\n\n" % msgspec.json.encode(view))
                sent = view
                await asyncio.sleep(LOOK_EVERY_S)
        return response
