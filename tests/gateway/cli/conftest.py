"""Fixtures of the tests of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.cli.with_stores import CONFIG


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """One that is valid, in English."""
    file = tmp_path / "gateway.toml"
    file.write_text(CONFIG.format(language="en"))
    return file


@pytest.fixture
def chinese(config: Path) -> Path:
    """The same in Chinese."""
    config.write_text(CONFIG.format(language="zh-CN"))
    return config
