"""What one series remembers, as bytes for the disk and back: after a restart it goes on as if there had been none. Pure."""

from __future__ import annotations

import zlib

import msgspec
from msgspec import Struct

from drivers.measurement import Kind
from gateway.clock import ClockState
from gateway.readings import Reading
from gateway.rules.kept_reading import KeptValue, kept_value, restored_value
from gateway.rules.limit_tracker import Crossed, LimitTracker, Told
from gateway.rules.limits import Limits, Parts, parts_of
from gateway.rules.persistence import CountedReading
from gateway.rules.series_monitor import SeriesMonitor

FASTEST = 1  # level of compression: an alert waits for it
LARGEST = 16 << 20  # bytes, unpacked: what is more is damaged


class _Reading(Struct, array_like=True):
    device: str
    driver: str
    value: KeptValue
    at_ms: int
    received_ms: int
    clock: ClockState
    quality: tuple[str, ...]
    history: bool
    seq: int
    epoch: int
    monotonic_ms: int | None
    rr_ms: tuple[int, ...]


class _Sample(Struct, array_like=True):
    at_ms: int
    reading: _Reading
    doing: int
    sure: bool


class _Crossed(Struct, array_like=True):
    limit: str
    since_ms: int
    readings: list[_Reading]
    confirmed: bool
    sure: bool
    inside_ms: int | None
    told: int
    until_ms: int | None
    closed_ms: int | None
    retell_ms: int | None
    alone: bool


class _Tracker(Struct, array_like=True):
    newest_ms: int
    samples: list[_Sample]
    crossed: list[_Crossed]
    ended_ms: dict[str, int]
    usual: list[tuple[int, Parts]]


class _Series(Struct, array_like=True):
    wearer: str
    kind: Kind
    taken: tuple[int, int]
    told: bool
    now: _Tracker
    past: _Tracker
    missing_ms: int | None = None


Taken = tuple[int, int]  # epoch and number of the newest reading that was taken

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Series)


def encode(wearer: str, kind: Kind, monitor: SeriesMonitor, taken: Taken) -> bytes:
    """For the disk."""
    series = _Series(wearer, kind, taken, monitor.told, _of(monitor.now), _of(monitor.past), monitor.missing_ms)
    return zlib.compress(_encoder.encode(series), FASTEST)


def whose(content: bytes) -> tuple[str, Kind]:
    """Whose series it is. Raises ValueError where it is damaged."""
    series = _decode(content)
    return series.wearer, series.kind


def restore(content: bytes, monitor: SeriesMonitor, limits: Limits) -> Taken:
    """Fills a fresh monitor. Raises ValueError where the bytes are damaged, and has filled nothing then."""
    series = _decode(content)
    now = _tracker(series, series.now, limits)
    past = _tracker(series, series.past, limits)
    monitor.now, monitor.past, monitor.told, monitor.missing_ms = now, past, series.told, series.missing_ms
    return series.taken


def _decode(content: bytes) -> _Series:
    try:
        unpacked = zlib.decompressobj().decompress(content, LARGEST)
        return _decoder.decode(unpacked)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(str(error)) from error


def _of(tracker: LimitTracker) -> _Tracker:
    samples = [_Sample(one.at_ms, _plain(one.reading), one.doing, one.sure) for one in tracker.window.samples]
    crossed = [_of_crossed(one) for one in tracker.crossed.values()]
    return _Tracker(tracker.newest_ms, samples, crossed, tracker.ended_ms, tracker.usual)


def _of_crossed(crossed: Crossed) -> _Crossed:
    return _Crossed(
        limit=crossed.limit.name,
        since_ms=crossed.since_ms,
        readings=[_plain(reading) for reading in crossed.readings],
        confirmed=crossed.confirmed,
        sure=crossed.sure,
        inside_ms=crossed.inside_ms,
        told=int(crossed.told),
        until_ms=crossed.until_ms,
        closed_ms=crossed.closed_ms,
        retell_ms=crossed.retell_ms,
        alone=crossed.alone,
    )


def _plain(reading: Reading) -> _Reading:
    return _Reading(
        reading.device,
        reading.driver,
        kept_value(reading.value),
        reading.at_ms,
        reading.received_ms,
        reading.clock,
        reading.quality,
        reading.history,
        reading.seq,
        reading.epoch,
        reading.monotonic_ms,
        reading.rr_ms,
    )


def _tracker(series: _Series, stored: _Tracker, limits: Limits) -> LimitTracker:
    tracker = LimitTracker(limits)
    tracker.newest_ms, tracker.ended_ms, tracker.usual = stored.newest_ms, stored.ended_ms, stored.usual
    by_name = {limit.name: limit for limit in limits.limits}
    for sample in stored.samples:
        reading = _reading(series, sample.reading)
        tracker.window.samples.append(CountedReading(sample.at_ms, parts_of(reading.value), reading, sample.doing, sample.sure))
    for one in stored.crossed:
        if one.limit in by_name:
            tracker.crossed[one.limit] = Crossed(
                limit=by_name[one.limit],
                since_ms=one.since_ms,
                readings=tuple(_reading(series, reading) for reading in one.readings),
                confirmed=one.confirmed,
                sure=one.sure,
                inside_ms=one.inside_ms,
                told=Told(one.told),
                until_ms=one.until_ms,
                closed_ms=one.closed_ms,
                retell_ms=one.retell_ms,
                alone=one.alone,
            )
    return tracker


def _reading(series: _Series, stored: _Reading) -> Reading:
    return Reading(
        wearer=series.wearer,
        device=stored.device,
        driver=stored.driver,
        kind=series.kind,
        value=restored_value(stored.value),
        at_ms=stored.at_ms,
        received_ms=stored.received_ms,
        clock=stored.clock,
        quality=stored.quality,
        history=stored.history,
        seq=stored.seq,
        epoch=stored.epoch,
        monotonic_ms=stored.monotonic_ms,
        rr_ms=stored.rr_ms,
    )
