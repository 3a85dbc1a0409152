"""Decides in which language a person at the command line is spoken to: that of the configuration, else of the terminal."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.language import Language, spoken_here
from gateway.settings import named_files

USUAL_FILE = Path("/etc/lifering/gateway.toml")


def language_for(path: Path = USUAL_FILE) -> Language:
    """The language that this configuration asks for; where that cannot be read, the one of LANG."""
    try:
        text = named_files.content(path).decode("utf-8-sig")
    except (named_files.BadFile, UnicodeDecodeError):
        return spoken_here()
    return asked_for(text) or spoken_here()


def asked_for(text: str) -> Language | None:
    """The language that a file asks for, also when little else in it can be read; None: it cannot be told which."""
    said = re.search(r"""^\s*language\s*=\s*(?:["']([^"'\n]*)["'])?""", text, re.MULTILINE)
    match said and said[1]:
        case "zh-CN":
            return "zh-CN"
        case "en":
            return "en"
        case _:
            return None if said else "en"  # the setting's default
