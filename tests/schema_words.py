"""What each word of each enumeration in the messages means, for the JSON Schemas; each becomes a type with a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gateway.words.faults import FAULTS

Schema = dict[str, Any]


class Vocabulary(NamedTuple):
    """An enumeration: the name of its type, and its words with what they mean."""

    name: str
    words: Mapping[str, str]


ALERT_KINDS = {
    "sos": "the wearer pressed the key that calls for help",
    "fall": "the band noticed a fall",
    "heart_rate": "the pulse is beyond a limit",
    "blood_pressure": "the blood pressure is beyond a limit",
    "body_temperature": "the body temperature is beyond a limit",
    "oxygen_saturation": "the oxygen saturation is beyond a limit",
    "respiratory_rate": "the respiratory rate is beyond a limit",
    "several_signs": "several vital signs together are out of order",
    "trend": "the resting pulse of the night is above that of the last two weeks",
    "no_usable_value": "a worn band measures, and no value is one that a person can have",
    "irregular_pulse": "the pulse is irregular",
    "off_wrist": "the band is off the wrist in wearing hours",
    "silent": "the band has not been heard in wearing hours",
    "battery": "the charge of the band is low",
    "geofence": "the wearer has left the surroundings of their home",
    "technical": "something of the gateway or of what it needs is broken: `detail` names it",
}
READING_KINDS = {
    "heart_rate": "pulse",
    "blood_pressure": "arterial pressure by a cuff, or estimated without one",
    "body_temperature": "temperature of the body",
    "skin_temperature": "temperature of the skin under the band",
    "oxygen_saturation": "oxygen saturation by pulse oximetry",
    "respiratory_rate": "breaths",
    "position": "place of the band",
    "battery": "charge of the band",
    "steps": "steps since the band began to count",
    "worn": "whether the band is on the wrist",
    "charging": "whether the band is on its charger",
    "battery_low": "whether the charge is low, of a band that tells no figure",
    "fall": "a fall was noticed",
    "button": "a key was pressed",
}
_BAND_WORDS = {
    "shown": "the band has shown it",
    "sent": "the band has the order, and is of a kind that never says whether it obeyed",
    "unsupported": "this band cannot show it",
    "unreachable": "the band was not in reach",
    "busy": "the band was occupied",
    "failed": "the band refused, or did not answer",
}
_WORKFLOW = {
    "raised": "on the disk of the gateway",
    "sent": "handed to the broker",
    "received": "confirmed by the platform",
    "acknowledged": "a person knows",
    "dispatched": "somebody is on the way",
    "on_scene": "somebody is with the wearer",
    "resolved": "it is over: closed by a person, or a test that has ended",
    "cancelled": "a person said that it was none",
}

VOCABULARIES = (
    Vocabulary("AlertKind", ALERT_KINDS),
    Vocabulary("WearerAlertKind", {word: meaning for word, meaning in ALERT_KINDS.items() if word != "technical"}),
    Vocabulary("ReadingKind", READING_KINDS),
    Vocabulary(
        "EventName",
        {
            "raised": "the alert begins",
            "updated": "a further press, a confirming measurement, what the band showed, a reminder",
            "escalated": "more urgent than before, or nobody answered in time",
            "cleared": "its cause is over; whether a person has come is told by the workflow",
            "acknowledged": "a person knows",
            "dispatched": "somebody is on the way",
            "on_scene": "somebody is with the wearer",
            "resolved": "it is over",
            "cancelled": "it was none",
        },
    ),
    Vocabulary(
        "Priority",
        {
            "critical": "somebody must go now",
            "warning": "somebody must look today",
            "advisory": "somebody should know",
        },
    ),
    Vocabulary("Condition", {"active": "the cause stands", "cleared": "the cause is over"}),
    Vocabulary("Workflow", _WORKFLOW),
    Vocabulary("ClosedWorkflow", {word: _WORKFLOW[word] for word in ("resolved", "cancelled")}),
    Vocabulary(
        "Outcome",
        {
            "helped": "the wearer needed help and had it",
            "false_alarm": "nothing had happened",
            "drill": "it was a drill",
            "other": "something else, told in the note",
        },
    ),
    Vocabulary(
        "ClockState",
        {
            "synced": "synchronised",
            "holdover": "synchronised once since the machine was started, not now",
            "unsynced": "not set since the machine was started: times may be wrong",
        },
    ),
    Vocabulary("BandResult", _BAND_WORDS),
    Vocabulary("NotifyWord", {word: _BAND_WORDS[word] for word in ("shown", "sent")}),
    Vocabulary(
        "Signal",
        {
            "received": "the call has been received",
            "help_on_the_way": "help is on the way",
            "call_me": "please call back",
        },
    ),
    Vocabulary(
        "SmsResult",
        {
            "sent": "the network has it",
            "delivered": "the phone has it",
            "failed": "it could not be sent, or the network gave it up",
        },
    ),
    Vocabulary(
        "MeasuredDetail",
        {
            "past_event": "found in what came late: no call of now",
            "could_not_confirm": "no second value came in time",
            "not_confirmed": "the second value was normal",
            "sensor_unvalidated": "of a wrist or a sensor without cuff: never critical by itself",
        },
    ),
    Vocabulary("Fault", {fault: said.english.format(device="`device`", devices="N") for fault, said in FAULTS.items()}),
    Vocabulary(
        "GapReason",
        {
            "thinned out": "detail that had to make room",
            "disk full": "the oldest routine readings, which had to make room",
            "rejected": "refused by a receipt of the platform",
            "damaged": "the disk changed or lost it",
            "erased": "on the wish of a wearer",
        },
    ),
    Vocabulary(
        "State",
        {
            "online": "the gateway is there",
            "stopping": "it was told to stop, and ends in order",
            "offline": "the broker has lost it (the will)",
        },
    ),
    Vocabulary(
        "ReplyStatus",
        {
            "accepted": "it takes longer; another reply follows",
            "done": "it is done: `result`",
            "rejected": "it was not tried: `reason`",
            "failed": "it was tried in vain: `reason`",
        },
    ),
    Vocabulary(
        "Reason",
        {
            "expired": "it came after `expires_at`",
            "unknown verb": "no command has this verb",
            "unknown alert": "the gateway knows no such alert",
            "unknown wearer": "no enrolled band is of this wearer",
            "alert is closed": "a person has closed it before",
            "actor is missing": "it does not say which person asks for it",
            "id was used for another command": "each command needs an id of its own",
            "unreadable": "it is no command, or its args are not those of its verb",
            "unsupported": "no band of this wearer can do it",
            "unreachable": "no band of this wearer was in reach",
            "busy": "the band was occupied",
            "failed": "the band refused or did not answer, or the gateway was restarted meanwhile",
        },
    ),
    Vocabulary(
        "ReceiptStatus",
        {
            "ok": "the platform has it for good",
            "hold": "the platform has it, and no person knows yet",
            "rejected": "the platform refuses it: `reason`",
        },
    ),
    Vocabulary(
        "Button",
        {
            "sos": "the key for help, or what this band calls so",
            "find_phone": "the key that looks for the phone",
            "press": "once",
            "double_press": "twice",
            "triple_press": "three times",
            "long_press": "long",
            "long_double_press": "twice, long",
            "long_triple_press": "three times, long",
            "hold": "held down",
        },
    ),
)
_BY_WORDS = {frozenset(vocabulary.words): vocabulary for vocabulary in VOCABULARIES}


def name_enumerations(schema: Schema) -> None:
    """Each enumeration of words becomes a `$ref` to a type with a name, whose description tells of each word."""
    found: dict[str, Schema] = {}
    _visit(schema, found)
    schema["$defs"].update(sorted(found.items()))


def _visit(part: Any, found: dict[str, Schema]) -> None:
    if isinstance(part, dict):
        words = [word for word in part.get("enum", ()) if isinstance(word, str)]
        if words:
            _name(part, _BY_WORDS[frozenset(words)], words, found)
        for inner in list(part.values()):
            _visit(inner, found)
    elif isinstance(part, list):
        for inner in part:
            _visit(inner, found)


def _name(part: Schema, vocabulary: Vocabulary, words: list[str], found: dict[str, Schema]) -> None:
    name, means = vocabulary
    meanings = "\n".join(f"- `{word}`: {means[word]}" for word in words)
    found[name] = {"title": name, "type": "string", "description": meanings, "enum": words}
    reference = {"$ref": f"#/$defs/{name}"}
    may_be_null = None in part.pop("enum")
    part.update({"anyOf": [reference, {"type": "null"}]} if may_be_null else reference)
