"""`lifering check`: says what is wrong with a configuration and what it names, as the service sees it, or what it will do."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import structs

from gateway.cli import FAILED, WELL, WRONG, usage
from gateway.cli.usage import Parser
from gateway.clock import SystemClock
from gateway.duty.duty_list import DutyList
from gateway.errors import SourceLost
from gateway.language import Language, read_here
from gateway.mistake import Mistake
from gateway.readings import Enrolment
from gateway.settings import named_files, toml_text
from gateway.settings.configuration import BluetoothSettings, Settings
from gateway.settings.file import plain
from gateway.settings.language import USUAL_FILE
from gateway.settings.machine.data_place import GB, Place
from gateway.settings.machine.inspection import Finding
from gateway.settings.machine.service_user import me, there_is
from gateway.settings.machine.service_view import is_root, seen_as_service
from gateway.settings.machine.unit import installed
from gateway.settings.shipped import shipped, shipped_signature
from gateway.settings.toml_lines import Lines
from gateway.settings.validation import key_name
from gateway.sources.ble.adapters import PluggedAdapter
from gateway.words.command_line import CHECK
from gateway.words.mistakes import text


def configure(parser: Parser) -> None:
    """Its options."""
    parser.add_argument("--config", type=Path, default=USUAL_FILE, metavar="FILE", help=parser.words("config"))
    parser.add_argument("--user", metavar="NAME", help=parser.words("check user"))
    parser.add_argument("--json", action="store_true", help=parser.words("one object"))


def run(args: argparse.Namespace) -> int:
    """Exit code 0: valid; 2: every problem is told on stderr; 1: the files are well, the machine is not ready for them."""
    if args.user and (code := _refused(args.user)):
        print(f"lifering check: {usage.said(args.spoken, code, what=args.user)}", file=sys.stderr)
        return WRONG
    examined, machine = seen_as_service(args.config, installed(), args.user, datetime.now(UTC))
    mistakes = [*examined.mistakes, *_placed(machine.mistakes if machine else (), args.config)]
    doubts = [*examined.warnings, *_placed(machine.doubts if machine else (), args.config)]
    told = {(mistake.file, mistake.line, mistake.key) for mistake in mistakes}
    warnings = (
        [doubt for doubt in doubts if (doubt.file, doubt.line, doubt.key) not in told]
        if mistakes
        else [*doubts, *_unreviewed()]
    )
    language = examined.language or read_here()
    if args.json:
        print(json.dumps(_as_json(examined.bands, mistakes, warnings, language), ensure_ascii=False, indent=2))
    elif examined.settings and machine and not mistakes:
        settings = plain(examined.settings)
        print(*_summary(str(args.config), settings, machine.place, examined.bands, examined.duty_list), sep="\n")
    for mistake in mistakes:
        print(_told(mistake, language), file=sys.stderr)
    if not args.json:
        for warning in warnings:
            print(_told(warning, language, CHECK["warning"].of(language or "en")), file=sys.stderr)
    return WRONG if examined.mistakes else FAILED if mistakes else WELL


def _refused(user: str) -> str | None:
    """The code of why nobody can look with the rights of this user."""
    if not there_is(user):
        return "no_user"
    return None if is_root() or user == me() else "only_root_looks"


def _placed(findings: Sequence[Finding], config: Path) -> list[Mistake]:
    """With their lines in the configuration."""
    if not findings:
        return []
    lines = toml_text.read(named_files.content(config).decode("utf-8-sig")).lines or Lines("")
    return [Mistake(str(config), lines.of(path), key_name(path), code, facts) for path, code, facts in findings]


def _unreviewed() -> Iterator[Mistake]:
    """That nobody has signed the table of limits which holds here, or that it is another one since."""
    signature = shipped_signature()
    if signature.state != "signed":
        file = shipped("rules.toml")
        key, code = ("reviewed_by", "rules_unsigned") if signature.state == "unsigned" else ("reviewed_rows", "rules_changed")
        line = Lines(file.read_text(encoding="utf-8")).of((key,))
        yield Mistake(str(file), line, key, code, signature._asdict())


def _told(mistake: Mistake, language: Language | None, kind: str = "") -> str:
    return f"{mistake.file}:{mistake.line}: {mistake.key}: {kind}{text(mistake, language)}"


def _summary(file: str, settings: Settings, place: Place, enrolled: Mapping[str, Enrolment], people: DutyList) -> Iterator[str]:
    """A few plain lines on what a gateway with these settings does."""
    gateway, mqtt, duty = settings.gateway, settings.mqtt, settings.duty

    def said(code: str, **facts: object) -> str:
        return CHECK[code].of(gateway.language).format(**facts)

    yield said("valid", file=file)
    yield said("gateway", id=gateway.id, data_dir=gateway.data_dir)
    point = place.mount.point if place.mount else "/"
    yield said("disk", point=point, free_gb=place.free / GB, total_gb=place.total / GB)
    clock = said("synced" if SystemClock().state() == "synced" else "unsynced")
    yield said("time", zone=gateway.time_zone, now=datetime.now(ZoneInfo(gateway.time_zone)), state=clock)
    brokers = ", ".join(f"{host}:{port}" for host, port in mqtt.brokers)
    security = said("tls" if mqtt.tls else "plain")
    yield said("broker", brokers=brokers, version=mqtt.version, security=security, root=mqtt.root, id=gateway.id)
    yield said("delivery", alerts=said(mqtt.alerts_need), readings=said(mqtt.readings_need))
    yield said("duty", **structs.asdict(duty))
    if settings.modem:
        yield said("second path", phones=len(people.phones), port=settings.modem.port)
    else:
        yield said("no second path")
    if duty.on_alert:
        yield said("light", command=" ".join(duty.on_alert))
    if duty.self_test:
        yield said("self test", at=duty.self_test)
    yield from _ways(settings, enrolled, said)
    drivers = ", ".join(f"{number} {driver}" for driver, number in _drivers(enrolled).items())
    wearers = {band.wearer for band in enrolled.values()}
    yield said("bands", bands=len(enrolled), wearers=len(wearers), drivers=drivers or "-")
    if settings.rules or settings.wearer:
        yield said("limits", rules=sum(map(len, settings.rules.values())), wearers=len(settings.wearer))


def _ways(settings: Settings, enrolled: Mapping[str, Enrolment], said: Callable[..., str]) -> Iterator[str]:
    """Through which wristbands are heard."""
    bluetooth = settings.bluetooth
    for port in settings.serial:
        yield said("serial", name=port.name, driver=port.driver, port=port.port)
        if port.shared:
            yield said("shared", name=port.name, seconds=port.sign_in_s)
    adapters = ", ".join(bluetooth.adapters) or said("all")
    yield said("radio" if bluetooth.enabled else "no radio", adapters=adapters, connections=bluetooth.connections)
    if bluetooth.enabled and (own := sum(band.slot for band in enrolled.values())):
        yield said("own slots", bands=own)
    for adapter in _adapters(bluetooth):
        state = "adapter off" if not adapter.powered else "adapter on" if adapter.monitors else "adapter filters"
        yield said("adapter", name=adapter.name, address=adapter.address, state=said(state))
        if adapter.name in bluetooth.adapters:
            yield said("adapter by number", name=adapter.name, address=adapter.address)
    for relay in settings.relay:
        yield said("relay", name=relay.name, host=relay.host)
    for listener in settings.watches:
        yield said("watches", driver=listener.driver, listen=listener.listen)


def _adapters(bluetooth: BluetoothSettings) -> list[PluggedAdapter]:
    """Those that are to be used and are there now; none where BlueZ cannot be asked."""
    if not bluetooth.enabled:
        return []
    from gateway.sources.ble.bluez_watch import adapters_now  # D-Bus takes 4 MB: only who has a radio pays for them

    with suppress(SourceLost):
        return asyncio.run(adapters_now(bluetooth.adapters)).ours
    return []


def _drivers(enrolled: Mapping[str, Enrolment]) -> Counter[str]:
    """How many bands each driver has, the most common first."""
    return Counter(dict(Counter(band.driver for band in enrolled.values()).most_common()))


def _as_json(
    bands: Mapping[str, Enrolment], mistakes: Sequence[Mistake], warnings: Sequence[Mistake], language: Language | None
) -> dict[str, object]:
    return {
        "valid": not mistakes,
        "problems": _places(mistakes, language),
        "warnings": _places(warnings, language),
        "wristbands": _drivers(bands),
    }


def _places(mistakes: Sequence[Mistake], language: Language | None) -> list[dict[str, object]]:
    return [
        {"file": mistake.file, "line": mistake.line, "key": mistake.key, "text": text(mistake, language)}
        for mistake in mistakes
    ]
