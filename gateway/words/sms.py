"""What people are told by SMS, short enough for one part where it can be, in both languages. Pure.

`parts` tells in how many parts a text goes out (`channels/sms/submit.py`). A question ends with how to answer it, and with the
numbers of its alerts (`#A41`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo

from msgspec import Struct

from gateway.alert import PRIORITIES, Alert, AlertKind, Priority
from gateway.language import Language

Parts = Callable[[str], int]
MOST_PARTS = 3  # of one question about several alerts: then runs of numbers are drawn together
RUN = 3  # so many numbers in a row are a run


class SmsWords(Struct, frozen=True, kw_only=True):
    """Everything that is said in one language."""

    begin: str
    priorities: dict[Priority, str]
    kinds: dict[AlertKind, str]
    room: str
    near: str
    distance: str
    several: str
    between: str
    what_at: str
    how: str
    goes: str
    confirmed: str
    reply_so: str
    nothing_open: str
    test: str


ENGLISH = SmsWords(
    begin="lifering: ",
    priorities={"critical": "URGENT", "warning": "Warning", "advisory": "Advisory"},
    kinds={
        "sos": "SOS",
        "fall": "fall",
        "heart_rate": "heart rate",
        "blood_pressure": "blood pressure",
        "body_temperature": "temperature",
        "oxygen_saturation": "oxygen",
        "respiratory_rate": "breathing",
        "several_signs": "several signs",
        "trend": "resting heart rate",
        "no_usable_value": "no usable value",
        "irregular_pulse": "irregular pulse",
        "off_wrist": "band not worn",
        "silent": "band not heard",
        "battery": "band battery low",
        "geofence": "left safe area",
        "technical": "fault",
    },
    room="room {}",
    near=", near: {}",
    distance="{name} {m} m",
    several="{n} alerts",
    between=", ",
    what_at="{where} {what} {at}",
    how=". Reply 1=going 2=cannot {numbers}",
    goes="{name} goes to {where} {number}",
    confirmed="noted, you go to {what}. {number}",
    reply_so="please reply 1=going or 2=cannot; with a number where there are several, such as 1 A41",
    nothing_open="no alert waits for your answer, nothing was changed",
    test="TEST {at}. This is only a test, no reply needed.",
)

CHINESE = SmsWords(
    begin="【救命环】",
    priorities={"critical": "紧急", "warning": "警告", "advisory": "提示"},
    kinds={
        "sos": "求助",
        "fall": "疑似跌倒",
        "heart_rate": "心率超限",
        "blood_pressure": "血压超限",
        "body_temperature": "体温超限",
        "oxygen_saturation": "血氧超限",
        "respiratory_rate": "呼吸超限",
        "several_signs": "多项体征异常",
        "trend": "静息心率升高",
        "no_usable_value": "测不到有效值",
        "irregular_pulse": "脉搏不齐",
        "off_wrist": "手环未佩戴",
        "silent": "手环无信号",
        "battery": "手环电量低",
        "geofence": "离开安全区域",
        "technical": "设备故障",
    },
    room="{}室",
    near="，附近{}",
    distance="{name} {m}米",
    several="{n}起",
    between="、",
    what_at="{where} {what} {at}",
    how="。回1=我去 2=不能去 {numbers}",
    goes="{name}已前往{where} {number}",
    confirmed="已记录：您前往 {what}。{number}",
    reply_so="请回复 1=我去 或 2=不能去；有多条时请加编号，例如 1 A41",
    nothing_open="没有等待您答复的报警，未作更改",
    test="测试 {at}。仅为通道测试，无需回复。",
)

LANGUAGES: dict[Language, SmsWords] = {"en": ENGLISH, "zh-CN": CHINESE}


def question(alerts: Sequence[Alert], language: Language, zone: tzinfo, parts: Parts) -> str:
    """Who needs somebody, where, and how to answer: of all these alerts together, in at most `MOST_PARTS` where it can be."""
    alerts = sorted(alerts, key=lambda alert: alert.number)
    words, urgent = LANGUAGES[language], min(alerts, key=lambda alert: PRIORITIES.index(alert.priority))
    head = f"{words.begin}{words.priorities[urgent.priority]} "
    one_by_one, as_runs = (words.how.format(numbers=" ".join(said)) for said in (_numbers(alerts), _runs(alerts)))
    if len(alerts) == 1:
        return _of_one(alerts[0], words, zone, head, one_by_one, parts)
    head += words.several.format(n=len(alerts)) + " "
    tail = one_by_one if parts(head + one_by_one) <= MOST_PARTS else as_runs
    places = [_what_at(alert, words, zone, short=True) for alert in alerts]
    return _as_many_as_fit(head, places, words.between, tail, lambda text: parts(text) <= MOST_PARTS)


def _of_one(alert: Alert, words: SmsWords, zone: tzinfo, head: str, tail: str, parts: Parts) -> str:
    """Wearer and neighbours are left out where they would need a second part; the place never is."""
    what = head + _what_at(alert, words, zone)
    if parts(what + tail) > 1:
        what = head + _what_at(alert, words, zone, short=True)
    near = [words.distance.format(name=one.name, m=one.distance_m) for one in alert.responders]
    for count in range(len(near), 0, -1):
        text = what + words.near.format(words.between.join(near[:count])) + tail
        if parts(text) == 1:
            return text
    return what + tail


def _as_many_as_fit(head: str, places: Sequence[str], between: str, tail: str, fits: Callable[[str], bool]) -> str:
    """Bisected: each try counts septets."""
    low, high = 0, len(places)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(head + between.join(places[:middle]) + "..." + tail) else (low, middle - 1)
    more = "..." if 0 < low < len(places) else ""
    return head.rstrip() + tail if low == 0 else head + between.join(places[:low]) + more + tail


def fits(alerts: Sequence[Alert], language: Language, zone: tzinfo, parts: Parts) -> bool:
    """Whether one question may be about all of these."""
    return len(alerts) == 1 or parts(question(alerts, language, zone, parts)) <= MOST_PARTS


def _numbers(alerts: Sequence[Alert]) -> list[str]:
    return [number(alert) for alert in alerts]


def _runs(alerts: Sequence[Alert]) -> Iterator[str]:
    """`#A41-#A240`: what nobody would read one by one."""
    run: list[Alert] = []
    for alert in [*alerts, None]:
        if run and (alert is None or alert.number != run[-1].number + 1):
            yield from [f"{number(run[0])}-{number(run[-1])}"] if len(run) >= RUN else _numbers(run)
            run = []
        if alert is not None:
            run.append(alert)


def number(alert: Alert) -> str:
    """By which people name it in their answer."""
    return f"#A{alert.number}"


def _what_at(alert: Alert, words: SmsWords, zone: tzinfo, *, short: bool = False) -> str:
    at = datetime.fromtimestamp(alert.at_ms / 1000, zone)
    where = _where(alert, words, short=short)
    return words.what_at.format(where=where, what=words.kinds[alert.kind], at=f"{at:%H:%M}").strip()


def _where(alert: Alert, words: SmsWords, *, short: bool = False) -> str:
    """The room, and whose it is; in short the room alone, where it is known."""
    room = _room(alert.room, words)
    return room if room and short else " ".join(part for part in (room, alert.wearer) if part)


def _room(room: str, words: SmsWords) -> str:
    """A room that ends with a Chinese word says what it is."""
    is_number = room[-1:].isascii()
    return words.room.format(room) if room and (is_number or words is ENGLISH) else room


# --- what follows ---------------------------------------------------------------------------------------------------------


def goes(name: str, alert: Alert, language: Language) -> str:
    """To the others who were asked."""
    words = LANGUAGES[language]
    return words.goes.format(name=name, where=_where(alert, words), number=number(alert))


def confirmed(alert: Alert, language: Language, zone: tzinfo) -> str:
    """To the one who goes."""
    words = LANGUAGES[language]
    return words.confirmed.format(what=_what_at(alert, words, zone), number=number(alert))


def reply_so(language: Language) -> str:
    """To one whose answer nobody understands."""
    return LANGUAGES[language].reply_so


def nothing_open(language: Language) -> str:
    """To one whose answer comes too late, or names no open alert."""
    return LANGUAGES[language].nothing_open


def test(at_ms: int, language: Language, zone: tzinfo) -> str:
    """The daily proof that a message arrives."""
    return LANGUAGES[language].test.format(at=f"{datetime.fromtimestamp(at_ms / 1000, zone):%H:%M}")


def message(said: Sequence[str], language: Language) -> str:
    """All that is to be told to one person, in one message."""
    words = LANGUAGES[language]
    return words.begin + ("；" if words is CHINESE else "; ").join(said)
