"""Files that the configuration names are read with care."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.settings import named_files
from gateway.settings.named_files import BadFile

KEY = "000102030405060708090a0b0c0d0e0f"


def file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def pem(kind: str, more: str = "") -> bytes:
    return f"-----BEGIN {kind}-----\n{more}AAAA\n-----END {kind}-----\n".encode()


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_is_read_without_the_end_of_its_line(tmp_path: Path, end: str) -> None:
    assert named_files.password(file(tmp_path, f" pass wörd {end}".encode())) == " pass wörd "


def test_a_key_is_read_from_its_hexadecimal_digits(tmp_path: Path) -> None:
    assert named_files.key(file(tmp_path, f"{KEY.upper()}\n".encode())) == bytes(range(16))


@pytest.mark.parametrize(
    ("read", "content", "code"),
    [
        pytest.param(named_files.password, b"\n", "secret_is_empty", id="an empty password"),
        pytest.param(named_files.password, b"\xff", "file_is_not_utf8", id="a binary password"),
        pytest.param(named_files.key, b"0001", "secret_is_no_key", id="a short key"),
        pytest.param(named_files.key, b"\xff" * 32, "secret_is_no_key", id="a binary key"),
        pytest.param(named_files.certificate, b"hello", "file_is_no_pem", id="no certificate"),
        pytest.param(named_files.private_key, b"hello", "file_is_no_pem", id="no private key"),
        pytest.param(named_files.certificate, pem("PRIVATE KEY"), "file_is_no_certificate", id="a key for a certificate"),
        pytest.param(named_files.private_key, pem("CERTIFICATE"), "file_is_no_private_key", id="a certificate for a key"),
        pytest.param(named_files.private_key, pem("ENCRYPTED PRIVATE KEY"), "key_has_a_pass_phrase", id="a pass phrase"),
        pytest.param(
            named_files.private_key,
            pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n"),
            "key_has_a_pass_phrase",
            id="a pass phrase of old",
        ),
        pytest.param(named_files.content, b"x" * 4_000_001, "file_too_big", id="a huge file"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(
    tmp_path: Path, read: Callable[[Path], object], content: bytes, code: str
) -> None:
    with pytest.raises(BadFile) as bad:
        read(file(tmp_path, content))

    assert bad.value.code == code


def test_a_secret_that_anybody_may_change_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as bad:
        named_files.password(file(tmp_path, b"pw", mode=0o602))

    assert bad.value.code == "secret_is_writable"


def test_a_secret_that_anybody_may_read_is_noticed(tmp_path: Path) -> None:
    assert named_files.readable_by_all(file(tmp_path, b"pw", mode=0o604))
    assert not named_files.readable_by_all(file(tmp_path, b"pw", mode=0o640))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("nowhere", "file_missing", id="not there"),
        pytest.param("secret/inner", "file_missing", id="inside of a file"),
        pytest.param(".", "file_is_no_file", id="a folder"),
        pytest.param("pipe", "file_is_no_file", id="a pipe, which would never end"),
        pytest.param("a\0b", "file_unreadable", id="a NUL in the name"),
        pytest.param("x" * 300, "file_unreadable", id="a name that is too long"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_its_cause(tmp_path: Path, name: str, code: str) -> None:
    file(tmp_path, b"")
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(BadFile) as bad:
        named_files.content(tmp_path / name)

    assert bad.value.code == code


def test_a_folder_may_be_missing_but_not_be_a_file(tmp_path: Path) -> None:
    named_files.folder(tmp_path)
    named_files.folder(tmp_path / "later")

    with pytest.raises(BadFile) as bad:
        named_files.folder(file(tmp_path, b""))

    assert bad.value.code == "folder_is_no_folder"


def test_credentials_of_systemd_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mqtt-password").write_text("pw")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert named_files.credentials() == {"mqtt-password": tmp_path / "mqtt-password"}


@pytest.mark.parametrize("folder", ["", "/nowhere/at/all"])
def test_without_credentials_there_are_none(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", folder)

    assert named_files.credentials() == {}


def test_a_folder_whose_name_no_system_takes_is_faulty(tmp_path: Path) -> None:
    with pytest.raises(named_files.BadFile) as bad:
        named_files.folder(tmp_path / "a\0b")
    assert bad.value.code == "file_unreadable"
