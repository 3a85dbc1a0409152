"""Every reader of bytes from outside that is fuzzed by coverage, by its name; and of which kind its bytes are."""

from __future__ import annotations

from importlib import import_module

from tests.fuzzing.target import Target

KINDS = {
    "of_framing": "framing and checksums",
    "of_drivers": "frames of bands, bytes of serial lines",
    "of_talks": "conversations with bands and devices",
    "of_intake": "what the whole upper half hears",
    "of_messages": "receipts, commands, the control socket",
    "of_tables": "configuration, roster, duty lists",
    "of_sms": "SMS, and what a modem says",
    "of_files": "recordings, replays, cut files",
}


def targets(module: str) -> list[Target]:
    """Those of one file. What they read with is imported now."""
    found: list[Target] = import_module(f"tests.fuzzing.{module}").targets()
    return found
