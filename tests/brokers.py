"""Real brokers beside mosquitto, each on a free loopback port: RabbitMQ, NATS, aedes and amqtt. None of them knows MQTT 5."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

from fake_devices.broker import EmbeddedBroker
from tests.mosquitto import free_port, wait_for_port
from tests.processes import DIES_WITH_US

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
AEDES = Path(os.environ.get("LIFERING_AEDES", ".aedes")).absolute()  # where `./dev brokers` puts it
START_S = 60.0

AEDES_PROGRAM = """
import { Aedes } from "aedes";
import { createServer } from "net";
const aedes = await Aedes.createBroker();
createServer(aedes.handle).listen(Number(process.argv[2]), "127.0.0.1");
"""


@contextmanager
def _running(command: Sequence[str], folder: Path, port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*DIES_WITH_US, *command], cwd=folder, stdout=log, stderr=log, env=os.environ | dict(environment or {})
        )
    try:
        wait_for_port(port, START_S)
        yield
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def rabbitmq(folder: Path) -> AsyncIterator[int]:
    """Its MQTT plug-in, everybody a guest. Erlang's port mapper is our own, so that it ends with the broker."""
    port, names, nodes = free_port(), free_port(), free_port()
    (folder / "enabled_plugins").write_text("[rabbitmq_mqtt].")
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{free_port()}\nmqtt.listeners.tcp.1 = 127.0.0.1:{port}\nmqtt.allow_anonymous = true\n"
    )
    environment = {
        "RABBITMQ_NODENAME": f"lifering{port}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log-files"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_DIST_PORT": str(nodes),
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "HOME": str(folder),
    }
    with _running(["epmd", "-port", str(names)], folder, names), _running([str(RABBITMQ)], folder, port, environment):
        yield port


@asynccontextmanager
async def nats(folder: Path) -> AsyncIterator[int]:
    """Its MQTT listener, which needs JetStream."""
    port = free_port()
    (folder / "nats.conf").write_text(
        f'listen: "127.0.0.1:{free_port()}"\nserver_name: n1\njetstream {{ store_dir: "{folder}" }}\n'
        f"mqtt {{ host: 127.0.0.1, port: {port} }}\n"
    )
    with _running([_program("nats-server"), "-c", str(folder / "nats.conf")], folder, port):
        yield port


@asynccontextmanager
async def aedes(folder: Path) -> AsyncIterator[int]:
    """In memory."""
    port = free_port()
    (AEDES / "run.mjs").write_text(AEDES_PROGRAM)
    with _running(["node", str(AEDES / "run.mjs"), str(port)], folder, port):
        yield port


@asynccontextmanager
async def amqtt(_folder: Path) -> AsyncIterator[int]:
    """In this process."""
    async with EmbeddedBroker() as broker:
        yield broker.port


Starts = Callable[[Path], AbstractAsyncContextManager[int]]

BROKERS: Mapping[str, Starts] = {"rabbitmq": rabbitmq, "nats": nats, "aedes": aedes, "amqtt": amqtt}


def missing(name: str) -> str:
    """Why this one cannot be started here; "": it can."""
    there = {
        "rabbitmq": RABBITMQ.exists() and shutil.which("epmd"),
        "nats": _program("nats-server"),
        "aedes": (AEDES / "node_modules/aedes").exists() and shutil.which("node"),
    }
    return "" if there.get(name, True) else f"{name} is not installed: ./dev brokers does that"


def _program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""
