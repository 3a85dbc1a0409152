"""Where a fake modem keeps messages and reports, and its answers about them. Pure."""

from __future__ import annotations

import itertools
import re

from fake_devices.modem_habits import ModemHabits

Lines = tuple[str, ...]
MESSAGES, REPORTS = "ME", "SR"


def tpdu_length(pdu: str) -> int:
    """Octets without the service centre."""
    return len(pdu) // 2 - 1 - int(pdu[:2], 16)


class ModemStore:
    """`messages` and `reports`, by place. What does not fit waits in the network."""

    def __init__(self, habits: ModemHabits) -> None:
        self.messages: dict[int, str] = {}
        self.reports: dict[int, str] = {}
        self._waiting: list[str] = []
        self._habits = habits
        self._selected = MESSAGES

    def keep(self, pdu: str, *, report: bool) -> str:
        """The line by which it is told."""
        if not report and len(self.messages) >= self._habits.places:
            self._waiting.append(pdu)
            return '^SMMEMFULL: "ME"'
        places, word, name = (self.reports, "+CDSI", REPORTS) if report else (self.messages, "+CMTI", MESSAGES)
        index = next(at for at in itertools.count(1) if at not in places)
        places[index] = pdu
        return f'{word}: "{name}",{index}'

    def room(self) -> list[str]:
        """What waited comes now, as long as it fits: the lines by which it is told."""
        fits = self._waiting[: max(0, self._habits.places - len(self.messages))]
        del self._waiting[: len(fits)]
        return [self.keep(pdu, report=False) for pdu in fits]

    @property
    def _places(self) -> dict[int, str]:
        return self.reports if self._selected == REPORTS else self.messages

    def select(self, found: re.Match[str]) -> Lines:
        """AT+CPMS"""
        if found[1] not in (MESSAGES, REPORTS):
            return ("+CMS ERROR: 302",)
        self._selected = found[1]
        return f"+CPMS: {len(self._places)},{self._habits.places}", "OK"

    def list_all(self, _: re.Match[str]) -> Lines:
        """AT+CMGL"""
        places = sorted(self._places.items())
        return *(line for index, pdu in places for line in (f"+CMGL: {index},1,,{tpdu_length(pdu)}", pdu)), "OK"

    def read(self, found: re.Match[str]) -> Lines:
        """AT+CMGR"""
        if self._habits.empty_at_first:
            self._habits.empty_at_first -= 1
            return ("OK",)
        pdu = self._places.get(int(found[1]))
        return (f"+CMGR: 0,,{tpdu_length(pdu)}", pdu, "OK") if pdu else ("+CMGR: 0,,0", "OK")

    def delete(self, found: re.Match[str]) -> Lines:
        """AT+CMGD"""
        if found[2] and not self._habits.deletes_all:
            return ("ERROR",)
        if found[2]:
            self._places.clear()
        elif self._places.pop(int(found[1]), None) is None:
            return ("+CMS ERROR: 321",)
        return ("OK",)
