"""The ways to people beside the platform, made of their parts for the running gateway: SMS, and a local light or buzzer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.alert import AlertEvent
from gateway.alerts import lifecycle, trials
from gateway.alerts.path_tests import Say, TestPath
from gateway.alerts.technical import technical
from gateway.channels.local import LocalChannel
from gateway.channels.sms.answering import Answering
from gateway.channels.sms.outgoing import SmsQueue
from gateway.channels.sms.second_path import SecondPath
from gateway.channels.sms.testing import BOUND, SmsTest
from gateway.choices import Choices
from gateway.clock import Clock
from gateway.core import Core
from gateway.formats.native import NativeFormat
from gateway.settings import named_files
from gateway.settings.configuration import ModemSettings, Settings
from gateway.snapshot import Fault
from gateway.sources.ports import OpenPort
from gateway.words.alerts import text

if TYPE_CHECKING:
    from gateway.channels.sms.modem import Modem

PIN_FILE = "sim-pin-tried"  # in the data folder


class SecondPaths:
    """`sms`: sends what waits, once it is run with a modem. `local`: to be run."""

    def __init__(self, core: Core, clock: Clock, settings: Callable[[], Settings], open_port: OpenPort, data_dir: Path) -> None:
        self._core, self._clock, self._settings = core, clock, settings
        self._open_port, self._data_dir = open_port, data_dir
        self._out = SmsQueue(core.book, self._choices, clock.wall_ms)
        answering = Answering(core.book, core.desk, self._out, self._choices, clock.wall_ms)
        self.sms = SecondPath(self._out, answering, core.desk, clock)
        self.local = LocalChannel(self._command, lambda: self._choices().duty.second_path_for, self._line)
        core.book.when_told = self.local.told

    def load(self, memories: Mapping[str, bytes]) -> None:
        """What an earlier life left."""
        self._out.load(memories)

    def forget(self, wearer: str) -> None:
        """This wearer was erased."""
        self._out.keep(self._out.kept.without_word_of(wearer))

    def modem(self, settings: ModemSettings) -> Modem:
        """The configured one."""
        from gateway.channels.sms.modem import Modem  # it and what it speaks take 1 MB: only who has a modem pays for them
        from gateway.channels.sms.pin import Pin
        from gateway.channels.sms.pin_file import PinFile

        pin = named_files.pin(settings.pin_file) if settings.pin_file else None
        return Modem(
            settings.port,
            settings.baud,
            self._clock,
            Pin(pin, PinFile(self._data_dir / PIN_FILE)),
            self._out.next_reference,
            open_port=self._open_port,
        )

    @property
    def tests(self) -> Mapping[str, TestPath]:
        """Those that are configured, as a test takes them."""
        paths: dict[str, TestPath] = {}
        if self._settings().modem:
            paths["sms"] = SmsTest(self.sms, self._out, self._choices, self._clock)
        if self._command():
            paths["local"] = LocalTest(self.local, self._test_line)
        return paths

    def faults(self) -> tuple[Fault, ...]:
        """For the heartbeat."""
        since_ms = self._out.held_back_since_ms
        return () if since_ms is None else (Fault(fault=BOUND, since_ms=since_ms),)

    def _choices(self) -> Choices:
        return self._core.choices

    def _command(self) -> tuple[str, ...] | None:
        return self._settings().duty.on_alert

    def _line(self, event: AlertEvent) -> bytes:
        settings = self._settings()
        return NativeFormat(settings.gateway.id, settings.mqtt.root).alert(event, 0).payload

    def _test_line(self) -> bytes:
        """An alert that is none, as the light gets it."""
        now_ms = self._clock.wall_ms()
        finding = replace(technical(trials.TEST, now_ms, priority="advisory"), test=True)
        alert = lifecycle.open_alert(0, finding, now_ms)
        return self._line(
            AlertEvent(alert=alert, event="raised", seq=0, at_ms=now_ms, text=text(alert, self._choices().language))
        )


class LocalTest:
    """The light or buzzer as a test takes it."""

    def __init__(self, channel: LocalChannel, line: Callable[[], bytes]) -> None:
        self._channel, self._line = channel, line

    async def test(self, *, daily: bool, say: Say) -> str:  # noqa: ARG002 (as the protocol says)
        """Run it once, marked as a test."""
        why = await self._channel.test(self._line(), lambda: say("begun"))
        if not why:
            say("ended")
        return why
