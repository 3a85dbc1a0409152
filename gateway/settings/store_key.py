"""The key by which the store is encrypted: a file with 32 bytes in hexadecimal digits or base64, for nobody else to read.

Each further line is a key of earlier days, by which what was stored then is still read.
"""

from __future__ import annotations

import base64
import stat
from pathlib import Path

from gateway.settings import named_files
from gateway.settings.named_files import BadFile

KEY_BYTES = 32


def store_keys(path: Path) -> list[bytes]:
    """The key of today, and those of earlier days. Raises BadFile."""
    lines = named_files.secret(path, "store_key_missing").decode("ascii", "replace").split()
    if path not in named_files.credentials().values() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadFile("secret_is_open", path)
    keys = [_key(line) for line in lines]
    found = [key for key in keys if key is not None]
    if not keys or len(found) < len(keys):
        raise BadFile("secret_is_no_store_key", path)
    return found


def _key(line: str) -> bytes | None:
    for read in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
        try:
            if len(key := read(line)) == KEY_BYTES:
                return key
        except ValueError:
            pass  # it is written in another way
    return None
