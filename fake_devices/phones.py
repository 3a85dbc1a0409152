"""The telephones of those on duty, behind a fake modem: what came to them, and what they answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import NamedTuple

from fake_devices.modem import FakeModem
from fake_devices.story import OnDuty

LOOK_S = 0.05
# Several alerts stand in one question in the order of their numbers, each with the time of its beginning.
NUMBER, TIME = re.compile("#(A[0-9]+)"), re.compile("[0-9]{2}:[0-9]{2}")


class Sms(NamedTuple):
    """A message on one of the phones, at its time (of the loop's clock); `answer`: written there, else it came to it."""

    at_s: float
    phone: str
    text: str
    answer: bool = False


class Phones:
    """`messages` of all of them, in the order of their times."""

    def __init__(self, phones: Sequence[OnDuty], modem: FakeModem) -> None:
        self._numbers = {phone.id: phone.number for phone in phones}
        self._names = {phone.number: phone.id for phone in phones}
        self._modem = modem
        self._answers: list[Sms] = []

    @property
    def messages(self) -> list[Sms]:
        """What there is to see on their screens."""
        came = [Sms(sms.at_s, self._names[sms.number], sms.text) for sms in self._modem.left if sms.number in self._names]
        return sorted([*came, *self._answers], key=lambda sms: sms.at_s)

    async def waits_for_a_question(self, phone: str, room: str, limit_s: float) -> Sms:
        """The last that asks about this room, once one has come. Raises TimeoutError."""
        try:
            async with asyncio.timeout(limit_s):
                while not (asked := self._question(phone, room)):  # noqa: ASYNC110 (a modem tells nobody)
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            raise TimeoutError(f"an SMS to {phone} about {room} did not come within {limit_s:.0f} s") from None
        return asked

    def answers(self, phone: str, text: str) -> None:
        """Somebody writes this and sends it."""
        self._answers.append(Sms(asyncio.get_running_loop().time(), phone, text, answer=True))
        self._modem.phone_sends(self._numbers[phone], text)

    def answers_about(self, phone: str, text: str, room: str) -> None:
        """The same, with the number of the alert that the last question about this room names: no other takes the answer."""
        if asked := self._question(phone, room):
            earlier = len(TIME.findall(asked.text[: asked.text.index(room)]))
            self.answers(phone, f"{text} {NUMBER.findall(asked.text)[earlier]}")

    def _question(self, phone: str, room: str) -> Sms | None:
        asked = (sms for sms in reversed(self.messages) if sms.phone == phone and not sms.answer)
        return next((sms for sms in asked if room in sms.text and NUMBER.search(sms.text)), None)
