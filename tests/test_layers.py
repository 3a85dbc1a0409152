"""The house keeps its order: arrows run downwards only, pure files stay pure, a foreign library has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the top down. A file may import of its own layer (no circles, see below) and of those beneath it.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("gateway.__main__",),
    ("gateway.cli",),
    ("gateway.backup",),
    ("gateway.doctor",),
    ("gateway.replay",),
    ("gateway.daemon",),
    ("gateway.lives", "gateway.sandbox"),
    ("gateway.app",),
    (
        "gateway.control",
        "gateway.band_commands",
        "gateway.equipment",
        "gateway.onlookers",
        "gateway.parts",
        "gateway.reloading",
        "gateway.second_path",
    ),
    ("gateway.metrics", "gateway.page"),
    ("gateway.web",),
    ("gateway.health", "gateway.channels", "gateway.sources"),
    ("gateway.core",),
    ("gateway.intake", "gateway.later_replies", "gateway.router"),
    ("gateway.choices", "gateway.pipeline"),
    ("gateway.alerts",),
    ("gateway.store",),
    ("gateway.words",),
    ("gateway.settings",),
    ("gateway.rules", "gateway.supervision"),
    ("gateway.status",),
    ("gateway.formats",),
    ("gateway.duty",),
    ("gateway.observed",),
    ("gateway.last_readings", "gateway.roster", "gateway.snapshot"),
    ("gateway.alert", "gateway.commands", "gateway.gap", "gateway.readings"),
    (
        "gateway.apart",
        "gateway.arrivals",
        "gateway.awake",
        "gateway.backoff",
        "gateway.changes",
        "gateway.clock",
        "gateway.clock_sync",
        "gateway.completion",
        "gateway.deadline",
        "gateway.failures",
        "gateway.driver_bugs",
        "gateway.earliest",
        "gateway.errors",
        "gateway.jobs",
        "gateway.events",
        "gateway.language",
        "gateway.log_stream",
        "gateway.logger",
        "gateway.listening_socket",
        "gateway.logs",
        "gateway.mistake",
        "gateway.moment",
        "gateway.system_errors",
        "gateway.systemd_notify",
        "gateway.threads",
        "gateway.tracebacks",
        "gateway.whys",
    ),
    ("drivers",),
)

PURE = (
    "drivers/**/*.py",
    "gateway/alert.py",
    "gateway/last_readings.py",
    "gateway/observed.py",
    "gateway/snapshot.py",
    "gateway/status.py",
    "gateway/metrics/exposition.py",
    "gateway/metrics/families.py",
    "gateway/page/alert_view.py",
    "gateway/page/day.py",
    "gateway/page/pin_guard.py",
    "gateway/page/sessions.py",
    "gateway/page/tiles.py",
    "gateway/page/view.py",
    "gateway/web/who_asks.py",
    "gateway/settings/listen_address.py",
    "gateway/alerts/actions.py",
    "gateway/alerts/asking.py",
    "gateway/alerts/drills.py",
    "gateway/alerts/reminders.py",
    "gateway/alerts/repeated_calls.py",
    "gateway/backup/manifest.py",
    "gateway/alerts/shelves.py",
    "gateway/alerts/trials.py",
    "gateway/duty/*.py",
    "gateway/alerts/ladder.py",
    "gateway/alerts/lifecycle.py",
    "gateway/alerts/notices.py",
    "gateway/alerts/outbox.py",
    "gateway/alerts/technical.py",
    "gateway/events/*.py",
    "gateway/whys.py",
    "gateway/gap.py",
    "gateway/words/*.py",
    "gateway/cli/columns.py",
    "gateway/cli/demo/platform_view.py",
    "gateway/cli/doctor_page.py",
    "gateway/cli/status_page.py",
    "gateway/doctor/diagnosis.py",
    "gateway/doctor/redaction.py",
    "gateway/doctor/running.py",
    "gateway/intake/downsampling.py",
    "gateway/intake/frame.py",
    "gateway/intake/line_records.py",
    "gateway/intake/measured_at.py",
    "gateway/formats/*.py",
    "gateway/moment.py",
    "gateway/intake/plausibility.py",
    "gateway/mistake.py",
    "gateway/readings.py",
    "gateway/intake/repeats.py",
    "gateway/intake/sign_in.py",
    "gateway/intake/status_changes.py",
    "gateway/backoff.py",
    "gateway/channels/mqtt/link_history.py",
    "gateway/channels/mqtt/broker_limits.py",
    "gateway/channels/mqtt/pace.py",
    "gateway/channels/sms/dialogue.py",
    "gateway/channels/sms/errors.py",
    "gateway/channels/sms/exchange.py",
    "gateway/channels/sms/gsm7.py",
    "gateway/channels/sms/job.py",
    "gateway/channels/sms/joining.py",
    "gateway/channels/sms/lines.py",
    "gateway/channels/sms/network.py",
    "gateway/channels/sms/pdu.py",
    "gateway/channels/sms/pdu_fields.py",
    "gateway/channels/sms/pin.py",
    "gateway/channels/sms/receive.py",
    "gateway/channels/sms/recovery.py",
    "gateway/channels/sms/reports.py",
    "gateway/channels/sms/resets.py",
    "gateway/channels/sms/send.py",
    "gateway/channels/sms/sim.py",
    "gateway/channels/sms/start.py",
    "gateway/channels/sms/status.py",
    "gateway/channels/sms/submit.py",
    "gateway/channels/sms/timings.py",
    "gateway/channels/sms/unsolicited.py",
    "gateway/sources/ble/carried.py",
    "gateway/sources/ble/adapter_recovery.py",
    "gateway/sources/ble/adapters.py",
    "gateway/sources/ble/bonds.py",
    "gateway/sources/ble/relays/allowance.py",
    "gateway/sources/ble/relays/raw_advertisement.py",
    "gateway/sources/ble/schedule.py",
    "gateway/sources/visit_plan.py",
    "gateway/sources/line_noise.py",
    "gateway/rules/*.py",
    "gateway/supervision/*.py",
    "gateway/store/chain.py",
    "gateway/store/chain_check.py",
    "gateway/choices.py",
    "gateway/store/export_lines.py",
    "gateway/store/exported.py",
    "gateway/store/keeping.py",
    "gateway/store/stored.py",
    "gateway/store/thinning.py",
    "gateway/store/write_buffer.py",
)
IMPURE = {"drivers", "drivers.deadline"}  # the list of drivers also looks for those of other packages, which may hang
TOUCHES_THE_WORLD = {
    "aioesphomeapi",
    "aiohttp",
    "aiomqtt",
    "aiosqlite",
    "asyncio",
    "bleak",
    "os",
    "paho",
    "pathlib",
    "serial",
    "socket",
    "sqlite3",
    "structlog",
    "subprocess",
    "threading",
    "time",
}

DOORS = {
    "aioesphomeapi": tuple(f"gateway/sources/ble/relays/{name}.py" for name in ("esphome", "internals", "relayed_band")),
    "aiohttp": (
        *("gateway/web/listening.py", "gateway/web/forms.py", "gateway/web/strictness.py", "gateway/web/asset_files.py"),
        *("gateway/page/routes.py", "gateway/metrics/endpoint.py", "gateway/cli/demo/platform_window.py"),
    ),
    "aiosqlite": ("gateway/store/connection.py",),
    "bleak": (
        *("gateway/sources/ble/bluez.py", "gateway/sources/ble/backends.py"),
        *("gateway/sources/ble/bleak_internals.py", "gateway/sources/ble/bleak_errors.py"),
    ),
    "aiomqtt": ("gateway/channels/mqtt/client.py", "gateway/channels/mqtt/internals.py"),
    "paho": ("gateway/channels/mqtt/client.py", "gateway/channels/mqtt/paho_session.py", "gateway/channels/mqtt/internals.py"),
    "serial": ("gateway/sources/ports.py",),
}


def files(*patterns: str) -> list[Path]:
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern)})


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every module that a file names in an import, at whatever depth of the code."""
    return tuple(_imports(ast.parse(path.read_text())))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


