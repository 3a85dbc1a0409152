"""What may leave the house of a configuration, a diagnosis, a status, a log: no person, no place, no secret.

Everything is named that stays; what is not named is left out. Pure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import to_builtins

from gateway.doctor.diagnosis import Diagnosis, Examination
from gateway.events import EVENTS
from gateway.settings.configuration import Configuration
from gateway.status import StatusAnswer
from gateway.words.diagnoses import what

CODES = frozenset(event.code for event in EVENTS.values())
KEPT: Mapping[str, tuple[str, ...]] = {
    "gateway": ("id", "language", "data_dir", "time_zone"),
    "mqtt": (
        "hosts",
        "host",
        "port",
        "tls",
        "insecure",
        "version",
        "keep_alive_s",
        "max_message_kb",
        "will",
        "retain",
        "root",
        "format",
        "alerts_need",
        "readings_need",
        "backlog_messages_per_s",
    ),
    "bluetooth": ("enabled", "adapters", "connections"),
    "duty": ("receipt_s", "person_s", "again_s", "repeat_s", "next_phone_s", "second_path_for", "sms_per_day", "self_test"),
    "supervision": ("silent_warning_min", "silent_critical_min", "off_wrist_min", "wearing_hours", "battery_percent"),
    "store": ("max_mb", "keep_delivered_days"),
}
ADAPTER = re.compile(r"hci[0-9]+|default|([0-9A-F]{2}:){5}[0-9A-F]{2}", re.IGNORECASE)
"""The names of adapters; a relay is called after its house."""
OF_PORTS = ("port", "driver", "baud", "parity", "shared")
OF_WATCHES = ("listen", "driver")
OF_STATUS = ("uptime_s", "clock", "queued", "counts", "disk", "open_alerts", "wristbands", "links")


def configuration(loaded: Configuration) -> dict[str, object]:
    """How the gateway is set up; people and places are counted, of secrets it is said whether there are any."""
    settings, bands = loaded.settings, loaded.bands.values()
    kept: dict[str, object] = {
        section: {key: getattr(getattr(settings, section), key) for key in keys} for section, keys in KEPT.items()
    }
    mqtt = settings.mqtt
    secrets = ("client_id", "username", "password_file", "ca_file", "cert_file", "key_file")
    return kept | {
        "mqtt_has": {key: getattr(mqtt, key) is not None for key in secrets},
        "serial": [{key: getattr(port, key) for key in OF_PORTS} for port in settings.serial],
        "relay": [{"port": relay.port} for relay in settings.relay],
        "watches": [{key: getattr(listener, key) for key in OF_WATCHES} for listener in settings.watches],
        "modem": settings.modem and {"port": settings.modem.port, "baud": settings.modem.baud},
        "counts": {
            "wristbands": Counter(band.driver for band in bands),
            "wearers": len({band.wearer for band in bands}),
            "rooms": len({band.room for band in bands if band.room}),
            "connections of their own": sum(band.slot for band in bands),
            "phones": len(loaded.duty_list.phones),
            "drills": len(settings.duty.drill),
            "rules": len(settings.rules),
            "wearers with limits of their own": len(settings.wearer),
        },
    }


def diagnoses(seen: Examination) -> list[dict[str, object]]:
    """What was found; of a mistake in a file only where it stands, for its words quote what somebody wrote."""
    return [_diagnosis(one) for one in seen.diagnoses]


def _diagnosis(one: Diagnosis) -> dict[str, object]:
    told: dict[str, object] = {"group": one.group, "code": one.code, "severity": "fault" if one.is_fault else "hint"}
    if one.mistake:
        return told | {"file": one.mistake.file.rpartition("/")[2], "line": one.mistake.line}
    facts = {name: "-" if _names(name, one) else fact for name, fact in one.facts.items()}
    return told | {"text": what(one.code, facts, "en")}


def _names(fact: str, one: Diagnosis) -> bool:
    """Whether it is how the house calls something, or a band; an adapter has a name of its own, a relay that of its house."""
    if one.code.startswith("relay_"):
        return fact in ("name", "host")
    return fact == "device" or (fact == "name" and one.group != "radio")


def status(answer: StatusAnswer) -> dict[str, object]:
    """How the running gateway is, without its bands and alerts."""
    whole = to_builtins(answer)
    return {key: whole[key] for key in OF_STATUS} | {
        "adapters": {name: state for name, state in answer.adapters.items() if ADAPTER.fullmatch(name)},
        "relays": Counter(state for name, state in answer.adapters.items() if not ADAPTER.fullmatch(name)),
        "ports": Counter(answer.ports.values()),
        "faults": [{"fault": fault.fault, "since": fault.since} for fault in answer.faults],
        "evicted_by_reason": answer.tallies.evicted_by_reason,
    }


def log_lines(lines: Iterable[str]) -> list[str]:
    """Of each line of the gateway its time, level and code; others, a traceback perhaps, are counted where they stand."""
    kept: list[str] = []
    others = 0
    for line in [*lines, None]:
        known = _known(line)
        if known is None and line is not None:
            others += 1
            continue
        if others:
            kept.append(json.dumps({"other_lines": others}))
            others = 0
        if known:
            kept.append(json.dumps(known))
    return kept


def _known(line: str | None) -> dict[str, Any] | None:
    try:
        said = json.loads(line or "null")
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("code") not in CODES:
        return None
    return {key: str(said.get(key, ""))[:40] for key in ("timestamp", "level", "code")}
