"""The example of docs/writing-a-driver.md, taken out of the page, put into files, and used as its reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent.parent
PAGE = CHECKOUT / "docs" / "writing-a-driver.md"
NAME = "example-one"
DRIVER, VECTORS, PACKAGE = "example_one.py", "example_one.toml", "pyproject.toml"
BAND, BAND_VECTORS = "example_two.py", "example_two.toml"


def example() -> dict[str, str]:
    """The files that the page shows in full: name -> text. Each is named at the end of the sentence before it."""
    return dict(re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```\n", PAGE.read_text(), re.DOTALL))


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Puts files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def install(package: Path, site: Path) -> None:
    """As pip does it, into a folder of its own, with what is on this machine. Raises CalledProcessError."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--target", str(site), str(package)], check=True, capture_output=True)


def lifering(*arguments: str, site: Path | None = None, checkout: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    """The command, where the packages in `site` are installed too."""
    environment = os.environ | ({"PYTHONPATH": str(site)} if site else {})
    command = [sys.executable, "-m", "gateway", *arguments]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
