"""The Debian package: what lies where in it, with which rights, and that the same commit gives the same bytes.

Built here with one small wheel for each Python in place of those that pip fetches; `./dev package --test` installs the
real one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from debian import build
from gateway.cli import VERBS

ROOT = Path(__file__).parent.parent
AT = 1_790_000_000
VERSION = "9.8.7"

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="this is no Debian")


def wheel(folder: Path, python: str, **files: str) -> Path:
    """A wheel of a package with a compiled module."""
    tag = f"cp{python.replace('.', '')}"
    path = folder / f"quick-1.0-{tag}-{tag}-manylinux_2_17_x86_64.whl"
    module = {
        f"quick/core.{tag}.so": "compiled",
        "quick-1.0.dist-info/WHEEL": tag,
        "quick-1.0.dist-info/METADATA": "Name: quick",
    }
    with ZipFile(path, "w") as archive:
        for name, text in {**module, **files}.items():
            archive.writestr(name, text)
    return path


def wheels(folder: Path) -> list[Path]:
    return [wheel(folder, python, **{"quick/__init__.py": "from . import core"}) for python in build.PYTHONS]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    return build.build("arm64", VERSION, AT, folder, wheels(folder))


@pytest.fixture(scope="module")
def unpacked(package: Path) -> Path:
    """Its files and, in DEBIAN, what dpkg is told."""
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(package.parent / "root")], check=True)
    return package.parent / "root"


def listed(package: Path) -> list[list[str]]:
    """Mode, owner, size, date, time, name of each entry."""
    told = subprocess.run(["dpkg-deb", "--contents", str(package)], check=True, capture_output=True, text=True)
    return [line.split(maxsplit=5) for line in told.stdout.splitlines()]


def test_the_compiled_modules_of_all_pythons_lie_in_one_folder_beside_the_gateway(unpacked: Path) -> None:
    tree = unpacked / build.TREE

    assert {path.name for path in (tree / "quick").iterdir()} == {
        "__init__.py",
        "core.cp311.so",
        "core.cp312.so",
        "core.cp313.so",
    }
    assert [path.name for path in (tree / "quick-1.0.dist-info").iterdir()] == ["METADATA"]
    assert (tree / "gateway/__main__.py").read_bytes() == (ROOT / "gateway/__main__.py").read_bytes()
    assert (tree / "gateway/_config/gateway.toml").read_bytes() == (ROOT / "config/gateway.toml").read_bytes()


def test_a_file_that_differs_between_two_pythons_is_refused(tmp_path: Path) -> None:
    build.unpack(wheel(tmp_path, "3.11", **{"quick/__init__.py": "one"}), tmp_path / "tree")

    with pytest.raises(ValueError, match=r"quick/__init__\.py is another file"):
        build.unpack(wheel(tmp_path, "3.13", **{"quick/__init__.py": "another"}), tmp_path / "tree")


def test_a_fetch_that_was_cut_off_leaves_nothing_for_another_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    into: list[str] = []
    monkeypatch.setattr(build, "run", into.extend)

    for python in build.PYTHONS:
        with pytest.raises(FileNotFoundError):  # nothing was fetched
            build.fetch("x86_64", python, tmp_path / f"amd64-{python}")

    assert len({word for word in into if word.startswith("--dest=")}) == len(build.PYTHONS)


def test_all_is_roots_and_only_its_programs_can_be_run(package: Path) -> None:
    entries = listed(package)

    assert {owner for _mode, owner, *_rest in entries} == {"root/root"}
    assert {mode for mode, *_rest in entries} == {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"}
    programs = [name for mode, *_rest, name in entries if mode == "-rwxr-xr-x"]
    assert programs == ["./usr/bin/lifering", "./usr/lib/lifering/trial"]


def test_the_same_commit_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    again = build.build("arm64", VERSION, AT, tmp_path, wheels(tmp_path))

    assert again.read_bytes() == package.read_bytes()


def test_no_path_of_the_machine_that_built_it_is_inside(unpacked: Path) -> None:
    foreign = re.compile("|".join(map(re.escape, (str(ROOT), tempfile.gettempdir() + "/"))).encode())

    assert [str(path) for path in unpacked.rglob("*") if path.is_file() and foreign.search(path.read_bytes())] == []
    assert list(unpacked.rglob("__pycache__")) == []


def test_dpkg_is_told_the_version_and_what_is_needed(unpacked: Path) -> None:
    control = (unpacked / "DEBIAN/control").read_text()
    scripts = [(unpacked / "DEBIAN" / name).read_text() for name in build.SCRIPTS]

    assert f"\nVersion: {VERSION}\nArchitecture: arm64\n" in control
    assert "python3 (>= 3.11), python3 (<< 3.14)" in control
    assert [text for text in (control, *scripts) if re.search("@[A-Z]+@", text)] == []


def test_what_dpkg_lists_is_not_under_etc_so_it_never_asks_about_a_changed_file(package: Path) -> None:
    assert [name for *_rest, name in listed(package) if name.startswith("./etc")] == []


def test_every_file_of_the_units_is_in_the_package() -> None:
    units = {str(path.relative_to(ROOT)) for path in (ROOT / "systemd").rglob("*") if path.is_file()}

    assert units <= build.FILES.keys()


@pytest.mark.parametrize("name", build.SCRIPTS)
def test_the_shell_takes_every_script(name: str) -> None:
    subprocess.run(["sh", "-n", str(ROOT / "debian" / name)], check=True)


def test_the_manual_page_names_every_verb_as_the_command_does() -> None:
    page = (ROOT / "debian/lifering.1").read_text(encoding="utf-8").replace("\\", "")

    assert [
        f".TP\n.B {verb}\n{words.english}\n" for verb, words in VERBS.items() if f".B {verb}\n{words.english}\n" not in page
    ] == []
