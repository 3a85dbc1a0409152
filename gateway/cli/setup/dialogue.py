"""The questions of `setup`, one after another, each with a default and a way back. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from gateway.cli.setup.answers import Answers, PhoneAnswer, SerialAnswer
from gateway.language import Language

BACK = ("<", "＜", "《")
YES, NO = ("y", "yes", "是", "1"), ("n", "no", "否", "0")
LANGUAGES: Mapping[str, Language] = {"1": "zh-CN", "2": "en", "zh-cn": "zh-CN", "zh": "zh-CN", "中文": "zh-CN", "en": "en"}
NONE = "-"
USUAL = {"time_zone": "Asia/Shanghai", "tls": "y", "port": "8883"}
PORTS = {"y": "8883", "n": "1883"}

Kind = Literal["text", "yes", "secret", "language", "driver"]


class Question(NamedTuple):
    """`about`: what it is asked of, such as a port. `words`: their key in `words/setup.py`, where it is not the name."""

    name: str
    kind: Kind = "text"
    about: str = ""
    words: str = ""

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
        return self.given.get(key, self.known.get(key, ""))


def questions(ports: Sequence[str], *, second_path: bool = True, has_password: bool = False) -> list[Question]:
    """All that is asked. `ports`: the serial ports that are new here; `second_path`: no modem is configured yet."""
    return [
        Question("language", "language"),
        Question("id"),
        Question("host"),
        Question("tls", "yes"),
        Question("port"),
        Question("ca_file"),
        Question("username"),
        Question("password", "secret", words="password" if has_password else "first password"),
        Question("time_zone"),
        Question("bluetooth", "yes"),
        *(Question("serial", "driver", port) for port in ports),
        *((Question("modem"), Question("pin", "secret"), Question("phones")) if second_path else ()),
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
    return "" if typed == NONE and question.kind == "text" and question.name != "modem" else typed


def _is_asked(interview: Interview, number: int) -> bool:
    """An authority only where there is TLS, a password where there is a user, SIM and people on duty where there is a modem."""
    match interview.questions[number].name:
        case "ca_file":
            return interview.value("tls") == "y"
        case "password":
            return interview.value("username") != ""
        case "pin" | "phones":
            return interview.given.get("modem", NONE) not in ("", NONE)
        case _:
            return True


def _after(interview: Interview) -> int:
    return next(
        (at for at in range(interview.at + 1, len(interview.questions)) if _is_asked(interview, at)), len(interview.questions)
    )


def _before(interview: Interview) -> int:
    return next((at for at in range(interview.at - 1, -1, -1) if _is_asked(interview, at)), 0)


def answers(interview: Interview) -> Answers:
    """What was answered so far; the port is no number where it is none."""
    port = interview.value("port")
    modem = interview.given.get("modem", NONE)
    drivers = {
        question.about: interview.given.get(question.key, NONE) for question in interview.questions if question.kind == "driver"
    }
    return Answers(
        id=interview.value("id"),
        host=interview.value("host"),
        language=LANGUAGES.get(interview.value("language").lower(), "zh-CN"),
        time_zone=interview.value("time_zone"),
        port=int(port) if port.isdecimal() and port.isascii() else 0,
        tls=interview.value("tls") != "n",
        username=interview.value("username"),
        ca_file=interview.value("ca_file") if interview.value("tls") != "n" else "",
        bluetooth=interview.value("bluetooth") != "n",
        serial=tuple(SerialAnswer(port=port, driver=driver) for port, driver in drivers.items() if driver != NONE),
        modem="" if modem == NONE else modem,
        phone=phones(interview.given.get("phones", "")) if modem not in ("", NONE) else (),
    )


def phones(typed: str) -> tuple[PhoneAnswer, ...]:
    """People on duty as one types them: `duty-room 13800000001, manager 13900000002`."""
    people = [part.split() for part in re.split("[,，、;；]", typed) if part.strip()]
    return tuple(PhoneAnswer(name=" ".join(words[:-1]), phone=words[-1], test=True) for words in people)
