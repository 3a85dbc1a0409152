"""aioesphomeapi, and beside `relayed_band.py` and `internals.py` the only file that knows it: a session with a proxy.

Always encrypted: then a frame is 65,535 octets at most, whatever the proxy is. What else it sends is counted (`allowance.py`).
The library's own log lines are left out: they quote what a proxy has sent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, NamedTuple

from aioesphomeapi.api_pb2 import BluetoothLERawAdvertisementsResponse  # type: ignore[attr-defined]  # has no types
from aioesphomeapi.client import APIClient
from aioesphomeapi.core import (
    APIConnectionError,
    BadNameAPIError,
    EncryptionHelloAPIError,
    EncryptionPlaintextAPIError,
    HandshakeAPIError,
    InvalidEncryptionKeyAPIError,
    ProtocolAPIError,
    ResolveAPIError,
)
from aioesphomeapi.model import BluetoothProxyFeature

from gateway.errors import SourceLost
from gateway.sources.ble.relays.allowance import Allowance
from gateway.sources.ble.relays.internals import on_each_message
from gateway.sources.ble.relays.raw_advertisement import number
from gateway.sources.ble.relays.relayed_band import RelayedBand, limited

logging.getLogger("aioesphomeapi").setLevel(logging.CRITICAL + 1)

OPEN_S = 20.0  # name, TCP, key exchange (a second on an ESP32), hello; with a weak Wi-Fi it takes its time
KEEP_ALIVE_S = 4.0  # of silence, then it is asked; without an answer for 4.5 times as long it is over (aioesphomeapi)
LINK_S = 20.0  # to a band
SERVICES_S = 15.0
LEAVE_S = 3.0
LONGEST_VERSION = 20
NEEDED_TO_CONNECT = BluetoothProxyFeature.ACTIVE_CONNECTIONS | BluetoothProxyFeature.REMOTE_CACHING

Raw = Callable[[int, int, int, bytes], None]  # address, dBm, type of the address, AD structures
Slots = Callable[[int, int], None]  # connections: how many are free, how many there are

WORDS: tuple[tuple[type[BaseException], str], ...] = (  # the more exact first
    (BadNameAPIError, "another name"),
    (InvalidEncryptionKeyAPIError, "wrong key"),
    (EncryptionPlaintextAPIError, "not encrypted"),
    (EncryptionHelloAPIError, "not encrypted"),
    (HandshakeAPIError, "no relay"),
    (ProtocolAPIError, "no relay"),
    (ConnectionRefusedError, "no relay"),
    (ResolveAPIError, "no such host"),
)


class RelayPlace(NamedTuple):
    """Where a relay is, and how it is known: by its name and by the key that both have (base64)."""

    host: str
    port: int
    name: str
    key: str


class RelayFacts(NamedTuple):
    """What a relay says of itself. `connects`: bands can be connected to through it."""

    version: str
    connects: bool


@asynccontextmanager
async def opened(place: RelayPlace) -> AsyncIterator[RelaySession]:
    """A session as long as one is inside; it ends by itself as well, see `RelaySession.over`. Raises SourceLost."""
    client = APIClient(
        place.host,
        place.port,
        client_info="lifering",
        keepalive=KEEP_ALIVE_S,
        noise_psk=place.key,
        expected_name=place.name,
        provide_time=False,
    )
    session = RelaySession(client)
    try:
        async with limited(OPEN_S, word_of):
            await client.connect(on_stop=session.stopped, log_errors=False)
            on_each_message(client, session.count)
            await session.ask()
        yield session
    finally:
        await client.disconnect(force=True)
        session.end("no answer")


class RelaySession:
    """`over`: is set once nothing more comes; `why`: in a fixed word."""

    def __init__(self, client: APIClient) -> None:
        self.over = asyncio.Event()
        self.why = ""
        self.facts = RelayFacts("", connects=False)
        self._client = client
        self._features = 0
        self._allowance = Allowance(_now_s())
        self._subscribe: Callable[[], Callable[[], None]]
        self._unsubscribe: Callable[[], None]
        self._links: list[Callable[[], None]] = []  # whom to tell that it is over

    async def ask(self) -> None:
        """What it is. Raises SourceLost where it is no Bluetooth proxy, or one that tells less than is needed."""
        info = await self._client.device_info()
        assert self._client.api_version
        self._features = info.bluetooth_proxy_feature_flags_compat(self._client.api_version)
        if not self._features:
            raise SourceLost("no proxy")
        if not self._features & BluetoothProxyFeature.RAW_ADVERTISEMENTS:
            raise SourceLost("old firmware")
        connects = self._features & NEEDED_TO_CONNECT == NEEDED_TO_CONNECT
        self.facts = RelayFacts(info.esphome_version[:LONGEST_VERSION], connects=connects)

    def listen(self, hear: Raw, slots: Slots) -> None:
        """Both are told from now on, and must be quick. Raises SourceLost: it may be gone since it answered."""

        def heard(batch: BluetoothLERawAdvertisementsResponse) -> None:
            for one in batch.advertisements:
                hear(one.address, one.rssi, one.address_type, one.data)

        self._subscribe = partial(self._client.subscribe_bluetooth_le_raw_advertisements, heard)
        try:
            self._unsubscribe = self._subscribe()
            if self.facts.connects:
                self._client.subscribe_bluetooth_connections_free(lambda free, limit, _allocated: slots(free, limit))
        except APIConnectionError as error:
            raise SourceLost("no answer") from error

    def listen_anew(self) -> None:
        """Another program may have been its listener, of which it has one, and be gone."""
        with suppress(APIConnectionError):
            self._unsubscribe()
            self._unsubscribe = self._subscribe()

    @asynccontextmanager
    async def connected(self, address: str, address_type: int, hung_up: Callable[[], None]) -> AsyncIterator[RelayedBand]:
        """A connection as long as one is inside. `hung_up` is called when it ends before. Raises SourceLost."""
        link = _LinkState(hung_up)
        self._links.append(link.ended)
        try:
            async with limited(LINK_S + SERVICES_S, word_of):
                forget = await self._client.bluetooth_device_connect(
                    number(address),
                    link.told,
                    timeout=LINK_S,
                    disconnect_timeout=LEAVE_S,
                    feature_flags=self._features,
                    address_type=address_type,
                )
                link.forget = forget
                link.must_stand()
                services = await self._client.bluetooth_gatt_get_services(number(address))
                band = RelayedBand(self._client, number(address), services)
                link.must_stand()
            yield band
        finally:
            self._links.remove(link.ended)
            link.forget()  # and so the client does not hear that the link has ended, when it would forget the rest
            self._client.bluetooth_gatt_stop_notify_for_address(number(address))
            if not link.is_over:
                await self._hang_up(number(address))

    async def stopped(self, _expected: bool) -> None:
        """The library says that it is over."""
        self.end("no answer")

    def end(self, why: str) -> None:
        """Nothing more comes. The first word counts."""
        if self.over.is_set():
            return
        self.why = why
        self.over.set()
        for ended in tuple(self._links):
            ended()

    def count(self, message: Any) -> None:
        """A message of protobuf came, of whatever kind."""
        if not self.over.is_set() and not self._allowance.takes(message.ByteSize(), _now_s()):
            self.end("flood")

    async def _hang_up(self, band: int) -> None:
        """Whatever the relay says to it, its slot comes back when the session ends."""
        with suppress(SourceLost):
            async with limited(LEAVE_S):
                await self._client.bluetooth_device_disconnect(band, timeout=LEAVE_S)


class _LinkState:
    """What a relay tells of one link."""

    def __init__(self, hung_up: Callable[[], None]) -> None:
        self.forget: Callable[[], None] = lambda: None
        self.is_over = False
        self._hung_up = hung_up
        self._stands = False

    def told(self, connected: bool, _mtu: int, _error: int) -> None:
        """By the relay."""
        if self._stands and not connected:
            self.is_over = True
            self._hung_up()
        self._stands = connected

    def ended(self) -> None:
        """The relay is gone, and the link with it."""
        self.told(False, 0, 0)

    def must_stand(self) -> None:
        """Raises SourceLost."""
        if not self._stands:
            raise SourceLost("no answer")


def word_of(error: BaseException) -> str:
    """Why, in one of a few fixed words."""
    causes = [error]
    while cause := causes[-1].__cause__:
        causes.append(cause)
    return next((word for kind, word in WORDS if any(isinstance(one, kind) for one in causes)), "no answer")


def _now_s() -> float:
    return asyncio.get_running_loop().time()
