"""How a gateway reads its configuration: what checks one is wanted for a moment, and weighs as much as all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.apart import ANSWER_S, Call, CallHangs
from gateway.errors import FaultySettings
from gateway.mistake import Mistake
from gateway.settings import named_files
from gateway.settings.configuration import Configuration, Settings
from gateway.settings.toml_lines import Lines

LOAD = "gateway.settings.file:load"


@contextmanager
def told_if_it_hangs(path: Path) -> Iterator[None]:
    """A call about this file that does not answer is one more thing that can be wrong with it. Raises FaultySettings."""
    try:
        yield
    except CallHangs as hangs:
        raise FaultySettings([Mistake(str(path), 1, "file", "does_not_answer", {"seconds": int(ANSWER_S)})], None) from hangs


async def load(call: Call, path: Path) -> Configuration:
    """What a file says. Raises FaultySettings with every mistake."""
    with told_if_it_hangs(path):
        configuration: Configuration = await call(LOAD, path)
    return configuration


async def load_again(call: Call, path: Path, running: Settings) -> Configuration:
    """The same, for a gateway that runs: it stays with its data folder, for there lie open alerts. Raises FaultySettings."""
    configuration = await load(call, path)
    new, kept = configuration.settings.gateway.data_dir, running.gateway.data_dir
    if new != kept:
        text = named_files.content(path).decode("utf-8-sig")
        mistake = Mistake(
            str(path), Lines(text).of(("gateway", "data_dir")), "gateway.data_dir", "data_dir_moves", {"new": new, "kept": kept}
        )
        raise FaultySettings([mistake], configuration.settings.gateway.language)
    return configuration
