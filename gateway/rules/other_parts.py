"""The groups of rules that look at more than one value against one limit, all of them. Pure."""

from __future__ import annotations

from datetime import tzinfo

from gateway.rules.irregular_pulse import IrregularPulse
from gateway.rules.no_usable_value import NoUsableValue
from gateway.rules.part import RulePart
from gateway.rules.several_signs import SeveralSigns
from gateway.rules.table import RuleTable
from gateway.rules.trend import Trend


def other_parts(table: RuleTable, zone: tzinfo) -> tuple[RulePart, ...]:
    """For a `RuleEngine`. `zone`: where the wearers live."""
    return (NoUsableValue(table), IrregularPulse(table), SeveralSigns(table), Trend(table, zone))
