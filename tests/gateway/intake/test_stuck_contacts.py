"""A contact bit that is stuck is told to whoever mends it, after a day and once a day; one that works is not."""

from __future__ import annotations

from drivers.driver import Decoded
from drivers.measurement import Measurement
from drivers.standard import heart_rate
from gateway.intake.stuck_contacts import DAY_S, StuckContacts

STRAP = "C0:FF:EE:00:47:11"
HOUR_S = 3600
WAHOO = bytes.fromhex("144659035803")  # on its wearer: contact lost, 70/min, beats 857 and 856 ms apart


def contradicted() -> Decoded:
    return heart_rate.decode(heart_rate.HEART_RATE_MEASUREMENT, WAHOO)


def touching() -> Decoded:
    return Decoded([Measurement(kind="heart_rate", value=70), Measurement(kind="worn", value=True)])


def told_at(contacts: StuckContacts, hours: range) -> list[int]:
    """In which of these hours it is told, where the bit is contradicted in each."""
    return [hour for hour in hours if contacts.take(STRAP, contradicted(), hour * HOUR_S)]


def test_a_bit_that_never_says_contact_while_beats_are_measured_is_told_after_a_day_and_once_a_day() -> None:
    contacts = StuckContacts()

    assert told_at(contacts, range(60)) == [24, 48]
    assert contacts.stuck(59 * HOUR_S) == [STRAP]


def test_one_that_says_contact_once_works() -> None:
    contacts = StuckContacts()
    told_at(contacts, range(20))
    contacts.take(STRAP, touching(), 20 * HOUR_S)

    assert told_at(contacts, range(21, 44)) == []
    assert contacts.stuck(43 * HOUR_S) == []
    assert told_at(contacts, range(44, 46)) == [45]


def test_a_frame_that_says_nothing_of_contact_is_no_proof() -> None:
    contacts = StuckContacts()

    assert not any(
        contacts.take(STRAP, Decoded([Measurement(kind="heart_rate", value=70)]), hour * HOUR_S) for hour in range(50)
    )


def test_what_was_seen_a_day_ago_and_not_since_is_over() -> None:
    contacts = StuckContacts()
    told_at(contacts, range(30))

    assert contacts.stuck(29 * HOUR_S + DAY_S) == []
    assert told_at(contacts, range(60, 84)) == []


def test_two_bands_are_two() -> None:
    contacts = StuckContacts()
    told_at(contacts, range(24))

    assert not contacts.take("C0:FF:EE:00:47:12", contradicted(), DAY_S)
    assert contacts.take(STRAP, contradicted(), DAY_S)
