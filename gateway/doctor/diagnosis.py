"""What the doctor finds: a code with words in `words/doctor.py`, the facts that they name, and how bad it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gateway.language import Language
from gateway.mistake import Mistake

Group = Literal["configuration", "service", "gateway", "ports", "modem", "broker", "clock", "disk", "power", "radio", "page"]
GROUPS: tuple[Group, ...] = (
    "configuration",
    "service",
    "gateway",
    "ports",
    "modem",
    "broker",
    "clock",
    "disk",
    "power",
    "radio",
    "page",
)


class Diagnosis(NamedTuple):
    """One thing that is wrong, or a hint (`is_fault` false) at what may become so.

    `mistake`: where it stands in a file. `of`: what it is about, where the words do not say.
    """

    group: Group
    code: str
    facts: Mapping[str, object] = {}
    is_fault: bool = True
    mistake: Mistake | None = None
    of: str = ""

    @property
    def is_told(self) -> bool:
        """Whether the running gateway said so; its fault is about a device, or ""."""
        return "device" in self.facts


class Examination(NamedTuple):
    """All that was looked at. `skipped`: groups that could not or need not be, by the code of the reason.

    `language`, `gateway`: of the configuration, where it says so. `warnings`: of `check`, in its files.
    """

    diagnoses: tuple[Diagnosis, ...]
    skipped: Mapping[Group, str] = {}
    is_valid: bool = True
    gateway: str = ""
    language: Language | None = None
    warnings: int = 0

    @property
    def faults(self) -> tuple[Diagnosis, ...]:
        """Without the hints."""
        return tuple(one for one in self.diagnoses if one.is_fault)
