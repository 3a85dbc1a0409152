"""Keeps on the disk which PIN was tried at the SIM: a small file beside the store, for this service's eyes only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec

from gateway.channels.sms.pin import PinTried

LARGEST = 4096  # octets; it has about two hundred


class PinFile:
    """A damaged file is one of which nothing is known: then a PIN is tried at most twice more."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def new_salt(self) -> str:
        """Chance."""
        return secrets.token_hex(16)

    def load(self) -> PinTried | None:
        """As it stands there."""
        try:
            with self._path.open("rb") as file:
                return msgspec.json.decode(file.read(LARGEST), type=PinTried)
        except (OSError, msgspec.DecodeError):
            return None

    def save(self, tried: PinTried) -> bool:
        """On the disk when this returns, whole; False: the disk refuses."""
        beside = self._path.with_suffix(".new")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(tried))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError:
            return False
        return True
