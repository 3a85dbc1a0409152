"""The page and the metrics, made of the settings; each is renewed only where its own settings change.

What serves them is imported with the first of them: it takes some MB, which only who has a page pays for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from gateway.changes import Changes
from gateway.clock import Clock
from gateway.jobs import Job, Key, RenewableJobs, start
from gateway.language import Language
from gateway.settings.configuration import MetricsSettings, PageSettings, Settings
from gateway.settings.listen_address import host_and_port
from gateway.snapshot import Snapshot
from gateway.store.readings import ReadingStore

Deeds = Mapping[str, Callable[[Mapping[str, object], str], Awaitable[Mapping[str, object]]]]


class Onlookers:
    """`serving` is to be run. `alerts`: something about them has changed. `readings`: where the day of the charts is read.

    `deeds`: what can be done from the page, from its arguments and who asks; raises LiferingError.
    """

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        alerts: Changes,
        readings: ReadingStore,
        deeds: Deeds,
        clock: Clock,
        language: Callable[[], Language],
        settings: Settings,
    ) -> None:
        self._snapshot, self._alerts, self._readings, self._deeds = snapshot, alerts, readings, deeds
        self._clock, self._language = clock, language
        self._forget: Callable[[str], None] = lambda _: None
        self.serving = RenewableJobs({})
        self.use(settings)

    def use(self, settings: Settings) -> None:
        """These settings from now on."""
        jobs: dict[Key, Job] = {}
        if settings.metrics.listen:
            jobs["metrics", settings.metrics] = partial(self._serve_metrics, settings.metrics)
        if settings.page.listen:
            jobs["page", settings.page] = partial(self._serve_page, settings.page)
        self.serving.want(jobs)

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._forget(wearer)

    async def _serve_metrics(self, settings: MetricsSettings) -> None:
        from gateway.metrics.endpoint import metrics_application
        from gateway.web.listening import WebServer

        assert settings.listen
        await WebServer("metrics", host_and_port(settings.listen), metrics_application(self._snapshot)).run()

    async def _serve_page(self, settings: PageSettings) -> None:
        from gateway.page.live import Live
        from gateway.page.routes import Page
        from gateway.page.stored_day import take_up
        from gateway.web.listening import WebServer

        assert settings.listen
        live = Live(self._snapshot, self._alerts, partial(take_up, store=self._readings, clock=self._clock))
        self._forget = live.day.forget
        page = Page(live, self._clock, self._language, settings.pin_file, self._deeds)
        server = WebServer("page", host_and_port(settings.listen), page.application())
        page.keep_open = server.keep_open
        async with asyncio.TaskGroup() as tasks:
            start(tasks, {"page view": live.run, "page past": live.remember, "page server": server.run})
