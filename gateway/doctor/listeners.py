"""The page, the metrics, the watches: does the gateway listen where `listen` says, has another the port, nobody the address.

Source: proc(5), /proc/net/tcp and tcp6: the port in hexadecimal digits, state 0A is LISTEN, the tenth field is the inode.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from typing import Literal, NamedTuple

from gateway.doctor.diagnosis import Diagnosis
from gateway.doctor.holders import Holder, holders
from gateway.doctor.host import Host
from gateway.settings.configuration import Settings
from gateway.settings.listen_address import host_and_port

LISTENS = "0A"
ANSWER_S = 3.0

Section = Literal["page", "metrics", "watches"]


class ListenerFacts(NamedTuple):
    """Of one `listen`. `is_open`: somebody listens there; `holder`: who, where that can be seen."""

    section: Section
    listen: str
    has_address: bool = True
    is_open: bool = False
    holder: Holder | None = None


def look(host: Host, settings: Settings) -> list[ListenerFacts]:
    """Those that are configured."""
    named: list[tuple[Section, str | None]] = [("page", settings.page.listen), ("metrics", settings.metrics.listen)]
    named += [("watches", listener.listen) for listener in settings.watches]
    return [_one(host, section, listen) for section, listen in named if listen]


def _one(host: Host, section: Section, listen: str) -> ListenerFacts:
    address, port = host_and_port(listen)
    if not _is_ours(address):
        return ListenerFacts(section, listen, has_address=False)
    sockets = frozenset(_sockets(host, port))
    held = holders(host, sockets)
    holder = next((held[one] for one in sockets if one in held), None)
    return ListenerFacts(section, listen, is_open=_answers(address, port), holder=holder)


def _sockets(host: Host, port: int) -> Iterator[str]:
    for table in ("proc/net/tcp", "proc/net/tcp6"):
        for fields in map(str.split, host.text(table).splitlines()[1:]):
            if len(fields) > 9 and fields[3] == LISTENS and fields[1].endswith(f":{port:04X}"):
                yield f"socket:[{fields[9]}]"


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _is_ours(address: str) -> bool:
    """Whether this machine has the address now."""
    with socket.socket(_family(address)) as trial:
        try:
            trial.bind((address, 0))
        except OSError as error:
            return error.errno != errno.EADDRNOTAVAIL
    return True


def _answers(address: str, port: int) -> bool:
    with socket.socket(_family(address)) as trial:
        trial.settimeout(ANSWER_S)
        return trial.connect_ex((address, port)) == 0  # of 0.0.0.0 it is this machine that is asked


def diagnoses(listeners: list[ListenerFacts], *, runs: bool) -> Iterator[Diagnosis]:
    """What is wrong with them; `runs`: the gateway does, and should listen. Pure."""
    for one in listeners:
        facts = {"section": one.section, "listen": one.listen}
        if not one.has_address:
            yield Diagnosis("page", "page_no_address", facts)
        elif one.holder and not one.holder.is_gateway:
            yield Diagnosis("page", "page_port_taken", {**facts, "holder": one.holder.name, "pid": one.holder.pid})
        elif runs and not one.is_open:
            yield Diagnosis("page", "page_not_open", facts)
