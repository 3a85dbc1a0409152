"""The fleet for some seconds: one band of each kind, a kill, and what else the seed has. Nothing is lost or comes twice."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.fleet.run import Plan, run
from tests.fleet.table import figures_of, table
from tests.reliability.stamp import Stamp

SECONDS, ONE_OF_EACH = 3.0, 0.01
SEED = 34906  # the daemon is killed, the broker stopped, the adapter pulled out, a relay without power, all at once
PLAN = Plan(SECONDS, SEED, ONE_OF_EACH, pressed_every_s=8, daemon_every_s=2, way_every_s=2.5, above_every_s=3, pace=0.1)


def test_a_band_of_each_kind_and_everything_that_breaks_for_some_seconds(tmp_path: Path) -> None:
    outcome = asyncio.run(run(PLAN, tmp_path))

    assert outcome.verdict.faults == []
    assert outcome.kills
    assert {kind.partition(" ")[0] for kind in (one.kind for one in outcome.bands.values() if one.told)} >= {"watch", "ibeacon"}
    assert sum(one.told for one in outcome.bands.values()) >= sum(one.sure for one in outcome.bands.values()) > 0
    assert outcome.readings > 0
    assert "presses lost 0, told twice 0, ids with two contents 0" in table(outcome)
    (row,) = figures_of("./dev fleet", Stamp(date="", commit="", machine=""), outcome, 1).rows
    assert (row.tried, row.alerts_lost, row.other) == (outcome.faults_begun.total(), 0, 0)
