"""Alerts about the gateway itself and its devices: each fault is a short fixed word, told in `words/faults.py`. Pure."""

from __future__ import annotations

from gateway.alert import Clearing, Finding, Priority, RuleRef

RULE = RuleRef(id="TECH", table="1")


LONGEST_REASON = 120  # characters: the message must fit a broker that takes 2 KB


def technical(fault: str, now_ms: int, *, device: str = "", priority: Priority = "warning", reason: str = "") -> Finding:
    """This fault of this device began. `reason`: in somebody else's words, which may be anything."""
    shown = "".join(letter if letter.isprintable() else " " for letter in reason[:LONGEST_REASON])
    return Finding(
        kind="technical", priority=priority, at_ms=now_ms, rule=RULE, device=device, detail=fault, reason=shown.strip()
    )


def over(fault: str, now_ms: int, *, device: str = "") -> Clearing:
    """This fault of this device is over."""
    return Clearing(kind="technical", at_ms=now_ms, device=device, detail=fault)
