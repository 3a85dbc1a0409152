"""One life of the gateway after another: another id, time zone or store begins a new one, and a disk that is another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from drivers import plug_ins
from gateway.app import Gateway, Parts
from gateway.changes import Changes
from gateway.settings import schema
from gateway.settings.file import Configuration, load
from gateway.store.leftover import Leftover
from gateway.store.opening import Stores, open_stores

log = structlog.get_logger()


async def run(
    config: Path,
    stop: asyncio.Event,
    *,
    parts: Parts | None = None,
    ready: Callable[[], None] = lambda: None,
    hang_ups: Changes | None = None,
) -> None:
    """Run the gateway until `stop` is set, with what this file says. Raises FaultySettings.

    `ready` is called once sources, store and rules work; the broker may be away. `hang_ups`: each asks for the file to be
    read again (SIGHUP).
    """
    for plug_in, why in plug_ins().broken.items():
        log.error("a driver of another package is broken", plug_in=plug_in, why=why)
    parts = parts or Parts()
    begun = load(config)
    life: Configuration | None = begun
    leftover: Leftover | None = None
    while life is not None:
        stores = await _opened(life.settings, parts, leftover)
        gateway = Gateway(config, life, stores, parts)
        try:
            await gateway.live(stop, ready, hang_ups)
        finally:
            leftover = await stores.close()
        life = gateway.next_life
        begun = life or begun
    if leftover:  # the disk may have come back meanwhile
        leftover = await (await _opened(begun.settings, parts, leftover)).close()
    if leftover and leftover.lost:
        log.error("the disk did not take everything", **leftover.lost)


async def _opened(settings: schema.Settings, parts: Parts, leftover: Leftover | None) -> Stores:
    keep, who = settings.store, settings.gateway
    return await open_stores(
        who.data_dir,
        who.id,
        parts.clock,
        keep.max_mb,
        keep.keep_delivered_days,
        connect=parts.connect_database,
        leftover=leftover,
    )
