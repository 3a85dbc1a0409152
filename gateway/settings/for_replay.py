"""Reads a configuration for a replay: what bears on rules and duty counts, of the rest only the form is checked.

Nothing that the rest names is opened or must exist: broker, keys, ports, data folder may be those of another machine.
"""

from __future__ import annotations

from pathlib import Path

from gateway.errors import FaultySettings
from gateway.settings.checker import ConfigChecker
from gateway.settings.configuration import Configuration
from gateway.settings.driver_names import transports
from gateway.settings.file import configuration, examine
from gateway.settings.schema import SettingsFile

NO_BROKER = {"host": "broker.invalid"}
LEFT_CLOSED = {
    "gateway": ("data_dir",),
    "mqtt": ("password_file", "ca_file", "key_file", "cert_file"),
    "modem": ("pin_file",),
    "page": ("pin_file",),
    "relay": ("psk_file",),
    "store": ("key_file",),
    "wristband": ("key_file",),
}


def load_for_replay(path: Path) -> Configuration:
    """What a file says. Raises FaultySettings with every mistake."""
    examined = examine(path, checker=ReplayChecker)
    if examined.settings is None:
        raise FaultySettings(examined.mistakes, examined.language)
    return configuration(examined, examined.settings)


class ReplayChecker(ConfigChecker):
    """A `ConfigChecker` that leaves closed what a replay has no use for."""

    def _port_drivers(self) -> frozenset[str]:  # type: ignore[explicit-override]  # from 3.12 on
        """Every band can be heard: which ports there are is another machine's matter."""
        return frozenset(name for name, transport in transports().items() if transport in ("serial", "watch"))

    def _values(self) -> SettingsFile | None:  # type: ignore[explicit-override]  # from 3.12 on
        """The form of everything; the names of files that stay closed are then forgotten."""
        self._spelt.data.setdefault("mqtt", NO_BROKER)
        settings = super()._values()
        for section, keys in LEFT_CLOSED.items():
            for _, table in self._tables(section):
                for key in keys:
                    if isinstance(table, dict):
                        table.pop(key, None)
        return settings
