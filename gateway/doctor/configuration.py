"""What `check` finds in the files and of their machine, as diagnoses of the part that it concerns. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.doctor.diagnosis import Diagnosis, Group
from gateway.settings.checker import Examined
from gateway.settings.machine.inspection import Finding, Inspected
from gateway.settings.schema import SettingsFile

GROUP_OF: tuple[tuple[str, Group], ...] = (("port_", "ports"), ("certificate_", "broker"), ("key_", "broker"))
HINTS = frozenset({"port_may_change", "certificate_ends", "data_dir_in_memory", "disk_too_small", "disk_too_full"})


def diagnoses(examined: Examined, machine: Inspected | None) -> Iterator[Diagnosis]:
    """Mistakes of the files, and what does not fit of the machine; the warnings of the files are left to `check`."""
    for mistake in examined.mistakes:
        yield Diagnosis("configuration", mistake.code, mistake.facts, mistake=mistake)
    if machine and examined.values:
        for finding in (*machine.mistakes, *machine.doubts):
            yield _of_machine(finding, examined.values)


def _of_machine(finding: Finding, settings: SettingsFile) -> Diagnosis:
    path, code, facts = finding
    group: Group = next((group for prefix, group in GROUP_OF if code.startswith(prefix)), "disk")
    return Diagnosis(group, code, facts, is_fault=code not in HINTS, of=_port(path, settings) if group == "ports" else "")


def _port(path: tuple[str | int, ...], settings: SettingsFile) -> str:
    """The name of a port and how it is written, by its place in the file."""
    match path:
        case ("serial", int(number), _):
            return f"{settings.serial[number].name}, {settings.serial[number].port}"
        case _:
            return f"modem, {settings.modem.port}" if settings.modem else "modem"
