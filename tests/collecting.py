"""Says every few seconds that tests are being collected, which takes a small machine a minute; until the first one runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

TELL_EVERY_S = 4.0


class Collecting:
    """A plugin of pytest. `say`: writes a line for whoever looks on."""

    def __init__(self, say: Callable[[str], object], every_s: float = TELL_EVERY_S) -> None:
        self._say, self._every_s = say, every_s
        self._is_over = threading.Event()
        self._telling = threading.Thread(target=self._tell, name="collecting", daemon=True)

    def pytest_sessionstart(self) -> None:
        """From here on."""
        self._telling.start()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """The dots speak for themselves."""
        self.end()

    def pytest_sessionfinish(self) -> None:
        """Also where none has run."""
        self.end()

    def end(self) -> None:
        """No word after this."""
        self._is_over.set()
        if self._telling.is_alive():
            self._telling.join()

    def _tell(self) -> None:
        began_s = time.monotonic()
        while not self._is_over.wait(self._every_s):
            self._say(f"collecting the tests, {time.monotonic() - began_s:.0f} s")
