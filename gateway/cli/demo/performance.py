"""The demo from curtain to account: the community around the real gateway, the story played, everything watched."""

from __future__ import annotations

import asyncio
import contextlib
import io
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from fake_devices import story
from fake_devices.community import Community
from fake_devices.story import Story
from gateway import logs
from gateway.app import Gateway
from gateway.cli import FAILED, INTERRUPTED, WELL
from gateway.cli.demo import configuration
from gateway.cli.demo.account import Account, account
from gateway.cli.demo.chronicle import Chronicle, Sight
from gateway.cli.demo.platform_window import PlatformWindow
from gateway.cli.demo.stage import show_account, stage_for
from gateway.cli.demo.windows import Windows, open_both
from gateway.clock import SystemClock
from gateway.jobs import Job, cancel, start
from gateway.language import Language
from gateway.parts import Parts
from gateway.settings import file as config_file
from gateway.sources.ble.backends import Backends
from gateway.store.opening import open_stores
from gateway.store.stores import Stores
from gateway.web.listening import WebServer
from gateway.words.demo import LANGUAGES

LOOK_EVERY_S = 0.05
ENDING_S = 5.0  # of the seconds given: delivering what is left, stopping, drawing up the account
STARTS_WITHIN_S = 15.0
SETTLES_WITHIN_S = 20.0
PRESSABLE = "W-007"  # in the window of the platform: somebody whose key the story leaves alone
QUIET_S = 1.2  # longer than the store gathers readings for one commit


