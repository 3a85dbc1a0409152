"""Finds the files that come with the program: the folder `config/`, in an installed package and in a checkout."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from gateway.rules.signature import Signature, signature_of
from gateway.rules.table import RuleTable


def shipped(name: str) -> Path:
    """A file of `config/`."""
    package = Path(__file__).parent.parent
    installed = package / "_config"
    return (installed if installed.is_dir() else package.parent / "config") / name


@cache
def shipped_table() -> RuleTable:
    """The default table of limits, `rules.toml`."""
    return RuleTable.read(tomllib.loads(shipped("rules.toml").read_text(encoding="utf-8")))


def shipped_signature() -> Signature:
    """Who has reviewed the default table of limits."""
    return signature_of(tomllib.loads(shipped("rules.toml").read_text(encoding="utf-8")))
