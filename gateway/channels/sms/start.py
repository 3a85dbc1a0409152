"""Brings a modem into the state in which it sends, whatever it was in before: all settings are volatile. Pure."""

from __future__ import annotations

from gateway.channels.sms.exchange import Exchange, NoAnswerInTime, Talk
from gateway.channels.sms.network import NetworkWatch
from gateway.channels.sms.pin import Pin
from gateway.channels.sms.sim import open_sim
from gateway.channels.sms.status import CannotSend, ModemStatus

WAKE_TRIES, WAKE_ANSWERS = 5, 2
STORES = ("ME", "SM")
REPORTS_DIRECT, REPORTS_STORED, NO_REPORTS = "AT+CNMI=2,1,0,1,0", "AT+CNMI=2,1,0,2,0", "AT+CNMI=2,1,0,0,0"


class Start:
    """`store`, `wants_ack`: found at the start."""

    def __init__(self, exchange: Exchange, status: ModemStatus, network: NetworkWatch, pin: Pin) -> None:
        self.store = ""
        self.wants_ack = False
        self._exchange = exchange
        self._status = status
        self._network = network
        self._pin = pin

    def run(self) -> Talk[None]:
        """All of it. Raises CannotSend, and what an exchange raises."""
        yield from self.wake()
        yield from self._exchange.ask("ATE0")
        yield from self._exchange.ask("AT+CMEE=1")
        yield from self._quiet()
        yield from self._radio()
        yield from open_sim(self._exchange, self._pin)
        yield from self._mode()
        yield from self._find_service_centre()
        yield from self._choose_store()
        yield from self.ask_for_reports()
        yield from self._no_acknowledgements()
        yield from self._network.look(self._exchange, self._status)

    def settle(self) -> Talk[None]:
        """What would not be noticed if it were lost, again."""
        yield from self._quiet()
        yield from self._exchange.ask("AT+CMGF=0")
        yield from self.ask_for_reports()

    def wake(self) -> Talk[None]:
        """Out of whatever it is in, until it answers twice. Raises NoAnswerInTime."""
        yield from self._exchange.escape()
        answers = 0
        for _ in range(WAKE_TRIES):
            try:
                answer = yield from self._exchange.ask("AT", self._exchange.timings.wake_s)
            except NoAnswerInTime:
                continue
            answers += answer.ok
            if answers == WAKE_ANSWERS:
                return
        raise NoAnswerInTime

    def _quiet(self) -> Talk[None]:
        """Huawei's sticks tell of the signal every few seconds."""
        if self._exchange.reader.speaks_huawei:
            yield from self._exchange.ask("AT^CURC=0")

    def _radio(self) -> Talk[None]:
        answer = yield from self._exchange.ask("AT+CFUN?")
        if not (answer.value("+CFUN:") or "1").startswith("1"):
            yield from self._exchange.ask("AT+CFUN=1", self._exchange.timings.function_s)

    def _mode(self) -> Talk[None]:
        """PDUs, no text. Refused until the SIM's messages can be used."""
        until_s = self._exchange.now_s + self._exchange.timings.mode_s
        while not (yield from self._exchange.ask("AT+CMGF=0")).ok and self._exchange.now_s < until_s:
            yield from self._exchange.pause(self._exchange.timings.busy_s)

    def _find_service_centre(self) -> Talk[None]:
        answer = yield from self._exchange.ask("AT+CSCA?")
        value = answer.value("+CSCA:")
        empty = value is not None and not any(character.isdigit() for character in value.split(",")[0])
        unknown = answer.error is not None and answer.error.code == "CMS 330"
        if empty or unknown:
            raise CannotSend("no_service_centre")

    def _choose_store(self) -> Talk[None]:
        for store in STORES:
            if (yield from self._exchange.ask(f'AT+CPMS="{store}","{store}","{store}"')).ok:
                self.store = store
                return

    def ask_for_reports(self) -> Talk[None]:
        """Handed on at once, else stored, else none."""
        for command in (REPORTS_DIRECT, REPORTS_STORED, NO_REPORTS):
            if (yield from self._exchange.ask(command)).ok:
                self._status.reports_come = command != NO_REPORTS
                return
        self._status.reports_come = False

    def _no_acknowledgements(self) -> Talk[None]:
        """In phase 2+ the network stops when what it hands over is not acknowledged within seconds."""
        answer = yield from self._exchange.ask("AT+CSMS?")
        if not (answer.value("+CSMS:") or "0").startswith("1"):
            self.wants_ack = False
        else:
            self.wants_ack = not (yield from self._exchange.ask("AT+CSMS=0")).ok
