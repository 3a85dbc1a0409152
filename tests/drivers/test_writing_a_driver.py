"""Whoever follows docs/writing-a-driver.md has a driver: two files, and no change in gateway/."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drivers import vectors
from tests.drivers.vectors import Vectors
from tests.drivers.writing_a_driver import (
    BAND,
    BAND_VECTORS,
    CHECKOUT,
    DRIVER,
    NAME,
    PACKAGE,
    VECTORS,
    example,
    install,
    lifering,
    write,
)

PRESSED = "05fffeff0150"
CONFIGURATION = """\
[gateway]
id = "xishan-01"
[mqtt]
host = "platform.example"
[[wristband]]
address = "C0:FF:EE:00:00:01"
driver = "example-one"
wearer = "W-017"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example is installed, as a package of two files."""
    package, site = tmp_path_factory.mktemp("package"), tmp_path_factory.mktemp("site")
    write(package, {name: example()[name] for name in (DRIVER, PACKAGE)})
    install(package, site)
    return site


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with the examples in it: two files each, and listed."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("gateway", "drivers", "config"):
        shutil.copytree(CHECKOUT / folder, tree / folder)
    shutil.copytree(CHECKOUT / "tests" / "drivers", tree / "tests" / "drivers")
    for file in ("pyproject.toml", "tests/__init__.py"):
        shutil.copy(CHECKOUT / file, tree / file)
    write(tree / "drivers" / "advertisements", {name: example()[name] for name in (DRIVER, VECTORS)})
    write(tree / "drivers" / "bands", {name: example()[name] for name in (BAND, BAND_VECTORS)})
    listing = tree / "drivers" / "ours.py"
    text = listing.read_text().replace("advertisements import (\n", "advertisements import (\n    example_one,\n", 1)
    text = text.replace("bands import (\n", "bands import (\n    example_two,\n", 1)
    listing.write_text(
        text.replace("Driver, ...] = (\n", "Driver, ...] = (\n    example_one.DRIVER,\n    example_two.DRIVER,\n", 1)
    )
    return tree


@pytest.fixture(scope="module")
def promised(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    """What the page promises of the example."""
    folder = tmp_path_factory.mktemp("vectors")
    write(folder, {VECTORS: example()[VECTORS]})
    return vectors.read(folder / VECTORS)


def test_the_page_shows_every_file_of_the_example() -> None:
    assert list(example()) == [DRIVER, BAND, VECTORS, BAND_VECTORS, PACKAGE]


# --- a package of one's own --------------------------------------------------------------------------------------------


def test_the_installed_example_is_listed(site: Path) -> None:
    listed = lifering("drivers", "--json", site=site)

    assert listed.returncode == 0, listed.stderr
    told = [json.loads(line) for line in listed.stdout.splitlines()]
    assert told[-1] == {
        "name": NAME,
        "transport": "ble-advertisement",
        "measures": ["button", "battery"],
        "title": "Pendant Example One",
        "imitation": "anybody",
        "sensor": {"cuff": None, "site": None, "worn": False},
    }


def test_the_installed_example_decodes_what_the_page_promises(site: Path, promised: Vectors) -> None:
    told = lifering("decode", NAME, *(frame.hex for frame in promised.frame), site=site)

    for line, frame in zip(told.stdout.splitlines(), promised.frame, strict=True):
        meaning = json.loads(line)
        shown = [{"kind": one["kind"], "value": one["value"]} for one in meaning["measurements"]]
        assert (shown, meaning.get("refusals", [])) == (frame.expect, frame.refused), frame.name


def test_a_band_may_be_enrolled_with_the_installed_example(site: Path, tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIGURATION)

    with_it = lifering("check", "--config", str(config), site=site)
    without_it = lifering("check", "--config", str(config))

    assert with_it.returncode == 0, with_it.stderr
    assert "example-one" in without_it.stderr


# --- a driver of lifering ----------------------------------------------------------------------------------------------


def test_the_example_in_the_tree_is_listed_and_decodes(tree: Path) -> None:
    listed, decoded = lifering("drivers", checkout=tree), lifering("decode", NAME, PRESSED, checkout=tree)

    assert f"{NAME:20} ble-advertisement" in listed.stdout
    assert [one["value"] for one in json.loads(decoded.stdout)["measurements"]] == ["press", 80]


def run_tests(tree: Path, *chosen: str) -> subprocess.CompletedProcess[str]:
    """pytest in a checkout."""
    command = [sys.executable, "-m", "pytest", "-v", *chosen]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_the_dialogues_of_the_band_are_played(tree: Path) -> None:
    ran = run_tests(tree, "tests/drivers/test_vectors.py", "tests/drivers/test_conversation.py", "-k", "example-two")

    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("test_a_dialogue[example-two: ") >= 3
    assert (
        "test_a_band_that_says_nothing_is_left_and_it_is_told_what_came_of_the_order[says_nothing-measure-example-two]"
        in ran.stdout
    )


def test_the_tests_run_the_vectors_of_the_example_by_themselves(tree: Path, promised: Vectors) -> None:
    ran = run_tests(tree, "tests/drivers/test_vectors.py", "tests/drivers/test_hostile_bytes.py", "-k", NAME)

    assert ran.returncode == 0, ran.stdout
    for frame in promised.frame:
        assert f"test_a_frame[{NAME}: {frame.name}] PASSED" in ran.stdout
    assert f"test_a_sequence[{NAME}: {promised.sequence[0].name}] PASSED" in ran.stdout
    assert f"test_every_truncation_is_understood_or_refused[{NAME}] PASSED" in ran.stdout
