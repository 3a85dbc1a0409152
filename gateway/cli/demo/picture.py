"""The demo's picture in a terminal: people on the left, the way of the data and the alerts on the right, the story below.

Where the gateway has sent an SMS, the phone that got it stands beside the story.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.layout import Layout
from rich.panel import Panel
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from drivers.measurement import Kind
from gateway.alert import CLOSED
from gateway.alerts.lifecycle import WORKFLOW
from gateway.cli.demo.chronicle import BandSeen, Card, Chronicle
from gateway.cli.demo.phone import INSIDE, screen_lines
from gateway.words.demo import MARKS

BARS = "▁▂▃▄▅▆▇█"
LOWEST_SPAN_BPM = 8  # a sparkline shows at least so much, so that a calm heart looks calm
FRESH_S = 2.0  # a row that was heard so lately is bright
STEPS = (*WORKFLOW, "closed")
COLOURS = {
    "critical": "bold red",
    "warning": "yellow",
    "advisory": "cyan",
    "deed": "bold cyan",
    "seen": "white",
    "alarm": "bold red",
}
UNITS: dict[Kind, str] = {
    "blood_pressure": " mmHg",
    "body_temperature": "°C",
    "skin_temperature": "°",
    "oxygen_saturation": "%",
}
TRACK, STEP_PER_S = 9, 8
MIDDLE_LINES = 15
SMS_SHINES_S = 3.0  # after it was sent, on its way
LINES_SHOWN = 60  # more than a terminal has


def picture(chronicle: Chronicle, title: str, addresses: str, at_s: float) -> Layout:
    """Everything, at this moment."""
    whole = Layout()
    whole.split_column(
        Layout(_head(chronicle, title, at_s), size=1),
        *([Layout(Text(addresses, "dim", no_wrap=True), size=1)] if addresses else []),
        Layout(name="middle", size=MIDDLE_LINES),
        Layout(name="below"),
    )
    below = [Layout(_story(chronicle), name="story")]
    if chronicle.sms:
        below.append(Layout(_phone(chronicle), size=INSIDE + 4))
    whole["below"].split_row(*below)
    whole["middle"].split_row(Layout(_people(chronicle, at_s), ratio=8), Layout(name="right", ratio=7))
    whole["right"].split_column(Layout(_way(chronicle, at_s), size=6), Layout(_alerts(chronicle)))
    return whole


def _head(chronicle: Chronicle, title: str, at_s: float) -> Text:
    return Text.assemble(
        (" lifering ", "bold white on dark_green"), (f" {title} ", "bold"), (f" {at_s - chronicle.began_s:5.1f} s", "dim")
    )


# --- people


def _people(chronicle: Chronicle, at_s: float) -> Panel:
    table = Table.grid(padding=(0, 1), expand=True)
    for ratio in (None, None, None, None, 1):
        table.add_column(ratio=ratio, no_wrap=True)
    for wearer, name in chronicle.names.items():
        band = chronicle.bands.get(wearer)
        kinds = " ".join(chronicle.words.bands[kind] for kind in chronicle.kinds_of(wearer))
        if band is None:
            table.add_row(Text(name, "dim"), Text(kinds, "dim"))
            continue
        style = "bold" if at_s - band.at_s < FRESH_S else ""
        table.add_row(Text(name, style), Text(kinds, "dim"), _pulse(band), sparkline(band.pulses), _values(band, chronicle))
    return Panel(table, title=chronicle.words.people, border_style="green")


def _pulse(band: BandSeen) -> Text:
    return Text.assemble(("♥ ", "red"), f"{band.pulses[-1]:.0f}") if band.pulses else Text()


def sparkline(values: Sequence[float]) -> str:
    """The last values as bars."""
    if not values:
        return ""
    low, high = min(values), max(values)
    span = max(high - low, LOWEST_SPAN_BPM)
    middle = (low + high) / 2
    return "".join(BARS[round((value - middle + span / 2) / span * (len(BARS) - 1))] for value in values)


def _values(band: BandSeen, chronicle: Chronicle) -> Text:
    values = [f"{_shown(band.values[kind])}{unit}" for kind, unit in UNITS.items() if kind in band.values]
    if "battery" in band.values and not values:
        values.append(f"{chronicle.words.battery} {band.values['battery']} %")
    if band.values.get("worn") is False:
        return Text(chronicle.words.not_worn, "yellow")
    return Text("  ".join(values))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['systolic']:.0f}/{value['diastolic']:.0f}"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


# --- the way of the data


def _way(chronicle: Chronicle, at_s: float) -> Panel:
    words, counts = chronicle.words, chronicle.counts
    places = [words.band, words.gateway, words.platform]
    way = Text()
    for place, track in zip(places, (_track(at_s, True), _track(at_s, chronicle.network_works), Text()), strict=True):
        way.append(f" {place} ", "bold white on grey23").append_text(track)
    numbers = Text.assemble(
        (f"{words.accepted} ", "dim"),
        (f"{counts.stored}", "bold"),
        (f"   {words.waits} ", "dim"),
        (f"{counts.pending}", "bold yellow" if counts.pending else "bold"),
        (f"   {words.delivered} ", "dim"),
        (f"{counts.delivered}", "bold green"),
    )
    waiting = Text("▮" * min(counts.pending // 2, 40), "yellow")
    title = words.way if chronicle.network_works else f"{words.way} · {words.network_down}"
    colour = "green" if chronicle.network_works else "red"
    return Panel(Text("\n").join([way, _by_sms(chronicle, at_s), numbers, waiting]), title=title, border_style=colour)


def _by_sms(chronicle: Chronicle, at_s: float) -> Text:
    """The other way to people: bright while a message is on it."""
    last = chronicle.sms[-1] if chronicle.sms else None
    style = "bold bright_green" if last and at_s - last.at_s < SMS_SHINES_S else "dim"
    arrow = "◄" if last and last.answer else "►"
    indent = " " * (cell_len(chronicle.words.band) + 2 + TRACK + 2)
    names = " ".join(chronicle.phones.values())
    return Text(f"{indent}╰━━ {chronicle.words.by_sms} ━━{arrow} {names}", style)


def _track(at_s: float, works: bool) -> Text:
    if not works:
        return Text("━━━━╳━━━━", "bold red")
    at = int(at_s * STEP_PER_S) % TRACK
    return Text.assemble(("━" * at, "green"), ("●", "bold bright_green"), ("━" * (TRACK - at - 1), "green"))


# --- alerts


def _alerts(chronicle: Chronicle) -> Panel:
    cards = sorted(chronicle.cards.values(), key=lambda card: (card.workflow in CLOSED, -card.alert.number))
    text = Text("\n").join([_card(card, chronicle) for card in cards]) if cards else Text(chronicle.words.no_alert, "dim")
    burning = any(card.alert.priority == "critical" and card.workflow not in CLOSED for card in cards)
    return Panel(text, title=chronicle.words.open_alerts, border_style="red" if burning else "green")


def _card(card: Card, chronicle: Chronicle) -> Text:
    words, alert = chronicle.words, card.alert
    name, kind = chronicle.names.get(alert.wearer, ""), words.kinds.get(alert.kind, alert.kind)
    step = words.steps.get(card.workflow, card.workflow)
    if card.workflow in CLOSED:
        return Text(f"✓ {kind} {name} {alert.room} · {step}", "dim")
    style = COLOURS[alert.priority]
    sure = f" · {words.unconfirmed}" if alert.unconfirmed else ""
    head = f"{kind} {name} {alert.room} · {words.priorities[alert.priority]}{sure}\n"
    return Text.assemble((head, style), (f"  {_life(card)}  ", style), (step, "bold"))


def _life(card: Card) -> str:
    """The steps of an open alert's life: those it has gone, and those before it."""
    place = STEPS.index(card.workflow)
    return "━".join("●" if step <= place else "○" for step in range(len(STEPS)))


