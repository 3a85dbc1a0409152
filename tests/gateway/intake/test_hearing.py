"""A band is near the receiver that hears it loudest; one that heard it long ago says nothing of now."""

from __future__ import annotations

from gateway.intake.hearing import AT_ONCE_S, Hearing

BAND, OTHER = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"


def test_the_loudest_receiver_is_the_nearest_whoever_was_last() -> None:
    hearing = Hearing()
    hearing.heard(BAND, "house-3", -48, 10)
    hearing.heard(BAND, "hci0", -81, 11)

    assert hearing.nearest(BAND) == ("house-3", -48)
    assert hearing.last_s(BAND) == 11


def test_what_a_receiver_heard_long_before_the_last_frame_counts_no_more() -> None:
    hearing = Hearing()
    hearing.heard(BAND, "house-3", -48, 10)
    hearing.heard(BAND, "hci0", -81, 10 + AT_ONCE_S)
    assert hearing.nearest(BAND) == ("house-3", -48)

    hearing.heard(BAND, "hci0", -80, 11 + AT_ONCE_S)

    assert hearing.nearest(BAND) == ("hci0", -80)


def test_a_receiver_hears_a_band_as_loud_as_it_did_last() -> None:
    hearing = Hearing()
    for rssi, at_s in ((-48, 10), (-90, 11)):
        hearing.heard(BAND, "house-3", rssi, at_s)
    hearing.heard(BAND, "hci0", -70, 12)

    assert hearing.nearest(BAND) == ("hci0", -70)


def test_who_says_how_loud_is_preferred_and_else_the_last_one_counts() -> None:
    hearing = Hearing()
    hearing.heard(BAND, "hall-hub", None, 10)
    hearing.heard(BAND, "yard-hub", None, 11)
    assert hearing.nearest(BAND) == ("yard-hub", None)

    hearing.heard(BAND, "hci0", -90, 5)

    assert hearing.nearest(BAND) == ("hci0", -90)


def test_of_one_that_is_enrolled_no_more_nothing_is_kept() -> None:
    hearing = Hearing()
    for band in (BAND, OTHER):
        hearing.heard(band, "hci0", -60, 10)

    hearing.forget_all_but({OTHER})

    assert (hearing.last_s(BAND), hearing.nearest(BAND)) == (None, ("", None))
    assert hearing.nearest(OTHER) == ("hci0", -60)
