"""What a terminal shows as a small SVG, in the fonts of whoever looks at it: each run of characters in the columns it takes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI as THEME
from rich.text import Text

COLUMN, LINE, MARGIN, SIZE, WIDE_SIZE = 9, 20, 12, 15, 17  # px
NO_BREAK = "\u00a0"  # a browser makes one of several blanks
FONTS = "'DejaVu Sans Mono','Noto Sans Mono CJK SC',Menlo,Consolas,monospace"


def terminal_picture(shown: RenderableType, *, columns: int | None = None, lines: int | None = None) -> str:
    """`shown`: what was printed, which takes the room that it needs, or something of rich that fills what it is given."""
    if isinstance(shown, str):
        columns, lines = max(map(cell_len, shown.splitlines())), len(shown.splitlines())
        shown = Text.from_ansi(shown, no_wrap=True, overflow="ignore")
    console = Console(width=columns, height=lines, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    rows = console.render_lines(shown, console.options.update(height=lines), pad=False)
    width, height = console.width * COLUMN + 2 * MARGIN, len(rows) * LINE + 2 * MARGIN
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">',
        f'<rect width="100%" height="100%" rx="6" fill="{_hex(THEME.background_color)}"/>',
        f'<g font-family="{FONTS}" font-size="{SIZE}" fill="{_hex(THEME.foreground_color)}">',
        *(run for number, row in enumerate(rows) for run in _runs(row, MARGIN + LINE * number + SIZE)),
        "</g>\n</svg>\n",
    ])  # fmt: skip


def _runs(row: Sequence[Segment], y: int) -> Iterator[str]:
    column = 0
    for segment in row:
        for _, characters in groupby(segment.text, key=cell_len):  # a wide character takes two columns in whatever font
            text = "".join(characters)
            cells = cell_len(text)
            if text.strip():
                place = f'x="{MARGIN + COLUMN * column}" y="{y}" textLength="{COLUMN * cells}"'
                size = f' font-size="{WIDE_SIZE}"' if cells > len(text) else ""
                yield f"<text {place}{size}{_looks(segment.style)}>{escape(text).replace(' ', NO_BREAK)}</text>"
            column += cells


def _looks(style: Style | None) -> str:
    if style is None:
        return ""
    bold = ' font-weight="bold"' if style.bold else ""
    dim = ' opacity=".6"' if style.dim else ""
    fill = f' fill="{_hex(style.color.get_truecolor(THEME))}"' if style.color and style.color != Color.default() else ""
    return fill + bold + dim


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
