"""The daemon with one step in it that it does not survive, so that kill -9 comes at a named moment.

python -m tests.system.dies_at MODULE:CLASS.METHOD before|after|raises ARGUMENTS OF gateway...
"""

from __future__ import annotations

import functools
import inspect
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from gateway import cli


def mortal(step: Callable[..., Any], when: str) -> Callable[..., Any]:
    """The step, with death before or after it; or an error that nobody expects in its place."""

    @functools.wraps(step)
    def last(*args: Any, **kwargs: Any) -> Any:
        if when == "raises":
            raise RuntimeError("a bug")
        done = step(*args, **kwargs) if when == "after" else None
        return _dies_after(done) if inspect.isawaitable(done) else _dies()

    return last


async def _dies_after(step: Any) -> None:
    await step
    _dies()


def _dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives SIGKILL")


def main(place: str, when: str, arguments: list[str]) -> int:
    """Plants the step's end, then runs the command line as it is."""
    module, _, qualified = place.partition(":")
    class_name, method = qualified.split(".")
    owner = getattr(import_module(module), class_name)
    setattr(owner, method, mortal(getattr(owner, method), when))
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
