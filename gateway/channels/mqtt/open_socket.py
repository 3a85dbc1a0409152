"""A connected socket to one broker, with TLS or without."""

from __future__ import annotations

import _thread
import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from gateway.awake import awake_timeout
from gateway.channels.mqtt.broker import Address, Tls
from gateway.channels.mqtt.errors import NobodyListens, cause
from gateway.clock import Clock
from gateway.errors import UplinkLost
from gateway.words.link_errors import why

ADDRESS_S = 5.0  # for one address of a name: where IPv6 leads nowhere, IPv4 still has its turn
OPEN_S = 15.0  # for all of it: name, addresses, TLS
UNSENT_BYTES = 16_384  # so much waits in the kernel at most; what waits with us can still be overtaken by an alert

SocketAddress = tuple[socket.AddressFamily, tuple[object, ...]]


async def open_socket(address: Address, tls: Tls | None, clock: Clock) -> socket.socket:
    """A non-blocking socket that is connected, its TLS handshake done and the server's name checked.

    Raises UplinkLost. Cancelling leaves nothing open.
    """
    try:
        async with awake_timeout(OPEN_S):
            sock = await _connected(address)
            return sock if tls is None else await _secured(sock, address, tls)
    except TimeoutError:
        raise UplinkLost(why(address.name, "no_answer", seconds=OPEN_S)) from None
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError, a name that cannot be one a ValueError
        code, facts = cause(error, clock)
        lost = NobodyListens if isinstance(error, ConnectionRefusedError) else UplinkLost
        raise lost(why(address.name, code, **facts)) from error


def certificate_end_s(sock: socket.socket) -> float | None:
    """When the certificate that the broker has shown ends (seconds since 1970, UTC); None: it has shown none."""
    certificate = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    end = certificate.get("notAfter") if certificate else None
    return ssl.cert_time_to_seconds(end) if isinstance(end, str) else None


async def _connected(address: Address) -> socket.socket:
    failure: OSError = OSError("no address")
    for family, socket_address in await _addresses(address):
        sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
            async with awake_timeout(ADDRESS_S):
                await asyncio.get_running_loop().sock_connect(sock, socket_address)
        except OSError as error:  # TimeoutError is one
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failure


async def _addresses(address: Address) -> list[SocketAddress]:
    """What the name server says, asked anew each time.

    In a thread of its own, because the executor's threads are waited for at the end of the program, and a name server
    that does not answer must not hold that up. A bare one: `threading` waits until it runs, for ever where there is no
    memory for it. Raises OSError, also where the system gives no thread.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[SocketAddress]] = loop.create_future()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            tell(answer.set_exception, error)
        else:
            tell(answer.set_result, [(family, address) for family, _, _, _, address in found])

    def tell(how: Callable[..., None], what: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if answer.done() else how(what))

    try:
        _thread.start_new_thread(ask, ())
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, str(error)) from error
    return await answer


async def _secured(sock: socket.socket, address: Address, tls: Tls) -> ssl.SSLSocket:
    try:
        context = await asyncio.to_thread(_context, tls)
        secured = context.wrap_socket(sock, server_hostname=address.host, do_handshake_on_connect=False)
    except BaseException:
        sock.close()
        raise
    try:
        await _shake_hands(secured)
    except BaseException:
        secured.close()
        raise
    return secured


def _context(tls: Tls) -> ssl.SSLContext:
    """TLS 1.2 or later, certificate and name checked: Python's defaults for a client.

    Without the strictness about extensions that Python 3.13 has added: many a small authority leaves them out, and a newer
    Python must not cut off a gateway that worked.
    """
    for file in (tls.ca_file, tls.cert_file, tls.key_file):
        if file is not None:
            file.open("rb").close()  # ssl's own error does not name the file
    context = ssl.create_default_context(cafile=tls.ca_file)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if tls.cert_file is not None:
        context.load_cert_chain(tls.cert_file, tls.key_file)
    return context


async def _shake_hands(sock: ssl.SSLSocket) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            sock.do_handshake()
        except ssl.SSLWantReadError:
            await _until(loop.add_reader, loop.remove_reader, sock)
        except ssl.SSLWantWriteError:
            await _until(loop.add_writer, loop.remove_writer, sock)
        else:
            return


async def _until(
    watch: Callable[[socket.socket, Callable[[], None]], None], unwatch: Callable[[socket.socket], bool], sock: socket.socket
) -> None:
    ready = asyncio.Event()
    watch(sock, ready.set)
    try:
        await ready.wait()
    finally:
        unwatch(sock)
