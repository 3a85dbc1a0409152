"""A headless Chromium, driven over WebDriver (W3C): what the tests of the page look through, and what takes its pictures."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from fake_devices.free_port import free_port
from fake_devices.patience import HANGS_S
from tests.browser import HttpClient
from tests.processes import DIES_WITH_US

THERE_IS_ONE = bool(shutil.which("chromium") and shutil.which("chromedriver"))
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),  # a camera that is none
]


class Browser:
    """One window. What it is asked to run is JavaScript; None is what gives nothing."""

    def __init__(self, driver: HttpClient, session: str) -> None:
        self._driver, self._session = driver, session

    async def opens(self, address: str) -> None:
        """The page has loaded when this returns."""
        await self._asks("url", {"url": address})

    async def opens_window(self, address: str) -> str:
        """In one more, which is looked at from now on; returns its name for `turns_to`."""
        name: str = (await self._asks("window/new", {"type": "tab"}))["handle"]
        await self.turns_to(name)
        await self.opens(address)
        return name

    async def turns_to(self, name: str) -> None:
        """Looks at this window."""
        await self._asks("window", {"handle": name})

    async def runs(self, script: str) -> Any:
        """The body of a function, and what it returns."""
        return await self._asks("execute/sync", {"script": script, "args": []})

    @asynccontextmanager
    async def runs_first(self, script: str) -> AsyncIterator[None]:
        """In each document that is opened meanwhile, before its own scripts."""
        name = await self._tells("Page.addScriptToEvaluateOnNewDocument", {"source": script})
        yield
        await self._tells("Page.removeScriptToEvaluateOnNewDocument", name)

    async def quits(self) -> None:
        """It is gone."""
        await self._driver.sends("DELETE", f"/session/{self._session}", {"Connection": "close"})

    async def settles(self, expression: str) -> Any:
        """What a promise comes to."""
        script = f"const done = arguments[0]; ({expression}).then(done, (error) => done(String(error)))"
        return await self._asks("execute/async", {"script": script, "args": []})

    async def until(self, expression: str) -> Any:
        """What it is once it is something. Raises TimeoutError."""
        async with asyncio.timeout(HANGS_S):
            while not (found := await self.runs(f"return {expression}")):  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # nothing tells of what a page becomes
        return found

    async def is_wide(self, width: int, height: int, *, dark: bool = False) -> None:
        """As a phone is, or a screen on a wall."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        await self._tells("Emulation.setDeviceMetricsOverride", size)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        await self._tells("Emulation.setEmulatedMedia", {"features": scheme})

    async def is_slowed(self, times: int) -> None:
        """Its main thread is so many times slower (CDP)."""
        await self._tells("Emulation.setCPUThrottlingRate", {"rate": times})

    async def forgets_files(self) -> None:
        """From now on each file is fetched anew."""
        await self._tells("Network.enable", {})
        await self._tells("Network.setCacheDisabled", {"cacheDisabled": True})

    async def picture(self, *, whole: bool = False) -> bytes:
        """PNG of what is seen; `whole`: of what can be scrolled to, too."""
        taken = await self._tells("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        return base64.b64decode(taken["data"])

    async def complaints(self) -> list[str]:
        """What it wrote to its console since it was asked last: errors of scripts, what the policy forbade."""
        return [entry["message"] for entry in await self._asks("se/log", {"type": "browser"})]

    async def _tells(self, command: str, params: Mapping[str, object]) -> Any:
        return await self._asks("goog/cdp/execute", {"cmd": command, "params": params})

    async def _asks(self, what: str, body: Mapping[str, object]) -> Any:
        return await _asked(self._driver, f"/session/{self._session}/{what}", body)


async def _asked(driver: HttpClient, path: str, body: Mapping[str, object]) -> Any:
    headers = {"Content-Type": "application/json", "Connection": "close"}
    answer = await driver.sends("POST", path, headers, json.dumps(body).encode())
    assert answer.status == 200, answer.text
    return answer.json["value"]


@contextmanager
def chromedriver(folder: Path) -> Iterator[HttpClient]:
    """Runs as long as the block; all that it writes is in the folder."""
    driver = HttpClient(free_port())
    driver.host = f"localhost:{driver.port}"
    command = [*DIES_WITH_US, "chromedriver", f"--port={driver.port}", f"--log-path={folder / 'chromedriver.log'}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield driver
    finally:
        process.terminate()
        process.wait()


async def begun(driver: HttpClient, folder: Path) -> Browser:
    """A new one."""
    await driver.listens()
    binary = folder / "chromium"  # one that does not outlive its driver, as nothing does that a test starts
    binary.write_text(f'#!/bin/sh\nexec {" ".join(DIES_WITH_US)} chromium "$@"\n')
    binary.chmod(0o755)
    options = {"args": [*ARGUMENTS, f"--user-data-dir={folder / 'profile'}"], "binary": str(binary)}
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    session = await _asked(driver, "/session", {"capabilities": {"alwaysMatch": wanted}})
    return Browser(driver, session["sessionId"])


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """Runs as long as the block."""
    with chromedriver(folder) as driver:
        browser = await begun(driver, folder)
        yield browser
        await browser.quits()


@contextmanager
def chromium_for_many(folder: Path) -> Iterator[Browser]:
    """The same for several event loops, one after another: it starts once, which takes seconds."""
    with chromedriver(folder) as driver, asyncio.Runner() as runner:
        browser = runner.run(begun(driver, folder))
        yield browser
        runner.run(browser.quits())
