"""What became of all cases: a line a group, for people and as figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.faults.case import Case
from tests.reliability.figures import Row

KEPT = "no alert is lost, no id has two contents, the account adds up"
NO_DAMAGE = f"{KEPT}, and nothing is taken for damage"
GOES_ON = f"calls go out from memory; when the disk takes them, {KEPT}"
HANGS = "hangs"
KINDS = {  # of fault, and what is promised then; the order of the table
    "kill -9 at random moments": ("power", NO_DAMAGE),
    "kill -9 at every operation": ("power", NO_DAMAGE),
    "power cuts, what was not synced is gone": ("power", NO_DAMAGE),
    "power cuts, page by page": ("power", NO_DAMAGE),
    "power cuts, a torn write": ("power", NO_DAMAGE),
    "power cut at every operation": ("power", NO_DAMAGE),
    "every sync fails once and lies, then a power cut": ("power", KEPT),
    "EIO at every operation": ("disk", GOES_ON),
    "EIO from every operation on": ("disk", GOES_ON),
    "EIO at every read": ("disk", GOES_ON),
    "ENOSPC at every operation": ("disk", GOES_ON),
    "ENOSPC from every operation on": ("disk", GOES_ON),
    "a short write at every write": ("disk", GOES_ON),
    "read-only from every operation on": ("disk", GOES_ON),
    "every operation takes its time": ("disk", KEPT),
    "full at a byte, and freed": ("disk", GOES_ON),
    "filled by others, and freed": ("disk", GOES_ON),
    "full at a byte, then a power cut": ("disk", KEPT),
    "the daemon as a process": ("power", "what the platform was told is there after the restart, and people are heard"),
    "every bit of the headers": ("disk", "no alert and no event is lost; it starts within 10 s"),
    "random bits": ("disk", "no alert is lost; what is lost is told; it starts within 10 s"),
    "files cut": ("disk", "what stands whole in the bytes is there; what is lost is told"),
    "other files in the place of ours": ("disk", "it starts, hears, holds and tells"),
    HANGS: ("disk", "every case comes to an end"),
}

COUNTED = ("lost", "two contents", "start refused", "account", "false damage", "silent", "deaf", "slow")  # else: other
OF_THEIR_OWN = ("lost", "two contents", "start refused")


class Table:
    """Counts cases, and keeps those in which a promise was broken."""

    def __init__(self) -> None:
        self._groups: dict[str, Counter[str]] = {}
        self.broken: list[Case] = []
        self.cases = 0

    def take(self, cases: Iterable[Case]) -> None:
        """A breach counts under the name that it begins with."""
        for case in cases:
            self.cases += 1
            counts = self._groups.setdefault(case.group, Counter())
            counts["cases"] += 1
            counts.update(case_breaches(case))
            if case.left.breaches:
                self.broken.append(case)

    def rows(self) -> Iterator[Row]:
        """For docs/reliability.md."""
        for name, counts in self._sorted():
            kind, promise = KINDS[name]
            others = sum(counts[other] for other in (*COUNTED, "other")) - sum(counts[own] for own in OF_THEIR_OWN)
            lost, twice, refused = (counts[own] for own in OF_THEIR_OWN)
            yield Row(
                name=name,
                tried=counts["cases"],
                alerts_lost=lost,
                two_contents=twice,
                starts_refused=refused,
                other=others,
                kind=kind,
                promise=promise,
            )

    def lines(self) -> Iterable[str]:
        """For a terminal."""
        columns = ("cases", *COUNTED, "other")
        widths = [max(7, len(name) + 2) for name in columns]
        yield f"{'':50}" + "".join(f"{name:>{width}}" for name, width in zip(columns, widths, strict=True))
        for group, counts in self._sorted():
            yield f"{group:50}" + "".join(f"{counts[name]:>{width}}" for name, width in zip(columns, widths, strict=True))

    def _sorted(self) -> list[tuple[str, Counter[str]]]:
        order = list(KINDS)
        return sorted(self._groups.items(), key=lambda group: order.index(group[0]) if group[0] in KINDS else len(order))


def case_breaches(case: Case) -> Iterable[str]:
    """The names of those of one case."""
    for breach in case.left.breaches:
        yield next((name for name in COUNTED if breach.startswith(name)), "other")
