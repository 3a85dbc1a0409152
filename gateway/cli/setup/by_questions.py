"""`lifering setup` at a terminal: asks, writes, enrols what is pressed, starts the gateway, sees that it works."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from gateway.cli import FAILED, INTERRUPTED
from gateway.cli.setup.answers import DUTY_LIST, Answers, before, modem_of, ports_of
from gateway.cli.setup.asking import ask, converse, language_of, said, say, summary
from gateway.cli.setup.bands import enrol_bands
from gateway.cli.setup.dialogue import BACK, NO, NONE, USUAL, YES, Interview, Question, answers, questions
from gateway.cli.setup.finishing import checked, finished
from gateway.cli.setup.listening import drivers_heard, looks_like_a_modem
from gateway.cli.setup.mending import mend_machine, mend_radio
from gateway.cli.setup.placing import base, example, is_example, place, prepared, sources_of
from gateway.errors import SourceLost
from gateway.language import Language
from gateway.settings.driver_names import transports
from gateway.settings.file import load
from gateway.settings.machine.ports import USB_DEVICE, plugged
from gateway.settings.named_files import BadFile
from gateway.system_errors import told_of
from gateway.whys import meaning
from gateway.words.command_line import SCAN
from gateway.words.mistakes import text, what

MACHINE = Path("/etc/machine-id")
EXAMPLES = ("id", "host", "username")  # as the example says them they are nobody's
KEYS = {
    "id": "gateway.id",
    "host": "mqtt.host",
    "username": "mqtt.username",
    "time_zone": "gateway.time_zone",
    "modem": "modem.port",
}
SIM_PIN = re.compile("[0-9]{4,8}")


def set_up_by_questions(args: argparse.Namespace) -> int:
    """1: written, and something did not answer; 130: nothing was changed."""
    begun_s = time.monotonic()
    mend_radio(args)
    try:
        interview = _asked(args)
    except (KeyboardInterrupt, EOFError):
        print(flush=True)
        interview = None
    if interview is None:
        say("nothing changed", args.spoken)
        return INTERRUPTED
    language = language_of(interview)
    try:
        kept = place(args.config, _answers(interview), _sources(args.config, interview))
    except OSError as error:
        say("cannot write", language, file=error.filename, why=told_of(error, language))
        return FAILED
    say("written", language, file=args.config)
    for file in kept:
        say("kept", language, file=file)
    mend_machine(args, language)
    if not checked(args, language):
        return FAILED
    enrol_bands(args.config, language)
    return finished(args, language, bands=len(load(args.config).bands), begun_s=begun_s)


# --- the questions ----------------------------------------------------------------------------------------------------


def _asked(args: argparse.Namespace) -> Interview | None:
    """What is to be written; None: nothing. Raises EOFError, KeyboardInterrupt."""
    ours = not is_example(args.config)
    there = base(args.config)
    known = _without_examples(before(there))
    found = [port for port in (*plugged().all, *args.port) if port not in ports_of(there)]
    radio = _show_what_is_here(found, args.spoken)
    modems = [port for port in found if looks_like_a_modem(port)]
    start = {"language": args.spoken, "bluetooth": "y" if radio else "n", "modem": next(iter(modems), NONE)}
    start |= {f"serial {port}": driver for port, driver in _drivers(found, modems, args.spoken).items()}
    has_password = (args.config.parent / known["password_file"]).exists() if "password_file" in known else False
    asked = questions(found, second_path=not modem_of(there), has_password=has_password)
    interview = Interview(asked, {**USUAL, **known, **start})
    while True:
        interview = converse(interview, partial(_wrong, args.config))
        print(flush=True)
        print(*summary(interview), sep="\n")
        match _confirmed(args.config, language_of(interview), ours=ours):
            case "yes":
                return interview
            case "no":
                return None
            case _:
                interview = interview._replace(at=len(interview.questions) - 1)


def _drivers(ports: Sequence[str], modems: Sequence[str], language: Language) -> dict[str, str]:
    """What is probably at each port, by what it says."""
    if others := [port for port in ports if port not in modems]:
        say("listening", language)
    heard = asyncio.run(drivers_heard(others))
    return {port: NONE if port in modems else heard.get(port, "serial-hub") for port in ports}


def _without_examples(known: Mapping[str, str]) -> dict[str, str]:
    shown = before(example())
    kept = {key: value for key, value in known.items() if key not in EXAMPLES or value != shown[key]}
    return {"id": _own_id(), **kept}


def _own_id() -> str:
    """One that no other box has."""
    machine = MACHINE.read_bytes() if MACHINE.exists() else b""
    return f"center-{hashlib.sha256(machine).hexdigest()[:6]}"


def _show_what_is_here(ports: list[str], language: Language) -> bool:
    """Whether there is a radio."""
    say("welcome", language)
    print(flush=True)
    for port in ports:
        say("port", language, port=port)
    if not ports:
        say("no ports", language)
    from gateway.sources.ble.bluez_watch import adapters_now  # D-Bus takes 4 MB

    try:
        adapters = asyncio.run(adapters_now(())).ours
    except SourceLost as why:
        words = SCAN.get(str(why))
        say("no adapter", language, why=words.of(language) if words else meaning(str(why), language))
        return False
    for adapter in adapters:
        say("adapter", language, adapter=adapter.name, address=adapter.address)
    return bool(adapters)


def _confirmed(config: Path, language: Language, *, ours: bool) -> str:
    while True:
        words = said("existing" if ours else "write", language, file=config)
        typed = ask(words, "n" if ours else "y").strip().lower() or ("n" if ours else "y")
        if typed in (*YES, *NO, *BACK):
            return "yes" if typed in YES else "no" if typed in NO else "back"


# --- what is wrong with an answer -------------------------------------------------------------------------------------


def _wrong(config: Path, interview: Interview, question: Question) -> str | None:
    """In words, as `check` says them."""
    language, value = language_of(interview), interview.given[question.key]
    match question.kind:
        case "language":
            return None if value in ("zh-CN", "en") else said("one or two", language)
        case "yes":
            return None if value in ("y", "n") else said("yes or no", language)
        case "driver":
            names = [name for name, way in transports().items() if way == "serial"]
            return None if value in (*names, NONE) else said("no driver", language, names=", ".join(names))
        case "secret":
            wrong_pin = question.name == "pin" and value and not SIM_PIN.fullmatch(value)
            return said("no pin", language) if wrong_pin else None
    if question.name in ("id", "host", "time_zone") and not value:
        return said("must", language)
    if question.name == "port" and not (value.isascii() and value.isdecimal() and 1 <= int(value) <= 65535):
        return said("no port", language)
    if question.name == "modem" and not (value == NONE or value.startswith("/") or USB_DEVICE.fullmatch(value)):
        return said("no serial port", language)
    try:
        sources = _sources(config, interview)
    except BadFile as bad:
        return what(bad.code, bad.facts, language)
    mistakes = prepared(config, _answers(interview), sources).mistakes
    if question.name == "phones":
        return next((text(one, language) for one in mistakes if one.file.endswith(DUTY_LIST)), None)
    return next((text(one, language) for one in mistakes if one.key == KEYS.get(question.name)), None)


def _sources(config: Path, interview: Interview) -> dict[str, bytes]:
    """Raises BadFile."""
    given = answers(interview)
    found = sources_of(given.model_copy(update={"password_file": ""}), config.parent) if given.ca_file else {}
    typed = {
        "password_file": interview.given.get("password", "") if given.username else "",
        "pin_file": interview.given.get("pin", "") if given.modem else "",
    }
    return found | {key: secret.encode() for key, secret in typed.items() if secret}


def _answers(interview: Interview) -> Answers:
    kept = {key: interview.known.get(key, "") for key in ("password_file", "cert_file", "key_file")}
    given = answers(interview)
    return given.model_copy(update=kept if given.username else {**kept, "password_file": ""})
