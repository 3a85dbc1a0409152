"""Tells what state a device is in when it changes, not with each of its frames, of which there may be sixty a second."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.driver import Item, Status


class StateChanges:
    """At first nothing is the case: no state is false or 0, and is not told."""

    def __init__(self) -> None:
        self._states: Mapping[str, object] = {}

    def told(self, states: Mapping[str, object]) -> list[Item]:
        """What is new of these states; mostly nothing."""
        if states == self._states:
            return []
        before, self._states = self._states, states
        new = {word: state for word, state in states.items() if state != before.get(word, False)}
        return [Status(new)] if new else []
