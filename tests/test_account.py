"""The look that every end-to-end test ends with finds an account that does not add up."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.account import account_faults
from tests.gateway.store.given import stores_in, take


@pytest.mark.parametrize("deed", ["UPDATE counters SET delivered = 1", "DELETE FROM batch WHERE id = 1"])
async def test_an_account_that_does_not_add_up_is_found(tmp_path: Path, deed: str) -> None:
    async with stores_in(tmp_path) as stores:
        await take(stores, 3)
    assert account_faults(tmp_path) == []

    with closing(sqlite3.connect(tmp_path / "readings.db", isolation_level=None)) as connection:
        connection.execute(deed)

    assert account_faults(tmp_path) != []
