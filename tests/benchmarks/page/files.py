"""Where the page, its figures, its pictures and its reasons lie, and how they are written."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.page import cost_pictures, time_pictures
from tests.benchmarks.page.instructions import Instructions
from tests.benchmarks.page.instructions import decoded as decoded_instructions
from tests.benchmarks.page.peers import Peers
from tests.benchmarks.page.peers import decoded as decoded_peers
from tests.benchmarks.page.text import PICTURES, text
from tests.benchmarks.report import Report, decoded
from tests.drawing.svg import Drawing
from tests.json_file import encoded

DOCS = Path(__file__).parents[3] / "docs"
PAGE, JSON, PEERS = DOCS / "performance.md", DOCS / "performance.json", DOCS / "performance-peers.json"
INSTRUCTIONS = DOCS / "performance-arm64.json"
FOLDER = DOCS / "performance"
REASONS = Path(__file__).with_name("reasons.toml")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

DRAWN: dict[str, Callable[[Report], Drawing | None]] = {
    "profile": cost_pictures.profile,
    "latency": time_pictures.latency,
    "memory": cost_pictures.memory,
    "card": cost_pictures.card,
    "drain": time_pictures.drain,
    "back": time_pictures.back,
    "start": cost_pictures.start,
}


def reasons() -> dict[str, str]:
    """Why what is not reached is not, in the words of those who looked: by the name of the figure."""
    return {name: " ".join(str(why).split()) for name, why in tomllib.loads(REASONS.read_text(encoding="utf-8")).items()}


def read() -> Report:
    """The figures of the last whole run."""
    return decoded(JSON.read_bytes())


def peers() -> Peers | None:
    """None: nobody has measured them yet."""
    return decoded_peers(PEERS.read_bytes()) if PEERS.exists() else None


def instructions() -> Instructions | None:
    """None: nobody has counted them yet."""
    return decoded_instructions(INSTRUCTIONS.read_bytes()) if INSTRUCTIONS.exists() else None


def pictures(report: Report) -> dict[str, str]:
    """The SVG of each picture for which there are figures."""
    others = peers()
    drawn = {"cpu": cost_pictures.cpu(report, others.times() if others else {})}
    drawn |= {name: draw(report) for name, draw in DRAWN.items()}
    return {name: picture.svg() for name in PICTURES if (picture := drawn[name])}


def page(report: Report) -> str:
    """The page as it should be: what stands between the two marks is made of the figures, the rest is written by people."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text(report, reasons(), peers(), set(pictures(report)), instructions())}\n\n{END}{after}"


def write(report: Report | None = None) -> int:
    """Page and pictures, and the figures where there are new ones. Returns 0."""
    if report:
        JSON.write_bytes(encoded(report))
    report = report or read()
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    for name, svg in pictures(report).items():
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
    PAGE.write_text(page(report), encoding="utf-8")
    return 0
