"""The SIM of a fake modem: its PIN, and whether it is there. Pure."""

from __future__ import annotations

import re

from fake_devices.modem_habits import ModemHabits

Lines = tuple[str, ...]


class ModemSim:
    """Closed after each power on where it has a PIN."""

    def __init__(self, habits: ModemHabits) -> None:
        self._habits = habits
        self._open = not habits.pin

    def state(self, _: re.Match[str]) -> Lines:
        """AT+CPIN?"""
        if self._habits.sim != "in":
            return ("+CME ERROR: 10" if self._habits.sim == "missing" else "+CME ERROR: 13",)
        if self._habits.sim_busy:
            self._habits.sim_busy -= 1
            return ("+CME ERROR: 515",)
        word = "READY" if self._open else "SIM PIN" if self._habits.pin_tries else "SIM PUK"
        return (f"+CPIN: {word}",) if self._habits.old_pin_answer else (f"+CPIN: {word}", "OK")

    def enter(self, found: re.Match[str]) -> Lines:
        """AT+CPIN="1234": three wrong ones lock it."""
        if self._open or not self._habits.pin_tries:
            return ("+CME ERROR: 3",)
        if found[1] == self._habits.pin:
            self._open, self._habits.pin_tries = True, 3
            return ("OK",)
        self._habits.pin_tries -= 1
        return ("+CME ERROR: 16",)
