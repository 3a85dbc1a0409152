"""Which tests `./dev quick` leaves out, and which take turns: the one place where the run as a whole is arranged."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests import log_watch
from tests.collecting import Collecting
from tests.thorough import THOROUGH, times

TESTS = Path(__file__).parent

# What waits for processes and radios, or tries thousands of cases: more than five seconds a file.
LONG = (
    "app",
    "bad_inputs",
    "benchmarks/test_decode.py",
    "drivers/test_hostile_bytes.py",
    "drivers/test_line_streams.py",
    "drivers/test_writing_a_driver.py",
    "fake_devices",
    "fleet/test_fleet.py",
    "fuzzing",
    "gateway/alerts/test_lifecycle.py",
    "gateway/backup/test_cut.py",
    "gateway/channels/mqtt/test_alert_lane.py",
    "gateway/channels/mqtt/test_cancelling.py",
    "gateway/channels/mqtt/test_session.py",
    "gateway/channels/mqtt/test_uplink.py",
    "gateway/channels/mqtt/test_what_the_broker_takes.py",
    "gateway/cli/demo/test_windows.py",
    "gateway/cli/setup",
    "gateway/cli/test_check.py",
    "gateway/cli/test_command_line.py",
    "gateway/cli/test_run.py",
    "gateway/cli/test_scan.py",
    "gateway/page/test_in_a_browser.py",
    "gateway/rules/test_a_day_on_the_ward.py",
    "gateway/rules/test_replay.py",
    "gateway/sources/ble/relays",
    "gateway/sources/ble/test_a_week_of_faults.py",
    "gateway/sources/ble/test_bluetooth.py",
    "gateway/sources/ble/test_connecting.py",
    "gateway/sources/ble/test_no_adapter.py",
    "gateway/sources/ble/test_pairing.py",
    "gateway/sources/ble/test_scanning.py",
    "gateway/sources/test_serial_port.py",
    "gateway/store/rescue",
    "gateway/store/test_counters.py",
    "gateway/store/test_erase.py",
    "gateway/store/test_faults.py",
    "gateway/store/test_kill.py",
    "gateway/store/test_opening.py",
    "gateway/store/test_retention.py",
    "simulation/test_simulation.py",
    "system",
    "test_package.py",
    "test_reliability_page.py",
)

# What makes something for a whole file: once, and not in each of those who run tests.
TOGETHER = (
    "drivers/test_writing_a_driver.py",
    "gateway/store/rescue/test_open_or_rescue.py",
    "gateway/store/test_bad_disk.py",
    "gateway/test_clock_sync.py",
    "system/test_release.py",
    "test_package.py",
)
WAITING_TILL = 0.8  # of a run in parallel the last test that waits begins

# What looks at the time that passes or the processor that it takes: one after the other, so that two do not disturb each other.
CLOCKED = (
    "benchmarks/test_decode.py",
    "gateway/sources/test_serial_port.py",
    "system/test_receipts.py",
    "system/test_shutdown.py",
)


# Where a test says nothing else. The suite tries the same each time, so that a verdict is of the change and not of luck;
# `./dev thorough` tries what nobody has tried. No test asserts a time: an emulated processor is slow, and a busy one too.
settings.register_profile(
    "suite",
    max_examples=times(35, 200),
    derandomize=not THOROUGH,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What sets up its log, as only a process of its own should, leaves no trace."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        root.handlers[:], root.level = handlers, level


@pytest.hookimpl(trylast=True)  # where the terminal is there
def pytest_configure(config: pytest.Config) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, and by all children
    config.pluginmanager.register(log_watch)
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput"):  # one of those who run them has no terminal
        config.pluginmanager.register(Collecting(reporter.write_line))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if _is_in(item.path, LONG):
            item.add_marker(pytest.mark.slow)
        if _is_in(item.path, CLOCKED):
            item.add_marker(pytest.mark.xdist_group("clocked"))
        if _is_in(item.path, TOGETHER):
            item.add_marker(pytest.mark.xdist_group(item.path.name))
    if hasattr(config, "workerinput"):  # in parallel
        items[:] = _mixed(items)


def _mixed(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Those that wait among those that compute: the processors always have something to do, and none waits alone at the end."""
    waiting = [item for item in items if item.get_closest_marker("slow")]
    others = [item for item in items if not item.get_closest_marker("slow")]
    places = [(place / len(waiting) * WAITING_TILL, item) for place, item in enumerate(waiting)]
    places += [(place / len(others), item) for place, item in enumerate(others)]
    return [item for _, item in sorted(places, key=itemgetter(0))]


def _is_in(path: Path, places: tuple[str, ...]) -> bool:
    return any(path.is_relative_to(TESTS / place) for place in places)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter: pytest closes its own to all others, whenever a run of it begins."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
