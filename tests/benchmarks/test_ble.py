"""`./dev bench ble`: the page is what the figures say, and what is measured is all that was told."""

from __future__ import annotations

from tests.benchmarks import ble


def test_the_page_is_made_of_the_figures() -> None:
    assert ble.PAGE.read_text(encoding="utf-8") == ble.page(ble.read())


async def test_every_advertisement_is_counted() -> None:
    figures = await ble.measured(1_000, 1_000)

    assert (figures.advertisements, figures.lost, figures.dropped) == (1_000, 0, 0)
    assert figures.cpu_us > 0
    assert figures.before_mb > 0
