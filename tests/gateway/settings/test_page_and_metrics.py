"""`[page]` and `[metrics]`: who may look at what, and what `check` says of it in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.settings.checker import Examined
from gateway.settings.file import examine, load
from gateway.settings.listen_address import host_and_port, is_loopback
from gateway.words.mistakes import in_words
from tests.gateway.settings.test_warnings import GOOD


def examined(folder: Path, text: str, pin: str | None = "482915\n") -> Examined:
    if pin is not None:
        (folder / "page-pin").touch(0o600)
        (folder / "page-pin").write_text(pin)
    (folder / "gateway.toml").write_text(GOOD + text)
    return examine(folder / "gateway.toml")


def codes(found: Examined) -> list[tuple[str, str]]:
    return [(one.key, one.code) for one in (*found.mistakes, *found.warnings)]


def test_both_are_off_where_they_are_absent(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(GOOD)

    settings = load(tmp_path / "gateway.toml").settings

    assert (settings.page.listen, settings.metrics.listen) == (None, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('[page]\nlisten = "127.0.0.1:8080"\npin_file = "page-pin"\n', [], id="loopback with a PIN"),
        pytest.param('[page]\nlisten = "0.0.0.0:8080"\npin_file = "page-pin"\n', [], id="the network with a PIN"),
        pytest.param('[page]\nlisten = "[::1]:8080"\npin_file = "page-pin"\n', [], id="IPv6"),
        pytest.param('[metrics]\nlisten = "127.0.0.1:9105"\n', [], id="metrics"),
        pytest.param('[page]\nlisten = "0.0.0.0:8080"\n', [("page.pin_file", "page_needs_a_pin")], id="the network without"),
        pytest.param('[page]\nlisten = "[::]:8080"\n', [("page.pin_file", "page_needs_a_pin")], id="the network by IPv6"),
        pytest.param('[page]\nlisten = "10.0.0.3:8080"\n', [("page.pin_file", "page_needs_a_pin")], id="one address"),
        pytest.param('[page]\nlisten = "127.0.0.1:8080"\n', [("page.pin_file", "page_without_pin")], id="loopback without"),
        pytest.param('[page]\nlisten = "8080"\n', [("page.listen", "bad_listen")], id="no address"),
        pytest.param('[page]\nlisten = "127.0.0.1:0"\n', [("page.listen", "bad_listen")], id="port 0"),
        pytest.param('[metrics]\nlisten = "gateway.local:9105"\n', [("metrics.listen", "bad_listen")], id="a name"),
        pytest.param(
            '[page]\nlisten = "127.0.0.1:8080"\npin_file = "page-pin"\n[metrics]\nlisten = "127.0.0.1:8080"\n',
            [("metrics.listen", "listen_twice")],
            id="both at one port",
        ),
    ],
)
def test_who_may_reach_it_decides_what_it_needs(tmp_path: Path, text: str, found: list[tuple[str, str]]) -> None:
    assert codes(examined(tmp_path, text)) == found


@pytest.mark.parametrize(
    ("pin", "found"),
    [
        pytest.param("482915", [], id="six digits"),
        pytest.param("4829", [("page.pin_file", "short_page_pin")], id="four"),
        pytest.param("123456", [("page.pin_file", "short_page_pin")], id="in a row"),
        pytest.param("000000", [("page.pin_file", "short_page_pin")], id="one digit"),
        pytest.param("482", [("page.pin_file", "secret_is_no_page_pin")], id="three"),
        pytest.param("", [("page.pin_file", "secret_is_empty")], id="nothing"),
        pytest.param(None, [("page.pin_file", "secret_file_missing")], id="no file"),
    ],
)
def test_a_pin_that_is_soon_guessed_is_told(tmp_path: Path, pin: str | None, found: list[tuple[str, str]]) -> None:
    assert codes(examined(tmp_path, '[page]\nlisten = "0.0.0.0:8080"\npin_file = "page-pin"\n', pin)) == found


def test_a_gateway_whose_page_has_lost_its_pin_hears_and_tells_all_the_same(tmp_path: Path) -> None:
    found = examined(tmp_path, '[page]\nlisten = "0.0.0.0:8080"\npin_file = "page-pin"\n', None)

    assert [mistake.code for mistake in found.mistakes] == ["secret_file_missing"]
    assert found.settings


def test_a_pin_in_the_file_itself_is_refused_and_not_shown(tmp_path: Path) -> None:
    (mistake,) = examined(tmp_path, '[page]\nlisten = "127.0.0.1:8080"\npin = "482915"\n').mistakes

    assert "482915" not in in_words(mistake, "en")


def test_what_is_wrong_is_said_in_both_languages_with_the_way_out(tmp_path: Path) -> None:
    (mistake,) = examined(tmp_path, '[page]\nlisten = "0.0.0.0:8080"\n').mistakes

    assert 'name it here, or listen at "127.0.0.1:8080"' in in_words(mistake, "en")
    assert "请把 PIN 码写入单独的文件" in in_words(mistake, "zh-CN")


def test_an_address_is_taken_apart() -> None:
    assert host_and_port("[::1]:80") == ("::1", 80)
    assert host_and_port("localhost:8080") == ("127.0.0.1", 8080)
    assert [is_loopback(one) for one in ("127.0.0.9:1", "[::1]:1", "0.0.0.0:1", "[::]:1", "10.0.0.1:1")] == [
        *(True, True, False, False, False)
    ]
