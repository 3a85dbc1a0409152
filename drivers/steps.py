"""Steps that every conversation over a link is made of: what time it is, a value that is read, a report."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from drivers.driver import Answer, Decoded, Now, Read, Refused, Report, Services, Want

Given = TypeVar("Given")
Step = Generator[Want, Answer, Given]


def now() -> Step[float]:
    """Seconds since the conversation began."""
    answer = yield Now()
    return answer if isinstance(answer, int | float) else 0


def read(services: Services, characteristic: str, service: str | None = None) -> Step[bytes | None]:
    """A value that is read; None where the device does not offer it, or will not give it."""
    if "read" not in (services.find(characteristic, service) or ()):
        return None
    answer = yield Read(characteristic, service)
    return answer if isinstance(answer, bytes) else None


def report(decode: Callable[[], Decoded]) -> Step[Decoded]:
    """Reports what is decoded, or the reason why it is not; gives what was reported."""
    try:
        decoded = decode()
    except Refused as why:
        decoded = Decoded(refusals=[why.refusal])
    yield Report(decoded)
    return decoded
