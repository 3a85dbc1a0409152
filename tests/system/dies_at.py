"""The daemon with one step in it that it does not survive, so that kill -9 comes at a named moment; or with other signals.

python -m tests.system.dies_at MODULE:CLASS.METHOD before|after|raises|quotes|SIGNAL ARGUMENTS OF gateway...

With a SIGNAL it gets that before and after the step, each time; `every` in place of a step: at all STEPS.
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

STEPS = {
    "the frame comes in": "gateway.intake.intake:Intake.on_serial_items",
    "the press is found": "gateway.alerts.desk:Desk.take",
    "the alert is held": "gateway.store.alerts:AlertStore.hold",
    "the alert is stored": "gateway.store.alerts:AlertStore._write",
    "the readings are committed": "gateway.store.readings:ReadingStore._commit",
    "it is handed over": "gateway.alerts.deliveries:Deliveries.handed_over",
    "the broker has it": "gateway.alerts.deliveries:Deliveries.sent",
    "the receipt comes": "gateway.alerts.deliveries:Deliveries.receipt",
}


def mortal(step: Callable[..., Any], when: str) -> Callable[..., Any]:
    """The step, with death before or after it; or an error that nobody expects in its place."""

    @functools.wraps(step)
    def last(*args: Any, **kwargs: Any) -> Any:
        if when == "raises":
            raise RuntimeError("a bug")
        if when == "quotes":
            raise ValueError(f"{args}, {kwargs}")
        done = step(*args, **kwargs) if when == "after" else None
        return _dies_after(done) if inspect.isawaitable(done) else _dies()

    return last


async def _dies_after(step: Any) -> None:
    await step
    _dies()


def _dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives SIGKILL")


def signalled(step: Callable[..., Any], number: signal.Signals) -> Callable[..., Any]:
    """The step, with this signal before and after it."""

    @functools.wraps(step)
    def between(*args: Any, **kwargs: Any) -> Any:
        os.kill(os.getpid(), number)
        done = step(*args, **kwargs)
        if inspect.isawaitable(done):
            return _signalled_after(done, number)
        os.kill(os.getpid(), number)
        return done

    return between


async def _signalled_after(step: Any, number: signal.Signals) -> Any:
    done = await step
    os.kill(os.getpid(), number)
    return done


def main(place: str, when: str, arguments: list[str]) -> int:
    """Plants what happens at the step, then runs the command line as it is."""
    for one in STEPS.values() if place == "every" else [place]:
        module, _, qualified = one.partition(":")
        class_name, method = qualified.split(".")
        owner = getattr(import_module(module), class_name)
        step = getattr(owner, method)
        setattr(owner, method, signalled(step, signal.Signals[when]) if when.startswith("SIG") else mortal(step, when))
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
