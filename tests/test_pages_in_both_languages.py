"""A page that stands in both languages has the same parts in both: headings, tables, code, lists, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHINESE_PAGES = sorted([*ROOT.glob("*.zh-CN.md"), *(ROOT / "docs").glob("*.zh-CN.md")])
HAN = re.compile("[\u4e00-\u9fff]")
# Whoever installs the gateway, looks after it, mends it, answers for its data or receives what it sends may read no English.
OF_THE_SITE = {
    "technician",
    "daily-life",
    "mending",
    "wristbands",
    "rules",
    "metrics",
    "replay",
    "control-socket",
    "data-inventory",
    "platform",
}


def english_of(page: Path) -> Path:
    return page.with_name(page.name.replace(".zh-CN", ""))


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def fenced(page: Path) -> list[str]:
    return re.findall(r"^```.*?^```", text(page), re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)


def headings(page: Path) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", prose(page), re.MULTILINE)]


def tables(page: Path) -> list[tuple[int, int]]:
    """Of each table how many rows and columns."""
    found = [table.splitlines() for table in re.findall(r"(?:^\|.*\n)+", prose(page), re.MULTILINE)]
    return [(len(rows), max(row.replace(r"\|", "").count("|") for row in rows)) for rows in found]


def commands(page: Path) -> list[list[str]]:
    """Of each block of code how its lines begin, without what is said about them; not of a drawing, nor of what is printed."""
    indented = re.findall(r"(?:^(?: {4}\S.*|)\n)+", prose(page), re.MULTILINE)
    typed = [block for block in fenced(page) if not block.startswith("```text")]
    return [begun for block in [*typed, *indented] if (begun := _begun(block)) and "((o))" not in block]


def _begun(block: str) -> list[str]:
    return [line.split()[0] for line in block.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def codes(page: Path) -> list[str]:
    """What the rows of its tables are about, where that is a word of the code; an SMS is in its language."""
    cells = [row.split("|")[1] for row in re.findall(r"^\|.*$", prose(page).replace(r"\|", ""), re.MULTILINE)]
    return [code for cell in cells for code in re.findall(r"`([^`]+)`", cell) if not re.search(r"[\s，]", code)]


def links(page: Path) -> list[str]:
    """Where they lead, whichever language that page is in; not those to its other language."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    bare = [re.sub(r"\.(zh-CN|en)\.", ".", target.partition("#")[0]) if "://" not in target else target for target in targets]
    return sorted(target for target in bare if target and Path(target).name != english_of(page).name)


@pytest.mark.parametrize("page", CHINESE_PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("part", [headings, tables, codes, commands, links], ids=lambda part: part.__name__)
def test_both_have_the_same_parts(part: object, page: Path) -> None:
    assert callable(part)
    assert part(page) == part(english_of(page))


@pytest.mark.parametrize("page", CHINESE_PAGES, ids=lambda page: page.name)
def test_a_chinese_page_leads_to_chinese_pages(page: Path) -> None:
    targets = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+\.md[^)\s]*)\)", text(page))}
    there = {target for target in targets if (page.parent / target.replace(".md", ".zh-CN.md")).exists()}

    assert there - {english_of(page).name} == set()


def anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]), ids=lambda page: page.name)
def test_every_link_leads_to_a_page_and_to_a_heading_of_it(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(page))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = page.parent / name if name else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("name", sorted(OF_THE_SITE))
def test_what_is_read_on_site_or_at_the_platform_stands_in_both_languages(name: str) -> None:
    pages = [ROOT / f"docs/{name}.md", ROOT / f"docs/{name}.zh-CN.md"]

    assert all(page.exists() for page in pages)
    assert not HAN.search(re.sub(r"[（(][^)）]*[)）]|`[^`]*`|\[[^]]*\]", "", text(pages[0])))
    assert all(HAN.search(line) for line in text(pages[1]).splitlines() if re.match(r"#+ |- \*", line))
