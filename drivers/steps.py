"""Steps that every conversation is made of: what time it is, a value that is read, a report."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime
from typing import TypeVar

from drivers.conversation import Answer, LocalTime, Now, Read, Report, Services, Want
from drivers.decoded import Decoded, Refused

Given = TypeVar("Given")
Step = Generator[Want, Answer, Given]


def now() -> Step[float]:
    """Seconds since the conversation began."""
    answer = yield Now()
    return answer if isinstance(answer, int | float) else 0


def local_time() -> Step[datetime | None]:
    """The local wall clock, with its zone; None where nobody knows it."""
    answer = yield LocalTime()
    return answer if isinstance(answer, datetime) else None


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
