"""Which band is paired again without asking, and for which a person is needed."""

from __future__ import annotations

from gateway.sources.ble.bonds import Bonds

CUFF = "C0:FF:EE:00:00:02"


def test_a_band_that_refuses_is_paired_again_once_and_then_a_person_is_needed() -> None:
    bonds = Bonds()

    assert bonds.begin_anew(CUFF)
    assert not bonds.begin_anew(CUFF)
    assert bonds.refused(CUFF)
    assert not bonds.refused(CUFF), "told once"
    assert bonds.lost == [CUFF]


def test_one_that_is_read_well_may_lose_its_bond_again() -> None:
    bonds = Bonds()
    bonds.begin_anew(CUFF)
    bonds.refused(CUFF)

    bonds.read_well(CUFF, refused=False)

    assert bonds.lost == []
    assert bonds.begin_anew(CUFF)


def test_one_that_tells_what_it_measures_and_refuses_the_rest_needs_nobody_and_is_not_paired_at_each_visit() -> None:
    bonds = Bonds()
    bonds.begin_anew(CUFF)

    bonds.read_well(CUFF, refused=True)

    assert bonds.lost == []
    assert not bonds.begin_anew(CUFF)


def test_one_that_refuses_the_rest_needs_a_person_only_when_it_is_not_even_heard() -> None:
    bonds = Bonds()
    bonds.begin_anew(CUFF)
    bonds.read_well(CUFF, refused=True)

    assert not bonds.refused(CUFF, served=True), "it has nothing to say"
    assert bonds.lost == []
    assert bonds.refused(CUFF, served=False)
    assert bonds.lost == [CUFF]


def test_what_an_earlier_life_knew_stands_until_the_band_was_visited() -> None:
    bonds = Bonds()

    assert bonds.undecided(CUFF)
    bonds.begin_anew(CUFF)
    assert bonds.undecided(CUFF), "it is tried once more"
    bonds.refused(CUFF)
    assert not bonds.undecided(CUFF)


def test_one_that_is_enrolled_otherwise_begins_with_a_clean_sheet() -> None:
    bonds = Bonds()
    bonds.begin_anew(CUFF)
    bonds.refused(CUFF)

    bonds.forget(CUFF)

    assert bonds.lost == []
    assert bonds.begin_anew(CUFF)
