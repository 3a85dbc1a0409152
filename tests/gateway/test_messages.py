"""What is sent keeps to the published schemas, is encoded once, and never changes its bytes."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from drivers.measurement import BUTTONS, BloodPressure, Kind, Position, Value
from gateway import messages
from gateway.alert import Alert, AlertEvent, EventName, LastPosition, RuleRef
from gateway.readings import Reading
from gateway.snapshot import BandState, Counts, DiskState, Fault, LinkState, Queued, Snapshot, Tallies
from tests.make_schemas import SCHEMAS

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
        "kind": "sos",
        "priority": "critical",
        "condition": "active",
        "workflow": "raised",
    }
    times = {"at_ms": AT_MS, "raised_ms": AT_MS, "rule": RuleRef("SOS", "1")}
    return Alert(**(given | times | fields))


def alert_body(alert: Alert, event: EventName = "raised") -> bytes:
    return messages.alert_message(AlertEvent(alert=alert, event=event, seq=2071, at_ms=AT_MS, text="help"), 0, "xishan-01")


def valid(schema: str, body: bytes) -> dict[str, Any]:
    """The message, which must keep to the schema and have no field that it does not name."""
    message: dict[str, Any] = json.loads(body)
    definition = SCHEMAS[f"{schema}.schema.json"]()
    Draft202012Validator(definition).validate(message)
    struct = definition["$defs"][definition["$ref"].rpartition("/")[2]]  # type: ignore[index, attr-defined]
    assert message.keys() <= struct["properties"].keys()
    return message


# --- readings -------------------------------------------------------------------------------------------------------


def test_a_reading_is_what_the_contract_shows() -> None:
    body = messages.encode_reading(reading("blood_pressure", VALUES["blood_pressure"], driver="ble-blood-pressure"), ORIGIN)

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
    body = messages.encode_reading(reading(kind, VALUES[kind], quality=("invalid:no_contact",)), ORIGIN)

    valid("readings", messages.batch("xishan-01", "b1", [body, body]))


@pytest.mark.parametrize("word", BUTTONS)
def test_a_press_of_every_kind_keeps_to_the_schema(word: str) -> None:
    valid("readings", messages.batch("xishan-01", "b1", [messages.encode_reading(reading("button", word), ORIGIN)]))


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
    wrong = json.loads(messages.encode_reading(reading(), ORIGIN)) | change

    with pytest.raises(ValidationError):
        valid("readings", messages.batch("xishan-01", "b1", [json.dumps(wrong).encode()]))


def test_a_batch_is_made_of_bytes_that_are_encoded_already() -> None:
    one, two, three = (messages.encode_reading(reading(seq=seq), ORIGIN) for seq in (1, 2, 3))

    message = valid("readings", messages.batch("xishan-01", "b1", [one + b"," + two, three]))

    assert [r["id"] for r in message["readings"]] == ["xishan-01/3/1", "xishan-01/3/2", "xishan-01/3/3"]
    assert messages.reading_ids(one + b"," + two) == ["xishan-01/3/1", "xishan-01/3/2"]


# --- alerts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", get_args(EventName))
def test_every_event_of_an_alert_keeps_to_the_schema(event: EventName) -> None:
    place = LastPosition(Position(latitude=30.53, longitude=120.68, accuracy_m=12), AT_MS - 42_000)
    told = alert(readings=(reading("button", "sos"),), position=place, detail="port_lost", actor="dispatcher-1")

    message = valid("alert", alert_body(told, event))

    assert message["position"] == {"latitude": 30.53, "longitude": 120.68, "accuracy_m": 12, "age_s": 42}
    assert (message["id"], message["seq"], message["event"]) == ("xishan-01/3/A41", 2071, event)


@pytest.mark.parametrize(("workflow", "said"), [("raised", "sent"), ("acknowledged", "acknowledged")])
def test_an_alert_that_somebody_reads_was_sent(workflow: str, said: str) -> None:
    assert valid("alert", alert_body(alert(workflow=workflow)))["workflow"] == said


def test_an_alert_is_what_the_contract_shows_and_what_there_is_none_of_is_null() -> None:
    event = AlertEvent(alert=alert(workflow="raised"), event="raised", seq=2071, at_ms=AT_MS + 500, text="help")

    message = json.loads(messages.alert_message(event, 7_200, "xishan-01"))

    assert message == {
        "v": 1,
        "gateway": "xishan-01",
        "id": "xishan-01/3/A41",
        "event": "raised",
        "seq": 2071,
        "kind": "sos",
        "priority": "critical",
        "condition": "active",
        "workflow": "sent",
        "unconfirmed": False,
        "test": False,
        "wearer": None,
        "room": None,
        "device": None,
        "at": "2026-11-23T03:21:09.620Z",
        "raised_at": "2026-11-23T03:21:09.120Z",
        "late_s": 7_200,
        "rule": {"id": "SOS", "table": "1", "limit": None},
        "level": 0,
        "actor": None,
        "outcome": None,
        "detail": None,
        "reminder": False,
        "readings": [],
        "position": None,
        "text": "help",
    }


# --- the rest -------------------------------------------------------------------------------------------------------


def test_status_and_replies_keep_to_the_schemas() -> None:
    at = messages.rfc3339(AT_MS)

    valid("status", messages.encode(messages.StatusMessage(gateway="g", state="online", boot="b", at=at, version="0.1.0")))
    reply = valid("reply", messages.encode(messages.ReplyMessage(id="c-1", verb="cancel", status="rejected", reason="expired")))

    assert reply == {"v": 1, "id": "c-1", "verb": "cancel", "status": "rejected", "reason": "expired"}


def test_a_heartbeat_keeps_to_the_schema() -> None:
    snapshot = Snapshot(
        gateway="xishan-01",
        epoch=1,
        boot="b1",
        version="0.1.0",
        at_ms=AT_MS,
        uptime_s=60,
        clock="holdover",
        queued=Queued(alerts=0, readings=3, oldest_s=7),
        counts=Counts(received=4, stored=3, rejected={"checksum": 1}, pending=3),
        adapters={"hci0": "scanning"},
        ports={"hall-hub": "open"},
        disk=DiskState(state="ok", free_mb=9_000, total_mb=14_000),
        open_alerts=(),
        bands=(BandState(address="C0:FF:EE:00:00:01", driver="bthome", wearer="W-1", room="1", heard_s=None, battery=None),),
        heard=0,
        links={"mqtt": LinkState(state="connected", since_ms=AT_MS)},
        faults=(
            Fault(fault="port_lost", since_ms=AT_MS, device="hall-hub"),
            Fault(fault="link keeps breaking", since_ms=AT_MS),
        ),
        tallies=Tallies(dropped_frames={"hci0": 2}, evicted_by_reason={"disk full": 7}),
    )
    at = messages.rfc3339(AT_MS)

    heartbeat = valid("heartbeat", messages.encode(messages.heartbeat_message(snapshot, 7)))

    assert (heartbeat["seq"], heartbeat["at"], heartbeat["wristbands"]) == (7, at, {"known": 1, "heard": 0})
    assert heartbeat["links"] == {"mqtt": {"state": "connected", "since": at}}
    assert heartbeat["faults"] == [
        {"fault": "port_lost", "since": at, "device": "hall-hub"},
        {"fault": "link keeps breaking", "since": at},
    ]
    assert heartbeat["tallies"]["dropped_frames"] == {"hci0": 2}
    assert heartbeat["tallies"]["evicted_by_reason"] == {"disk full": 7}


@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999))
def test_a_time_comes_back_as_it_was(ms: int) -> None:
    assert messages.from_rfc3339(messages.rfc3339(ms)) == ms
