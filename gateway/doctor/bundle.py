"""What a bundle is made of, and how it is packed: files of text, each redacted, in a compressed tar."""

from __future__ import annotations

import io
import os
import platform
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from gateway.doctor import redaction, service
from gateway.doctor.diagnosis import Examination
from gateway.doctor.host import Host, answer
from gateway.errors import FaultySettings
from gateway.settings.file import load
from gateway.status import StatusAnswer

LOG_LINES = 5000
LIFERING = "lifering"


def contents(host: Host, config: Path, seen: Examination, status: StatusAnswer | None, version: str) -> dict[str, bytes]:
    """By name, in the order in which one would read them."""
    files = {
        "doctor.json": _json(redaction.diagnoses(seen)),
        "versions.json": _json(_versions(host, version)),
        "unit.txt": _unit(),
        "log.jsonl": _log(),
    }
    with suppress(FaultySettings):  # where its mistakes are, doctor.json says
        files["configuration.json"] = _json(redaction.configuration(load(config)))
    if status:
        files["status.json"] = _json(redaction.status(status))
    return files


def pack(files: Mapping[str, bytes], into: Path, at_s: int) -> None:
    """Readable for whoever packs alone. Raises OSError, also where the file is there."""
    descriptor = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as packed:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{into.name.removesuffix('.tar.gz')}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), at_s, 0o600
            packed.addfile(entry, io.BytesIO(content))


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2) + b"\n"


def _versions(host: Host, version: str) -> dict[str, object]:
    release = dict(line.split("=", 1) for line in host.text("etc/os-release").splitlines() if "=" in line)
    return {
        "lifering": version,
        "python": platform.python_version(),
        "system": release.get("PRETTY_NAME", "").strip('"'),
        "kernel": platform.release(),
        "processor": platform.machine(),
        "board": host.text("proc/device-tree/model"),
        "bluez": (answer("bluetoothctl", "--version") or "").strip(),
    }


def _unit() -> bytes:
    return (answer("systemctl", "show", service.UNIT, f"--property={','.join(service.SHOWN)}") or "").encode()


def _log() -> bytes:
    said = answer("journalctl", "--unit", LIFERING, "--lines", str(LOG_LINES), "--output", "cat", "--no-pager") or ""
    return "".join(f"{line}\n" for line in redaction.log_lines(said.splitlines())).encode()
