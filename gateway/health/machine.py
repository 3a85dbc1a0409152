"""The machine: clock, disk, board, certificates; each looked at as often as it is worth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from shutil import disk_usage

import structlog

from gateway.clock import Clock
from gateway.health.board import Board
from gateway.health.certificate_files import ends_of
from gateway.language import Said
from gateway.snapshot import DiskState
from gateway.supervision.certificates import ending
from gateway.supervision.fault_watch import SeenFault, What

log = structlog.get_logger()

BOARD_S, SENSORS_S, DISK_S, CERTIFICATES_S = 4.0, 600.0, 30.0, 3600.0
NEARLY_FULL_MB, ROOMY_MB = 200, 400
WATCHED = {True: Said("watched", "已监测"), False: Said("not available", "无法监测")}
BROKER = "broker "  # before the name of the broker that has shown a certificate


class Machine:
    """`files`: the certificates of the configuration, asked anew; `others`: when brokers' own end, by broker."""

    def __init__(
        self,
        clock: Clock,
        folder: Path,
        *,
        board: Board | None = None,
        files: Callable[[], Iterable[Path]] = tuple,
        others: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        self._clock, self._folder, self._board = clock, folder, board or Board()
        self._files, self._others = files, others
        self._due_s = {"board": 0.0, "sensors": 0.0, "disk": 0.0, "certificates": 0.0}
        self._of_board: list[SeenFault] = []
        self._nearly_full = False
        self._ends: dict[str, float] = {}
        self._told: tuple[bool | None, bool | None] | None = None

    def seen(self) -> Iterable[SeenFault]:
        """What is wrong with it now."""
        is_set = self._clock.state() != "unsynced"
        if not is_set:
            yield SeenFault(fault="clock_unset")
        if self._is_time_for("board", BOARD_S):
            if self._is_time_for("sensors", SENSORS_S):
                self._board.look_for_sensors()
            self._of_board = list(self._board.seen())
            self._say_what_is_watched()
        yield from self._of_board
        if self._is_time_for("disk", DISK_S):
            free_mb = disk_state(self._folder, "").free_mb
            self._nearly_full = free_mb < (ROOMY_MB if self._nearly_full else NEARLY_FULL_MB)
        if self._nearly_full:
            yield SeenFault(fault="disk_nearly_full")
        shown = {f"{BROKER}{name}": end_s for name, end_s in self._others().items()}
        if is_set and (self._ends or shown):  # else nobody can say
            yield from ending(self._ends | shown, self._clock.wall_ms())

    def undecided(self, what: What) -> bool:
        """Whether nobody can say now that this is gone: without a clock, or before the broker has shown its certificate."""
        if what.fault != "certificate_expires":
            return False
        return self._clock.state() == "unsynced" or (what.device.startswith(BROKER) and not self._others())

    async def read_certificates(self) -> None:
        """Now and again: they may be renewed in their place."""
        if self._is_time_for("certificates", CERTIFICATES_S):
            self._ends = await asyncio.to_thread(ends_of, list(self._files()))

    def read_again(self) -> None:
        """Other certificates may be configured."""
        self._due_s["certificates"] = 0.0

    def _is_time_for(self, what: str, every_s: float) -> bool:
        now_s = self._clock.monotonic_s()
        if now_s < self._due_s[what]:
            return False
        self._due_s[what] = now_s + every_s
        return True

    def _say_what_is_watched(self) -> None:
        now = (self._board.undervoltage is not None, self._board.overheated is not None)
        if now != self._told:
            self._told = now
            log.info("board is watched", supply_voltage=WATCHED[now[0]], heat=WATCHED[now[1]])


def disk_state(folder: Path, fault: str) -> DiskState:
    """The disk that this folder is on; `fault`: why it refuses, where it does. A folder that is gone has nothing free."""
    try:
        usage = disk_usage(folder)
    except OSError:
        return DiskState(state=fault or "io error", free_mb=0, total_mb=0)
    return DiskState(state=fault or "ok", free_mb=usage.free // 1_000_000, total_mb=usage.total // 1_000_000)
