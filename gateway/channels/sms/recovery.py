"""Brings back a modem that does not answer, step by step, and not too often. Pure.

ESC and AT, AT+CFUN=1,1, DTR low for a second, opening the port anew. (What needs a power key or the hub's own switch is not
done: AT+CPOWD and AT+QPOWD would leave a modem off for ever where nobody presses its key.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from gateway.channels.sms.exchange import Exchange, NoAnswerInTime, Talk
from gateway.channels.sms.resets import Resets
from gateway.channels.sms.start import Start

Wish = Literal["", "drop DTR", "raise DTR", "open anew"]
DTR_S = 1.0


class Recovery:
    """`wish`: what only the owner of the port can do; taken away when it was done."""

    def __init__(self, exchange: Exchange, start: Start, resets: Resets) -> None:
        self.wish: Wish = ""
        self._exchange = exchange
        self._start = start
        self._resets = resets

    def run(self, resetting: Callable[[], None], *, at_once: bool = False) -> Talk[bool]:
        """Whether it answers again. `resetting` is called when it comes to that; `at_once`: it does answer, nonsense."""
        if not at_once and (yield from self._answers()):
            return True
        if not self._resets.may(self._exchange.now_s):
            return at_once
        resetting()
        yield from self._reset()
        if (yield from self._answers()):
            return True
        self.wish = "drop DTR"
        yield from self._exchange.pause(DTR_S)
        self.wish = "raise DTR"
        if (yield from self._answers()):
            return True
        self.wish = "open anew"
        return False

    def after_boot(self) -> Talk[None]:
        """Until the SIM's messages can be used, where it says so."""
        until_s = self._exchange.now_s + self._exchange.timings.messages_work_s
        while heard := (yield from self._exchange.next(until_s, calm=True)):
            if heard.news == "messages_work":
                return

    def _reset(self) -> Talk[None]:
        """On USB the port is gone then, and this with it."""
        self._exchange.write("AT+CFUN=1,1")
        until_s = self._exchange.now_s + self._exchange.timings.boot_s
        while heard := (yield from self._exchange.next(until_s, calm=True)):
            if heard.news == "boot":
                yield from self.after_boot()
                return

    def _answers(self) -> Talk[bool]:
        try:
            yield from self._start.wake()
        except NoAnswerInTime:
            return False
        return True
