"""Tells at the start, in the log and in `systemctl status`, that the sandbox of the service keeps its data from the disk."""

from __future__ import annotations

import os
from pathlib import Path

import structlog

from gateway.language import Language, Said
from gateway.settings.machine import unit
from gateway.systemd_notify import notify
from gateway.words.mistakes import what

log = structlog.get_logger()


def tell(folder: Path, language: Language, root: Path = Path("/")) -> None:
    """Says what to do, where data cannot be kept in this folder; where they can, `systemctl status` says nothing of it.

    A gateway that somebody runs by hand is in no sandbox.
    """
    mine = unit.of_this_process(root)
    if mine is None:
        return
    place = Path(os.path.realpath(folder))
    code = mine.refuses(place)
    if code is None:
        notify("STATUS=")
        return
    facts = {"folder": str(place)}
    notify(f"STATUS={what(code, facts, language)}")
    log.error("data cannot be kept there", why=Said(what(code, facts, "en"), what(code, facts, "zh-CN")))
