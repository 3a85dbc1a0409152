"""`./dev release` makes packages whose checksums stand beside them, and nothing of it where something is not in order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gateway.store.test_released_schemas import edited

ROOT = Path(__file__).parent.parent.parent
MADE = (".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", ".coverage*", "mutants", "dist", "tests")
ABOUT = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something; a release that was just made says nothing yet.\n"
WHO = {f"GIT_{who}_{what}": "release@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="a release is made from a repository")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with all that is released."""
    tree = tmp_path / "lifering"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*MADE))
    (tree / ".venv/bin").mkdir(parents=True)
    (tree / ".venv/bin/hatchling").symlink_to(Path(sys.executable).with_name("hatchling"))
    (tree / "CHANGELOG.md").write_text(ABOUT + (ROOT / "CHANGELOG.md").read_text().partition("## [Unreleased]\n")[2])
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "Begin")
    return tree


def git(tree: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=tree, env=os.environ | WHO, check=True, capture_output=True, text=True)
    return done.stdout


def release(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(tree / ".ci/release"), *arguments]
    return subprocess.run(command, env=os.environ | WHO, check=False, capture_output=True, text=True)


def test_it_sets_the_version_closes_the_changelog_freezes_the_schema_and_builds(checkout: Path) -> None:
    done = release(checkout, "9.8.7")

    assert done.returncode == 0, done.stderr
    assert {path.name for path in (checkout / "dist").iterdir()} == {
        "SHA256SUMS",
        "lifering-9.8.7.tar.gz",
        "lifering-9.8.7-py3-none-any.whl",
    }
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=checkout / "dist", check=True)
    assert "## [Unreleased]\n\n## [9.8.7] - " in (checkout / "CHANGELOG.md").read_text()
    assert edited(checkout / "gateway/store/schema") == []
    assert "alerts-1.sql" in (checkout / "gateway/store/schema/RELEASED").read_text()
    assert git(checkout, "tag").split() == ["v9.8.7"]
    assert git(checkout, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param([], "which version?", id="no version"),
        pytest.param(["1.0"], "which version?", id="half a version"),
        pytest.param(["9.8.7"], "not committed", id="a tree that is not clean"),
    ],
)
def test_it_changes_nothing_where_something_is_not_in_order(checkout: Path, arguments: list[str], why: str) -> None:
    (checkout / "README.md").write_text("changed")
    done = release(checkout, *arguments)

    assert done.returncode == 1
    assert why in done.stderr
    assert not (checkout / "dist").exists()
    assert git(checkout, "tag") == ""


def test_it_makes_no_release_of_which_the_changelog_says_nothing(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n")
    git(checkout, "commit", "--all", "--quiet", "--message", "Forget")

    done = release(checkout, "9.8.7")

    assert done.returncode == 1
    assert "nothing under Unreleased" in done.stderr


def test_it_makes_no_release_of_a_frozen_schema_that_was_edited(checkout: Path) -> None:
    release(checkout, "9.8.7")
    schema = checkout / "gateway/store/schema/alerts-1.sql"
    schema.write_text(schema.read_text() + "-- another")
    changelog = checkout / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## [Unreleased]\n", ABOUT.partition("\n\n")[2], 1))
    git(checkout, "commit", "--all", "--quiet", "--message", "Edit")

    done = release(checkout, "9.8.8")

    assert done.returncode == 1
    assert "a schema that was released has been edited" in done.stderr
    assert git(checkout, "tag").split() == ["v9.8.7"]
