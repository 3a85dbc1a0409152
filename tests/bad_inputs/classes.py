"""All classes of bad inputs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

NAMES = (
    "advertisements",
    "arguments",
    "commands",
    "configuration",
    "control",
    "duty",
    "plug_ins",
    "receipts",
    "recordings",
    "replays",
    "roster",
    "serial",
    "sms",
    "stores",
    "values",
)


class Class(Protocol):
    """One file of this folder."""

    KIND: str
    PARSER: str
    INPUTS: Mapping[str, Any]

    def said(self, planted: Any, folder: Path) -> str:
        """What is said of this input. Raises AssertionError, or anything, where it is not handled."""
        ...


CLASSES: dict[str, Class] = {name: cast("Class", import_module(f"tests.bad_inputs.{name}")) for name in NAMES}
