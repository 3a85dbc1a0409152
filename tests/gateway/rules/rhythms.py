"""Times between beats (ms) of made rhythms, for as long as one asks."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

Beats = Iterator[float]


def fibrillation(luck: random.Random, mean_ms: float, variation: float) -> Beats:
    """Each beat comes without regard to the one before; `variation`: the deviation against the mean."""
    shape = 1 / variation**2
    while True:
        yield max(300.0, luck.gammavariate(shape, mean_ms / shape))


def sinus(luck: random.Random, mean_ms: float, noise_ms: float, breath: float = 0.02, breath_s: float = 4.0) -> Beats:
    """`breath`: how much it goes up and down with the breath, against the mean; besides, a slow wave of ten seconds."""
    at_s = 0.0
    while True:
        waves = 1 + breath * math.sin(2 * math.pi * at_s / breath_s) + 0.02 * math.sin(2 * math.pi * at_s / 10)
        beat = mean_ms * waves + luck.gauss(0, noise_ms)
        at_s += beat / 1000
        yield beat


def with_early_beats(luck: random.Random, beats: Beats, share: float) -> Beats:
    """Now and then a beat comes early, and the next one late."""
    for beat in beats:
        if luck.random() < share:
            yield beat * 0.6
            yield beat * 1.4
        else:
            yield beat


def every_so_many_early(beats: Beats, n: int) -> Beats:
    """2: every second beat comes early, 3: every third."""
    for number, beat in enumerate(beats):
        if number % (n - 1) == 0:
            yield beat * 0.6
            yield beat * 1.4
        else:
            yield beat


def minute(beats: Beats) -> list[int]:
    """What one minute has of them."""
    found: list[int] = []
    left_ms = 60_000.0
    while left_ms > 0:
        beat = next(beats)
        found.append(round(beat))
        left_ms -= beat
    return found
