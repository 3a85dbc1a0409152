"""What people are told by SMS: as the contract has it, in both languages, in one part where it can be."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from gateway.alert import Alert, Responder, RuleRef
from gateway.channels.sms.outgoing import count_parts
from gateway.language import Language
from gateway.words import sms

ZONE = ZoneInfo("Asia/Shanghai")
AT_MS = 1_795_500_180_000  # 14:03 there


def an_alert(number: int = 41, **others: Any) -> Alert:
    alert = Alert(
        number=number,
        kind="sos",
        priority="critical",
        condition="active",
        workflow="sent",
        at_ms=AT_MS,
        raised_ms=AT_MS,
        rule=RuleRef(id="SOS", table="1"),
        wearer="W-017",
        room="3-201",
    )
    return replace(alert, **others)


def asks(*alerts: Alert, language: Language = "zh-CN") -> str:
    return sms.question(alerts, language, ZONE, count_parts)


def test_the_question_is_that_of_the_contract() -> None:
    assert asks(an_alert()) == "【救命环】紧急 3-201室 W-017 求助 14:03。回1=我去 2=不能去 #A41"
    assert asks(an_alert(), language="en") == "lifering: URGENT room 3-201 W-017 SOS 14:03. Reply 1=going 2=cannot #A41"


@pytest.mark.parametrize(
    ("others", "where"),
    [
        ({"room": ""}, "W-017 求助"),
        ({"wearer": ""}, "3-201室 求助"),
        ({"room": "大厅"}, "大厅 W-017 求助"),
        ({"room": "三号楼201室"}, "三号楼201室 W-017 求助"),
    ],
)
def test_the_place_is_the_room_and_whose_it_is_as_far_as_known(others: dict[str, Any], where: str) -> None:
    assert asks(an_alert(**others)) == f"【救命环】紧急 {where} 14:03。回1=我去 2=不能去 #A41"


NEAR = (Responder("V-12", 180), Responder("V-07", 320), Responder("V-31", 900))


def test_as_many_of_the_nearest_are_named_as_fit_one_part() -> None:
    text = asks(an_alert(responders=NEAR))

    assert text == "【救命环】紧急 3-201室 W-017 求助 14:03，附近V-12 180米、V-07 320米。回1=我去 2=不能去 #A41"
    assert count_parts(text) == 1
    assert count_parts(text.replace("320米", "320米、V-31 900米")) == 2


def test_in_english_there_is_room_for_all_of_them() -> None:
    assert asks(an_alert(responders=NEAR), language="en") == (
        "lifering: URGENT room 3-201 W-017 SOS 14:03, near: V-12 180 m, V-07 320 m, V-31 900 m. Reply 1=going 2=cannot #A41"
    )


def test_the_wearer_is_left_out_before_a_second_part_is_needed_and_the_room_never() -> None:
    long = an_alert(room="西山社区幸福院三号楼东单元二零一室", wearer="W-017-" + "0" * 30)
    longest = replace(long, room="很" * 60)

    assert asks(long) == "【救命环】紧急 西山社区幸福院三号楼东单元二零一室 求助 14:03。回1=我去 2=不能去 #A41"
    assert "很" * 60 in asks(longest)
    assert asks(longest).endswith("。回1=我去 2=不能去 #A41")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("kind", sms.CHINESE.kinds)
def test_every_kind_is_said_and_fits_one_part(kind: Any, language: Language) -> None:
    text = asks(an_alert(kind=kind, number=123456), language=language)

    assert count_parts(text) == 1
    assert text.endswith("#A123456")


def test_several_alerts_are_told_together_each_with_its_number() -> None:
    fall = an_alert(42, kind="fall", room="3-105", wearer="W-020")
    warned = an_alert(43, kind="heart_rate", priority="warning", room="", wearer="W-021")

    assert asks(warned, an_alert(), fall) == (
        "【救命环】紧急 3起 3-201室 求助 14:03、3-105室 疑似跌倒 14:03、W-021 心率超限 14:03。回1=我去 2=不能去 #A41 #A42 #A43"
    )


def test_two_hundred_alerts_are_one_question_of_a_few_parts() -> None:
    alerts = [an_alert(number, room=f"3-{number}") for number in range(41, 241)]

    text = asks(*alerts)

    assert text.startswith("【救命环】紧急 200起 3-41室 求助 14:03、")
    assert text.endswith("...。回1=我去 2=不能去 #A41-#A240")
    assert count_parts(text) <= sms.MOST_PARTS
    assert sms.fits(alerts, "zh-CN", ZONE, count_parts)


def test_a_dozen_alerts_have_each_their_own_number() -> None:
    text = asks(*(an_alert(number) for number in range(41, 53)))

    assert text.endswith("2=不能去 " + " ".join(f"#A{number}" for number in range(41, 53)))
    assert count_parts(text) <= sms.MOST_PARTS


def test_scattered_numbers_that_no_message_holds_do_not_fit() -> None:
    assert not sms.fits([an_alert(number) for number in range(100_000, 100_400, 2)], "zh-CN", ZONE, count_parts)


@pytest.mark.parametrize(("language", "marked"), [("zh-CN", "测试"), ("en", "TEST")])
def test_a_test_is_marked_and_has_no_number(language: Language, marked: str) -> None:
    text = sms.message([sms.test(AT_MS, language, ZONE)], language)

    assert marked in text
    assert "#A" not in text
    assert count_parts(text) == 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_how_to_reply_has_no_number_sign(language: Language) -> None:
    for said in (sms.reply_so(language), sms.nothing_open(language)):
        text = sms.message([said], language)

        assert "#A" not in text
        assert count_parts(text) == 1


def test_who_goes_is_named_to_the_others() -> None:
    assert sms.message([sms.goes("Wang", an_alert(), "en")], "en") == "lifering: Wang goes to room 3-201 W-017 #A41"
    assert sms.message([sms.goes("王阿姨", an_alert(), "zh-CN")], "zh-CN") == "【救命环】王阿姨已前往3-201室 W-017 #A41"
    assert sms.message([sms.confirmed(an_alert(), "en", ZONE)], "en") == (
        "lifering: noted, you go to room 3-201 W-017 SOS 14:03. #A41"
    )
