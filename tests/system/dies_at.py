"""The daemon with one step in it that it does not survive, so that kill -9 comes at a named moment.

python -m tests.system.dies_at MODULE:CLASS.METHOD before|after|raises ARGUMENTS OF gateway...
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import ParamSpec, TypeVar

from gateway import cli

P = ParamSpec("P")
T = TypeVar("T")


def mortal(step: Callable[P, Awaitable[T]], when: str) -> Callable[P, Awaitable[T]]:
    """The step, with death before or after it; or an error that nobody expects in its place."""

    @functools.wraps(step)
    async def last(*args: P.args, **kwargs: P.kwargs) -> T:
        if when == "raises":
            raise RuntimeError("a bug")
        if when == "after":
            await step(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody survives SIGKILL")

    return last


def main(place: str, when: str, arguments: list[str]) -> int:
    """Plants the step's end, then runs the command line as it is."""
    module, _, qualified = place.partition(":")
    class_name, method = qualified.split(".")
    owner = getattr(import_module(module), class_name)
    setattr(owner, method, mortal(getattr(owner, method), when))
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
