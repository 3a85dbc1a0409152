"""The terminal of `setup`: plain lines, a password that is not shown."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence

from gateway.cli.setup.dialogue import Check, Interview, Kind, Question, answered
from gateway.language import Language
from gateway.words.setup import QUESTIONS, SETUP


def said(name: str, language: Language, **facts: object) -> str:
    """Words of `setup`."""
    return SETUP[name].of(language).format(**facts)


def say(name: str, language: Language, **facts: object) -> None:
    """At once: whoever waits sees what for."""
    print(said(name, language, **facts), flush=True)


def ask(words: str, default: str = "", kind: Kind = "text") -> str:
    """The line that is typed, without its end. Raises EOFError, KeyboardInterrupt."""
    prompt = f"\n{words}\n[{default}] > " if default else f"\n{words}\n> "
    if kind == "secret":
        return getpass.getpass(prompt)  # which asks when nothing that is typed is shown any more
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


def converse(interview: Interview, wrong: Check) -> Interview:
    """Until all is answered. Raises EOFError, KeyboardInterrupt."""
    while question := interview.question:
        words = _words(question, language_of(interview))
        default = "" if question.kind == "secret" else _shown(question.kind, interview.default(question))
        interview, complaint = answered(interview, ask(words, default, question.kind), wrong)
        if complaint:
            print(f"  {complaint}", flush=True)
    return interview


def _words(question: Question, language: Language) -> str:
    words = QUESTIONS[question.words or question.name]
    if question.kind == "language":
        return " / ".join(words)  # nobody knows yet which one is read
    return words.of(language).format(about=question.about)


def _shown(kind: Kind, default: str) -> str:
    return {"zh-CN": "1", "en": "2"}.get(default, default) if kind == "language" else default


def language_of(interview: Interview) -> Language:
    """The one that was chosen, or that was spoken before."""
    return "en" if interview.value("language") == "en" else "zh-CN"


def summary(interview: Interview) -> Sequence[str]:
    """What was answered, a line each, without the password."""
    shown = [question for question in interview.questions if question.kind != "secret" and interview.given.get(question.key)]
    return [f"  {question.key:12} {interview.given[question.key]}" for question in shown]
