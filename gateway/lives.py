"""One life of the gateway after another: another id, time zone or store begins a new one, and a disk that is another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from drivers import plug_ins
from gateway import sandbox
from gateway.app import Gateway
from gateway.changes import Changes
from gateway.language import Said
from gateway.parts import Parts
from gateway.settings.configuration import Configuration, Settings
from gateway.settings.named_files import BadFile
from gateway.settings.reading import load
from gateway.settings.store_key import store_keys
from gateway.store import encryption
from gateway.store.leftover import Leftover
from gateway.store.opening import open_stores
from gateway.store.stores import Stores
from gateway.words.mistakes import what

log = structlog.get_logger()


async def run(
    config: Path,
    stop: asyncio.Event,
    *,
    parts: Parts | None = None,
    ready: Callable[[], None] = lambda: None,
    hang_ups: Changes | None = None,
    begun: Configuration | None = None,
) -> None:
    """Run the gateway until `stop` is set, with what this file says (`begun`: it was read). Raises FaultySettings.

    `ready` is called once sources, store and rules work; the broker may be away. `hang_ups`: each asks for the file to be
    read again (SIGHUP).
    """
    for plug_in, why in plug_ins().broken.items():
        log.error("a driver of another package is broken", plug_in=plug_in, why=why)
    parts = parts or Parts()
    begun = begun or await load(parts.call, config)
    life: Configuration | None = begun
    leftover: Leftover | None = None
    while life is not None:
        stores = await _opened(life.settings, parts, leftover)
        if leftover is not None and not stores.fault:
            log.info("everything lies on the disk")
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


async def _opened(settings: Settings, parts: Parts, leftover: Leftover | None) -> Stores:
    keep, gateway = settings.store, settings.gateway
    sandbox.tell(gateway.data_dir, gateway.language)
    _use_keys(keep.key_file, leftover)
    return await open_stores(
        gateway.data_dir,
        gateway.id,
        parts.clock,
        keep.max_mb,
        keep.keep_delivered_days,
        connect=parts.connect_database,
        leftover=leftover,
    )


def _use_keys(key_file: Path | None, leftover: Leftover | None) -> None:
    """None where they cannot be had: what they lock is put aside, and calls for help are heard. A life before had them: what
    it leaves is encrypted by them, and they are the process's."""
    try:
        encryption.use(store_keys(key_file) if key_file else [], keep=bool(leftover))
    except BadFile as bad:
        log.error("store cannot be encrypted", why=Said(what(bad.code, bad.facts, "en"), what(bad.code, bad.facts, "zh-CN")))
        encryption.use([], keep=leftover is not None)
