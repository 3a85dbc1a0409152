"""`./dev` leaves nobody waiting without a word: what takes long says every few seconds that it still goes on."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from fake_devices.patience import HANGS_S

ROOT = Path(__file__).parent.parent
DEV = (ROOT / "dev").read_text(encoding="utf-8")
FUNCTIONS = "\n".join(re.findall(r"^\w+\(\) \{\n.*?^\}$", DEV, re.MULTILINE | re.DOTALL))
LONG = re.compile(r"(pip install|-m venv|apt-get (update|install)|flock 9|=\$\(.*python\)|find_spec)")


def shell(line: str, *, language: str = "C.UTF-8", every_s: float = 0.01, path: str = "") -> subprocess.Popen[str]:
    environment = {"PATH": path + os.environ["PATH"], "LANG": language, "LIFERING_TELL_EVERY_S": str(every_s)}
    script = f"set -euo pipefail\n{FUNCTIONS}\n{line}"
    return subprocess.Popen(["bash", "-c", script], stderr=subprocess.PIPE, text=True, env=environment)


@pytest.mark.parametrize(("language", "word"), [("C.UTF-8", "still at it"), ("zh_CN.UTF-8", "仍在进行")])
def test_what_takes_long_says_that_it_goes_on_until_it_is_done(language: str, word: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lasts")
    with shell(f"telling cat {tmp_path / 'lasts'}; echo done >&2", language=language) as dev:
        assert dev.stderr
        said = [dev.stderr.readline() for _ in range(3)]
        (tmp_path / "lasts").write_text("")
        rest = dev.stderr.read()

    assert all(word in line for line in said)
    assert "done\n" in rest
    assert dev.returncode == 0


def test_the_first_word_is_said_before_anything_is_looked_for(tmp_path: Path) -> None:
    """On a busy machine Python alone may take many seconds until it says which one it is."""
    os.mkfifo(tmp_path / "lasts")
    (tmp_path / "requirements-dev.txt").touch()
    (tmp_path / "python3").write_text(f"#!/bin/sh\necho asked >&2\ncat {tmp_path / 'lasts'}\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)

    with shell(f"cd {tmp_path}; environment", path=f"{tmp_path}:") as dev:
        assert dev.stderr
        try:
            assert "making the environment" in dev.stderr.readline()
            assert "still at it" in "".join(dev.stderr.readline() for _ in range(2))
        finally:
            dev.terminate()
            (tmp_path / "lasts").write_text("")


def test_the_exit_code_is_that_of_what_was_done_and_nothing_more_is_said() -> None:
    with shell("telling bash -c 'exit 7' || echo $? >&2", every_s=HANGS_S) as dev:
        assert dev.communicate(timeout=HANGS_S)[1] == "7\n"

    with shell("telling false; echo went on >&2", every_s=HANGS_S) as dev:
        assert dev.communicate(timeout=HANGS_S)[1] == ""
        assert dev.returncode == 1


APT = """#!/bin/sh
echo "Unpacking something ..."
[ "$1" = update ] || { echo "E: the disk is full" >&2; exit 100; }
"""


def test_of_what_is_installed_nothing_is_told_but_that_it_is_and_what_went_wrong(tmp_path: Path) -> None:
    for name, text in {"apt-get": APT, "id": "#!/bin/sh\necho 0\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)

    with shell(f"PATH={tmp_path}:$PATH; debian no-such-program some-package || echo $? >&2", every_s=HANGS_S) as dev:
        said = dev.communicate(timeout=HANGS_S)[1].splitlines()

    assert [line for line in said if "some-package" in line]
    assert said[-2:] == ["E: the disk is full", "100"]
    assert [line for line in said if "Unpacking" in line] == []


def test_everything_that_takes_long_before_a_verb_begins_is_told() -> None:
    long = [line.strip() for line in DEV.splitlines() if LONG.search(line) and not line.lstrip().startswith(("#", "die"))]
    untold = [line for line in long if "telling " not in line and "die " not in line]

    assert len(long) >= 8
    assert untold == []


def test_nobody_waits_longer_than_five_seconds() -> None:
    (every_s,) = re.findall(r"LIFERING_TELL_EVERY_S:-(\d+)", DEV)

    assert 2 * int(every_s) < 5  # the end of one thing, and the beginning of the next
