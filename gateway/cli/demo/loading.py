"""Says that the demo comes while its broker and its Bluetooth stack are imported, which takes a small machine many seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.cli.usage import said
from gateway.language import Language

TELL_EVERY_S = 2.0  # nobody sits before a dead screen for 5 s


@contextmanager
def told(language: Language, every_s: float = TELL_EVERY_S) -> Iterator[None]:
    """A line on stderr at once, and another every few seconds until it is done."""
    is_done = threading.Event()
    telling = threading.Thread(target=_tell, args=(language, every_s, is_done), name="demo-loading")
    telling.start()
    try:
        yield
    finally:
        is_done.set()
        telling.join()


def _tell(language: Language, every_s: float, is_done: threading.Event) -> None:
    began_s = time.monotonic()
    _say(said(language, "demo_loads"))
    while not is_done.wait(every_s):
        _say(said(language, "demo_still_loads", seconds=round(time.monotonic() - began_s)))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
