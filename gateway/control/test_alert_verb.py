"""`test-alert` as the control socket answers it: a line for each step of a test alert, as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from gateway.alerts.path_tests import PathTests
from gateway.clock import Clock
from gateway.control.listening import Args, Lines, Verb
from gateway.control.protocol import BAD_ARGUMENTS
from gateway.errors import ConfigError
from gateway.formats.times import rfc3339


class AskedTest(Struct, frozen=True):
    """The arguments of `test-alert`. `wait_s`: for the platform's receipt, or the modem's word."""

    path: Literal["mqtt", "sms", "local"] = "mqtt"
    wait_s: Annotated[float, Meta(gt=0, le=600)] = 60


class AlertTesting:
    """Its answer ends with `error` where the word that was waited for did not come."""

    def __init__(self, tests: PathTests, clock: Clock) -> None:
        self._tests, self._clock = tests, clock

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """By name."""
        return {"test-alert": self.ask}

    async def ask(self, args: Args, _actor: str) -> Lines:
        """A line a step: which, and when."""
        try:
            asked = msgspec.convert(args, AskedTest)
        except msgspec.ValidationError as error:
            raise ConfigError([f"{BAD_ARGUMENTS}{error}"]) from error
        return self._steps(asked)

    async def _steps(self, asked: AskedTest) -> AsyncGenerator[Mapping[str, object]]:
        steps: asyncio.Queue[str] = asyncio.Queue()
        testing = asyncio.ensure_future(self._tests.test(asked.path, asked.wait_s, steps.put_nowait))
        testing.add_done_callback(lambda _: steps.put_nowait(""))
        try:
            while step := await steps.get():
                yield {"step": step, "at": rfc3339(self._clock.wall_ms())}
            if why := await testing:
                yield {"done": True, "error": why}
        finally:
            testing.cancel()  # the client hung up
            with suppress(asyncio.CancelledError):
                await testing
