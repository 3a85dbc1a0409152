"""The running gateway, as the verbs of the command line see it: what is asked of it over its control socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gateway.control.protocol import BAD_ARGUMENTS, HELLO, OTHER_GATEWAY, paths_to_try, short_name
from gateway.errors import LiferingError
from gateway.language import Language
from gateway.whys import meaning
from gateway.words.status import ASKING, SOCKET

ANSWER_S = 60.0  # between two lines of an answer
LONGEST_ANSWER = 64_000_000  # bytes; the status of a full house has less


class NotRunning(LiferingError):
    """No gateway with this data folder runs, or it ended while it was asked."""


class MayNotAsk(LiferingError):
    """There may be one, but this user may not speak with it."""


class Declined(LiferingError):
    """The gateway answered that it went wrong, and why."""


class Garbled(Declined):
    """What answered speaks no language of ours: another program, or another version, listens at the socket."""


Answer = TypeVar("Answer")


def read_as(line: object, kind: type[Answer]) -> Answer:
    """An object of an answer as a value of ours. Raises Garbled."""
    try:
        return msgspec.convert(line, kind)
    except msgspec.ValidationError as error:
        raise Garbled(str(error)) from error


def the_only(lines: Iterator[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The one object that an answer is made of. Raises Garbled."""
    match list(islice(lines, 2)):
        case [line]:
            return line
        case _:
            raise Garbled("one line was expected")


def why_no_answer(why: NotRunning | MayNotAsk | Declined, language: Language) -> str:
    """In words."""
    match why:
        case Garbled():
            return ASKING["garbled"].of(language)
        case Declined():
            return _answered(str(why), language)
        case MayNotAsk():
            return ASKING["may not ask"].of(language)
        case _:
            return ASKING["not running"].of(language)


def _answered(why: str, language: Language) -> str:
    """What the gateway says in the words of its socket, which are the same for every script; its other words are for people."""
    if why in SOCKET:
        return SOCKET[why].of(language)
    if why.startswith(BAD_ARGUMENTS):
        return ASKING["bad arguments"].of(language).format(why=why.removeprefix(BAD_ARGUMENTS))
    return meaning(why, language)


class RunningGateway:
    """A connection to it. Made by `connected`."""

    def __init__(self, connection: socket.socket, answers: BufferedReader, data_dir: Path) -> None:
        self._connection = connection
        self._answers = answers
        self._data_dir = data_dir

    def ask(self, verb: str, args: Mapping[str, object] | None = None) -> Iterator[dict[str, Any]]:
        """Every object of the answer, as it comes. Raises Declined: it went wrong; NotRunning: the gateway ended meanwhile."""
        request = {"verb": verb, "args": args or {}, "data_dir": str(self._data_dir)}
        try:
            self._connection.sendall(json.dumps(request).encode() + b"\n")
            while line := self._answers.readline(LONGEST_ANSWER):
                answer = _object(line)
                done = answer.pop("done", False)
                if "error" in answer and done:
                    raise Declined(str(answer["error"]))
                if answer or not done:
                    yield answer
                if done:
                    return
        except OSError as error:
            raise NotRunning(f"the gateway does not answer: {error}") from error
        raise NotRunning("the gateway has hung up")

    def one(self, verb: str, args: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The answer, where it is one object. Raises as `ask`."""
        answer: dict[str, Any] = {}
        for line in self.ask(verb, args):
            answer = line
        return answer


def _object(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is one
        raise Garbled("no JSON") from error
    if not isinstance(answer, dict):
        raise Garbled("no object")
    return answer


@contextmanager
def connected(data_dir: Path, answer_s: float = ANSWER_S) -> Iterator[RunningGateway]:
    """The gateway that works in this data folder. Raises NotRunning, MayNotAsk; `answer_s`: how long to wait for a line."""
    forbidden = None
    for path in paths_to_try(data_dir):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(answer_s)
            try:
                with short_name(path) as name:
                    connection.connect(name)
            except PermissionError:
                forbidden = path
                continue
            except OSError:
                continue
            with connection.makefile("rb") as answers:
                gateway = RunningGateway(connection, answers, data_dir.resolve())
                if _is_meant(gateway):
                    yield gateway
                    return
    if forbidden:
        raise MayNotAsk(f"{forbidden}: permission denied")
    raise NotRunning(f"no gateway runs with the data folder {data_dir}")


def _is_meant(gateway: RunningGateway) -> bool:
    """Whether it works in the data folder that was asked for; under systemd's name another may listen."""
    try:
        gateway.one(HELLO)
    except Garbled:
        raise
    except Declined as why:
        return str(why) != OTHER_GATEWAY
    return True
