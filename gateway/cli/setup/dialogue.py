"""The questions of `setup`, one after another, each with a default and a way back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec.structs import replace

from gateway.cli.setup.answers import Answers, SerialAnswer
from gateway.language import Language

BACK = ("<", "＜", "《")
YES, NO = ("y", "yes", "是", "1"), ("n", "no", "否", "0")
LANGUAGES: Mapping[str, Language] = {"1": "zh-CN", "2": "en", "zh-cn": "zh-CN", "zh": "zh-CN", "中文": "zh-CN", "en": "en"}
NONE = "-"
USUAL = {"time_zone": "Asia/Shanghai", "tls": "y", "port": "8883"}
PORTS = {"y": "8883", "n": "1883"}

Kind = Literal["text", "yes", "secret", "language", "driver"]


class Question(NamedTuple):
    """`name`: its words are of that key in `words/setup.py`. `about`: what it is asked of, such as a port."""

    name: str
    kind: Kind = "text"
    about: str = ""

    @property
    def key(self) -> str:
        """Under which its answer is kept."""
        return f"{self.name} {self.about}".strip()


class Interview(NamedTuple):
    """How far it has come: what was typed, by the key of the question; what was known before."""

    questions: Sequence[Question]
    known: Mapping[str, str]
    given: Mapping[str, str] = {}
    at: int = 0

    @property
    def question(self) -> Question | None:
        """The next one; None: all are answered."""
        return self.questions[self.at] if self.at < len(self.questions) else None

    def default(self, question: Question) -> str:
        """What an empty line means; "": it must be answered, or it may stay empty."""
        found = self.value(question.key)
        if question.name == "port" and "port" not in self.given and self.known.get("tls") != self.value("tls"):
            return PORTS[self.value("tls")]
        return found or (self.value("id") if question.name == "username" else "")

    def value(self, key: str) -> str:
        """What holds for now."""
        return self.given.get(key) or self.known.get(key, "")


def questions(ports: Sequence[str]) -> list[Question]:
    """All that is asked. `ports`: the serial ports that are new here."""
    return [
        Question("language", "language"),
        Question("id"),
        Question("host"),
        Question("tls", "yes"),
        Question("port"),
        Question("ca_file"),
        Question("username"),
        Question("password", "secret"),
        Question("time_zone"),
        Question("bluetooth", "yes"),
        *(Question("serial", "driver", port) for port in ports),
    ]


Check = Callable[[Interview, Question], str | None]  # what is wrong with the answer, in words


def answered(interview: Interview, typed: str, wrong: Check) -> tuple[Interview, str | None]:
    """How it goes on, and a complaint where it does not."""
    question, typed = interview.question, typed if _is_secret(interview) else typed.strip()
    if question is None or typed in BACK:
        return interview._replace(at=_before(interview)), None
    value = _meant(question, typed or interview.default(question))
    tried = interview._replace(given={**interview.given, question.key: value})
    if complaint := wrong(tried, question):
        return interview, complaint
    return tried._replace(at=_after(tried)), None


def _is_secret(interview: Interview) -> bool:
    return interview.question is not None and interview.question.kind == "secret"


def _meant(question: Question, typed: str) -> str:
    if question.kind == "language":
        return LANGUAGES.get(typed.lower(), typed)
    if question.kind == "yes" and typed.lower() in (*YES, *NO):
        return "y" if typed.lower() in YES else "n"
    return "" if typed == NONE and question.kind == "text" else typed


def _is_asked(interview: Interview, number: int) -> bool:
    """An authority is asked about only where there is TLS."""
    return interview.questions[number].name != "ca_file" or interview.value("tls") == "y"


def _after(interview: Interview) -> int:
    return next(
        (at for at in range(interview.at + 1, len(interview.questions)) if _is_asked(interview, at)), len(interview.questions)
    )


def _before(interview: Interview) -> int:
    return next((at for at in range(interview.at - 1, -1, -1) if _is_asked(interview, at)), 0)


def answers(interview: Interview) -> Answers:
    """What was answered so far; the port is no number where it is none."""
    port = interview.value("port")
    said = Answers(
        id=interview.value("id"),
        host=interview.value("host"),
        language=LANGUAGES.get(interview.value("language").lower(), "zh-CN"),
        time_zone=interview.value("time_zone"),
        port=int(port) if port.isdecimal() and port.isascii() else 0,
        tls=interview.value("tls") != "n",
        username=interview.value("username"),
        ca_file=interview.value("ca_file") if interview.value("tls") != "n" else "",
        bluetooth=interview.value("bluetooth") != "n",
    )
    drivers = {
        question.about: interview.given.get(question.key, NONE) for question in interview.questions if question.kind == "driver"
    }
    return replace(said, serial=tuple(SerialAnswer(port, driver) for port, driver in drivers.items() if driver != NONE))
