"""A new version is on trial for five minutes: one that serves stays, one that does not gives way to the one before.

The script is the real one; systemctl, lifering and sleep are those of a machine whose gateway behaves as a test wants.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

TRIAL = Path(__file__).parent.parent / "debian" / "trial"
SYSTEMCTL = """#!/bin/sh
case $1 in
show) cat restarts ;;
is-active) [ "$(cat active)" = yes ] ;;
restart) echo "$2" >>restarted; echo yes >active ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The new version runs, the one before lies beside it."""
    (tmp_path / "tree").mkdir()
    for link, version in (("current", "2.0"), ("previous", "1.0")):
        (tmp_path / "tree" / version).mkdir()
        (tmp_path / "tree" / link).symlink_to(version)
    (tmp_path / "tree/on-trial").write_text("2.0\n")
    for name, text in (("active", "yes"), ("restarts", "1"), ("turns", "")):
        (tmp_path / name).write_text(text)
    program(tmp_path, "systemctl", SYSTEMCTL)
    program(tmp_path, "lifering", '#!/bin/sh\n[ "$(cat active)" = yes ]\n')
    return tmp_path


def program(machine: Path, name: str, text: str) -> None:
    (machine / "bin").mkdir(exist_ok=True)
    (machine / "bin" / name).write_text(text)
    (machine / "bin" / name).chmod(0o755)


def tried(machine: Path, story: str) -> str:
    """What it says; `story` is what happens in each pause of ten seconds, of which `$turn` is the number."""
    program(machine, "sleep", f"#!/bin/sh\necho >>turns\nturn=$(wc -l <turns)\n{story}\n")
    script = TRIAL.read_text().replace("tree=/usr/lib/lifering", f"tree={machine}/tree")
    environment = {"PATH": f"{machine}/bin:{os.environ['PATH']}"}
    return subprocess.run(["sh", "-c", script], cwd=machine, env=environment, check=True, capture_output=True, text=True).stdout


def runs(machine: Path) -> str:
    return (machine / "tree/current").readlink().name


def test_a_version_that_serves_stays(machine: Path) -> None:
    said = tried(machine, ":")

    assert (runs(machine), (machine / "turns").read_text().count("\n")) == ("2.0", 30)
    assert "has served for 5 minutes" in said
    assert not (machine / "tree/on-trial").exists()


@pytest.mark.parametrize(
    "story",
    [
        pytest.param("echo no >active", id="it never comes up"),
        pytest.param("[ $turn -lt 20 ] || echo no >active", id="it dies after three minutes"),
        pytest.param("echo $turn >restarts", id="it is started again and again"),
    ],
)
def test_a_version_that_does_not_serve_gives_way(story: str, machine: Path) -> None:
    said = tried(machine, story)

    assert runs(machine) == "1.0"
    assert (machine / "restarted").read_text() == "lifering.service\n"
    assert "1.0 runs again" in said
    assert "已退回 1.0" in said
    assert not (machine / "tree/on-trial").exists()


@pytest.mark.parametrize(
    "story",
    [
        pytest.param("[ $turn = 4 ] && echo no >active; [ $turn = 6 ] && echo yes >active; :", id="away for twenty seconds"),
        pytest.param("[ $turn = 4 ] && echo 3 >restarts; :", id="started again twice"),
    ],
)
def test_a_hiccup_is_no_failure(story: str, machine: Path) -> None:
    tried(machine, story)

    assert runs(machine) == "2.0"


def test_where_a_person_has_gone_back_meanwhile_nothing_is_done(machine: Path) -> None:
    tried(machine, f"ln -sfn 1.0 {machine}/tree/current; echo no >active")

    assert not (machine / "restarted").exists()
