"""What the gateway is given from outside: the clock, the radio, and how a port, a database and a session are opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gateway import apart
from gateway.channels.mqtt.connecting import connect
from gateway.channels.mqtt.session import Connect
from gateway.clock import Clock, SystemClock
from gateway.sources.ble.backends import Backends
from gateway.sources.ports import OpenPort, opened
from gateway.sources.recording import Recording
from gateway.sources.unfinished import UnfinishedFrames
from gateway.store import connection


@dataclass(frozen=True, kw_only=True)
class Parts:
    """As the daemon has them; a simulation gives others. `play`: a recording that is a source, too.
    `call`: what runs the reading of a configuration."""

    clock: Clock = field(default_factory=SystemClock)
    backends: Backends = field(default_factory=Backends)
    open_port: OpenPort = opened
    connect: Connect = connect
    connect_database: connection.Connect = connection.connect_in_thread
    recording: Recording | None = None
    play: Path | None = None
    call: apart.Call = apart.call_here
    unfinished: UnfinishedFrames = field(default_factory=UnfinishedFrames)
