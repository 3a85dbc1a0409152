"""The second path as a test takes it: a message that is marked as one, to the phones that are to be tested."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gateway.channels.sms.outgoing import SmsQueue
from gateway.channels.sms.second_path import SecondPath
from gateway.choices import Choices
from gateway.clock import Clock
from gateway.words import sms as words

NOT_REGISTERED, NO_PHONES, BOUND = "not registered", "nobody in the duty list", "sms_bound"
NOT_DELIVERED = "not delivered"


class SmsTest:
    """Its result is "" when the modem has sent every message, else why not, in few words.

    The one to the first phone on duty is waited for until it is delivered, where the modem can tell.
    """

    def __init__(self, path: SecondPath, out: SmsQueue, choices: Callable[[], Choices], clock: Clock) -> None:
        self._path, self._out, self._choices, self._clock = path, out, choices, clock

    async def test(self, *, daily: bool, say: Callable[[str], None]) -> str:
        """Daily to the phones with `test`, where there are none the modem's word counts; else to the first phone on duty."""
        choices, now_ms = self._choices(), self._clock.wall_ms()
        duty_list = choices.duty_list
        local = datetime.fromtimestamp(now_ms / 1000, choices.zone)
        phones = duty_list.tested if daily else duty_list.on_duty(local)[:1]
        if not phones:
            return ("" if self._path.is_ready else NOT_REGISTERED) if daily else NO_PHONES
        watched = not daily and self._path.reports_come
        text = words.message([words.test(now_ms, choices.language, choices.zone)], choices.language)
        for phone in phones:
            if not self._out.is_within_bound(text):
                return BOUND
            if why := await self._path.test(phone.number, text, watched=watched):
                return why
            say("sms sent")
        if watched:
            if await self._path.fate_of_test() != "delivered":
                return NOT_DELIVERED
            say("sms delivered")
        return ""
