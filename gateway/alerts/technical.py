"""Alerts about the gateway itself and its devices: each fault is a short fixed word, told in `words/alerts.py`. Pure."""

from __future__ import annotations

from gateway.alert import Clearing, Finding, Priority, RuleRef

RULE = RuleRef(id="TECH", table="1")


def technical(fault: str, now_ms: int, *, device: str = "", priority: Priority = "warning") -> Finding:
    """This fault of this device began."""
    return Finding(kind="technical", priority=priority, at_ms=now_ms, rule=RULE, device=device, detail=fault)


def over(fault: str, now_ms: int, *, device: str = "") -> Clearing:
    """This fault of this device is over."""
    return Clearing(kind="technical", at_ms=now_ms, device=device, detail=fault)
