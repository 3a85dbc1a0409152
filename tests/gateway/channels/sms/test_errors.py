"""What each error of a modem means: every number of the table, and words instead of numbers."""

from __future__ import annotations

import pytest

from gateway.channels.sms.errors import ErrorClass, error_of

CMS: list[tuple[ErrorClass, tuple[int, ...]]] = [
    ("permanent", (1, 8, 10, 28, 29, 30, 50, 69, 81, 95, 96, 97, 98, 99, 111)),
    ("retry_once", (21,)),
    ("temporary", (17, 22, 27, 38, 41, 42, 47, 127, 192, 194, 300, 302, 331, 332)),
    ("permanent", (*range(128, 177), 193, *range(195, 200), 303, 304, 305)),
    ("storage", (208, 209, 210, 211, 320, 321, 322)),
    ("fault", (310, 311, 312, 313, 315, 316, 317, 318, 330)),
    ("busy", (314, 515)),
    ("ignore", (340,)),
]


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind, numbers in CMS for number in numbers])
def test_a_number_of_the_network_or_the_modem(kind: ErrorClass, number: int) -> None:
    error = error_of(f"+CMS ERROR: {number}")

    assert error is not None
    assert (error.kind, error.code, error.strange) == (kind, f"CMS {number}", False)


@pytest.mark.parametrize(
    ("number", "kind"), [(10, "fault"), (13, "fault"), (15, "fault"), (14, "busy"), (515, "busy"), (30, "temporary")]
)
def test_a_number_of_the_equipment(number: int, kind: ErrorClass) -> None:
    error = error_of(f"+CME ERROR: {number}")

    assert error is not None
    assert error.kind == kind


@pytest.mark.parametrize("line", ["+CMS ERROR: 500", "+CMS ERROR: 512", "+CMS ERROR: 2", "+CME ERROR: 100", "ERROR"])
def test_what_nobody_lists_passes_but_not_often(line: str) -> None:
    error = error_of(line)

    assert error is not None
    assert (error.kind, error.strange) == ("temporary", True)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("SIM busy", "busy"),
        ("Network timeout", "temporary"),
        ("no network service", "temporary"),
        ("SIM not inserted", "fault"),
        ("SIM PIN required", "fault"),
        ("Memory full", "storage"),
        ("it is Tuesday", "temporary"),
    ],
)
def test_words_stand_for_the_number_they_mean(words: str, kind: ErrorClass) -> None:
    error = error_of(f"+CMS ERROR: {words}")

    assert error is not None
    assert error.kind == kind
    assert "Tuesday" not in error.code


def test_a_command_that_huawei_does_not_have() -> None:
    error = error_of("COMMAND NOT SUPPORT")

    assert error is not None
    assert error.kind == "permanent"


@pytest.mark.parametrize("line", ["OK", "+CMGS: 7", "", "RING"])
def test_what_is_no_error(line: str) -> None:
    assert error_of(line) is None
