"""Targets: what each driver makes of a frame, of a value, of a stream of bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import msgspec

import drivers
from drivers.bluetooth_uuid import parse_uuid
from drivers.driver import Advertisement, AdvertisementDriver, ConnectionDriver, Decoded, Driver, Item, Refused, SerialDriver
from drivers.measurement import BUTTONS, BloodPressure, Measurement, Position
from drivers.presses import PressMemory, deduplicate_presses
from drivers.soundness import is_sound, is_sound_item, is_whole, refusal_of
from gateway.intake.plausibility import NUMBERS, judge
from tests.drivers import vectors
from tests.drivers.running import told
from tests.drivers.vectors import Frame
from tests.fuzzing.target import Script, Target, piece

NOW = datetime(2026, 11, 23, 12)  # noqa: DTZ001 (local time, from which bands count days)
NOW_MS = 1_795_500_000_000
MOST_KEPT = 4_096  # bytes of what is remembered of a device's presses


def targets() -> list[Target]:
    """One for each driver."""
    return [_target(driver) for driver in drivers.DRIVERS]


def _target(driver: Driver) -> Target:
    known = vectors.BY_DRIVER[driver.name].frame
    match driver:
        case AdvertisementDriver():
            return Target(name=driver.name, take=partial(_hear, driver), seeds=partial(_heard, driver), longest=512)
        case ConnectionDriver():
            return Target(name=driver.name, take=partial(_read, driver), seeds=partial(_values, known), longest=256)
        case SerialDriver():
            return Target(name=driver.name, take=partial(_stream, driver), seeds=partial(_streams, known), longest=1024)


# --- what a driver may give -----------------------------------------------------------------------------------------------


def check(driver: Driver, measurement: Measurement) -> None:
    """It is sound, of a kind that the driver declares, inside what its kind can be, and can be stored."""
    assert is_sound(measurement), measurement
    assert measurement.kind in driver.measures or _tells_of_others(driver), measurement.kind
    assert measurement.age_s >= 0, measurement
    assert measurement.which is None or measurement.which >= 1, measurement
    if measurement.device_time is not None:
        datetime.fromisoformat(measurement.device_time)
    match measurement.value:
        case str(button):
            assert button in BUTTONS
        case BloodPressure() | Position():
            pass  # as a single number: where nobody can have it, it is judged to be invalid, and kept
        case int() | float() as number if measurement.kind not in NUMBERS:
            assert number >= 0, measurement
    assert all(word.startswith(("invalid:", "questionable:")) for word in measurement.quality), measurement.quality
    judge(measurement, NOW_MS, None)
    msgspec.json.encode(measurement)


def _tells_of_others(driver: Driver) -> bool:
    """A hub tells what bands measure; a band of the Bluetooth SIG may have more of its profiles than the one it is known by."""
    return driver.hub if isinstance(driver, SerialDriver) else driver.name.startswith("ble-")


def check_decoded(driver: Driver, decode: Callable[[], Decoded]) -> Decoded:
    """What a frame gives is whole, and the same each time; it is refused in the words of the list."""
    try:
        decoded = decode()
    except Refused as why:
        refusal = refusal_of(why)
        assert refusal is not None
        decoded = Decoded(refusals=[refusal])
    assert is_whole(decoded), decoded
    for measurement in (*decoded.measurements, *decoded.released):
        check(driver, measurement)
    return decoded


# --- advertisements: whose it is, then frames of one device, each with its length before it ---------------------------------


def _senders(driver: Driver) -> list[tuple[str, str]]:
    """Address and key of each who speaks in the vectors."""
    known = vectors.BY_DRIVER[driver.name]
    alone, series = ((one.address, one.key) for one in known.frame), ((one.address, one.key) for one in known.sequence)
    return list(dict.fromkeys((*alone, *series)))


def _hear(driver: AdvertisementDriver, data: bytes) -> None:
    script, senders, memory, at_s = Script(data), _senders(driver), PressMemory("this boot"), 0.0
    address, key = senders[script.octet() % len(senders)]
    while not script.over:
        decode = partial(driver.decode, Advertisement(script.piece(), address), bytes.fromhex(key) or None)
        decoded = check_decoded(driver, decode)
        at_s += 1
        memory = deduplicate_presses(driver.presses, memory, decoded, at_s).memory
        assert len(msgspec.json.encode(memory)) < MOST_KEPT, memory


def _heard(driver: AdvertisementDriver) -> Sequence[bytes]:
    senders, known = _senders(driver), vectors.BY_DRIVER[driver.name]
    alone = [bytes((senders.index((one.address, one.key)),)) + piece(one.data) for one in known.frame]
    series = [
        bytes((senders.index((one.address, one.key)),)) + b"".join(piece(bytes.fromhex(step.hex)) for step in one.step[:8])
        for one in known.sequence
    ]
    return alone + series


# --- values of a connected band: of which characteristic or model it is, then the value ------------------------------------


def _places(known: Sequence[Frame]) -> list[Frame]:
    return list({(frame.characteristic, frame.model): frame for frame in known}.values())


def _read(driver: ConnectionDriver, data: bytes) -> None:
    script, places = Script(data), _places(vectors.BY_DRIVER[driver.name].frame)
    where = places[script.octet() % len(places)]
    frame = Frame(name="", hex=script.rest().hex(), characteristic=where.characteristic, model=where.model)
    check_decoded(driver, lambda: told(driver, frame, NOW))
    if not where.model:
        check_decoded(driver, lambda: driver.decode(parse_uuid(where.characteristic), frame.data, None))


def _values(known: Sequence[Frame]) -> Sequence[bytes]:
    places = [(place.characteristic, place.model) for place in _places(known)]
    return [bytes((places.index((frame.characteristic, frame.model)),)) + frame.data for frame in known]


# --- streams: in which pieces it comes, then the stream ---------------------------------------------------------------------


def _stream(driver: SerialDriver, data: bytes) -> None:
    """The items are sound, and the same in whatever pieces it comes."""
    size, stream = 1 + data[0] % 61 if data else 1, data[1:]
    whole, torn = driver.decoder(), driver.decoder()
    at_once: list[Item] = [*whole.feed(stream), *whole.close()]
    in_pieces = [item for at in range(0, len(stream), size) for item in torn.feed(stream[at : at + size])] + torn.close()
    for item in at_once:
        assert is_sound_item(item), item
        if isinstance(item, Measurement):
            check(driver, item)
    assert in_pieces == at_once
    assert whole.close() == [], "what is over is over"


def _streams(known: Sequence[Frame]) -> Sequence[bytes]:
    return [b"\x06" + frame.data for frame in known]
