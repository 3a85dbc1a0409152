"""The metrics as Prometheus reads them: text exposition format, version 0.0.4. Pure.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.metrics.families import FAMILIES, Family
from gateway.snapshot import Snapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(snapshot: Snapshot) -> str:
    """The gateway at that moment."""
    return "".join(f"{line}\n" for family in FAMILIES for line in _lines(family, snapshot))


def _lines(family: Family, snapshot: Snapshot) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}"
    yield f"# TYPE {family.name} {family.type}"
    for labels, value in family.of(snapshot):
        yield f"{family.name}{_labels(labels)} {value:.15g}"


def _labels(labels: Mapping[str, str]) -> str:
    named = ",".join(f'{name}="{_escaped(word)}"' for name, word in labels.items())
    return f"{{{named}}}" if named else ""


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
