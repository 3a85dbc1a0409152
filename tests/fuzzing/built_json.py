"""JSON that is well written and means anything: a fuzzer that changes bytes alone seldom gets past a parser."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence

from tests.fuzzing.target import Script

DEEPEST = 40
BUILT = 1  # an input that begins so is a script of what to write; one with 0 is as it stands
PLAIN = b"\0"

_CONSTANTS: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    2**64,
    -(2**63) - 1,
    1e308,
    0.5,
    "",
    " ",
    "\0",
    "\U0001f198",
    [],
    {},
)


def json_of(data: bytes, words: Sequence[str]) -> bytes:
    """The input as it is meant."""
    if data[:1] and data[0] % 2 == BUILT:
        return json.dumps(_object(Script(data[1:]), words, 0)).encode("utf-8", "surrogatepass")
    return data[1:]


def _object(script: Script, words: Sequence[str], depth: int) -> dict[str, object]:
    return {words[script.octet() % len(words)]: _value(script, words, depth + 1) for _ in range(script.octet() % 12)}


def _value(script: Script, words: Sequence[str], depth: int) -> object:
    kinds: tuple[Callable[[], object], ...] = (
        lambda: words[script.octet() % len(words)],
        lambda: _CONSTANTS[script.octet() % len(_CONSTANTS)],
        lambda: script.piece().decode("utf-8", "replace"),
        lambda: script.octet() - 128,
        lambda: struct.unpack("<q", script.take(8).ljust(8, b"\0"))[0],
        lambda: chr(script.octet() << 8 | script.octet()) * script.octet(),  # also half a surrogate pair
        lambda: _object(script, words, depth),
        lambda: [_value(script, words, depth + 1) for _ in range(script.octet() % 6)],
    )
    return None if script.over or depth > DEEPEST else kinds[script.octet() % len(kinds)]()
