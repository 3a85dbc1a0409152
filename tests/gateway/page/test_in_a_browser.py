"""The page in a real browser: both languages, a phone and a screen on the wall, a full house; for hands, eyes and readers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.language import Language
from gateway.snapshot import Snapshot
from tests.chromium import THERE_IS_ONE, Browser, chromium
from tests.gateway.page.a_ward import alert, ward
from tests.gateway.page.served import PIN, Served, a_day_before, served

pytestmark = pytest.mark.skipif(not THERE_IS_ONE, reason="there is no chromium and chromedriver")

SHOWN = "document.body.dataset.shown === 'yes'"
BUDGET = 150_000  # octets of everything together: a phone in a stairwell


@dataclass
class Shown:
    """A ward whose page is looked at in a browser."""

    browser: Browser
    served: Served
    snapshots: list[Snapshot] = field(default_factory=list)

    async def enters(self, language: Language) -> None:
        """Through the door, as a person does."""
        await self.browser.opens(f"{self.served.address}?language={language}")
        await self.browser.runs(f"pin.value = '{PIN}'; document.querySelector('form button').click()")
        await self.browser.until(SHOWN)

    async def becomes(self, snapshot: Snapshot) -> None:
        """Something has changed."""
        self.snapshots.append(snapshot)
        self.served.changes.happened()


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Shown]:
    """With 100 bands and 20 open alerts, and a day behind it."""
    now = ward(time.time_ns() // 1_000_000)
    snapshots = [now]
    async with served(tmp_path, lambda: snapshots[-1]) as page, chromium(tmp_path) as browser:
        a_day_before(page.live, now)
        yield Shown(browser, page, snapshots)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_full_house_fits_a_phone_and_a_wall(shown: Shown, language: Language) -> None:
    await shown.browser.is_wide(360, 740)
    await shown.enters(language)

    for width in (360, 1920):
        await shown.browser.is_wide(width, 1000)
        sizes = await shown.browser.runs("return [document.documentElement.scrollWidth, innerWidth]")
        assert sizes[0] <= sizes[1] == width
    counted = "return ['.tile', '.alert', '.band'].map((one) => document.querySelectorAll(one).length)"
    assert await shown.browser.runs(counted) == [4, 20, 100]
    assert await shown.browser.runs("return document.documentElement.lang") == language
    assert await shown.browser.complaints() == []


async def test_the_most_urgent_stands_first_and_a_new_alert_is_read_aloud(shown: Shown) -> None:
    await shown.enters("en")
    assert await shown.browser.runs("return news.textContent") == ""
    assert await shown.browser.runs("return document.querySelector('.alert').className") == "alert critical"
    before = shown.snapshots[-1]
    fresh = replace(alert(0), number=99, room="9-999", raised_ms=before.at_ms)

    await shown.becomes(replace(before, open_alerts=(*before.open_alerts, fresh)))

    assert "room 9-999" in await shown.browser.until("news.textContent")
    assert await shown.browser.runs("return news.getAttribute('aria-live')") == "assertive"


async def test_a_day_is_drawn_and_told_in_words_and_the_key_to_it_keeps_the_focus(shown: Shown) -> None:
    await shown.enters("en")
    key = "document.querySelector('.band button')"

    await shown.browser.runs(f"{key}.focus(); {key}.click()")

    assert await shown.browser.until("document.querySelector('#drawing canvas') && chart.open")
    assert "–" in await shown.browser.runs("return drawing.getAttribute('aria-label')")
    await shown.browser.runs("chart.close()")
    assert await shown.browser.runs(f"return document.activeElement === {key}")
    assert await shown.browser.complaints() == []


async def test_what_changes_takes_the_focus_from_nobody(shown: Shown) -> None:
    await shown.enters("en")
    await shown.browser.runs("document.querySelectorAll('.band button')[0].focus()")
    before = shown.snapshots[-1]
    first = min(before.bands, key=lambda band: band.room)
    other = replace(first, last=tuple(replace(one, value=88) if one.kind == "heart_rate" else one for one in first.last))

    await shown.becomes(replace(before, bands=tuple(other if one is first else one for one in before.bands)))

    await shown.browser.until("document.querySelector('.band button').textContent.includes('88')")
    assert await shown.browser.until("document.activeElement.classList.contains('measured')")


async def test_a_room_is_found_by_typing(shown: Shown) -> None:
    await shown.enters("en")

    await shown.browser.runs(
        "const find = document.getElementById('find'); find.value = '1-103'; find.dispatchEvent(new Event('input'))"
    )

    assert await shown.browser.runs("return document.querySelectorAll('.band:not([hidden])').length") == 1


async def test_a_gateway_that_is_gone_is_told_at_once(shown: Shown) -> None:
    await shown.enters("en")
    assert await shown.browser.runs("return lost.hidden")

    shown.served.page._sessions._of.clear()
    await shown.becomes(shown.snapshots[-1])

    assert await shown.browser.until("!lost.hidden || document.querySelector('#pin')")


async def test_hands_and_readers_find_their_way(shown: Shown) -> None:
    """Landmarks, headings without a gap, a name for each thing that can be done, nothing that is only a colour."""
    await shown.enters("en")

    nameless = "[...document.querySelectorAll('button, a, input:not([type=hidden])')].filter((one) =>"
    nameless += " !one.textContent.trim() && !one.ariaLabel && !one.labels?.length).length"
    assert await shown.browser.runs(f"return {nameless}") == 0
    assert await shown.browser.runs("return document.querySelectorAll('main, header, nav').length") == 3
    levels = await shown.browser.runs("return [...document.querySelectorAll('h1, h2, h3')].map((one) => one.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}
    ids = await shown.browser.runs("return [...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("dark", [False, True], ids=["by day", "by night"])
async def test_every_text_stands_out_from_its_ground(shown: Shown, dark: bool) -> None:
    """Contrast as WCAG 2.2 counts it, level AA: 4.5."""
    await shown.browser.is_wide(1280, 900, dark=dark)
    await shown.enters("en")

    faint = await shown.browser.runs(CONTRAST)

    assert faint == []


async def test_all_of_it_is_no_more_than_a_phone_can_bear(shown: Shown) -> None:
    await shown.enters("en")

    loaded = "performance.getEntriesByType('resource').filter((one) => !one.name.includes('/events'))"
    names = await shown.browser.runs(f"return {loaded}.map((one) => new URL(one.name).origin)")
    octets = await shown.browser.runs(f"return {loaded}.reduce((sum, one) => sum + one.decodedBodySize, 0)")

    assert set(names) == {shown.served.address.rstrip("/")}
    assert 50_000 < octets < BUDGET


CONTRAST = """
const light = (rgb) => { const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
const ground = (one) => { for (; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] > 0.5) return colour.slice(0, 3);
  } return [255, 255, 255]; };
const found = new Set();
for (const one of document.querySelectorAll("body *")) {
  if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !one.checkVisibility()) continue;
  if (one.closest(".skip, .unseen, dialog, noscript, script, title")) continue;
  const [a, b] = [light(parts(getComputedStyle(one).color).slice(0, 3)), light(ground(one))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) found.add(`${one.tagName}.${one.className} ${contrast.toFixed(2)}`);
}
return [...found];
"""
