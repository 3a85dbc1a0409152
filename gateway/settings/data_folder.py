"""Finds the data folder that a configuration names, also where there are mistakes in the rest of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.errors import FaultySettings
from gateway.settings import named_files, toml_text
from gateway.settings.file import examine
from gateway.settings.values import USUAL_FOLDER


def data_folder(config: Path) -> Path:
    """Raises FaultySettings: the configuration cannot be read, or is no TOML."""
    try:
        document = toml_text.read(named_files.content(config).decode("utf-8-sig"))
    except (named_files.BadFile, UnicodeDecodeError):
        document = toml_text.Document(None)
    if document.data is None:
        examined = examine(config)
        raise FaultySettings(examined.mistakes, examined.language)
    gateway = document.data.get("gateway")
    named = gateway.get("data_dir") if isinstance(gateway, Mapping) else None
    return config.parent / named if isinstance(named, str) else USUAL_FOLDER
