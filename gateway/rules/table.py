"""The table of limits: the content of `config/rules.toml`, and on top of it the overrides of a technician. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from gateway.errors import ConfigError
from gateway.rules.checks import KINDS, Numbers, Problem, check_overrides, check_rows, day_of, numbers_of
from gateway.rules.limits import Limits, limits_of
from gateway.rules.rows import Rows, RuledKind, overridden


class RuleTable:
    """The limits that hold for each wearer. `reviewed_by` is empty as long as no clinician has signed the table.

    `reviews`: by `WEARER/KIND`, the day by which limits of one wearer's own must be looked at again.
    """

    def __init__(
        self, rows: Rows, everybody: Numbers, wearers: Mapping[str, Numbers], reviews: Mapping[str, date] | None = None
    ) -> None:
        self.rows = rows
        self.version = rows.version
        self.reviewed_by, self.reviewed_on = rows.reviewed_by, rows.reviewed_on
        self.reviews: Mapping[str, date] = reviews or {}
        self._everybody: dict[str, Limits] = {kind: self._made(kind, everybody) for kind in KINDS}
        self._wearers: dict[tuple[str, str], Limits] = {
            (wearer, kind): self._made(kind, everybody, numbers)
            for wearer, numbers in wearers.items()
            for kind in KINDS
            if kind in numbers
        }

    @classmethod
    def read(cls, data: Mapping[str, object]) -> RuleTable:
        """The table of a parsed `rules.toml`. Raises ConfigError with every problem when it is not in order."""
        try:
            rows = msgspec.convert(data, Rows)
        except msgspec.ValidationError as error:
            raise ConfigError([f"rules.toml: {error}"]) from error
        problems = check_rows(rows)
        if problems:
            raise ConfigError([f"rules.toml: {problem.plainly}" for problem in problems])
        return cls(rows, {}, {})

    def problems(self, rules: Mapping[str, object], wearers: Mapping[str, object]) -> list[Problem]:
        """What is wrong with these overrides: the `[rules]` and `[wearer]` sections of the configuration."""
        return check_overrides(self.rows, rules, wearers)

    def with_overrides(self, rules: Mapping[str, object], wearers: Mapping[str, object]) -> RuleTable:
        """The table with these overrides. Raises ConfigError where `problems` has any."""
        problems = self.problems(rules, wearers)
        if problems:
            raise ConfigError([problem.plainly for problem in problems])
        of_wearers = {wearer: numbers_of(kinds) for wearer, kinds in wearers.items() if isinstance(kinds, Mapping)}
        return RuleTable(self.rows, numbers_of(rules), of_wearers, dict(_reviews(wearers)))

    def limits(self, wearer: str, kind: str) -> Limits | None:
        """The limits of one kind for this wearer; None: there are no rules of this kind."""
        return self._wearers.get((wearer, kind)) or self._everybody.get(kind)

    def _made(self, kind: RuledKind, *layers: Numbers) -> Limits:
        rows = self.rows.of(kind)
        return limits_of(kind, rows, overridden(kind, rows, *(layer.get(kind, {}) for layer in layers)))


def _reviews(wearers: Mapping[str, object]) -> Iterator[tuple[str, date]]:
    for wearer, kinds in wearers.items():
        for kind, settings in kinds.items() if isinstance(kinds, Mapping) else ():
            if isinstance(settings, Mapping) and (day := day_of(settings.get("review_by"))):
                yield f"{wearer}/{kind}", day
