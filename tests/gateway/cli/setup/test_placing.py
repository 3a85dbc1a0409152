"""What a set-up puts in place takes nothing from anybody: not from who enrols meanwhile, not from the set-up before."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from gateway.cli.setup.answers import Answers, BandAnswer
from gateway.cli.setup.placing import place
from gateway.settings.replace_file import alone_with
from tests.until import until

MINE = '[gateway]\nid = "old-01"\n[mqtt]\nhost = "old.example"\n[roster]\nfile = "wristbands.csv"\n'
HEADER = "address,driver,wearer,room\n"
ROW = "C0:FF:EE:00:00:01,bthome,W-001,3-101\n"


def box(folder: Path) -> Path:
    """One that somebody has configured."""
    (folder / "wristbands.csv").write_text(HEADER)
    (folder / "gateway.toml").write_text(MINE)
    return folder / "gateway.toml"


def somebody_waits() -> bool:
    """For a lock of flock(2), in this process."""
    return any("->" in line and f" {os.getpid()} " in line for line in Path("/proc/locks").read_text().splitlines())


async def test_a_band_that_is_enrolled_while_it_is_written_stays(tmp_path: Path) -> None:
    config = box(tmp_path)
    band = BandAnswer(address="C0:FF:EE:00:00:02", driver="bthome", wearer="W-002")
    new = Answers(id="new-01", host="h", wristband=(band,))

    async with asyncio.TaskGroup() as tasks:
        with alone_with(config):
            tasks.create_task(asyncio.to_thread(place, config, new, {}))
            await until(somebody_waits)
            (tmp_path / "wristbands.csv").write_text(HEADER + ROW)

    addresses = [row.split(",")[0] for row in (tmp_path / "wristbands.csv").read_text().splitlines()]
    assert addresses == ["address", "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"]


def test_each_of_several_set_ups_keeps_what_was_there_before_it(tmp_path: Path) -> None:
    config = box(tmp_path)
    before = []
    for number in range(5):
        before.append(config.read_text())
        place(config, Answers(id=f"new-{number}", host="h"), {})

    assert sorted(path.read_text() for path in tmp_path.glob("gateway.toml.before-*")) == sorted(before)
