"""Writes `docs/metrics.md` and `docs/metrics.zh-CN.md` out of the table of metrics: `python -m tests.make_metrics_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.language import Language
from gateway.metrics.families import FAMILIES
from tests.metrics_page_words import CHINESE, HEAD

DOCS = Path(__file__).parent.parent / "docs"
PAGES: dict[Language, Path] = {"en": DOCS / "metrics.md", "zh-CN": DOCS / "metrics.zh-CN.md"}


def text(language: Language) -> str:
    """The page."""
    return HEAD.of(language) + "".join(_rows(language))


def _rows(language: Language) -> Iterator[str]:
    for family in FAMILIES:
        labels = ", ".join(f"`{label}`" for label in family.labels)
        says = family.help if language == "en" else CHINESE[family.name]
        yield f"| `{family.name}` | {family.type} | {labels} | {says} |\n"


if __name__ == "__main__":
    for language, page in PAGES.items():
        page.write_text(text(language), encoding="utf-8")
