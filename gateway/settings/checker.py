"""One look at a configuration and all that it names, which finds every mistake.

The way: text -> TOML (`toml_text.py`) -> keys that there are (`spelling.py`) -> values inside their rails (`schema.py`)
-> keys that must differ, files that are named, roster, rules. Each step goes on with what the one before could use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from gateway.duty.duty_list import CHINA, DutyList
from gateway.duty.responders import Volunteers
from gateway.language import Language
from gateway.mistake import Mistake
from gateway.readings import Enrolment
from gateway.settings import duty_files, named_files, relay_checks, roster_doubts, roster_file, toml_text
from gateway.settings.configuration import GEOFENCE, without_geofence
from gateway.settings.driver_names import hubs, transports
from gateway.settings.roster_file import RosterEntry
from gateway.settings.schema import SettingsFile
from gateway.settings.sections.bands import WristbandSection
from gateway.settings.sections.home import GeofenceSection
from gateway.settings.shipped import shipped_table
from gateway.settings.spelling import near, sections_with, spelt
from gateway.settings.store_key import store_keys
from gateway.settings.toml_lines import KeyPath, Lines
from gateway.settings.validation import key_name, validated
from gateway.settings.values import Surroundings
from gateway.settings.warnings import Doubt, of_the_link, warnings

FILES: dict[str, Callable[[Path], object]] = {
    "password_file": named_files.password,
    "ca_file": named_files.certificate,
    "cert_file": named_files.certificate,
    "key_file": named_files.private_key,
}
PIN_FILE = "pin_file"
SECRETS = {**dict.fromkeys(("password", "passwd", "pass", "pwd"), "password_file"), "pin": PIN_FILE}

# A gateway without these hears and tells all the same: it begins another store, its page lets nobody in, a relay stays unheard.
LIVED_WITHOUT = frozenset({"store.key_file", "page.pin_file", "relay", "relay.psk_file"})


@dataclass(frozen=True)
class Examined:
    """What a file is. `settings` is None where there are mistakes that no gateway can live with; `bands`: by address.

    `language` is the one that the file asks for, None where it does not say; `warnings` is what is allowed but warned.
    `values`: what the file itself says, also where a file that it names is at fault.
    """

    settings: SettingsFile | None
    bands: Mapping[str, Enrolment] = field(default_factory=dict)
    language: Language | None = None
    mistakes: Sequence[Mistake] = ()
    warnings: Sequence[Mistake] = ()
    duty_list: DutyList = field(default_factory=DutyList)
    volunteers: Volunteers = field(default_factory=Volunteers)
    values: SettingsFile | None = None


class ConfigChecker:
    """One run over the text of a file. `read` gives the content of the roster that it names; may raise BadFile."""

    def __init__(self, path: Path, text: str, language: Language | None, read: Callable[[Path], bytes]) -> None:
        self._file, self._language, self._read = str(path), language, read
        document = toml_text.read(text)
        self._faults = document.faults
        self._is_toml = document.data is not None
        self._lines = document.lines or Lines("")
        self._spelt = spelt(document.data or {})
        for old, new in self._spelt.renamed:
            self._lines.rename(old, new)
        self._mistakes: list[Mistake] = []
        self._entries: list[RosterEntry] = []
        self._duty_list, self._volunteers = DutyList(), Volunteers()
        self._around = Surroundings(path.parent, transports(), self._port_drivers(), hubs(), named_files.credentials())

    def examined(self) -> Examined:
        """Does it."""
        for fault in self._faults:
            key = key_name(fault.key) or "TOML"
            self._mistakes.append(Mistake(self._file, fault.line, key, fault.code, fault.facts))
        if not self._is_toml:
            return self._result(None, {})
        settings = self._values()
        self._keys()
        self._twice("name", "name_twice")
        self._twice("port", "port_twice")
        self._files()
        self._page()
        self._watches()
        self._relays()
        bands = self._bands()
        self._people(settings)
        self._geofences()
        self._rules()
        return self._result(settings, bands)

    def _result(self, settings: SettingsFile | None, bands: Mapping[str, Enrolment]) -> Examined:
        mistakes = sorted(self._mistakes, key=lambda mistake: (mistake.file != self._file, mistake.file, mistake.line))
        is_faulty = settings is None or any(mistake.key not in LIVED_WITHOUT for mistake in mistakes)
        warned = [self._mistake(path, code, facts) for path, code, facts in self._doubts(settings, bands, is_faulty=is_faulty)]
        warned += roster_doubts.doubts(self._entries, roster_file.examples(), _serial_drivers())
        if is_faulty:
            return Examined(None, bands, self._language, mistakes, warned, values=settings)
        return Examined(settings, bands, self._language, mistakes, warned, self._duty_list, self._volunteers, settings)

    def _doubts(self, settings: SettingsFile | None, bands: Mapping[str, Enrolment], *, is_faulty: bool) -> Iterator[Doubt]:
        """Where something is wrong, only what can be said of the file alone: bands or people may be missing by a mistake."""
        if settings is None:
            return iter(())
        if is_faulty:
            return of_the_link(settings)
        return warnings(settings, bands, self._around, self._duty_list, self._volunteers)

    # --- the steps --------------------------------------------------------------------------------------------------

    def _values(self) -> SettingsFile | None:
        settings, mistakes = validated(SettingsFile, self._spelt.data, self._around, self._at)
        self._mistakes += (mistake for path, mistake in mistakes if not self._is_explained(path, mistake))
        return settings

    def _is_explained(self, path: KeyPath, mistake: Mistake) -> bool:
        """What a misspelt key or a broken line was to give is not called missing as well."""
        needs = (key_name(path),) if mistake.code == "missing" else mistake.facts.get("needs", ())
        meant = {key_name(path) for path in (*self._spelt.meant, *(fault.key for fault in self._faults))}
        return any(f"{need}.".startswith(f"{key}.") for need in needs for key in meant if key)

    def _keys(self) -> None:
        for path, guess in self._spelt.unknown:
            if file := SECRETS.get(str(path[-1])):
                self._add(path, "secret_in_the_file", file=file)
                continue
            elsewhere = [] if guess else sections_with(str(path[-1]))
            if elsewhere:
                self._add(path, "misplaced_key", section=elsewhere[0])
            else:
                self._add(path, "unknown_key", near=guess)

    def _twice(self, key: str, code: str) -> None:
        """Two serial ports may not share a name or a port."""
        first: dict[str, KeyPath] = {}
        for path, port in self._tables("serial"):
            if isinstance(value := port.get(key), str) and (earlier := first.setdefault(value, path)) != path:
                self._add((*path, key), code, name=value, first=self._lines.of((*earlier, key)))

    def _files(self) -> None:
        around = self._around
        for path, mqtt in self._tables("mqtt"):
            for key, read in FILES.items():
                if name := _named(mqtt, key):
                    with self._telling((*path, key)):
                        read(around.handed_over(name))
        for path, store in self._tables("store"):
            if name := _named(store, "key_file"):
                with self._telling((*path, "key_file")):
                    store_keys(around.handed_over(name))
        for path, gateway in self._tables("gateway"):
            if name := _named(gateway, "data_dir"):
                with self._telling((*path, "data_dir")):
                    named_files.folder(around.beside(name))

    def _page(self) -> None:
        for path, page in self._tables("page"):
            if name := _named(page, PIN_FILE):
                with self._telling((*path, PIN_FILE)):
                    named_files.page_pin(self._around.handed_over(name))
            for other, metrics in self._tables("metrics"):
                if page.get("listen") and page["listen"] == metrics.get("listen"):
                    self._add((*other, "listen"), "listen_twice", first=self._lines.of((*path, "listen")))

    def _watches(self) -> None:
        """No two of them, nor the page or the metrics, may listen at one port."""
        first: dict[str, KeyPath] = {}
        for path, table in (*self._tables("page"), *self._tables("metrics"), *self._tables("watches")):
            listen = table.get("listen")
            port = listen.rpartition(":")[2] if isinstance(listen, str) else ""
            if port and (earlier := first.setdefault(port, path)) != path and path[0] == "watches":
                self._add((*path, "listen"), "port_listens_twice", port=port, first=self._lines.of((*earlier, "listen")))

    def _relays(self) -> None:
        for path, code, facts in relay_checks.problems(self._tables("relay"), self._around, self._lines):
            self._mistakes.append(self._mistake(path, code, facts))

    def _bands(self) -> Mapping[str, Enrolment]:
        entries = self._entries
        for path, table in self._tables("wristband"):
            band, _ = validated(WristbandSection, table, self._around, self._at)  # its mistakes are told already
            entries.append(RosterEntry(self._file, self._lines.of(path), "wristband.", table.get("address"), band))
        for path, table in self._tables("roster"):
            if name := _named(table, "file"):
                with self._telling((*path, "file")):
                    file = self._around.beside(name)
                    rows, mistakes = roster_file.entries_of(file, self._read(file), self._around)
                    entries += rows
                    self._mistakes += mistakes
        bands, mistakes = roster_file.enrol(entries, self._ports())
        self._mistakes += mistakes
        return bands

    def _people(self, settings: SettingsFile | None) -> None:
        """Who is on duty, and the modem through which they are asked."""
        country = (settings.modem.country if settings and settings.modem else None) or CHINA
        for path, duty in self._tables("duty"):
            for key, read in (("phones_file", self._phones), ("responders_file", self._responders)):
                if name := _named(duty, key):
                    with self._telling((*path, key)):
                        file = self._around.beside(name)
                        self._mistakes += read(file, self._read(file), country)
        for path, modem in self._tables("modem"):
            if name := _named(modem, PIN_FILE):
                with self._telling((*path, PIN_FILE)):
                    named_files.pin(self._around.handed_over(name))
            for other, port in self._tables("serial"):
                if modem.get("port") and modem["port"] == port.get("port"):
                    self._add((*path, "port"), "port_twice", name=modem["port"], first=self._lines.of((*other, "port")))

    def _phones(self, file: Path, data: bytes, country: str) -> Sequence[Mistake]:
        self._duty_list, mistakes = duty_files.duty_list(file, data, country, self._around)
        return mistakes

    def _responders(self, file: Path, data: bytes, country: str) -> Sequence[Mistake]:
        self._volunteers, mistakes = duty_files.volunteers(file, data, country, self._around)
        return mistakes

    def _geofences(self) -> None:
        for wearer, kinds in self._section("wearer").items():
            if isinstance(kinds, Mapping) and GEOFENCE in kinds:
                path = ("wearer", wearer, GEOFENCE)
                _, wrong = validated(GeofenceSection, kinds[GEOFENCE], self._around, partial(self._below, path))
                self._mistakes += (replace(mistake, key=key_name((*path, *key))) for key, mistake in wrong)

    def _below(self, path: KeyPath, key: KeyPath) -> tuple[str, int]:
        return self._at((*path, *key))

    def _rules(self) -> None:
        wearers = {wearer: without_geofence(kinds) for wearer, kinds in self._section("wearer").items()}
        for path, code, facts in shipped_table().problems(self._section("rules"), wearers):
            self._mistakes.append(self._mistake(path, code, facts))

    # --- what they stand on -----------------------------------------------------------------------------------------

    def _tables(self, name: str) -> Iterator[tuple[KeyPath, Mapping[str, object]]]:
        """A section, or each of a `[[...]]`, as it stands in the file; whatever else is there is told elsewhere."""
        value = self._spelt.data.get(name)
        if isinstance(value, Mapping):
            yield (name,), value
        elif isinstance(value, tuple):
            yield from (((name, number), item) for number, item in enumerate(value) if isinstance(item, Mapping))

    def _section(self, name: str) -> Mapping[str, object]:
        value = self._spelt.data.get(name)
        return value if isinstance(value, Mapping) else {}

    def _port_drivers(self) -> frozenset[str]:
        """The drivers at serial ports, and of watches; of a misspelt one, the one that was probably meant."""
        tables = [table for name in ("serial", "watches") for _, table in self._tables(name)]
        named = [driver for table in tables if isinstance(driver := table.get("driver"), str)]
        return frozenset(near(name, transports()) or name for name in named)

    def _ports(self) -> dict[str, str]:
        """The driver of each serial port, by the port's name."""
        named = ((port.get("name"), port.get("driver")) for _, port in self._tables("serial"))
        return {name: driver for name, driver in named if isinstance(name, str) and isinstance(driver, str)}

    def _at(self, path: KeyPath) -> tuple[str, int]:
        return self._file, self._lines.of(path)

    def _mistake(self, path: KeyPath, code: str, facts: Mapping[str, object]) -> Mistake:
        return Mistake(*self._at(path), key_name(path), code, facts)

    def _add(self, path: KeyPath, code: str, /, **facts: object) -> None:
        self._mistakes.append(self._mistake(path, code, facts))

    @contextmanager
    def _telling(self, path: KeyPath) -> Iterator[None]:
        """A file that cannot be used is a mistake of the key that names it."""
        try:
            yield
        except named_files.BadFile as bad:
            self._add(path, bad.code, **bad.facts)


def _named(table: Mapping[str, object], key: str) -> str | None:
    """The file that this key names; where it names none, its value is a mistake already."""
    name = table.get(key)
    return name if isinstance(name, str) and name.strip() else None


def _serial_drivers() -> set[str]:
    return {name for name, transport in transports().items() if transport in ("serial", "watch")}
