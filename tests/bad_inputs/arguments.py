"""Arguments of the command line."""

from __future__ import annotations

import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from gateway import cli
from tests.gateway.cli.test_hard_input import ARGUMENTS, CONFIG

KIND, PARSER = "arguments of a command", "gateway/cli/"
NO_TEXT = os.fsdecode(b"W-\xff\xd5\xc5")

INPUTS: dict[str, list[str]] = {
    **{f"{verb}: what is no text": [verb, *words, NO_TEXT] for verb, words in ARGUMENTS.items()},
    **{f"{verb}: an option that is none": [verb, *words, "--explode"] for verb, words in ARGUMENTS.items()},
    "an unknown verb": ["explode"],
    "a verb with a letter too few": ["statu"],
    "an empty verb": [""],
    "check: a configuration that is not there": ["check", "--config", "no-such.toml"],
    "check: a folder": ["check", "--config", "."],
    "run: a configuration that is not there": ["run", "--config", "no-such.toml"],
    "run: a device": ["run", "--config", "/dev/zero"],
    "decode: no driver": ["decode"],
    "decode: a driver that is none": ["decode", "no-such", "00"],
    "decode: digits that are none": ["decode", "bthome", "xyz"],
    "decode: an odd digit": ["decode", "bthome", "020"],
    "decode: another's frame": ["decode", "bthome", "00"],
    "enroll: an address that is none": ["enroll", "hello", "--driver", "bthome", "--wearer", "W-1"],
    "enroll: a driver that is none": ["enroll", "C0:FF:EE:00:00:01", "--driver", "no-such", "--wearer", "W-1"],
    "enroll: no wearer": ["enroll", "C0:FF:EE:00:00:01", "--driver", "bthome"],
    "enroll: a wearer of nothing": ["enroll", "C0:FF:EE:00:00:01", "--driver", "bthome", "--wearer", ""],
    "enroll: a wearer with a line end": ["enroll", "C0:FF:EE:00:00:01", "--driver", "bthome", "--wearer", "a\nb"],
    "unenroll: nobody": ["unenroll", "C0:FF:EE:00:00:01"],
    "scan: seconds that are none": ["scan", "--seconds", "soon"],
    "demo: seconds that are none": ["demo", "--seconds", "nan"],
    "export: what is none": ["export", "everything"],
    "replay: a file that is not there": ["replay", "no-such.jsonl"],
    "replay: a folder": ["replay", "/"],
    "status: no gateway": ["status"],
    "erase: no gateway, nobody": ["erase"],
}
WITH_CONFIG = ("status", "enroll", "unenroll")


def said(planted: list[str], folder: Path) -> str:
    """It ends with a code that is not 0, and in words, not in a traceback."""
    (folder / "data").mkdir()
    config = folder / "gateway.toml"
    config.write_text(CONFIG.format(language="en").replace('"data"', f'"{folder}/data"'))
    words = [*planted, "--config", str(config)] if planted[0] in WITH_CONFIG and NO_TEXT not in planted else planted
    errors, out = folder / "errors", folder / "out"
    with errors.open("w") as to_errors, out.open("w") as to_out, redirect_stderr(to_errors), redirect_stdout(to_out):
        code = _code(words)
    told = errors.read_text() or out.read_text()
    assert code in (1, 2, 3), code
    assert "Traceback" not in told
    return told


def _code(words: list[str]) -> object:
    """What the process would end with."""
    try:
        return cli.main(words)
    except SystemExit as end:
        return end.code
