"""`./dev release` makes packages whose checksums stand beside them, and nothing of it where something is not in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.gateway.store.test_released_schemas import edited

ROOT = Path(__file__).parent.parent.parent
MADE = (".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", ".coverage*", "mutants", "dist", "build")
ABOUT = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something; a release that was just made says nothing yet.\n"
WHO = {f"GIT_{who}_{what}": "release@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
Released = tuple[Path, subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="a release is made from a repository")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With all that is released. Its builder is quick and builds nothing: what is built, one test looks at (`released`)."""
    tree = tmp_path_factory.mktemp("release") / "lifering"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*MADE))
    (tree / ".venv/bin").mkdir(parents=True)
    program(tree / ".venv/bin/hatchling", "mkdir -p dist && echo 1 >dist/lifering.tar.gz && echo 2 >dist/lifering.whl")
    program(tree / ".venv/bin/python", f'exec "{sys.executable}" "$@"')
    program(tree / ".venv/bin/pip-audit", 'echo "$@" >audited')  # the real one asks a server
    (tree / ".gitignore").write_text((ROOT / ".gitignore").read_text() + "audited\n")
    (tree / "CHANGELOG.md").write_text(ABOUT + (ROOT / "CHANGELOG.md").read_text().partition("## [Unreleased]\n")[2])
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "Begin")
    return tree


def copied(tree: Path, folder: Path) -> Path:
    subprocess.run(["cp", "--archive", "--reflink=auto", tree, folder / "lifering"], check=True)
    return folder / "lifering"


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Path:
    return copied(repository, tmp_path)


@pytest.fixture(scope="module")
def released(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """A release as it really is made: the tree, and what was said. It is only looked at."""
    tree = copied(repository, tmp_path_factory.mktemp("released"))
    (tree / ".venv/bin/hatchling").unlink()
    (tree / ".venv/bin/hatchling").symlink_to(Path(sys.executable).with_name("hatchling"))
    return tree, release(tree, "9.8.7")


def program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def git(tree: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=tree, env=os.environ | WHO, check=True, capture_output=True, text=True)
    return done.stdout


def release(tree: Path, *arguments: str, key: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(tree / ".ci/release"), *arguments]
    signs = {"LIFERING_SIGNING_KEY": str(key)} if key else {}
    return subprocess.run(command, env=os.environ | WHO | signs, check=False, capture_output=True, text=True)


def test_it_sets_the_version_closes_the_changelog_freezes_the_schema_and_builds(released: Released) -> None:
    checkout, done = released

    assert done.returncode == 0, done.stderr
    assert {path.name for path in (checkout / "dist").iterdir()} == {
        "SHA256SUMS",
        "lifering-9.8.7.cdx.json",
        "lifering-9.8.7.tar.gz",
        "lifering-9.8.7-py3-none-any.whl",
    }
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=checkout / "dist", check=True)
    assert "## [Unreleased]\n\n## [9.8.7] - " in (checkout / "CHANGELOG.md").read_text()
    assert edited(checkout / "gateway/store/schema") == []
    assert "alerts-1.sql" in (checkout / "gateway/store/schema/RELEASED").read_text()
    assert git(checkout, "tag").split() == ["v9.8.7"]
    assert git(checkout, "status", "--porcelain") == ""
    assert "--strict --requirement requirements.txt" in (checkout / "audited").read_text()
    assert "NOT SIGNED" in done.stderr


def test_its_bill_of_materials_names_all_that_the_lock_pins_with_its_hashes_and_is_cyclonedx(released: Released) -> None:
    checkout, _ = released
    text = (checkout / "dist/lifering-9.8.7.cdx.json").read_text()
    bill, lock = json.loads(text), (checkout / "requirements.txt").read_text()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert bill["metadata"]["component"]["version"] == "9.8.7"
    pinned = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;]+)", lock, re.MULTILINE))
    assert {one["name"]: one["version"] for one in bill["components"]} == pinned
    hashes = {one["content"] for part in bill["components"] for one in part["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", lock))


def test_a_known_hole_in_what_is_pinned_stops_it(checkout: Path) -> None:
    program(checkout / ".venv/bin/pip-audit", "exit 1")

    done = release(checkout, "9.8.7")

    assert (done.returncode, git(checkout, "tag")) == (1, "")
    assert "the audit of requirements.txt did not pass" in done.stderr
    without = release(checkout, "--without-audit", "9.8.7")
    assert (without.returncode, "NOT AUDITED" in without.stderr) == (0, True)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen signs")
def test_its_checksums_are_signed_and_verified_as_the_page_says_and_a_changed_one_is_not(
    checkout: Path, tmp_path: Path
) -> None:
    key, signers = tmp_path / "key", tmp_path / "allowed_signers"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    signers.write_text(f'release@lifering namespaces="lifering-release" {key.with_suffix(".pub").read_text()}')

    done = release(checkout, "9.8.7", key=key)

    assert done.returncode == 0, done.stderr
    (command,) = re.findall(r"^(ssh-keygen -Y verify .*)$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)
    command = command.replace(".ci/allowed_signers", str(signers))
    dist = checkout / "dist"
    assert subprocess.run(command, shell=True, cwd=dist, check=False, capture_output=True).returncode == 0
    (dist / "SHA256SUMS").write_text((dist / "SHA256SUMS").read_text().replace("0", "1", 1))
    assert subprocess.run(command, shell=True, cwd=dist, check=False, capture_output=True).returncode != 0


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


def test_it_makes_no_release_of_a_frozen_schema_that_was_edited(released: Released, tmp_path: Path) -> None:
    checkout = copied(released[0], tmp_path)
    schema = checkout / "gateway/store/schema/alerts-1.sql"
    schema.write_text(schema.read_text() + "-- another")
    changelog = checkout / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## [Unreleased]\n", ABOUT.partition("\n\n")[2], 1))
    git(checkout, "commit", "--all", "--quiet", "--message", "Edit")

    done = release(checkout, "9.8.8")

    assert done.returncode == 1
    assert "a schema that was released has been edited" in done.stderr
    assert git(checkout, "tag").split() == ["v9.8.7"]
