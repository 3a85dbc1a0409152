"""A gateway with its stores, running or stopped, for tests of the verbs that look into them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.control.store_verbs import StoreVerbs
from gateway.store.stores import Stores
from tests.gateway.cli.running import control_socket
from tests.gateway.store.given import GATEWAY, stores_in

CONFIG = f'[gateway]\nid = "{GATEWAY}"\nlanguage = "{{language}}"\ndata_dir = "data"\n[mqtt]\nhost = "h"\n'


@asynccontextmanager
async def running(config: Path) -> AsyncIterator[Stores]:
    """A gateway with this configuration."""
    folder = config.parent / "data"
    async with stores_in(folder) as stores, control_socket(folder, StoreVerbs(stores, GATEWAY, running=True).verbs):
        yield stores


@asynccontextmanager
async def stopped(config: Path) -> AsyncIterator[Stores]:
    """One that fills its stores, and has ended behind the block."""
    async with stores_in(config.parent / "data") as stores:
        yield stores
