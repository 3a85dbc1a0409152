"""What is sent keeps to the published schemas, goes where the contract says, and never changes its bytes."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from drivers.measurement import BUTTONS, BloodPressure, Kind, Position, Value
from gateway.alert import Alert, AlertEvent, AlertOutcome, EventName, LastPosition, RuleRef, Workflow
from gateway.commands import Reply
from gateway.formats import format as streams
from gateway.formats.format import Outgoing, State
from gateway.formats.native import NativeFormat
from gateway.formats.reading_json import encode_reading, reading_ids
from gateway.formats.times import rfc3339
from gateway.readings import Reading
from gateway.snapshot import BandState, Counts, DiskState, Fault, LinkState, Queued, Snapshot, Tallies
from tests.make_schemas import SCHEMAS

FORMAT = NativeFormat("xishan-01")
AT_MS = 1_795_404_069_120  # 2026-11-23T03:21:09.120Z
ORIGIN = "xishan-01/3"

VALUES: dict[Kind, Value] = {
    "heart_rate": 72,
    "blood_pressure": BloodPressure(systolic=128, diastolic=82, mean=97, pulse=71),
    "body_temperature": 36.6,
    "skin_temperature": 33.1,
    "oxygen_saturation": 97,
    "respiratory_rate": 14,
    "position": Position(latitude=30.53, longitude=120.68),
    "battery": 80,
    "steps": 4_200,
    "worn": False,
    "charging": True,
    "battery_low": False,
    "fall": True,
    "button": "sos",
}


def reading(kind: Kind = "heart_rate", value: Value = 72, **fields: Any) -> Reading:
    given: dict[str, Any] = {
        "wearer": "W-017",
        "device": "C0:FF:EE:00:00:01",
        "driver": "serial-hub",
        "at_ms": AT_MS,
        "seq": 1024,
    }
    return Reading(kind=kind, value=value, received_ms=AT_MS + 360, clock="synced", **(given | fields))


def alert(**fields: Any) -> Alert:
    given: dict[str, Any] = {
        "number": 41,
        "epoch": 3,
        "seq": 2071,
        "kind": "sos",
        "priority": "critical",
        "condition": "active",
        "workflow": "raised",
    }
    times = {"at_ms": AT_MS, "raised_ms": AT_MS, "rule": RuleRef("SOS", "1")}
    return Alert(**(given | times | fields))


def said_of(alert: Alert, event: EventName = "raised", late_s: int = 0) -> dict[str, Any]:
    return valid("alert", FORMAT.alert(AlertEvent(alert=alert, event=event, seq=2071, at_ms=AT_MS, text="help"), late_s))


def batch(*bodies: bytes) -> Outgoing:
    return FORMAT.readings("b1", bodies)


def valid(schema: str, outgoing: Outgoing) -> dict[str, Any]:
    """The message, which must keep to the schema and have no field that it does not name."""
    message: dict[str, Any] = json.loads(outgoing.payload)
    definition = SCHEMAS[f"{schema}.schema.json"]()
    Draft202012Validator(definition).validate(message)
    types: Any = definition["$defs"]
    struct = types[str(definition["$ref"]).rpartition("/")[2]]
    if "discriminator" in struct:
        struct = types[struct["discriminator"]["mapping"][message["kind"]].rpartition("/")[2]]
    assert message.keys() <= struct["properties"].keys()
    return message


# --- readings -------------------------------------------------------------------------------------------------------


def test_a_reading_is_what_the_contract_shows() -> None:
    body = encode_reading(reading("blood_pressure", VALUES["blood_pressure"], driver="ble-blood-pressure"), ORIGIN)

    assert json.loads(body) == {
        "id": "xishan-01/3/1024",
        "wearer": "W-017",
        "device": "C0:FF:EE:00:00:01",
        "driver": "ble-blood-pressure",
        "kind": "blood_pressure",
        "value": {"systolic": 128, "diastolic": 82, "mean": 97, "pulse": 71},
        "unit": "mm[Hg]",
        "at": "2026-11-23T03:21:09.120Z",
        "received_at": "2026-11-23T03:21:09.480Z",
        "clock": "synced",
        "quality": [],
        "history": False,
    }


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_reading_of_every_kind_keeps_to_the_schema(kind: Kind) -> None:
    body = encode_reading(reading(kind, VALUES[kind], quality=("invalid:no_contact",)), ORIGIN)

    valid("readings", batch(body, body))


@pytest.mark.parametrize("word", BUTTONS)
def test_a_press_of_every_kind_keeps_to_the_schema(word: str) -> None:
    valid("readings", batch(encode_reading(reading("button", word), ORIGIN)))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"value": {"systolic": 128}}, id="a value of another kind"),
        pytest.param({"unit": "bpm"}, id="a unit of our own"),
        pytest.param({"kind": "mood"}, id="a kind of our own"),
        pytest.param({"at": "2026-11-23T03:21:09Z"}, id="a time without milliseconds"),
        pytest.param({"clock": None}, id="no word for the clock"),
    ],
)
def test_the_schema_refuses_what_is_no_reading(change: dict[str, Any]) -> None:
    wrong = json.loads(encode_reading(reading(), ORIGIN)) | change

    with pytest.raises(ValidationError):
        valid("readings", batch(json.dumps(wrong).encode()))


def test_a_batch_is_made_of_bytes_that_are_encoded_already() -> None:
    one, two, three = (encode_reading(reading(seq=seq), ORIGIN) for seq in (1, 2, 3))

    message = valid("readings", batch(one + b"," + two, three))

    assert [r["id"] for r in message["readings"]] == ["xishan-01/3/1", "xishan-01/3/2", "xishan-01/3/3"]
    assert reading_ids(one + b"," + two) == ["xishan-01/3/1", "xishan-01/3/2"]


# --- alerts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", get_args(EventName))
def test_every_event_of_an_alert_keeps_to_the_schema(event: EventName) -> None:
    place = LastPosition(Position(latitude=30.53, longitude=120.68, accuracy_m=12), AT_MS - 42_000)
    told = alert(readings=(reading("button", "sos", epoch=3),), position=place, detail="past_event", actor="dispatcher-1")

    message = said_of(told, event)

    assert message["position"] == {"latitude": 30.53, "longitude": 120.68, "accuracy_m": 12, "age_s": 42}
    assert (message["id"], message["seq"], message["event"]) == ("xishan-01/3/A41", 2071, event)
    assert [r["id"] for r in message["readings"]] == ["xishan-01/3/1024"]


def test_an_alert_says_null_where_there_is_none() -> None:
    message = said_of(alert(kind="technical", detail="disk"))

    nothing = ("wearer", "room", "device", "actor", "outcome", "position")
    assert {name: message[name] for name in nothing} == dict.fromkeys(nothing)
    assert "band" not in message
    assert "" not in message.values()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"kind": "technical", "detail": "gremlins"}, id="no fault that there is"),
        pytest.param({"kind": "technical"}, id="a fault without its word"),
        pytest.param({"detail": "port_lost"}, id="a fault of a person"),
        pytest.param({"band": {"received": "done"}}, id="no result of a band"),
        pytest.param({"band": {"waved": "shown"}}, id="nothing that a band is told"),
    ],
)
def test_the_schema_refuses_what_is_no_alert(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        said_of(alert(**wrong))


@pytest.mark.parametrize("outcome", get_args(AlertOutcome))
def test_an_alert_says_its_level_and_how_it_ended(outcome: AlertOutcome) -> None:
    message = said_of(alert(workflow="resolved", level=3, outcome=outcome, band={"received": "shown"}), "resolved")

    assert (message["level"], message["outcome"], message["reminder"]) == (3, outcome, False)
    assert message["band"] == {"received": "shown"}


@pytest.mark.parametrize(("workflow", "said"), [("raised", "sent"), ("received", "received"), ("acknowledged", "acknowledged")])
def test_an_alert_that_somebody_reads_was_sent(workflow: Workflow, said: str) -> None:
    assert said_of(alert(workflow=workflow))["workflow"] == said


def test_lateness_is_all_that_it_changes() -> None:
    told = alert(readings=(reading("blood_pressure", VALUES["blood_pressure"]), reading("position", VALUES["position"])))

    assert said_of(told, late_s=7_200) == said_of(told) | {"late_s": 7_200}


# --- how the gateway is ---------------------------------------------------------------------------------------------


def snapshot(*open_alerts: Alert) -> Snapshot:
    return Snapshot(
        gateway="xishan-01",
        epoch=1,
        boot="b1",
        version="0.1.0",
        at_ms=AT_MS,
        uptime_s=60,
        clock="holdover",
        time_zone="Asia/Shanghai",
        queued=Queued(alerts=0, readings=3, oldest_s=7),
        counts=Counts(received=4, stored=3, rejected={"checksum": 1}, pending=3),
        adapters={"hci0": "scanning"},
        ports={"hall-hub": "open"},
        disk=DiskState(state="ok", free_mb=9_000, total_mb=14_000),
        open_alerts=open_alerts,
        bands=(BandState(address="C0:FF:EE:00:00:01", driver="bthome", wearer="W-1", room="1", heard_s=None, battery=None),),
        heard=0,
        links={"mqtt": LinkState(state="connected", since_ms=AT_MS)},
        faults=(
            Fault(fault="port_lost", since_ms=AT_MS, device="hall-hub"),
            Fault(fault="link keeps breaking", since_ms=AT_MS),
        ),
        tallies=Tallies(dropped_frames={"hci0": 2}, evicted_by_reason={"disk full": 7}),
    )


def test_a_heartbeat_keeps_to_the_schema() -> None:
    at = rfc3339(AT_MS)

    heartbeat = valid("heartbeat", FORMAT.heartbeat(snapshot(alert()), 7))

    assert (heartbeat["seq"], heartbeat["at"], heartbeat["wristbands"]) == (7, at, {"known": 1, "heard": 0})
    assert heartbeat["open_alerts"] == 1
    assert heartbeat["links"] == {"mqtt": {"state": "connected", "since": at}}
    assert heartbeat["faults"] == [
        {"fault": "port_lost", "since": at, "device": "hall-hub"},
        {"fault": "link keeps breaking", "since": at},
    ]
    assert heartbeat["tallies"]["dropped_frames"] == {"hci0": 2}
    assert heartbeat["tallies"]["evicted_by_reason"] == {"disk full": 7}


def test_a_snapshot_lists_what_is_open() -> None:
    sos = alert(workflow="dispatched", wearer="W-017", room="3-201", level=2)

    message = valid("snapshot", FORMAT.snapshot(snapshot(sos, alert(number=42, kind="technical", detail="disk"))))

    assert message["open"][0] == {
        "id": "xishan-01/3/A41",
        "seq": 2071,
        "kind": "sos",
        "priority": "critical",
        "condition": "active",
        "workflow": "dispatched",
        "wearer": "W-017",
        "room": "3-201",
        "raised_at": rfc3339(AT_MS),
        "level": 2,
    }
    assert [(one["id"], one["wearer"], one["room"]) for one in message["open"][1:]] == [("xishan-01/3/A42", None, None)]
    assert (message["gateway"], message["boot"], message["at"]) == ("xishan-01", "b1", rfc3339(AT_MS))


@pytest.mark.parametrize("state", get_args(State))
def test_a_status_keeps_to_the_schema(state: State) -> None:
    assert valid("status", FORMAT.status(state, snapshot())) == {
        "v": 1, "gateway": "xishan-01", "state": state, "boot": "b1", "at": rfc3339(AT_MS), "version": "0.1.0",
    }  # fmt: skip


# --- replies --------------------------------------------------------------------------------------------------------


def test_a_reply_carries_the_verb() -> None:
    result = {"alert": "xishan-01/3/A41", "workflow": "acknowledged"}
    reply = Reply(id="c-1", verb="acknowledge", status="done", result=result)

    assert valid("reply", FORMAT.reply(reply)) == {
        "v": 1, "id": "c-1", "verb": "acknowledge", "status": "done", "result": result,
    }  # fmt: skip


def test_a_reply_to_what_could_not_be_read_has_no_verb() -> None:
    assert valid("reply", FORMAT.reply(Reply(id="c-1", verb="", status="rejected", reason="unreadable"))) == {
        "v": 1, "id": "c-1", "verb": None, "status": "rejected", "reason": "unreadable",
    }  # fmt: skip


# --- where it goes --------------------------------------------------------------------------------------------------


def test_everything_goes_where_the_contract_says() -> None:
    event = AlertEvent(alert=alert(), event="raised", seq=2071, at_ms=AT_MS, text="help")
    sent = (
        FORMAT.status("online", snapshot()),
        FORMAT.heartbeat(snapshot(), 1),
        FORMAT.snapshot(snapshot()),
        FORMAT.alert(event, 0),
        batch(),
        FORMAT.reply(Reply(id="c-1", verb="cancel", status="done")),
    )

    assert [outgoing.topic for outgoing in sent] == [f"lifering/v1/xishan-01/{outgoing.stream}" for outgoing in sent]
    assert [outgoing.stream for outgoing in sent] == [
        streams.STATUS, streams.HEARTBEAT, streams.SNAPSHOT, streams.ALERTS, streams.READINGS, streams.REPLIES,
    ]  # fmt: skip
    assert [outgoing.stream for outgoing in sent if outgoing.retain] == [streams.STATUS]
    assert [outgoing.stream for outgoing in sent if not outgoing.urgent] == [streams.READINGS]


def test_the_root_may_have_slashes_of_its_own() -> None:
    assert NativeFormat("g-1", "/cloud/$product").subscriptions == {
        "down/receipts": "/cloud/$product/g-1/down/receipts",
        "down/commands": "/cloud/$product/g-1/down/commands",
    }