OURS = files("gateway/**/*.py", "drivers/**/*.py")
MODULES = {name_of(path) for path in OURS}


def layer(module: str) -> int | None:
    """The most exact layer of a module, counted from the top."""
    found = [
        (len(name), depth)
        for depth, names in enumerate(LAYERS)
        for name in names
        if module == name or module.startswith(name + ".")
    ]
    return max(found)[1] if found else None


def upwards(path: Path) -> list[str]:
    """What a file imports from above its own layer."""
    here = layer(name_of(path))
    return [target for target in imports(path) if here is not None and (there := layer(target)) is not None and there < here]


def test_arrows_run_downwards_only() -> None:
    assert {name_of(path): found for path in OURS if (found := upwards(path))} == {}


def test_every_file_has_its_layer() -> None:
    assert [name_of(path) for path in OURS if layer(name_of(path)) is None and name_of(path) != "gateway"] == []


def test_there_are_no_circles() -> None:
    modules = {name_of(path): path for path in OURS}
    arrows = {
        name: {target for target in imports(path) if target in modules and target != name} for name, path in modules.items()
    }

    while leaves := {name for name, targets in arrows.items() if not targets & arrows.keys()}:
        for name in leaves:
            del arrows[name]

    assert arrows == {}


def room(module: str) -> str:
    """The folder that a file stands in; a file that stands alone is a room of its own."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "gateway" else parts[0]


def test_there_are_no_circles_of_folders() -> None:
    arrows: dict[str, set[str]] = {}
    for path in OURS:
        here = room(name_of(path))
        arrows.setdefault(here, set()).update(room(target) for target in imports(path) if target in MODULES)
    for here, targets in arrows.items():
        targets.discard(here)
        targets.discard("gateway")  # the package itself, which holds nothing

    while leaves := {here for here, targets in arrows.items() if not targets & arrows.keys()}:
        for here in leaves:
            del arrows[here]

    assert arrows == {}


def test_pure_files_touch_nothing() -> None:
    pure = [path for path in files(*PURE) if name_of(path) not in IMPURE]

    assert [(name_of(path), each) for path in pure for each in imports(path) if each.split(".")[0] in TOUCHES_THE_WORLD] == []


@pytest.mark.parametrize("library", DOORS)
def test_a_foreign_library_has_one_door(library: str) -> None:
    doors = {
        str(path.relative_to(ROOT))
        for path in files("gateway/**/*.py")
        if any(target == library or target.startswith(library + ".") for target in imports(path))
    }

    assert doors <= set(DOORS[library])


def test_drivers_know_nothing_of_the_gateway() -> None:
    assert [
        name_of(path)
        for path in files("drivers/**/*.py")
        if any(target.split(".")[0] in {"gateway", "fake_devices"} for target in imports(path))
    ] == []


def test_only_the_demo_knows_the_fakes() -> None:
    knowing = {
        str(path.relative_to(ROOT))
        for path in files("gateway/**/*.py")
        if any(target.split(".")[0] == "fake_devices" for target in imports(path))
    }

    assert all(path.startswith("gateway/cli/demo") for path in knowing)


def test_no_public_class_name_stands_for_two_things() -> None:
    homes: dict[str, list[str]] = {}
    for path in [*OURS, *files("fake_devices/**/*.py")]:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(name_of(path))

    assert {name: there for name, there in homes.items() if len(there) > 1} == {}
