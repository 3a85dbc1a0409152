"""The table of limits as it is shipped."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from gateway.rules.table import RuleTable

RULES_TOML = Path(__file__).parents[2] / "config" / "rules.toml"


@cache
def table() -> RuleTable:
    """Read once."""
    return RuleTable.read(tomllib.loads(RULES_TOML.read_text(encoding="utf-8")))