# --- the story


class _Tail:
    """Of a text the last lines, as many as there is room for."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self._text, options.update(height=None))
        for line in lines[-(options.height or len(lines)) :]:
            yield from line
            yield Segment.line()


def _story(chronicle: Chronicle) -> Panel:
    lines = Text("\n").join(
        Text.assemble((f"{line.at_s:5.1f} ", "dim"), (f"{MARKS[line.what]} {line.text}", COLOURS[line.what]))
        for line in chronicle.lines[-LINES_SHOWN:]
    )
    return Panel(_Tail(lines), title=chronicle.words.story, subtitle=chronicle.words.legend, border_style="blue")


# --- the phone


def _phone(chronicle: Chronicle) -> Panel:
    """That of whoever was told last."""
    whose = chronicle.sms[-1].phone
    screen = Text()
    for sms in chronicle.sms:
        if sms.phone == whose:
            style = "bold black on green" if sms.answer else "bold white on grey23"
            for line in screen_lines(sms):
                screen.append(" " * (len(line) - len(line.lstrip()))).append(line.lstrip(), style).append("\n")
            screen.append("\n")
    screen.rstrip()
    title = chronicle.words.phone.format(chronicle.phones[whose])
    return Panel(_Tail(screen), title=title, border_style="bold yellow")


# --- the account


def account_panel(title: str, rows: Sequence[tuple[str, str]], verdict: str, *, well: bool) -> Panel:
    """What is told and its number, line by line, and what that means."""
    colour = "green" if well else "red"
    table = Table.grid(padding=(0, 2))
    for label, number in rows:
        table.add_row(label, Text(number, "bold"))
    table.add_row("")
    table.add_row(Text(verdict, f"bold {colour}"))
    return Panel(table, title=title, border_style=colour, expand=False)
