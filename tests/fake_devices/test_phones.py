"""An answer on a phone in a story is about the call that the story tells of, whatever else came to that phone."""

from __future__ import annotations

import pytest

from fake_devices.modem import FakeModem, LeftSms
from fake_devices.phones import Phones
from fake_devices.story import OnDuty

LIN = OnDuty("lin", "+8613800000001", {"en": "Nurse Lin"})
OURS = "lifering: URGENT room 3-201 W-001 SOS 08:10. Reply 1=going 2=cannot #A41"
ANOTHER = "lifering: URGENT room 2-105 W-004 SOS 08:11. Reply 1=going 2=cannot #A42"
TOGETHER = "【救命环】紧急 2起 2-105室 求助 08:11、3-201室 求助 08:12。回1=我去 2=不能去 #A42 #A43"


class Modem(FakeModem):
    """What has left it, and what is sent to it."""

    def __init__(self, *texts: str) -> None:
        self.texts, self.came = texts, list[tuple[str, str]]()

    @property
    def left(self) -> list[LeftSms]:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        return [LeftSms(at_s, LIN.number, text, ()) for at_s, text in enumerate(self.texts)]

    def phone_sends(self, number: str, text: str) -> None:  # type: ignore[explicit-override]  # typing.override is of Python 3.12
        self.came.append((number, text))


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        ((OURS,), "1 A41"),
        ((OURS, ANOTHER), "1 A41"),
        ((ANOTHER, OURS), "1 A41"),
        ((ANOTHER, TOGETHER), "1 A43"),
        ((OURS, "lifering: thank you, Nurse Lin"), "1 A41"),
    ],
)
async def test_an_answer_names_the_alert_that_it_is_about(texts: tuple[str, ...], answer: str) -> None:
    modem = Modem(*texts)
    phones = Phones([LIN], modem)

    assert "3-201" in (await phones.waits_for_a_question("lin", "3-201", 1)).text
    phones.answers_about("lin", "1", "3-201")

    assert modem.came == [(LIN.number, answer)]


async def test_a_question_about_another_room_is_not_the_one_that_is_waited_for() -> None:
    phones = Phones([LIN], Modem(ANOTHER))

    with pytest.raises(TimeoutError, match="about 3-201"):
        await phones.waits_for_a_question("lin", "3-201", 0.1)
