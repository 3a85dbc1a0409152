"""Where something listens, as it is written in the configuration: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`. Pure."""

from __future__ import annotations

from ipaddress import ip_address

LOCALHOST = "localhost"


def host_and_port(listen: str) -> tuple[str, int]:
    """The two. Raises ValueError where it is no such thing."""
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if host != LOCALHOST:
        ip_address(host)
    if not colon or not 1 <= int(port) <= 65_535:
        raise ValueError(listen)
    return ("127.0.0.1" if host == LOCALHOST else host), int(port)


def is_loopback(listen: str) -> bool:
    """Whether only this machine can reach it."""
    return ip_address(host_and_port(listen)[0]).is_loopback
