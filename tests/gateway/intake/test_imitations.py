"""Signs that somebody else speaks in a band's name: several within a while are told, ordinary life is none."""

from __future__ import annotations

import pytest

from drivers.driver import Advertisement, Decoded
from drivers.measurement import Measurement
from gateway.intake.imitations import LASTS_S, TIMES, WITHIN_S, Imitations

BAND = "C0:FF:EE:00:00:01"
RANDOM = Advertisement(b"", BAND, address_type="random")
PUBLIC = Advertisement(b"", BAND, address_type="public")
UNKNOWN = Advertisement(b"", BAND)


def packet(number: int) -> Decoded:
    return Decoded(status={"packet_id": number})


def sealed(counter: int) -> Decoded:
    return Decoded(counter=counter)


def pressed(number: int, key: str) -> Decoded:
    return Decoded([Measurement(kind="button", value=key, event=number)])


def told(frames: list[Decoded], every_s: float = 1.0) -> tuple[list[object], Imitations]:
    imitations = Imitations()
    signs = [imitations.take(RANDOM, "hci0", decoded, every_s * number) for number, decoded in enumerate(frames)]
    return [sign for sign in signs if sign], imitations


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([packet(of + n) for n in range(5) for of in (10, 200)], id="of a byte"),
        pytest.param([packet((250 + of + n) % 256) for n in range(5) for of in (0, 200)], id="of a byte that goes round"),
        pytest.param([sealed(of + n) for n in range(5) for of in (90_000, 40)], id="of a cipher"),
        pytest.param([pressed(of + n, "press") for n in range(5) for of in (3, 90)], id="of presses"),
    ],
)
def test_two_counters_that_take_turns_are_told_once(frames: list[Decoded]) -> None:
    signs, imitations = told(frames)

    assert signs == ["counter back"]
    assert imitations.suspected(10) == [BAND]
    assert imitations.count(BAND, "counter back") >= TIMES


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([packet(n % 256) for n in range(1000)], id="a byte that goes round"),
        pytest.param([packet(n) for n in (1, 2, 3, 2, 3, 4, 1, 5)], id="two receivers, one of them later"),
        pytest.param([packet(n) for n in (90, 91, 0, 1, 2, 3)], id="a new battery"),
        pytest.param([packet(200), *(packet(n) for n in range(0, 120, 7))], id="frames missed after it"),
        pytest.param([sealed(n) for n in (90_000, 90_001, 1, 2, 3)], id="a new battery, sealed"),
        pytest.param(
            [pressed(*one) for one in ((90, "press"), (3, "hold"), (91, "press"), (4, "hold")) * 3], id="a count a key"
        ),
        pytest.param([Decoded()] * 9, id="no number at all"),
    ],
)
def test_ordinary_life_is_no_sign(frames: list[Decoded]) -> None:
    signs, imitations = told(frames)

    assert signs == []
    assert imitations.suspected(10) == []


def test_signs_that_lie_far_apart_are_none() -> None:
    signs, _ = told([packet(of) for _ in range(5) for of in (10, 200)], every_s=WITHIN_S)

    assert signs == []


def test_one_address_heard_as_public_and_as_random_is_told_and_an_unknown_type_is_not() -> None:
    imitations = Imitations()
    heard = [RANDOM, UNKNOWN, PUBLIC, UNKNOWN, RANDOM, PUBLIC]

    signs = [imitations.take(one, "hci0", Decoded(), 1.0 * number) for number, one in enumerate(heard)]

    assert signs == [None, None, None, None, None, "address type"]


def test_two_receivers_that_always_differ_about_the_type_are_no_sign() -> None:
    imitations = Imitations()

    signs = [
        imitations.take(one, by, Decoded(), 1.0 * n) for n in range(9) for one, by in ((RANDOM, "hci0"), (PUBLIC, "old-hub"))
    ]

    assert set(signs) == {None}


def test_frames_without_the_key_amid_those_with_it_are_told_and_a_wrong_key_alone_is_not() -> None:
    imitations = Imitations()
    assert [imitations.refused(BAND, "checksum", n) for n in range(9)] == [None] * 9

    imitations.take(RANDOM, "hci0", sealed(5), 10)
    signs = [imitations.refused(BAND, reason, 11.0) for reason in ("encrypted", "length", "checksum", "encrypted")]

    assert signs == [None, None, None, "without its key"]


def test_a_suspicion_lasts_an_hour_after_its_last_sign_and_is_told_anew_after_that() -> None:
    imitations = Imitations()

    def interleaves(at_s: float) -> list[object]:
        return [one for n in range(8) if (one := imitations.take(RANDOM, "hci0", packet((10, 200)[n % 2]), at_s + n))]

    assert interleaves(0) == ["counter back"]
    assert interleaves(100) == []
    assert imitations.suspected(100 + LASTS_S) == [BAND]
    assert imitations.suspected(110 + LASTS_S) == []
    assert interleaves(200 + LASTS_S) == ["counter back"]


def test_what_is_remembered_does_not_grow_with_what_comes_and_goes_with_the_band() -> None:
    _, imitations = told([packet(n * 200 % 256) for n in range(5000)])

    band = imitations._bands[BAND]
    assert sum(map(len, band.lately.values())) == TIMES
    assert (len(band.numbers), len(band.types)) == (1, 1)
    imitations.forget_all_but(set())
    assert imitations._bands == {}
