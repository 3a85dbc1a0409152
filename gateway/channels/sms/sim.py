"""Sees that the SIM is open: waits while it is busy, enters the PIN where it is wanted. Pure."""

from __future__ import annotations

from gateway.channels.sms.errors import ModemError
from gateway.channels.sms.exchange import Exchange, Talk
from gateway.channels.sms.pin import Pin
from gateway.channels.sms.status import CannotSend

WANTS_PIN = frozenset({"CME 11", "CMS 311"})
LOCKED = frozenset({"CME 5", "CME 12", "CME 16", "CME 17", "CME 18", "CMS 312", "CMS 316", "CMS 317", "CMS 318"})


def open_sim(exchange: Exchange, pin: Pin) -> Talk[None]:
    """Returns when it is ready. Raises CannotSend, and what an exchange raises."""
    until_s = exchange.now_s + exchange.timings.sim_s
    entered = False
    while True:
        answer = yield from exchange.ask_old("AT+CPIN?")
        word = (answer.value("+CPIN:") or "").upper()
        if word == "READY":
            return
        if word == "SIM PIN" or (answer.error and answer.error.code in WANTS_PIN):
            if entered and exchange.now_s > until_s:
                raise CannotSend("pin", "wrong PIN")
            if not entered:
                yield from _enter(exchange, pin)
                entered = True
        elif not _is_busy(word, answer.error) or exchange.now_s > until_s:
            raise why_not(word, answer.error)
        yield from exchange.pause(exchange.timings.busy_s)


def _enter(exchange: Exchange, pin: Pin) -> Talk[None]:
    digits, why = pin.enter()
    if digits is None:
        raise CannotSend("pin", why)
    answer = yield from exchange.ask(f'AT+CPIN="{digits}"', exchange.timings.pin_s)
    if not answer.ok:
        pin.refused()
        raise CannotSend("pin", "wrong PIN")
    pin.accepted()


def _is_busy(word: str, error: ModemError | None) -> bool:
    """Whether it may still become ready; also where nobody says why not."""
    return word in ("", "NOT READY") and (error is None or error.kind != "fault")


def why_not(word: str, error: ModemError | None) -> CannotSend:
    """The state of a SIM that is not ready, by what `AT+CPIN?` answers."""
    if "PUK" in word or (error and error.code in LOCKED):
        return CannotSend("pin", "PUK")
    if word and word not in ("NOT INSERTED", "NOT READY"):
        return CannotSend("pin", "locked")  # to another network or modem
    return CannotSend("no_sim", error.code if error else "")


def cannot_send(error: ModemError) -> CannotSend:
    """The state that an error of the class fault puts the modem in, when it comes while sending."""
    if error.code == "CMS 330":
        return CannotSend("no_service_centre", error.code)
    if error.code in WANTS_PIN | LOCKED:
        return CannotSend("pin", error.code)
    return CannotSend("no_sim", error.code)
