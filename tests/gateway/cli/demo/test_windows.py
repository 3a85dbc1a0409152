"""The whole loop in two browser windows: a press, an alert on both, somebody who knows, help on the way, a band that tells."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fake_devices import story
from gateway.cli.demo.performance import PRESSABLE, Performance
from gateway.cli.demo.windows import Windows, two_windows
from gateway.language import Language
from tests.browser import HttpClient
from tests.chromium import THERE_IS_ONE, Browser, chromium


@contextlib.asynccontextmanager
async def playing(folder: Path, language: Language) -> AsyncIterator[Windows]:
    """A demo of ordinary minutes, in which nobody calls unless somebody presses in the window."""
    folder.mkdir()  # noqa: ASYNC240 (nothing runs yet)
    windows = two_windows()
    performance = Performance(folder, story.load("ordinary_minute"), language, None, windows)
    async with asyncio.TaskGroup() as tasks:
        account = tasks.create_task(performance.run())
        for port in (windows.page_port, windows.platform_port):
            await HttpClient(port).listens()
        yield windows
        performance.interrupted.set()
        assert (await account).well


@pytest.mark.skipif(not THERE_IS_ONE, reason="there is no chromium and chromedriver")
@pytest.mark.parametrize(
    ("language", "nobody", "goes", "felt"),
    [
        ("en", "Nobody has answered yet", "dispatcher-1 goes", "vibrates long: help is on the way"),
        ("zh-CN", "还没有人应答", "dispatcher-1 正在前往", "长振：有人正赶来"),
    ],
)
async def test_a_press_goes_round_the_whole_loop_in_two_windows(
    tmp_path: Path, language: Language, nobody: str, goes: str, felt: str
) -> None:
    async with playing(tmp_path / "demo", language) as windows, chromium(tmp_path) as browser:
        page, platform = windows.addresses(language)
        at_gateway = await browser.opens_window(page)
        await browser.runs(f"pin.value = '{windows.pin}'; document.querySelector('form button').click()")
        await browser.until("document.body.dataset.shown")
        at_platform = await browser.opens_window(platform)

        await browser.until("document.querySelector('.worn button')")
        await browser.runs("document.querySelector('.worn button').click()")
        await browser.turns_to(at_gateway)
        await browser.until(f"document.querySelector('.alert.critical .comes')?.textContent === '{nobody}'")
        await browser.turns_to(at_platform)
        await presses(browser, "acknowledge")
        await browser.turns_to(at_gateway)
        await browser.until("document.querySelector('.alert.critical.answered')")

        await browser.turns_to(at_platform)
        await presses(browser, "dispatch")
        await browser.until(f"document.querySelector('.worn[data-felt=long]')?.textContent.includes('{felt}')")
        await browser.turns_to(at_gateway)
        await browser.until(f"document.querySelector('.alert .comes')?.textContent.includes('{goes}')")

        await browser.turns_to(at_platform)
        await presses(browser, "resolve")
        await browser.until("document.querySelector('.alert.over') && !document.querySelector('.alert.open')")
        await browser.turns_to(at_gateway)
        await browser.until("document.querySelector('#alerts.empty')")
        assert await browser.complaints() == []


async def presses(browser: Browser, verb: str) -> None:
    """The button of the newest alert that says so."""
    key = f"[...document.querySelectorAll('.deeds button')].find((one) => one.dataset.focus.includes('{verb}'))"
    await browser.until(key)
    await browser.runs(f"{key}.click()")


async def test_what_another_page_sends_changes_nothing_at_the_platform(tmp_path: Path) -> None:
    async with playing(tmp_path / "demo", "en") as windows:
        client = HttpClient(windows.platform_port)

        foreign = await client.post("/press", {"wearer": PRESSABLE}, Origin="http://evil.example")
        strangers = await client.post("/press", {"wearer": "W-001"})
        unknown = await client.post("/command", {"verb": "acknowledge", "alert": "demo-01/1/A9"})

    assert [foreign.status, strangers.status, unknown.status] == [403, 400, 400]
