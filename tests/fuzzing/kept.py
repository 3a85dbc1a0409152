"""The inputs that are kept of each target, each of which reaches something else: one a line, in hexadecimal digits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
MOST_BYTES = 3_000  # of all inputs of a target; the shortest are kept


def inputs(name: str) -> list[bytes]:
    """Those of a target; none where nobody has looked yet."""
    path = FOLDER / f"{name}.hex"
    return [bytes.fromhex(line) for line in path.read_text(encoding="ascii").splitlines()] if path.is_file() else []


def keep(name: str, inputs: Iterable[bytes]) -> None:
    """These and no others, the shortest first, as many as there is room for."""
    lines, left = [], MOST_BYTES
    for data in sorted(set(inputs), key=lambda data: (len(data), data)):
        left -= len(data)
        if left < 0:
            break
        lines.append(data.hex() + "\n")
    (FOLDER / f"{name}.hex").write_text("".join(lines), encoding="ascii")


def unpack(inputs: Iterable[bytes], folder: Path) -> None:
    """A file each, as the fuzzer reads and writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def packed(folder: Path) -> list[bytes]:
    """The inputs in such a folder."""
    return [path.read_bytes() for path in folder.iterdir() if path.is_file()]
