"""A full ward whose page is looked at in a browser: what the tests of the page and its figures begin with."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.language import Language
from gateway.snapshot import Snapshot
from tests.chromium import Browser
from tests.gateway.page.a_ward import ward
from tests.gateway.page.served import PIN, Served, a_day_before, served

SHOWN = "document.body.dataset.shown === 'yes'"


@dataclass
class Shown:
    """The page and who looks at it."""

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


@asynccontextmanager
async def shown_in(folder: Path, browser: Browser) -> AsyncIterator[Shown]:
    """With 100 bands and 20 open alerts, and a day behind it."""
    now = ward(time.time_ns() // 1_000_000)
    snapshots = [now]
    async with served(folder, lambda: snapshots[-1]) as page:
        a_day_before(page.live, now)
        yield Shown(browser, page, snapshots)
