"""Writes an SVG on a paper of its own, so that it reads on a light page and on a dark one. Pure.

Colours have names, here and nowhere else. Who looks with a dark screen gets the dark ones. Every drawing says in words what it
shows, for whoever does not see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

Colour = Literal["paper", "ink", "soft", "rule", "ours", "other", "second", "missed", "critical", "warning", "advisory"]
Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

LIGHT: dict[Colour, str] = {
    "paper": "#ffffff",
    "ink": "#1f2328",
    "soft": "#656d76",
    "rule": "#e4e8ec",
    "ours": "#2563c9",
    "other": "#a9b4c0",
    "second": "#0f8f80",
    "missed": "#c4501b",
    "critical": "#c0392b",
    "warning": "#d68910",
    "advisory": "#2874a6",
}
DARK: dict[Colour, str] = {
    "paper": "#14181e",
    "ink": "#e6edf3",
    "soft": "#98a3b0",
    "rule": "#2b323b",
    "ours": "#6ea4ff",
    "other": "#5c6875",
    "second": "#3fc2ae",
    "missed": "#ff9257",
    "critical": "#e5695c",
    "warning": "#e3a63b",
    "advisory": "#5da9dc",
}
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"


class Drawing:
    """Paper to draw on, in pixels from the upper left. `says` is the description in words."""

    def __init__(self, width: int, height: int, title: str, says: str) -> None:
        self.width, self.height = width, height
        self._title, self._says = title, says
        self._parts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: Colour = "ink",
        *,
        anchor: Anchor = "start",
        size: float = 12,
        bold: bool = False,
    ) -> None:
        """A line of words; `y` is where they stand."""
        weight = ' font-weight="600"' if bold else ""
        place = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" text-anchor="{anchor}"{weight}'
        self._parts.append(f'<text {place} class="f-{colour}">{escape(words)}</text>')

    def line(self, a: Point, b: Point, colour: Colour = "rule", *, width: float = 1, dashed: bool = False) -> None:
        """From one point to another."""
        ends = f'x1="{_n(a[0])}" y1="{_n(a[1])}" x2="{_n(b[0])}" y2="{_n(b[1])}"'
        self._parts.append(f'<line {ends} class="s-{colour}"{_stroke(width, dashed=dashed)}/>')

    def bar(self, x: float, y: float, width: float, height: float, colour: Colour, *, round_by: float = 2) -> None:
        """A filled rectangle."""
        size = f'width="{_n(max(width, 0.5))}" height="{_n(height)}" rx="{_n(round_by)}"'
        self._parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" {size} class="f-{colour}"/>')

    def dot(self, x: float, y: float, radius: float, colour: Colour, *, opacity: float = 1) -> None:
        """A filled circle."""
        seen = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" class="f-{colour}"{seen}/>')

    def ring(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A circle that is empty."""
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="none" class="s-{colour}"/>')

    def path(self, points: Iterable[Point], colour: Colour, *, width: float = 2) -> None:
        """A line through all of them."""
        through = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        joined = 'stroke-linejoin="round" stroke-linecap="round"'
        self._parts.append(f'<polyline points="{through}" fill="none" {joined} class="s-{colour}"{_stroke(width)}/>')

    def area(self, points: Iterable[Point], colour: Colour, *, opacity: float = 0.2) -> None:
        """What they enclose, filled."""
        through = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._parts.append(f'<polygon points="{through}" class="f-{colour}" fill-opacity="{opacity:g}"/>')

    def svg(self) -> str:
        """The file."""
        box = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label={quoteattr(self._title)}'
        return "\n".join(
            [
                f"{head} font-family={quoteattr(FONT)}>",
                f"<title>{escape(self._title)}</title>",
                f"<desc>{escape(self._says)}</desc>",
                f"<style>{_rules(LIGHT)} @media (prefers-color-scheme: dark) {{ {_rules(DARK)} }}</style>",
                f'<rect width="{self.width}" height="{self.height}" rx="6" class="f-paper"/>',
                *self._parts,
                "</svg>",
                "",
            ]
        )


def _rules(colours: dict[Colour, str]) -> str:
    return " ".join(f".f-{name} {{ fill: {value}; }} .s-{name} {{ stroke: {value}; }}" for name, value in colours.items())


def _stroke(width: float, *, dashed: bool = False) -> str:
    wide = "" if width == 1 else f' stroke-width="{width:g}"'
    return f'{wide} stroke-dasharray="4 3"' if dashed else wide


def _n(value: float) -> str:
    """A tenth of a pixel is enough."""
    return f"{value:.1f}".removesuffix(".0")
