"""The bundle for a USB stick: whole, signed, and installed by its script, which refuses what is damaged or signed by others.

The script is the real one; only apt-get is one that writes down what it was asked for.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from debian.bundle import bundle

AT = 1_790_000_000
BESIDE = ("debian/usb/install.sh", "debian/usb/README.txt")
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "none")

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="the script asks for root"),
    pytest.mark.skipif(
        not (shutil.which("dpkg") and shutil.which("ssh-keygen")), reason="this is no Debian, or has no ssh-keygen"
    ),
]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Of a release, and of somebody else."""
    for name in ("ours", "theirs"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(tmp_path / name)], check=True)
    return tmp_path


def stick(
    folder: Path,
    key: Path | None,
    signers: Path | None,
    monkeypatch: pytest.MonkeyPatch,
    architectures: tuple[str, ...] = ("amd64", "arm64"),
) -> Path:
    """A bundle as it lies on the stick. The key that may sign is that of `signers`, not of the repository (None: none)."""
    packages = [folder / f"lifering_1.0_{architecture}.deb" for architecture in architectures]
    for package in packages:
        package.write_text(package.name)
    allowed = folder / "allowed_signers"
    key_line = f'release@lifering namespaces="lifering-release" {signers.with_suffix(".pub").read_text()}' if signers else ""
    allowed.write_text(f"# Who may sign\n{key_line}")
    monkeypatch.setattr("debian.bundle.BESIDE", (str(allowed), *BESIDE))
    if key:
        monkeypatch.setenv("LIFERING_SIGNING_KEY", str(key))
    with tarfile.open(bundle(packages, folder, "1.0", AT)) as archive:
        archive.extractall(folder / "stick", filter="data")
    return folder / "stick/lifering"


def install(stick: Path, *options: str) -> tuple[int, str, str]:
    """Exit code, what apt-get was asked for, and what a person read."""
    programs = stick.parent / "programs"
    programs.mkdir(exist_ok=True)
    asked = programs / "asked"
    (programs / "apt-get").write_text(f'#!/bin/sh\necho "$@" >>{asked}\n')
    (programs / "apt-get").chmod(0o755)
    done = subprocess.run(
        ["sh", str(stick / "install.sh"), *options],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, asked.read_text() if asked.exists() else "", done.stdout


def test_the_package_of_this_machine_is_installed_when_its_signature_is_good(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, asked, read = install(stick(keys, keys / "ours", keys / "ours", monkeypatch))

    assert (code, asked.split()[-1]) == (0, f"./lifering_1.0_{ARCHITECTURE}.deb")
    assert "签名有效" in read
    assert "The signature is good" in read


def test_what_others_have_signed_is_refused(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, asked, read = install(stick(keys, keys / "theirs", keys / "ours", monkeypatch))

    assert (code, asked) == (1, "")
    assert "签名无效" in read


def test_a_bundle_without_a_signature_is_installed_only_by_who_says_so(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stick(keys, None, keys / "ours", monkeypatch)

    code, asked, read = install(folder)
    assert (code, asked) == (1, "")
    assert "没有签名" in read
    assert "not signed" in read
    assert read.count("sudo sh install.sh --unsigned") == 2  # in both languages

    code, asked, read = install(folder, "--unsigned")
    assert (code, bool(asked)) == (0, True)
    assert "没有签名" in read
    assert "not signed" in read


def test_a_signature_without_a_key_to_verify_it_by_vouches_for_nothing(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stick(keys, keys / "ours", None, monkeypatch)

    code, asked, read = install(folder)
    assert (code, asked) == (1, "")
    assert "没有可用来核对签名的密钥" in read
    assert "no key to verify" in read

    assert install(folder, "--unsigned")[0] == 0


@pytest.mark.parametrize("name", ["lifering_1.0_amd64.deb", "lifering_1.0_arm64.deb", "allowed_signers"])
def test_a_damaged_file_is_refused(name: str, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stick(keys, keys / "ours", keys / "ours", monkeypatch)
    (folder / name).write_text((folder / name).read_text() + " ")

    code, asked, read = install(folder)

    assert (code, asked) == (1, "")
    assert "文件已损坏" in read


def test_another_machine_is_told_what_it_lacks(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, asked, read = install(stick(keys, None, keys / "ours", monkeypatch, ("riscv64",)))

    assert (code, asked) == (1, "")
    assert "64-bit" in read


def test_a_package_of_an_older_bundle_that_was_left_on_the_stick_is_not_in_the_way(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stick(keys, keys / "ours", keys / "ours", monkeypatch)
    (folder / f"lifering_0.9_{ARCHITECTURE}.deb").write_text("the version before")

    code, asked, _ = install(folder)

    assert (code, asked.split()[-1:]) == (0, [f"./lifering_1.0_{ARCHITECTURE}.deb"])


def test_a_package_that_the_signature_does_not_speak_of_is_not_installed(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stick(keys, keys / "ours", keys / "ours", monkeypatch, ("riscv64",))
    (folder / f"lifering_1.0_{ARCHITECTURE}.deb").write_text("laid beside by somebody")

    code, asked, _ = install(folder)

    assert (code, asked) == (1, "")


def test_a_bundle_without_its_checksums_is_refused(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stick(keys, keys / "ours", keys / "ours", monkeypatch)
    (folder / "SHA256SUMS").unlink()

    code, asked, read = install(folder)

    assert (code, asked) == (1, "")
    assert "文件已损坏" in read


def test_the_same_parts_give_the_same_bytes(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = []
    for name in ("once", "again"):
        (keys / name).mkdir()
        shutil.copy(keys / "ours.pub", keys / name)
        stick(keys / name, None, keys / name / "ours", monkeypatch)
        packed.append((keys / name / "lifering-usb-1.0.tar").read_bytes())

    assert packed[0] == packed[1]
