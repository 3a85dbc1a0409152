"""The key of the store is 32 bytes that nobody else may read; with a faulty one a gateway starts nevertheless."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from gateway.settings.file import examine, load
from gateway.settings.named_files import BadFile
from gateway.settings.store_key import store_keys

KEY, OLD = bytes(range(32)), bytes(range(1, 33))


def file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "store.key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    "content",
    [KEY.hex().encode(), KEY.hex().upper().encode() + b"\r\n", base64.b64encode(KEY) + b"\n"],
    ids=["hexadecimal", "in capitals, with a line's end", "base64"],
)
def test_a_key_is_read_as_it_is_written(tmp_path: Path, content: bytes) -> None:
    assert store_keys(file(tmp_path, content)) == [KEY]


def test_further_lines_are_keys_of_earlier_days(tmp_path: Path) -> None:
    assert store_keys(file(tmp_path, f"{KEY.hex()}\n{OLD.hex()}\n".encode())) == [KEY, OLD]


@pytest.mark.parametrize(
    ("content", "mode", "code"),
    [
        pytest.param(b"", 0o600, "secret_is_no_store_key", id="empty"),
        pytest.param(KEY[:31].hex().encode(), 0o600, "secret_is_no_store_key", id="a byte too few"),
        pytest.param(b"correct horse battery staple", 0o600, "secret_is_no_store_key", id="a password"),
        pytest.param(KEY, 0o600, "secret_is_no_store_key", id="bare bytes"),
        pytest.param(KEY.hex().encode(), 0o640, "secret_is_open", id="for the group to read"),
        pytest.param(KEY.hex().encode(), 0o604, "secret_is_open", id="for all to read"),
    ],
)
def test_what_is_no_key_or_no_secret_is_said(tmp_path: Path, content: bytes, mode: int, code: str) -> None:
    with pytest.raises(BadFile) as bad:
        store_keys(file(tmp_path, content, mode))

    assert bad.value.code == code


def test_a_credential_of_systemd_is_as_safe_as_systemd_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path, KEY.hex().encode(), 0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert store_keys(path) == [KEY]


def test_a_faulty_key_is_a_mistake_with_which_a_gateway_starts(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text('[gateway]\nid = "g-1"\n[mqtt]\nhost = "a"\n[store]\nkey_file = "store.key"\n')

    assert [(mistake.key, mistake.line) for mistake in examine(config).mistakes] == [("store.key_file", 6)]
    assert load(config).settings.store.key_file == tmp_path / "store.key"
    assert not (tmp_path / "store.key").exists()
