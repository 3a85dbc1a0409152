"""Takes the pictures of the local page for the README: `./dev page-picture`."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from gateway.language import Language
from tests.chromium import chromium
from tests.gateway.page.a_ward import ward
from tests.gateway.page.served import PIN, a_day_before, served

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
LANGUAGES: tuple[Language, ...] = ("en", "zh-CN")
WIDTH, HEIGHT = 1280, 900


async def take(folder: Path, out: Path, *, width: int, height: int, dark: bool = False, chart: bool = False) -> None:
    """One picture a language."""
    now = ward(time.time_ns() // 1_000_000, bands=12, alerts=3)
    for language in LANGUAGES:
        async with served(folder, lambda: now, language) as page, chromium(folder) as browser:
            a_day_before(page.live, now)
            await browser.is_wide(width, height, dark=dark)
            await browser.opens(page.address)
            await browser.runs(f"pin.value = '{PIN}'; document.querySelector('form button').click()")
            await browser.until("document.body.dataset.shown === 'yes'")
            if chart:
                await browser.runs("document.querySelector('.band button').click()")
                await browser.until("document.querySelector('#drawing canvas')")
            name = f"page{'-chart' if chart else ''}.{language}.png"
            (out / name).write_bytes(await browser.picture())


async def main() -> None:
    """The pictures of the README."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        await take(Path(folder), FOLDER, width=WIDTH, height=HEIGHT)


if __name__ == "__main__":
    asyncio.run(main())
