"""Reads the files that the configuration names, and tells what is wrong with one that cannot be used."""

from __future__ import annotations

import base64
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gateway.settings.machine.service_user import me

MOST_BYTES = 4_000_000
SHORTEST_PAGE_PIN = 4
RELAY_KEY_BYTES = 32
FIRST_PERSON = 1000  # the least number of a user who is a person: UID_MIN of login.defs(5)
KEY = re.compile(r"[0-9A-Fa-f]{24}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}")


class BadFile(Exception):
    """A file that cannot be used; `code` is a key of `words/mistakes.py`, `facts` what it says there."""

    def __init__(self, code: str, path: Path, **facts: object) -> None:
        super().__init__(f"{path}: {code}")
        self.code = code
        self.facts: dict[str, object] = {"path": str(path), **facts}


def content(path: Path) -> bytes:
    """The whole file. Raises BadFile at once: it is not there, may not be read, is no plain file, or is far too big."""
    with _told(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO, or the kernel's log, is not waited for
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise BadFile("file_is_no_file", path)
            data = file.read(MOST_BYTES + 1) if status.st_size <= MOST_BYTES else None
    if data is None or len(data) > MOST_BYTES:
        raise BadFile("file_too_big", path, limit_mb=MOST_BYTES // 1_000_000)
    if data and not status.st_size:  # /proc and its kind: nothing that anybody has saved
        raise BadFile("file_is_no_file", path)
    return data


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says against a file becomes a BadFile."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BadFile("file_missing", path) from error
    except PermissionError as error:
        raise _forbidden(path) from error
    except (BlockingIOError, IsADirectoryError) as error:
        raise BadFile("file_is_no_file", path) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in its name
        raise BadFile("file_unreadable", path, why=getattr(error, "strerror", None) or str(error)) from error


def _forbidden(path: Path) -> BadFile:
    """The file, or the outermost folder around it, that this user may not use."""
    folders = reversed(path.absolute().parents)
    closed = next((folder for folder in folders if not os.access(folder, os.X_OK, effective_ids=True)), path)
    is_person = os.geteuid() >= FIRST_PERSON
    return BadFile("file_forbidden" if is_person else "file_forbidden_to_service", closed, user=me())


def folder(path: Path) -> None:
    """Raises BadFile where this is something else than a folder; that it is not there yet is well."""
    with _told(path):
        if "\0" in str(path):
            raise ValueError("embedded null byte")
        is_something_else = path.exists() and not path.is_dir()
    if is_something_else:
        raise BadFile("folder_is_no_folder", path)


def certificate(path: Path) -> bytes:
    """A PEM file with certificates. Raises BadFile."""
    data = content(path)
    if b"-----BEGIN " not in data:
        raise BadFile("file_is_no_pem", path)
    if not re.search(rb"-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----", data):
        raise BadFile("file_is_no_certificate", path)
    return data


def password(path: Path) -> str:
    """What a password file holds, without the line's end. Raises BadFile; also when anybody could have changed it."""
    data = secret(path)
    try:
        word = data.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BadFile("file_is_not_utf8", path) from error
    if not word:
        raise BadFile("secret_is_empty", path)
    return word


def pin(path: Path) -> str:
    """The PIN of a SIM, 4 to 8 digits in the file. Raises BadFile."""
    digits = secret(path).decode("ascii", "replace").strip()
    if not re.fullmatch(r"[0-9]{4,8}", digits):
        raise BadFile("secret_is_no_pin", path)
    return digits


def page_pin(path: Path) -> str:
    """The PIN of the local page: whatever can be typed, at least 4 characters. Raises BadFile."""
    word = password(path).strip()
    if len(word) < SHORTEST_PAGE_PIN or not word.isprintable():
        raise BadFile("secret_is_no_page_pin", path, least=SHORTEST_PAGE_PIN)
    return word


def key(path: Path) -> bytes:
    """A device's key, hexadecimal digits in the file. Raises BadFile."""
    digits = secret(path).decode("ascii", "replace").strip()
    if not KEY.fullmatch(digits):
        raise BadFile("secret_is_no_key", path)
    return bytes.fromhex(digits)


def relay_key(path: Path) -> str:
    """The key of a relay's API, as ESPHome writes it: 32 bytes in base64. Raises BadFile."""
    word = secret(path).decode("ascii", "replace").strip()
    try:
        key = base64.b64decode(word, validate=True)
    except ValueError:
        key = b""
    if len(key) != RELAY_KEY_BYTES:
        raise BadFile("secret_is_no_relay_key", path)
    return word


def private_key(path: Path) -> bytes:
    """The private key of a certificate (PEM). Raises BadFile; also when a pass phrase is wanted, which nobody could give."""
    data = secret(path)
    if b"-----BEGIN " not in data:
        raise BadFile("file_is_no_pem", path)
    if not re.search(rb"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----", data):
        raise BadFile("file_is_no_private_key", path)
    if b"-----BEGIN ENCRYPTED " in data or b"Proc-Type: 4,ENCRYPTED" in data:
        raise BadFile("key_has_a_pass_phrase", path)
    return data


def secret(path: Path, missing: str = "secret_file_missing") -> bytes:
    """What is in such a file. Raises BadFile, `missing` where there is none.

    Then the name is not told: it may be the secret itself, written in the name's place.
    """
    try:
        data = content(path)
    except BadFile as bad:
        if bad.code in ("file_missing", "file_unreadable"):
            raise BadFile(missing, Path()) from None
        raise
    if path.stat().st_mode & stat.S_IWOTH:
        raise BadFile("secret_is_writable", path)
    return data


def readable_by_all(path: Path) -> bool:
    """Whether any user of this machine could read it."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except (OSError, ValueError):
        return False


def credentials() -> Mapping[str, Path]:
    """What systemd hands to this service (LoadCredential=), by name; see systemd.exec(5)."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    try:
        return {path.name: path for path in Path(folder).iterdir()} if folder else {}
    except OSError:
        return {}
