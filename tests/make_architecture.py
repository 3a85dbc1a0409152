"""Writes the tree in `docs/architecture.md` anew from the first line of every file: `python -m tests.make_architecture`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- tree: begin -->", "<!-- tree: end -->"
HOUSE = ("gateway", "drivers", "fake_devices")
DEVICES = {
    "bands",
    "advertisements",
    "serial_line",
    "standard",
    "watches",
}  # one file a device or its frames: docs/wristbands.md lists them


def tree() -> str:
    """Every file of the house with its one job, folder by folder."""
    return "\n".join(line for top in HOUSE for line in _folder(ROOT / top))


def _folder(folder: Path) -> Iterator[str]:
    yield f"\n**`{folder.relative_to(ROOT)}/`** {job(folder / '__init__.py')}\n"
    if folder.name in DEVICES:
        return
    files = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    yield from (f"- `{path.name}`: {job(path)}" for path in files)
    for inner in sorted(path for path in folder.iterdir() if (path / "__init__.py").exists()):
        yield from _folder(inner)


def job(path: Path) -> str:
    """The first line of a file."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def written() -> str:
    """The page as it should be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tree()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
