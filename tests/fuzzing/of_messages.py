"""Targets: what the platform sends down, and what is asked at the control socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import msgspec
from jsonschema import Draft202012Validator

from gateway.alerts import actions
from gateway.commands import Command, Rejected, Reply, decode, encode
from gateway.control.listening import Request, read_request, reply_line
from gateway.formats.format import COMMANDS, RECEIPTS, Receipts, Unreadable
from gateway.formats.native import NativeFormat
from gateway.formats.native_down import DEEPEST, LONGEST_ID, LONGEST_REASON, LONGEST_VERB
from tests.fuzzing.built_json import PLAIN, json_of
from tests.fuzzing.target import Target
from tests.make_schemas import folder

NOW_MS = 1_795_500_000_000
READS: Mapping[str, Callable[[Command], object]] = {
    **dict.fromkeys(actions.ARGS, actions.read),
    "shelve": lambda command: actions.shelve(command, NOW_MS),
    "unshelve": actions.unshelve,
    "snapshot": actions.settle,
}
FORMAT = NativeFormat("xishan-01")
ALERT = "xishan-01/1/A4"
WORDS = (
    *("id", "verb", "args", "actor", "issued_at", "expires_at", "data_dir", *READS, "notify", "measure", "locate", "status"),
    *(
        "alert",
        "responder",
        "eta_min",
        "outcome",
        "note",
        "reason",
        "wearer",
        "kinds",
        "until",
        "open",
        "closed",
        "workflow",
        "at",
    ),
    *("helped", "false_alarm", "resolved", "cancelled", "heart_rate", "sos", ALERT, "2026-11-24T08:00:00Z", "\\ud800", "null"),
)
RECEIPT_WORDS = ("ids", "status", "ok", "hold", "rejected", "reason", ALERT, f"{ALERT}#2071", "xishan-01/1/17")


def targets() -> list[Target]:
    """Three."""
    return [
        Target(name="receipts", take=_receipts, seeds=_some_receipts, words=RECEIPT_WORDS),
        Target(name="commands", take=_commands, seeds=_some_commands, words=WORDS, may_take=(600_000, 4_000)),
        Target(name="control-socket", take=_control, seeds=_some_requests, words=WORDS, may_take=(600_000, 4_000)),
    ]


# --- receipts ---------------------------------------------------------------------------------------------------------------


def _receipts(data: bytes) -> None:
    """It is sorted into alerts and readings, and no id vanishes without a word."""
    data = json_of(data, RECEIPT_WORDS)
    said = FORMAT.inbound(FORMAT.subscriptions[RECEIPTS], data)
    if isinstance(said, Unreadable):
        _told(said)
        return
    assert isinstance(said, Receipts)
    assert all(1 <= len(id_) <= LONGEST_ID for id_ in (*said.alerts, *said.readings))
    assert len(said.reason) <= LONGEST_REASON
    named = json.loads(data)["ids"]
    assert len(said.alerts) + len(said.readings) == len(named) or said.unreadable


def _some_receipts() -> Sequence[bytes]:
    return [
        _json(ids=[ALERT, f"{ALERT}#2071", "xishan-01/1/17"], status="ok"),
        _json(ids=["xishan-01/1/17", 5, "", "x" * 200], status="rejected", reason="no such wearer"),
        _json(ids=[], status="ok", reason=None),
    ]


# --- commands ---------------------------------------------------------------------------------------------------------------


def _commands(data: bytes) -> None:
    """It is a command whose args can be read or are rejected; its answer keeps to the schema, and survives the disk."""
    said = FORMAT.inbound(FORMAT.subscriptions[COMMANDS], json_of(data, WORDS))
    if isinstance(said, Unreadable):
        _told(said)
    command = said.command if isinstance(said, Unreadable) else said
    if command is None:
        return
    assert isinstance(command, Command)
    assert 1 <= len(command.id) <= LONGEST_ID
    assert len(command.verb) <= LONGEST_VERB
    assert _depth(command.args) <= DEEPEST
    assert len(command.fingerprint) == 32
    reply = (
        _answer(command)
        if command.readable
        else Reply(id=command.id, verb=command.verb, status="rejected", reason="unreadable")
    )
    _check(reply)


def _answer(command: Command) -> Reply:
    why = "unknown alert"  # nothing is open, nobody is enrolled
    try:
        READS.get(command.verb, _unknown)(command)
    except Rejected as rejected:
        why = str(rejected)
    return Reply(id=command.id, verb=command.verb, status="rejected", reason=why)


def _unknown(_command: Command) -> None:
    raise Rejected("unknown verb")


def _check(reply: Reply) -> None:
    assert decode(encode(reply)) == reply
    _schema().validate(json.loads(FORMAT.reply(reply).payload))
    msgspec.json.encode(reply_line(reply))


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((folder() / "reply.schema.json").read_text(encoding="utf-8")))


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _some_commands() -> Sequence[bytes]:
    asked: dict[str, dict[str, object]] = {
        "acknowledge": {"alert": ALERT},
        "dispatch": {"alert": ALERT, "responder": "V-12", "eta_min": 5},
        "on_scene": {"alert": ALERT},
        "resolve": {"alert": ALERT, "outcome": "helped", "note": "tea"},
        "cancel": {"alert": ALERT, "reason": "a mistake"},
        "shelve": {"wearer": "W-1", "kinds": ["heart_rate"], "until": "2026-11-24T08:00:00Z", "reason": "gymnastics"},
        "unshelve": {"wearer": "W-1", "kinds": ["heart_rate"]},
        "notify": {"wearer": "W-1", "signal": "received"},
        "measure": {"wearer": "W-1", "kind": "heart_rate"},
        "locate": {"wearer": "W-1"},
        "snapshot": {
            "open": [ALERT],
            "closed": [{"alert": ALERT, "workflow": "resolved", "actor": "n", "at": "2026-11-24T08:00:00Z"}],
        },
    }
    good = [_json(id=f"c-{verb}", verb=verb, args=args, actor="nurse-3") for verb, args in asked.items()]
    return [
        *good,
        _json(id="c", verb="x", expires_at="2026-11-23T03:21:09.120+08:00"),
        _json(id="c", verb=[]),
        PLAIN + b'{"id":"c","args":' + b"[" * 40,
    ]


# --- the control socket -----------------------------------------------------------------------------------------------------


def _control(data: bytes) -> None:
    """A line is a request, or None; what it asks as a command is answered as any other."""
    request = read_request(json_of(data, WORDS))
    if request is None:
        return
    assert isinstance(request, Request)
    assert len(request.verb) <= LONGEST_VERB
    _check(_answer(Command(id="control-1", verb=request.verb, args=request.args, actor="root", here=True)))


def _some_requests() -> Sequence[bytes]:
    return [
        _json(verb="status", args={}),
        _json(verb="hello", data_dir="/var/lib/lifering"),
        _json(verb="resolve", args={"alert": ALERT, "outcome": "helped"}),
        _json(verb="shelve", args={"wearer": "W-1", "kinds": ["heart_rate"], "until": "2026-11-24T08:00:00Z", "reason": "x"}),
    ]


def _told(said: Unreadable) -> None:
    assert said.why.isprintable()
    assert len(said.why) < 500


def _json(**fields: object) -> bytes:
    return PLAIN + json.dumps(fields).encode()
