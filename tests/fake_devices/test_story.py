"""A story is data, and what is wrong in it is named."""

from __future__ import annotations

import msgspec
import pytest

from fake_devices.story import Presses, Story, Wearer, WornBand

WANG = Wearer("W-001", "3-201", {"en": "Grandma Wang"}, (WornBand("wristband", "C0:FF:EE:00:00:01"),))


def told(*deeds: Presses) -> Story:
    return Story(title={"en": "A day"}, begins_s=0, lasts_s=60, wearer=(WANG,), deed=deeds)


def test_a_stranger_in_a_story_is_named() -> None:
    with pytest.raises(ValueError, match="nobody of the story is called W-009"):
        told(Presses(at_s=1, who="W-009"))


def test_deeds_stand_in_the_order_of_their_times() -> None:
    with pytest.raises(ValueError, match="in the order of their times"):
        told(Presses(at_s=2, who="W-001"), Presses(at_s=1, who="W-001"))


def test_a_deed_that_nobody_knows_is_refused_with_its_place() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"Invalid value 'dances' - at `\$\.deed\[0\]\.does`"):
        msgspec.toml.decode(
            """
            title = { en = "A day" }
            begins_s = 0
            lasts_s = 60
            wearer = []
            deed = [{ does = "dances", at_s = 1 }]
            """,
            type=Story,
        )
