"""What comes in: reads the modem's store, hands messages and reports over, and deletes what was taken. Pure."""

from __future__ import annotations

import re
from collections import deque
from itertools import pairwise

from gateway.channels.sms.exchange import Exchange, ModemAnswer, Talk
from gateway.channels.sms.joining import ArrivedSms, PartsJoiner, Place
from gateway.channels.sms.lines import HEXADECIMAL, ModemLine
from gateway.channels.sms.pdu import DeliverPdu, StatusReportPdu, decode
from gateway.channels.sms.pdu_fields import PduRefused
from gateway.channels.sms.sms import DeliveryReport

MOST_WAITING = 512  # a store has at most 255 places; what comes without one is bounded too
READ_TRIES = 3
STORED = re.compile(r'\+C(?:MT|DS)I:\s*"?(\w{2})"?\s*,\s*(\d{1,5})')
LISTED = re.compile(r"\+CMGL:\s*(\d{1,5})")


class Receiving:
    """`arrived` and `reports` wait to be taken; say `taken` then. `garbled` counts PDUs that cannot be read."""

    def __init__(self, exchange: Exchange) -> None:
        self.arrived: deque[ArrivedSms] = deque()
        self.reports: deque[DeliveryReport] = deque(maxlen=MOST_WAITING)
        self.garbled = 0
        self._exchange = exchange
        self._joiner = PartsJoiner(exchange.timings.parts_s)
        self._to_read: dict[Place, None] = {}
        self._to_delete: dict[Place, None] = {}
        self._in_hand: set[Place] = set()
        self._pdus: dict[Place, str] = {}
        self._undeletable: dict[Place, str] = {}  # what was taken, and stays for all that we say

    @property
    def pending(self) -> bool:
        """Whether the store has to be asked for something."""
        return bool(self._to_read or self._to_delete)

    @property
    def next_s(self) -> float | None:
        """When a message is to be handed over without its missing parts."""
        return self._joiner.next_s

    def told(self, line: ModemLine) -> None:
        """An unasked line about a message or a report."""
        if line.news in ("message_stored", "report_stored"):
            if (found := STORED.match(line.text)) and len(self._to_read) < MOST_WAITING:
                self._to_read[found[1].upper(), int(found[2])] = None
        elif line.pdu:
            self._take(line.pdu, None)

    def taken(self, arrived: ArrivedSms) -> None:
        """Whoever it is for has it: it may be deleted."""
        still_there = self._in_hand.intersection(arrived.places)
        self._in_hand -= still_there
        self._to_delete.update(dict.fromkeys(sorted(still_there)))

    def hand_over_unfinished(self) -> None:
        """Those whose missing parts are not waited for any longer."""
        for arrived in self._joiner.overdue(self._exchange.now_s):
            self._arrive(arrived)

    def work(self, store: str) -> Talk[None]:
        """Reads what was announced, deletes what was taken. `store`: the one that is selected."""
        for place in list(self._to_read):
            yield from self._in_store(place[0], store, self._read(place))
            self._to_read.pop(place, None)
        for place in list(self._to_delete):
            yield from self._in_store(place[0], store, self._delete(place))
            self._to_delete.pop(place, None)

    def look_into(self, store: str) -> Talk[None]:
        """Reads all that the store has and nobody was told of."""
        answer = yield from self._exchange.ask("AT+CMGL=4", self._exchange.timings.store_s)
        for line, behind in pairwise((*answer.lines, ModemLine("text"))):
            if found := LISTED.match(line.text.upper()):
                self._take_or_drop(behind.text, (store, int(found[1])))

    def make_room(self, store: str) -> Talk[None]:
        """Empties a full store, which blocks reports too. What is in it was read before."""
        yield from self.look_into(store)
        yield from self.work(store)
        answer = yield from self._exchange.ask("AT+CMGD=1,4", self._exchange.timings.store_s)
        if not answer.ok:  # some know no second number
            for place in sorted(self._in_hand | self._joiner.places):
                yield from self._delete(place)
        self._in_hand.clear()  # what comes next may lie in the same places
        self._joiner.forget_places()

    def _in_store(self, wanted: str, selected: str, work: Talk[None]) -> Talk[None]:
        """Selects another store for as long as that takes."""
        if wanted == selected or not selected:
            yield from work
            return
        yield from self._exchange.ask(f'AT+CPMS="{wanted}"')
        yield from work
        yield from self._exchange.ask(f'AT+CPMS="{selected}"')

    def _read(self, place: Place) -> Talk[None]:
        if self._has(place):
            return
        for _ in range(READ_TRIES):
            answer = yield from self._exchange.ask(f"AT+CMGR={place[1]}")
            if pdu := _pdu(answer):
                self._take_or_drop(pdu, place)
                return
            yield from self._exchange.pause(self._exchange.timings.empty_place_s)

    def _delete(self, place: Place) -> Talk[None]:
        answer = yield from self._exchange.ask(f"AT+CMGD={place[1]}", self._exchange.timings.store_s)
        pdu = self._pdus.pop(place, "")
        if not answer.ok and len(self._undeletable) < MOST_WAITING:
            self._undeletable[place] = pdu

    def _has(self, place: Place) -> bool:
        return place in self._in_hand or place in self._to_delete or place in self._joiner.places

    def _take_or_drop(self, pdu: str, place: Place) -> None:
        """Nothing may stay in the store for ever: what nobody can read is deleted, what was taken before is no news."""
        if self._has(place) or len(self._in_hand) >= MOST_WAITING:
            return
        self._pdus[place] = pdu
        if self._undeletable.pop(place, None) == pdu or not self._take(pdu, place):
            self._to_delete[place] = None

    def _take(self, text: str, place: Place | None) -> bool:
        """True: it is a message that somebody still has to take."""
        try:
            pdu = decode(text)
        except PduRefused:
            self.garbled += 1
            return False
        if isinstance(pdu, StatusReportPdu):
            self._report(pdu)
            return False
        return self._message(pdu, place)

    def _report(self, pdu: StatusReportPdu) -> None:
        self.reports.append(
            DeliveryReport(reference=pdu.reference, recipient=pdu.recipient, outcome=pdu.outcome, status=pdu.status)
        )

    def _message(self, pdu: DeliverPdu, place: Place | None) -> bool:
        if pdu.encoding == "8bit":
            return False  # no words of a person
        if arrived := self._joiner.add(pdu, place, self._exchange.now_s):
            self._arrive(arrived)
        self.hand_over_unfinished()
        return True

    def _arrive(self, arrived: ArrivedSms) -> None:
        if arrived.places or len(self.arrived) < 2 * MOST_WAITING:
            self._in_hand |= set(arrived.places)
            self.arrived.append(arrived)


def _pdu(answer: ModemAnswer) -> str:
    """The PDU of AT+CMGR; "": the place is empty, or tells nothing yet."""
    for line in answer.lines:
        if HEXADECIMAL.fullmatch(line.text.upper()):
            return line.text
    return ""
