"""The two windows of the demo in a browser: the page of the gateway, and that of the stand-in platform."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass

from fake_devices.free_port import free_port
from gateway.language import Language

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")


@dataclass(frozen=True)
class Windows:
    """Where they are; `pin` opens the gateway's."""

    page_port: int
    platform_port: int
    pin: str

    def addresses(self, language: Language) -> tuple[str, str]:
        """The gateway's, the platform's."""
        page, platform = (f"http://127.0.0.1:{port}/?language={language}" for port in (self.page_port, self.platform_port))
        return page, platform


def two_windows() -> Windows:
    """At ports that are free, with a PIN of this demo."""
    return Windows(free_port(), free_port(), f"{secrets.randbelow(900_000) + 100_000}")


def open_both(windows: Windows, language: Language) -> None:
    """Where there is a screen; what a browser writes to its terminal is not shown: the story is there."""
    if not any(os.environ.get(name) for name in SCREENS):
        return
    for address in windows.addresses(language):
        subprocess.Popen(  # noqa: S603 (our own addresses); it outlives the demo, as any browser does
            [sys.executable, "-m", "webbrowser", address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
