"""The page over real sockets, without the daemon behind it: who gets in, who does not, and what nobody gets."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from fake_devices.patience import HANGS_S
from gateway.errors import LiferingError
from gateway.settings.replace_file import CannotWrite
from tests.browser import Answer, HttpClient, Stream
from tests.gateway.a_snapshot import SNAPSHOT
from tests.gateway.page.a_ward import ward
from tests.gateway.page.served import PIN, served

BAND = SNAPSHOT.bands[0]


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[HttpClient]:
    """A page that is served, with a PIN."""
    async with served(tmp_path, lambda: SNAPSHOT) as it:
        yield it.client


@pytest.fixture
async def opened(page: HttpClient) -> HttpClient:
    """The same, by somebody who has given the PIN."""
    assert (await page.logs_in(PIN)).status == 303
    return page


async def stream(client: HttpClient, language: str = "en") -> Stream:
    return Stream(*await client.asks("GET", f"/events?language={language}", {}))


async def test_without_the_pin_there_is_a_door_and_nothing_behind_it(page: HttpClient) -> None:
    door = await page.get("/")

    assert (door.status, 'name="pin"' in door.text) == (200, True)
    assert BAND.wearer not in door.text
    for path in ("/events", f"/day?address={BAND.address}&kind=heart_rate"):
        assert (await page.get(path)).status == 403


async def test_the_pin_opens_the_page_and_lock_shuts_it(page: HttpClient) -> None:
    given = await page.logs_in(PIN)
    inside = await page.get("/")
    token = inside.text.partition('name="csrf" value="')[2].partition('"')[0]
    cookie = page.cookie

    left = await page.post("/logout", {"csrf": token})
    page.cookie = cookie

    assert {"HttpOnly", "SameSite=Strict"} <= set(given.headers["set-cookie"].split("; "))
    assert 'id="alert-list"' in inside.text
    assert left.status == 303
    assert (await page.get("/events")).status == 403


async def test_wrong_pins_are_refused_then_made_to_wait_and_so_is_the_right_one(page: HttpClient) -> None:
    tried = [(await page.logs_in(f"00000{n}")).status for n in range(4)]

    right = await page.logs_in(PIN)

    assert tried == [403, 403, 403, 429]
    assert right.status == 429
    assert int(right.headers["retry-after"]) > 0
    assert (await page.get("/events")).status == 403


async def test_many_wrong_pins_at_once_are_no_more_than_one_after_another(page: HttpClient) -> None:
    answers = await asyncio.gather(*(page.logs_in(f"{n:06}") for n in range(12)))

    assert sorted(answer.status for answer in answers) == [403] * 3 + [429] * 9


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "https://127.0.0.1"])
async def test_a_form_of_another_page_is_refused(page: HttpClient, origin: str) -> None:
    assert (await page.post("/login", {"pin": PIN}, Origin=origin)).status == 403


@pytest.mark.parametrize("token", ["", "x" * 43])
async def test_a_form_without_the_token_locks_nothing(opened: HttpClient, token: str) -> None:
    cookie = opened.cookie

    assert (await opened.post("/logout", {"csrf": token})).status == 403
    assert (opened.cookie, (await opened.get("/")).status) == (cookie, 200)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example"])
async def test_a_name_that_is_not_ours_is_refused(opened: HttpClient, host: str) -> None:
    assert [(await opened.get(path, Host=host)).status for path in ("/", "/events", "/assets/page.js")] == [421] * 3


@pytest.mark.parametrize(
    "path",
    [
        *("/assets/../routes.py", "/assets/..%2froutes.py", "/assets/%2e%2e/routes.py", "/assets/..\\routes.py"),
        *("/assets//etc/passwd", "/assets/page.js%00.css", "/assets/", "/assets/page.html", "/../../etc/passwd", "/page-pin"),
    ],
)
async def test_no_path_leads_to_another_file(opened: HttpClient, path: str) -> None:
    answer = await opened.get(path)

    assert answer.status in (400, 404)
    assert b"root:" not in answer.body


async def test_every_answer_shuts_scripts_frames_and_caches_out(opened: HttpClient) -> None:
    for path in ("/", "/assets/page.js", "/nowhere", "/day?address=x&kind=y"):
        answer = await opened.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == ("no-cache" if path.startswith("/assets/") else "no-store")


async def test_it_speaks_the_language_of_the_configuration_and_the_other(opened: HttpClient) -> None:
    usual, other, odd = [await opened.get(path) for path in ("/", "/?language=zh-CN", "/?language=<script>")]
    async with await stream(opened, "zh-CN") as events:
        chinese = await events.view()

    assert ['<html lang="en"' in page.text for page in (usual, other, odd)] == [True, False, True]
    assert "未结束的报警" in other.text
    assert chinese["tiles"][0]["title"] == "一小时内收到"


async def test_a_dozen_may_look_at_once(opened: HttpClient) -> None:
    streams = [await opened.asks("GET", "/events", {}) for _ in range(14)]

    heads = [await reader.readline() for reader, _ in streams]

    assert sorted(head.split()[1] for head in heads) == [b"200"] * 12 + [b"503"] * 2
    for _, writer in streams:
        writer.close()


async def csrf_of(opened: HttpClient) -> str:
    """The one that each form of this session brings along."""
    found = re.search(r'name="csrf" value="([^"]+)"', (await opened.get("/")).text)
    assert found
    return found[1]


BAND_FORM = {"address": "c0ffee000009", "driver": "bthome", "wearer": "W-009", "room": "3-209"}


async def test_a_band_is_enrolled_and_a_drill_begun_by_whoever_has_the_pin(tmp_path: Path) -> None:
    async with served(tmp_path, ward) as it:
        await it.client.logs_in(PIN)
        csrf = {"csrf": await csrf_of(it.client)}

        enrolled = await it.client.post("/enrol", BAND_FORM | csrf)
        drilled = await it.client.post("/drill?language=zh-CN", {"wearer": "W-001", "minutes": "15"} | csrf)

    assert (enrolled.status, enrolled.text) == (200, "c0ffee000009 is enrolled for W-009, and heard from now on.")
    assert (drilled.status, drilled.text) == (200, "完成。")
    assert it.deeds == [BAND_FORM, {"wearer": "W-001", "minutes": 15}]


async def test_what_is_perhaps_not_meant_of_a_band_is_told_with_the_answer(tmp_path: Path) -> None:
    async with served(tmp_path, ward) as it:
        it.answer = {"warnings": ["wearer: warning: this looks like a name"]}
        await it.client.logs_in(PIN)
        answer = await it.client.post("/enrol", BAND_FORM | {"csrf": await csrf_of(it.client)})

    assert answer.status == 200
    assert answer.text.splitlines()[1:] == ["wearer: warning: this looks like a name"]


async def test_a_deed_gets_the_fields_of_its_form_and_no_others(tmp_path: Path) -> None:
    """A `key_file` would tell whoever has the PIN which files there are."""
    async with served(tmp_path, ward) as it:
        await it.client.logs_in(PIN)
        await it.client.post("/enrol", BAND_FORM | {"csrf": await csrf_of(it.client), "key_file": "/etc/shadow"})

    assert it.deeds == [BAND_FORM]


@pytest.mark.parametrize(
    ("declines", "said"),
    [
        (LiferingError("clock is unsynced"), "网关时钟尚未校准，不能把按键当作测试。"),
        (CannotWrite(Path("/etc/lifering/w.csv"), "Read-only file system"), "无法写入 /etc/lifering/w.csv：磁盘为只读"),
        (LiferingError("driver: 没有驱动"), "driver: 没有驱动"),
    ],
)
async def test_why_a_deed_was_declined_is_told_in_words(tmp_path: Path, declines: LiferingError, said: str) -> None:
    async with served(tmp_path, ward) as it:
        await it.client.logs_in(PIN)
        it.declines = declines
        answer = await it.client.post("/drill?language=zh-CN", {"wearer": "W-001", "csrf": await csrf_of(it.client)})

    assert (answer.status, answer.text) == (400, said)


@pytest.mark.parametrize("path", ["/enrol", "/drill"])
async def test_nobody_else_does_a_deed(tmp_path: Path, path: str) -> None:
    """Who has no session, no token, that of another session, or comes from another page."""
    async with served(tmp_path, ward) as it:
        stranger = await it.client.post(path, BAND_FORM)
        await it.client.logs_in(PIN)
        csrf = {"csrf": await csrf_of(it.client)}
        tokenless = await it.client.post(path, BAND_FORM)
        foreign = await it.client.post(path, BAND_FORM | csrf, Origin="http://evil.example")
        await it.client.logs_in(PIN)
        old = await it.client.post(path, BAND_FORM | csrf)
        by_get = await it.client.get(path)

    assert [one.status for one in (stranger, tokenless, foreign, old)] == [403] * 4
    assert by_get.status == 405
    assert it.deeds == []


@pytest.mark.parametrize(
    "head",
    [
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /login HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"\x16\x03\x01",
    ],
)
async def test_what_is_no_request_harms_nobody(page: HttpClient, head: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", page.port)
    writer.write(head)
    writer.close()

    assert (await page.get("/")).status == 200


async def test_a_body_that_is_too_large_is_refused(page: HttpClient) -> None:
    answer: Answer = await page.post("/login", {"pin": "9" * 20_000})

    assert answer.status == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("", b"pin=\xff\xfe"),
        ("; charset=nobody-knows", b"pin=1"),
        ("; charset=utf-7", b"pin=+2AA-"),
        ("; charset=unicode_escape", b"pin=\\ud800"),
        ("", b"&" * 3000),
        ("", b"pin=%ff%fe&pin=%00"),
    ],
)
async def test_a_body_that_no_browser_sends_is_refused_and_fills_no_log(page: HttpClient, kind: str, body: bytes) -> None:
    headers = {"Origin": f"http://{page.host}", "Content-Type": f"application/x-www-form-urlencoded{kind}"}

    with capture_logs() as logged:
        answer = await page.sends("POST", "/login", headers, body)

    assert answer.status in (400, 403)
    assert [line["event"] for line in logged if line["event"] != "wrong PIN"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "application/json"},
        {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"},
    ],
    ids=str,
)
async def test_what_is_no_form_is_refused_and_fills_no_log(page: HttpClient, headers: dict[str, str]) -> None:
    with capture_logs() as logged:
        answer = await page.sends("POST", "/login", {"Origin": f"http://{page.host}"} | headers, b"--x\r\nno header\r\n")

    assert (answer.status, logged) == (400, [])


async def test_a_page_whose_pin_is_gone_lets_nobody_in(page: HttpClient, tmp_path: Path) -> None:
    (tmp_path / "page-pin").unlink()

    answers = [await page.logs_in(given) for given in (PIN, "")]

    assert [answer.status for answer in answers] == [503, 503]
    assert (await page.get("/events")).status == 403


async def test_another_pin_is_asked_for_from_the_moment_that_it_is_in_the_file(page: HttpClient, tmp_path: Path) -> None:
    (tmp_path / "page-pin").write_text("735512")

    assert [(await page.logs_in(given)).status for given in (PIN, "735512")] == [403, 303]


async def test_who_says_no_host_is_refused_and_nobody_is_asked_for_our_name(
    page: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiohttp would ask the name servers, and the whole gateway would wait for them."""

    def asked(_name: str = "") -> str:
        raise AssertionError("a name server was asked")

    monkeypatch.setattr("socket.getfqdn", asked)

    assert (await page.get("/", Host="")).status == 400
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"421"
    writer.close()


async def test_who_takes_no_views_is_hung_up(tmp_path: Path) -> None:
    views = itertools.count()
    now = ward()
    async with served(tmp_path, lambda: replace(now, gateway=f"g-{next(views)}"), slow_s=0.2) as it:
        await it.client.logs_in(PIN)
        reader, writer = await it.client.asks("GET", "/events", {})
        await reader.readline()
        assert it.live.watching == 1
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a reading transport

        async with asyncio.timeout(HANGS_S):
            while it.live.watching:  # as long as its buffers take more
                it.live.look()
                await asyncio.sleep(0.01)

        writer.close()


async def test_what_strangers_send_fills_no_log(page: HttpClient, caplog: pytest.LogCaptureFixture) -> None:
    await page.get("/", Host="")
    reader, writer = await asyncio.open_connection("127.0.0.1", page.port)
    writer.write(b"GARBAGE\r\n\r\n")
    await reader.read()
    writer.close()

    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []
