"""How many instructions a reading takes on each processor: docs/performance-arm64.json, of `./dev arm64 instructions`. Pure."""

from __future__ import annotations

import msgspec


class Instructions(msgspec.Struct, kw_only=True):
    """Of one count. `each`: for a reading, by the name of the processor."""

    date: str
    commit: str
    each: dict[str, float]


def told(found: Instructions) -> str:
    """For the page."""
    counts = ", ".join(f"{count:,.0f} on {machine}" for machine, count in found.each.items())
    first, *others = found.each.items()
    ratios = ", ".join(f"{first[1] / count:.2f} times those of {machine}" for machine, count in others)
    return (
        f"Instructions for a reading, from the line to the store, without those of the kernel and of sending: {counts}; "
        f"{first[0]} has {ratios}. Counted one by one by an emulator (`./dev arm64 instructions`, {found.date}, commit "
        f"{found.commit}): the number is the same with every load, and says nothing of seconds."
    )


def decoded(data: bytes) -> Instructions:
    """Of that JSON. Raises msgspec.DecodeError."""
    return msgspec.json.decode(data, type=Instructions)
