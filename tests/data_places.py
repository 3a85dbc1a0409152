"""Every place where the gateway keeps or sends data, with its fields, as the code has them (docs/data-inventory.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import structs
from pydantic import BaseModel

from drivers.presses import PressMemory
from gateway.alert import Alert, AuditEntry
from gateway.alerts.shelving import StoredShelf
from gateway.channels.sms.kept import Note, SmsMemory
from gateway.formats.reading_json import ReadingMessage
from gateway.settings.duty_files import PHONES, VOLUNTEERS
from gateway.settings.roster_file import COLUMNS
from gateway.settings.sections.bands import WristbandSection
from gateway.settings.sections.mqtt import MqttSection
from gateway.snapshot import Tallies
from gateway.store.connection import open_sqlite
from gateway.supervision.band_record import BandRecord
from tests.message_schemas import DOWN, UP

SCHEMAS = Path(__file__).parent.parent / "gateway" / "store" / "schema"


def places() -> dict[str, set[str]]:
    """By name."""
    found: dict[str, set[str]] = {
        "READING": fields(ReadingMessage),
        "ALERT as stored": fields(Alert),
        "press memory": fields(PressMemory),
        "deed of a person": fields(AuditEntry),
        "shelf": fields(StoredShelf),
        "supervision of a band": fields(BandRecord),
        "memory of the second path": fields(SmsMemory) | fields(Note),
        "duty list": set(PHONES),
        "list of volunteers": set(VOLUNTEERS),
    }
    found |= {f"up/{name}": fields(kind) for name, kind in UP.items()} | {
        f"down/{name}": fields(kind) for name, kind in DOWN.items()
    }
    found |= {"tallies of the heartbeat": fields(Tallies), "roster file": set(COLUMNS)}
    found |= {"[[wristband]]": settings(WristbandSection), "[mqtt]": settings(MqttSection)}
    return {**found, **tables("alerts"), **tables("readings")}


def fields(kind: type) -> set[str]:
    """Of a struct, as they are written."""
    return {field.encode_name for field in structs.fields(kind)}


def settings(section: type[BaseModel]) -> set[str]:
    """The keys of a section."""
    return set(section.model_fields)


def tables(database: str) -> Mapping[str, set[str]]:
    """The columns of each table of a database, after all steps of its schema."""
    steps: Sequence[Path] = sorted(SCHEMAS.glob(f"{database}-*.sql"), key=lambda path: int(path.stem.rpartition("-")[2]))
    with open_sqlite(":memory:") as connection:
        for step in steps:
            connection.executescript(step.read_text())
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {
            f"{database}.db: {name}": {column for _, column, *_ in connection.execute(f"PRAGMA table_info({name})")}
            for name in names
        }
    connection.close()
    return found
