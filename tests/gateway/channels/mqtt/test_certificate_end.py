"""When the broker's certificate ends is seen in the handshake that was made anyway."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.channels.mqtt.broker import Address, Tls
from gateway.channels.mqtt.open_socket import certificate_end_s, open_socket
from gateway.clock import SystemClock
from tests.certificates import Authority


async def test_the_end_of_the_brokers_certificate_is_known_once_it_is_connected(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    signed = authority.signs("broker", valid_for=timedelta(days=20))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed.cert_file, signed.key_file)
    async with await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context) as server:
        port: int = server.sockets[0].getsockname()[1]

        sock = await open_socket(Address("127.0.0.1", port), Tls(authority.ca_file), SystemClock())
        end_s = certificate_end_s(sock)
        sock.close()

    assert end_s is not None
    assert round((end_s - datetime.now(UTC).timestamp()) / 86_400) == 20


async def test_without_encryption_there_is_none(tmp_path: Path) -> None:
    async with await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        sock = await open_socket(Address("127.0.0.1", port), None, SystemClock())

        assert certificate_end_s(sock) is None
        sock.close()
