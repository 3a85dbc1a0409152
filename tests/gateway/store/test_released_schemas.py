"""A schema that was released is never edited: a file on a gateway would then be none of what the code takes it for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import gateway.store

SCHEMAS = Path(gateway.store.__file__).parent / "schema"


def edited(folder: Path) -> list[str]:
    """The schemas that differ from what `./dev release` has frozen in RELEASED (lines of sha256sum), or are gone."""
    frozen = folder / "RELEASED"
    lines = frozen.read_text(encoding="utf-8").splitlines() if frozen.exists() else []  # nothing was released yet
    return [name for sum_, name in map(str.split, lines) if _sum(folder / name) != sum_]


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def test_no_schema_that_was_released_has_been_edited() -> None:
    assert edited(SCHEMAS) == [], "undo that, and write the next step into a new file"


def test_an_edit_and_a_file_that_is_gone_are_found(tmp_path: Path) -> None:
    for name in ("a-1.sql", "a-2.sql", "a-3.sql"):
        (tmp_path / name).write_text(f"-- {name}")
    sums = [f"{_sum(path)}  {path.name}\n" for path in sorted(tmp_path.glob("*.sql"))]
    (tmp_path / "RELEASED").write_text("".join(sums))

    (tmp_path / "a-2.sql").write_text("-- another")
    (tmp_path / "a-3.sql").unlink()

    assert edited(tmp_path) == ["a-2.sql", "a-3.sql"]
