"""Who has reviewed the table of limits, and whether it is still the table that they signed. Pure.

The signature stands in `rules.toml` itself: `reviewed_by` (name and profession), `reviewed_on` (the day), and `reviewed_rows`,
the mark of the rows that were signed. Whoever changes a row changes its mark, and the table counts as not reviewed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

SIGNATURE = ("reviewed_by", "reviewed_on", "reviewed_rows")
MARK_LENGTH = 16

State = Literal["unsigned", "changed", "signed"]


class Signature(NamedTuple):
    """As it stands in the table. `rows`: the mark of the rows as they are now; `signed_rows`: of those that were signed."""

    by: str
    on: str
    signed_rows: str
    rows: str

    @property
    def state(self) -> State:
        """Whether somebody has signed these very rows."""
        if not self.by.strip() or not self.on.strip():
            return "unsigned"
        return "signed" if self.signed_rows == self.rows else "changed"


def signature_of(data: Mapping[str, object]) -> Signature:
    """The signature of a parsed `rules.toml`."""
    by, on, signed_rows = (str(data.get(name, "")) for name in SIGNATURE)
    return Signature(by, on, signed_rows, mark_of(data))


def mark_of(data: Mapping[str, object]) -> str:
    """Of all that the table says, the signature apart; comments and the order of lines say nothing."""
    import hashlib  # both slow to import, and not wanted by who only reads the rules
    import json

    rows = {name: value for name, value in data.items() if name not in SIGNATURE}
    text = json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]
