"""What is ordered of a band while it is connected: one order after the other, all of them again where its link lasts. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import inf

from drivers.driver import Order


class VisitPlan:
    """`again_s`: so long after it was begun it is begun anew. Times in seconds of a clock that never steps."""

    def __init__(self, orders: Sequence[Order] = (), again_s: float = inf) -> None:
        self._orders = tuple(orders)
        self._again_s = again_s
        self._left: deque[Order] = deque()
        self._under_way: Order | None = None
        self._due_s = inf

    def begin(self, now_s: float) -> None:
        """From now on. What was left of an earlier round is given up."""
        self._left = deque(self._orders)
        self._under_way = None
        self._due_s = now_s + self._again_s if self._orders else inf

    def next(self, now_s: float) -> Order | None:
        """The next order, which is under way from now on; None: the last one was not answered yet, or there is none now."""
        if self._under_way is not None:
            return None
        if not self._left and now_s >= self._due_s:
            self.begin(now_s)
        self._under_way = self._left.popleft() if self._left else None
        return self._under_way

    def answered(self, order: Order) -> None:
        """It is done, or came to nothing."""
        if order is self._under_way:
            self._under_way = None

    def wait_s(self, now_s: float) -> float:
        """How long until there may be another order, of those that nobody has to answer before; infinite: never."""
        return max(0.0, self._due_s - now_s) if self._under_way is None else inf
