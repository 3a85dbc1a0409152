"""Which limits of one wearer's own should have been looked at again by now. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from gateway.supervision.fault_watch import SeenFault


def missed(wearers: Mapping[str, object], today: date) -> list[SeenFault]:
    """`wearers`: `[wearer]` of the configuration. One fault a wearer, with the day that was missed first."""
    return [
        SeenFault(fault="review_missed", wearer=wearer, reason=min(days).isoformat(), priority="advisory")
        for wearer, kinds in wearers.items()
        if isinstance(kinds, Mapping) and (days := [day for day in _days(kinds) if day < today])
    ]


def _days(kinds: Mapping[str, object]) -> Iterator[date]:
    """Until when the limits of each kind should be reviewed; what is no day is none."""
    for settings in kinds.values():
        day = settings.get("review_by") if isinstance(settings, Mapping) else None
        if isinstance(day, date):
            yield date(day.year, day.month, day.day)
        elif isinstance(day, str):
            try:
                yield date.fromisoformat(day.strip())
            except ValueError:
                continue
