"""Epochs: the part of every id that is another one whenever ids may be lost, so that none is handed out twice."""

from __future__ import annotations

import secrets

from gateway.clock import Clock

BEGINNING_S = 1_577_836_800  # 2020-01-01T00:00:00Z
BY_CHANCE = 10**9  # epochs without a clock lie above all moments until 2051
APART = 10**12  # some 30 years of milliseconds


def new_epoch(known: int, clock: Clock, *, by_chance: bool) -> int:
    """Above the known one, and never the same twice, although no disk can say what was handed out before: a moment that has
    just passed, or, in memory and where the clock is not to be trusted, ten digits by chance.
    """
    now_s = clock.wall_ms() // 1000 - BEGINNING_S
    if not by_chance and now_s > known:
        return now_s
    return max(known, BY_CHANCE) + 1 + secrets.randbelow(9 * BY_CHANCE)


def numbers_apart(clock: Clock) -> int:
    """How far numbers that the disk does not know lie above those that it has, so that they come in no other life: by the
    milliseconds until now, in which nobody tells as many events, so that they rise; without a clock by chance.
    """
    now_ms = clock.wall_ms() - BEGINNING_S * 1000
    return secrets.randbelow(APART) if clock.state() == "unsynced" or now_ms < 0 else now_ms
