"""The page in a real browser: both languages, a phone and a screen on the wall, a full house; for hands, eyes and readers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import axe_core_python
import pytest
from msgspec.structs import replace

from gateway.language import Language
from gateway.snapshot import Fault, RunningDrill, Snapshot
from tests.chromium import THERE_IS_ONE, Browser, chromium_for_many
from tests.gateway.page.a_ward import alert
from tests.gateway.page.served import PIN
from tests.gateway.page.shown import SHOWN, Shown, shown_in

pytestmark = [
    pytest.mark.skipif(not THERE_IS_ONE, reason="there is no chromium and chromedriver"),
    pytest.mark.xdist_group("browser"),  # one of them is enough
]

BUDGET = 150_000  # octets of everything together: a phone in a stairwell
FIRST_BUDGET = 25_000  # of what the first paint waits for


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all."""
    with chromium_for_many(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
async def shown(tmp_path: Path, browser: Browser) -> AsyncIterator[Shown]:
    """With 100 bands and 20 open alerts, and a day behind it."""
    async with shown_in(tmp_path, browser) as it:
        await browser.is_wide(1280, 900)
        await browser.complaints()
        yield it
        await browser.opens("about:blank")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_full_house_fits_a_phone_and_a_wall(shown: Shown, language: Language) -> None:
    await shown.browser.is_wide(360, 740)
    await shown.enters(language)

    for width in (360, 1920):
        await shown.browser.is_wide(width, 1000)
        sizes = await shown.browser.runs("return [document.documentElement.scrollWidth, innerWidth]")
        assert sizes[0] <= sizes[1] == width
    counted = "return ['.tile', '.alert', '.band'].map((one) => document.querySelectorAll(one).length)"
    assert await shown.browser.runs(counted) == [4, 20, 100]
    assert await shown.browser.runs("return document.documentElement.lang") == language
    assert await shown.browser.complaints() == []


async def test_the_most_urgent_stands_first_and_a_new_alert_is_read_aloud(shown: Shown) -> None:
    await shown.enters("en")
    assert await shown.browser.runs("return news.textContent") == ""
    assert await shown.browser.runs("return document.querySelector('.alert').className") == "alert critical"
    before = shown.snapshots[-1]
    fresh = replace(alert(0), number=99, room="9-999", raised_ms=before.at_ms)

    await shown.becomes(replace(before, open_alerts=(*before.open_alerts, fresh)))

    assert "room 9-999" in await shown.browser.until("news.textContent")
    assert await shown.browser.runs("return news.getAttribute('aria-live')") == "assertive"


async def test_how_far_help_has_come_is_told_without_colour_and_what_is_awaited_is_not_told_as_done(shown: Shown) -> None:
    await shown.enters("zh-CN")
    before = shown.snapshots[-1]

    await shown.becomes(replace(before, open_alerts=(replace(alert(0), workflow="received", raised_ms=before.at_ms),)))

    await shown.browser.until("document.querySelectorAll('.alert').length === 1")
    assert await shown.browser.runs("return document.querySelector('[aria-current=step]').textContent") == "平台收到"
    assert await shown.browser.runs("return document.querySelector('.comes').textContent") == "还没有人应答"
    marked = "[...document.querySelectorAll('.steps li')].map((one) => getComputedStyle(one, '::before').content !== 'none')"
    assert await shown.browser.runs(f"return {marked}") == [True, True, False, False, False]
    strong = "[...document.querySelectorAll('.steps li')].filter((one) => getComputedStyle(one).fontWeight === '700')"
    assert await shown.browser.runs(f"return {strong}.map((one) => one.textContent)") == ["平台收到"]


async def test_two_faults_that_sound_the_same_are_two_also_when_they_are_drawn_again(shown: Shown) -> None:
    """As for a guest, who is not told which port."""
    await shown.enters("en")
    before = shown.snapshots[-1]
    lost = [Fault(fault="port_lost", since_ms=before.at_ms - 60_000) for _ in range(2)]

    for battery in (50, 51):
        bands = (replace(before.bands[0], battery=battery), *before.bands[1:])
        await shown.becomes(replace(before, faults=tuple(lost), bands=bands))
        await shown.browser.until(f"document.querySelector('.band').textContent.includes('{battery} %')")

    assert await shown.browser.runs("return document.querySelectorAll('.fault').length") == 2


async def test_a_day_is_drawn_and_told_in_words_and_the_key_to_it_keeps_the_focus(shown: Shown) -> None:
    await shown.enters("en")
    key = "document.querySelector('.band button')"

    await shown.browser.runs(f"{key}.focus(); {key}.click()")

    assert await shown.browser.until("document.querySelector('#drawing canvas') && chart.open")
    assert "–" in await shown.browser.runs("return drawing.getAttribute('aria-label')")
    await shown.browser.runs("chart.close()")
    assert await shown.browser.runs(f"return document.activeElement === {key}")
    assert await shown.browser.complaints() == []


async def test_what_changes_takes_the_focus_from_nobody(shown: Shown) -> None:
    await shown.enters("en")
    await shown.browser.runs("document.querySelectorAll('.band button')[0].focus()")
    before = shown.snapshots[-1]
    first = min(before.bands, key=lambda band: band.room)
    other = replace(first, last=tuple(replace(one, value=88) if one.kind == "heart_rate" else one for one in first.last))

    await shown.becomes(replace(before, bands=tuple(other if one is first else one for one in before.bands)))

    await shown.browser.until("document.querySelector('.band button').textContent.includes('88')")
    assert await shown.browser.until("document.activeElement.classList.contains('measured')")


async def test_a_room_is_found_by_typing(shown: Shown) -> None:
    await shown.enters("en")

    await shown.browser.runs(
        "const find = document.getElementById('find'); find.value = '1-103'; find.dispatchEvent(new Event('input'))"
    )

    assert await shown.browser.runs("return document.querySelectorAll('.band:not([hidden])').length") == 1


async def test_a_gateway_that_is_gone_is_told_at_once(shown: Shown) -> None:
    await shown.enters("en")
    assert await shown.browser.runs("return lost.hidden")

    shown.served.page._sessions._of.clear()
    await shown.becomes(shown.snapshots[-1])

    assert await shown.browser.until("!lost.hidden || document.querySelector('#pin')")


async def test_hands_and_readers_find_their_way(shown: Shown) -> None:
    """Landmarks, headings without a gap, a name for each thing that can be done, nothing that is only a colour."""
    await shown.enters("en")

    nameless = "[...document.querySelectorAll('button, a, input:not([type=hidden])')].filter((one) =>"
    nameless += " !one.textContent.trim() && !one.ariaLabel && !one.labels?.length).length"
    assert await shown.browser.runs(f"return {nameless}") == 0
    assert await shown.browser.runs("return document.querySelectorAll('main, header, nav').length") == 3
    levels = await shown.browser.runs("return [...document.querySelectorAll('h1, h2, h3')].map((one) => one.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}
    ids = await shown.browser.runs("return [...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("dark", [False, True], ids=["by day", "by night"])
async def test_every_text_stands_out_from_its_ground(shown: Shown, dark: bool) -> None:
    """Contrast as WCAG 2.2 counts it, level AA: 4.5."""
    await shown.browser.is_wide(1280, 900, dark=dark)
    await shown.enters("en")

    faint = await shown.browser.runs(CONTRAST)

    assert faint == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_axe_finds_nothing_serious(shown: Shown, language: Language) -> None:
    """On the door, the page and each of its dialogs; what it is not sure of is not counted."""
    found = []

    async def examine(where: str, part: str = "document") -> None:
        found.extend([(where, *one) for one in await shown.browser.settles(SERIOUS.replace("document", part))])

    await shown.browser.is_wide(360, 740)
    await shown.browser.opens(f"{shown.served.address}?language={language}")
    await shown.browser.runs(AXE)
    await examine("door")
    await shown.browser.runs(f"pin.value = '{PIN}'; document.querySelector('form button').click()")
    await shown.browser.until(SHOWN)
    await shown.browser.runs(AXE)
    await examine("page")
    await shown.browser.runs("document.querySelector('.band button').click()")
    await shown.browser.until("document.querySelector('#drawing canvas')")
    await examine("chart", "document.getElementById('chart')")
    await shown.browser.runs("chart.close()")
    for name in ("walk", "drill", "enrol"):
        await shown.browser.runs(f"document.querySelector('[data-opens={name}]').click()")
        await examine(name, f"document.getElementById('{name}')")
        await shown.browser.runs(f"document.getElementById('{name}').close()")

    assert found == []


async def test_axe_would_have_found_it(shown: Shown) -> None:
    await shown.enters("en")

    await shown.browser.runs(
        "document.querySelector('.band button').replaceChildren(); document.documentElement.lang = ''; " + AXE
    )

    assert {"button-name", "html-has-lang"} <= {one[0] for one in await shown.browser.settles(SERIOUS)}


async def test_all_of_it_is_no_more_than_a_phone_can_bear(shown: Shown) -> None:
    """Everything that the page consists of, as it is sent (nothing is compressed); the view of a full house comes on top."""
    await shown.enters("en")

    names, octets = await shown.browser.settles(f"({COUNTED})((one) => !one.name.includes('/events'))")

    assert {name.rpartition("/assets/")[0] for name in names} == {shown.served.address.rstrip("/")}
    assert {name.rpartition("/")[2] for name in names} >= {"uplot.js", "page.js", "walk.js", "deeds.js", "page.css"}
    assert 70_000 < octets < BUDGET


async def test_little_comes_before_the_first_paint(shown: Shown) -> None:
    """What holds it up is counted: a second on a slow machine is `./dev page paint`."""
    await shown.enters("en")

    names, octets = await shown.browser.settles(f"({COUNTED})((one) => one.renderBlockingStatus === 'blocking')")

    assert sorted(name.rpartition("/")[2] for name in names) == ["page.css", "uplot.css"]
    assert 5_000 < octets < FIRST_BUDGET


# --- what is done from here ---------------------------------------------------------------------------------------------


async def test_a_walk_from_room_to_room_becomes_a_table(shown: Shown) -> None:
    await shown.enters("en")
    band = shown.snapshots[-1].bands[0]

    looks = "JSON.parse(sessionStorage.walk ?? '[]')"

    async def stands_in(room: str, *heard: int | None) -> None:
        await shown.browser.runs(f"document.getElementById('walk-room').value = '{room}'")
        for rssi in heard:
            seen = await shown.browser.runs(f"return {looks}.length")
            await shown.becomes(with_signal(shown.snapshots[-1], band.address, rssi))
            await shown.browser.until(f"{looks}.slice({seen}).some((one) => one[2] === {heard_as(rssi)})")

    await shown.browser.runs("document.querySelector('[data-opens=walk]').click()")
    await shown.browser.runs(f"document.getElementById('walk-band').value = '{band.address}'")
    await shown.browser.runs("document.getElementById('walk-go').click()")
    await stands_in("kitchen", -60, -71)
    await stands_in("cellar", -93, None)

    told = await shown.browser.runs(
        "return [...document.querySelectorAll('#walk-rows tr')].map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    assert [(row[0], row[1], row[4]) for row in told] == [("kitchen", "-71", "good"), ("cellar", "-93", "not enough")]
    assert await shown.browser.runs("return Boolean(document.querySelector('#walk-line canvas'))")
    assert "Signal while walking" in await shown.browser.runs("return document.getElementById('walk-line').ariaLabel")
    assert await shown.browser.complaints() == []


def heard_as(rssi: int | None) -> str:
    return "null" if rssi is None else str(rssi)


def with_signal(snapshot: Snapshot, address: str, rssi: int | None) -> Snapshot:
    """That band was heard just now, so loud; None: not for a minute."""
    heard_s = 60.0 if rssi is None else 0.5
    bands = [replace(one, heard_s=heard_s, rssi=rssi) if one.address == address else one for one in snapshot.bands]
    return replace(snapshot, bands=tuple(bands))


async def test_a_drill_is_begun_seen_and_ended(shown: Shown) -> None:
    await shown.enters("en")
    await shown.browser.runs("document.querySelector('[data-opens=drill]').click()")

    await shown.browser.runs("document.getElementById('drill-wearer').value = 'W-003'")
    await shown.browser.runs("document.querySelector('#drill .fields button').click()")
    assert await shown.browser.until("document.querySelector('#drill output').textContent === 'Done.'")
    running = replace(shown.snapshots[-1], drills=(RunningDrill(wearer="W-003", left_s=890),))
    await shown.becomes(running)
    await shown.browser.until("document.querySelector('.drill')?.textContent.includes('W-003 is a test, for 15 min more')")
    await shown.browser.runs("document.querySelector('.drill button').click()")
    await shown.becomes(replace(running, drills=()))
    await shown.browser.until("!document.querySelector('.drill')")

    assert shown.served.deeds == [{"wearer": "W-003", "minutes": 15}, {"wearer": "W-003", "minutes": 0}]


@pytest.mark.parametrize(
    ("label", "address", "driver"),
    [
        ("C0:FF:EE:00:02:01", "C0:FF:EE:00:02:01", "bthome"),
        ("c0ffee000201", "c0ffee000201", "bthome"),
        ("MAC：Ｃ０－ＦＦ－ＥＥ－００－０２－０１ SN 12", "C0-FF-EE-00-02-01", "bthome"),
        ("lifering:C0FFEE000201?driver=kbeacon", "C0FFEE000201", "kbeacon"),
    ],
)
async def test_a_band_is_enrolled_by_what_its_label_says(shown: Shown, label: str, address: str, driver: str) -> None:
    await shown.enters("en")
    await shown.browser.runs("document.querySelector('[data-opens=enrol]').click()")

    await shown.browser.runs("document.getElementById('drivers').value = 'bthome'")
    fill = "const form = document.querySelector('#enrol .fields'); form.wearer.value = 'W-201'; form.room.value = '3-201';"
    await shown.browser.runs(f"{fill} form.address.value = '{label}'; form.querySelector('button').click()")
    await shown.browser.until("document.querySelector('#enrol output').textContent.includes('is enrolled for W-201')")

    assert shown.served.deeds == [{"address": address, "driver": driver, "wearer": "W-201", "room": "3-201"}]


@pytest.mark.parametrize(
    "label", ["SN 4711", "AB:C0:FF:EE:00:02:01:05", "C0FFEE00020", "SN 201811230001 MAC C0FFEE000201", "C0:FF:EE-00:02:01"]
)
async def test_a_label_without_one_address_is_sent_to_nobody(shown: Shown, label: str) -> None:
    await shown.enters("en")
    await shown.browser.runs("document.querySelector('[data-opens=enrol]').click()")

    fill = "const form = document.querySelector('#enrol .fields'); form.wearer.value = 'W-201'; form.driver.value = 'bthome';"
    await shown.browser.runs(f"{fill} form.address.value = '{label}'; form.querySelector('button').click()")

    assert await shown.browser.until(
        "document.querySelector('#enrol output').textContent.startsWith('It should hold one address')"
    )
    assert shown.served.deeds == []


async def test_a_camera_reads_the_label_where_the_browser_can(shown: Shown) -> None:
    """This machine's Chromium has a camera that is none, and no reader of codes: a stand-in reads for it."""
    detector = (
        "window.BarcodeDetector = class { async detect(camera) {"
        " return camera.videoWidth ? [{ rawValue: 'https://band.example/?mac=C0FFEE000201' }] : []; } };"
    )
    async with shown.browser.runs_first(detector):
        await shown.enters("en")
    await shown.browser.runs("document.querySelector('[data-opens=enrol]').click(); document.getElementById('scan').click()")

    assert await shown.browser.until("document.getElementById('label').value") == "C0FFEE000201"
    assert await shown.browser.runs("return camera.hidden && !camera.srcObject")
    assert await shown.browser.complaints() == []


async def test_who_cannot_scan_is_told_how_else(shown: Shown) -> None:
    await shown.enters("en")

    assert await shown.browser.runs(
        "return document.getElementById('scan').hidden !== document.getElementById('scan-none').hidden"
    )


async def test_no_dialog_hides_who_calls(shown: Shown) -> None:
    await shown.enters("en")
    await shown.browser.runs("document.querySelector('[data-opens=walk]').click()")
    before = shown.snapshots[-1]

    await shown.becomes(replace(before, open_alerts=(*before.open_alerts, replace(alert(0), number=99))))

    assert await shown.browser.until("!document.querySelector('dialog[open]') && news.textContent")


COUNTED = """async (wanted) => { const loaded = performance.getEntriesByType("resource").filter(wanted);
  const all = [...loaded, ...performance.getEntriesByType("navigation")];
  return [loaded.map((one) => one.name), all.reduce((sum, one) => sum + one.decodedBodySize, 0)]; }"""
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
SERIOUS = """axe.run(document, { resultTypes: ["violations"] }).then((told) => told.violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3).join(" ")]))"""

CONTRAST = """
const light = (rgb) => { const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
const ground = (one) => { for (; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] > 0.5) return colour.slice(0, 3);
  } return [255, 255, 255]; };
const found = new Set();
for (const one of document.querySelectorAll("body *")) {
  if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !one.checkVisibility()) continue;
  if (one.closest(".skip, .unseen, dialog, noscript, script, title")) continue;
  const [a, b] = [light(parts(getComputedStyle(one).color).slice(0, 3)), light(ground(one))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) found.add(`${one.tagName}.${one.className} ${contrast.toFixed(2)}`);
}
return [...found];
"""
