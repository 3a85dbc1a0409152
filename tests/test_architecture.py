"""The page of the architecture names every file, in the file's own words."""

from __future__ import annotations

from tests.make_architecture import HOUSE, PAGE, ROOT, job, written

FILES = [path for top in HOUSE for path in sorted((ROOT / top).rglob("*.py"))]


def test_the_tree_on_the_page_is_the_tree_of_the_house() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "write it anew: python -m tests.make_architecture"


def test_each_file_says_its_one_job_in_its_first_line() -> None:
    assert [str(path.relative_to(ROOT)) for path in FILES if not job(path)] == []