def perform(seconds: int | None, language: Language, windows: Windows | None) -> int:
    """Shows it all; gives the exit code. The gateway's data and log are kept where something went wrong."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that is not UTF-8 shows a question mark for ▶
    folder = Path(tempfile.mkdtemp(prefix="lifering-demo-"))
    with (folder / "gateway.log").open("w", encoding="utf-8") as log:
        logs.set_up(json=False, stream=log)
        performance = Performance(folder, story.load("demo"), language, seconds, windows)
        drawn_up = asyncio.run(performance.run())
    show_account(drawn_up, performance.chronicle)
    if not drawn_up.well:
        print(performance.chronicle.words.log.format(folder / "gateway.log"))
        return FAILED
    shutil.rmtree(folder)
    return INTERRUPTED if seconds and performance.interrupted.is_set() else WELL


class Performance:
    """One run of the demo. `windows`: where it is seen in a browser, too."""

    def __init__(
        self, folder: Path, story: Story, language: Language, seconds: int | None, windows: Windows | None = None
    ) -> None:
        self._folder = folder
        self._story = story
        self._language = language
        self._seconds = seconds
        self._windows = windows
        self._began_s = time.monotonic()
        self.interrupted = asyncio.Event()
        self.chronicle = Chronicle(story, language, LANGUAGES[language], configuration.GATEWAY, self._began_s)
        self._stage = stage_for(self.chronicle, story.title[language], self._addresses())

    async def run(self) -> Account:
        """Everything opened, played, and closed in order."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._interrupt)
        async with Community(self._story, self._folder) as community:
            config = configuration.write(self._folder, community, self._language, self._windows)
            with self._stage:
                async with self._opened_stores() as stores:
                    parts = Parts(backends=Backends(*community.backends))
                    await self._play(community, Gateway(config, config_file.load(config), stores, parts))
            async with self._opened_stores() as stores:  # what is on the disk, read anew
                waiting = await stores.alerts.undelivered()
                return account(stores.readings.counts(), community.platform.consumer, self.chronicle, len(waiting))

    async def _play(self, community: Community, gateway: Gateway) -> None:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch(community, gateway), name="watch")
            running = tasks.create_task(gateway.live(stop), name="gateway")
            living = tasks.create_task(community.lives(), name="people")
            window = start(tasks, self._window(community))
            await self._tell_stories(community)
            living.cancel()
            await community.falls_silent()
            await self._settle(gateway)
            stop.set()
            await running
            watching.cancel()
            cancel(window)

    def _window(self, community: Community) -> dict[str, Job]:
        """What serves the platform's window, where it is wanted."""
        if self._windows is None:
            return {}
        window = PlatformWindow(community, PRESSABLE, self._language)
        server = WebServer("platform", ("127.0.0.1", self._windows.platform_port), window.application())
        window.keep_open = server.keep_open
        return {"platform window": server.run}

    def _addresses(self) -> str:
        if self._windows is None:
            return ""
        page, platform = self._windows.addresses(self._language)
        return self.chronicle.words.windows.format(page=page, pin=self._windows.pin, platform=platform)

    @contextlib.asynccontextmanager
    async def _opened_stores(self) -> AsyncIterator[Stores]:
        folder = self._folder / "data"
        folder.mkdir(exist_ok=True)
        stores = await open_stores(folder, configuration.GATEWAY, SystemClock())
        try:
            yield stores
        finally:
            await stores.close()

    # --- the story

    async def _tell_stories(self, community: Community) -> None:
        """The story, then ordinary minutes until the time is over or somebody interrupts; no further than what comes of it."""
        try:
            await community.platform.wait_for(lambda: community.platform.consumer.statuses, STARTS_WITHIN_S, "the gateway")
            if self._windows:
                open_both(self._windows, self._language)
            await self._tell(self._story, community, self._pace())
            while not self._is_over():
                await self._tell(story.load("ordinary_minute"), community, 1)
        except TimeoutError as why:
            self.chronicle.miss(time.monotonic(), str(why))

    def _pace(self) -> float:
        """The part of the time it is written for that the story may take, to fit into the seconds given."""
        if self._seconds is None:
            return 1
        left_s = self._began_s + self._seconds - ENDING_S - time.monotonic()
        return min(1, left_s / self._story.lasts_s)

    async def _tell(self, story: Story, community: Community, pace: float) -> None:
        """Each deed at its time; where one had to wait for what came of others, all that follow are as much later."""
        began_s = time.monotonic()
        for deed in story.deed:
            due_s = began_s + deed.at_s * pace
            await self._pause(due_s)
            if self.interrupted.is_set() or (self._is_over() and story is not self._story):
                return
            await community.waits_for(deed)
            began_s += time.monotonic() - due_s
            self.chronicle.tell(time.monotonic(), deed.tells[self._language])
            await community.does(deed)
        await self._pause(began_s + story.lasts_s * pace)

    async def _pause(self, until_s: float) -> None:
        """Waits until then; less when somebody interrupts."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(until_s - time.monotonic()):
                await self.interrupted.wait()

    def _is_over(self) -> bool:
        time_is_over = self._seconds is not None and time.monotonic() > self._began_s + self._seconds - ENDING_S
        return time_is_over or self.interrupted.is_set()

    def _interrupt(self) -> None:
        """The first Ctrl-C ends the demo in order, the second at once."""
        self.interrupted.set()
        self.chronicle.tell(time.monotonic(), self.chronicle.words.interrupted)
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)

    # --- the gateway, watched

    async def _watch(self, community: Community, gateway: Gateway) -> None:
        while True:
            self.chronicle.look(_sight(community, gateway))
            self._stage.shows(time.monotonic())
            await asyncio.sleep(LOOK_EVERY_S)

    async def _settle(self, gateway: Gateway) -> None:
        """Returns when nothing has waited for a second, or when it takes too long: the account will tell."""
        quiet_since_s = time.monotonic()
        ends_s = quiet_since_s + SETTLES_WITHIN_S
        while quiet_since_s + QUIET_S > time.monotonic() and time.monotonic() < ends_s:
            await asyncio.sleep(LOOK_EVERY_S)
            queued = gateway.snapshot().queued
            if queued.readings or queued.alerts:
                quiet_since_s = time.monotonic()


def _sight(community: Community, gateway: Gateway) -> Sight:
    return Sight(
        at_s=time.monotonic(),
        consumer=community.platform.consumer,
        snapshot=gateway.snapshot(),
        vibrations=community.hub.vibrations,
        pressed_at=community.pressed_at,
        network_works=community.network.works,
        sms=community.phones.messages,
    )
