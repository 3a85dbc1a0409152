"""The answer to `status` as a technician reads it: how it does, who needs help, what is wrong, every wristband. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import UNSET

from gateway.cli.columns import lines, padded, width
from gateway.formats.native_up import FaultMessage, LinkMessage, OpenAlertMessage
from gateway.formats.reading_json import ReadingMessage
from gateway.formats.times import from_rfc3339
from gateway.language import Language, Said
from gateway.status import BandMessage, StatusAnswer
from gateway.words.alerts import KINDS, PRIORITIES
from gateway.words.status import BETWEEN, LABELS, LINES, TALLIES, WORKFLOWS
from gateway.words.telling import duration_in_words, fault_in_words, reading_in_words, state_in_words


def page(answer: StatusAnswer, language: Language) -> Iterator[str]:
    """Line by line, none wider than 80 columns."""
    return _Page(answer, language).lines()


class _Page:
    def __init__(self, answer: StatusAnswer, language: Language) -> None:
        self._answer, self._language = answer, language
        self._now_ms = from_rfc3339(answer.at)
        self._label_columns = 2 + max(width(label.of(language)) for label in LABELS.values())

    def lines(self) -> Iterator[str]:
        """All of it."""
        yield from self._whole()
        yield from self._section("alerts", [self._alert(alert) for alert in self._answer.open])
        yield from self._section("faults", [self._fault(fault) for fault in self._answer.faults])
        heard = self._said("heard", heard=self._answer.wristbands.heard, known=self._answer.wristbands.known)
        yield from ("", f"{LABELS['bands'].of(self._language)}  {heard}")
        for band in sorted(self._answer.bands, key=lambda band: (band.room or "", band.wearer, band.address)):
            yield from self._band(band)

    # --- the gateway as a whole ---------------------------------------------------------------------------------------

    def _whole(self) -> Iterator[str]:
        answer, queued, disk = self._answer, self._answer.queued, self._answer.disk
        yield from self._row("gateway", [self._said("gateway", gateway=answer.gateway, time=self._time(answer.uptime_s))])
        for name, link in answer.links.items():
            yield from self._row(name, [self._link(link)])
        oldest = [self._said("oldest", time=self._time(queued.oldest_s))] if queued.oldest_s else []
        yield from self._row("waiting", [self._said("waiting", alerts=queued.alerts, readings=queued.readings), *oldest])
        for name, states in (("ports", answer.ports), ("adapters", answer.adapters)):
            if states:
                yield from self._row(name, [f"{part} {self._state(state)}" for part, state in states.items()])
        room = {"free": f"{disk.free_mb / 1000:.1f}", "total": f"{disk.total_mb / 1000:.1f}"}
        yield from self._row("disk", [self._said("disk", state=self._state(disk.state), **room)])
        yield from self._row("clock", [self._state(answer.clock), answer.time_zone])
        if counted := list(self._counted()):
            yield from self._row("counted", counted)

    def _link(self, link: LinkMessage) -> str:
        if link.since is not UNSET:
            return self._said("link", state=self._state(link.state), time=self._since(link.since))
        if link.signal is UNSET or link.signal is None:
            return self._state(link.state)
        return self._said("modem link", state=self._state(link.state), signal=link.signal)

    def _counted(self) -> Iterator[str]:
        for name, words in TALLIES.items():
            counts: Mapping[str, int] = getattr(self._answer.tallies, name)
            yield from (f"{words.of(self._language)} ({of}) {n}" for of, n in counts.items())

    # --- what is wrong, and who needs help ----------------------------------------------------------------------------

    def _fault(self, fault: FaultMessage) -> list[str]:
        device = "" if fault.device is UNSET else fault.device
        return [fault_in_words(fault.fault, device, self._language), self._said("since", time=self._since(fault.since))]

    def _alert(self, alert: OpenAlertMessage) -> list[str]:
        so_far = WORKFLOWS[alert.workflow].of(self._language)
        since = self._said("since", time=self._since(alert.raised_at))
        where = [self._said("room", room=alert.room)] if alert.room else []
        where = where or ([self._said("wearer", wearer=alert.wearer)] if alert.wearer else [])
        priority, kind = PRIORITIES[alert.priority].of(self._language), KINDS[alert.kind].of(self._language)
        return [priority, *where, kind, so_far, since, alert.id]

    def _section(self, name: str, entries: list[list[str]]) -> Iterator[str]:
        if not entries:
            return
        yield from ("", LABELS[name].of(self._language))
        for parts in entries:
            yield from lines(parts, first="  ", indent="    ", between=self._between)

    # --- the wristbands -----------------------------------------------------------------------------------------------

    def _band(self, band: BandMessage) -> Iterator[str]:
        heard = self._said("never") if band.heard_s is None else self._said("ago", time=self._time(band.heard_s))
        whose = f"  {padded(band.room or '-', 8)} {padded(band.wearer, 10)} {band.address}  "
        battery = [] if band.battery is None else [self._said("battery", percent=f"{band.battery:g}")]
        rejected = sum(band.counts.rejected.values())
        account = [self._said("of them rejected", received=band.counts.received, rejected=rejected)] if rejected else []
        yield from lines([heard, *battery, *account], first=whose, indent="    ", between=self._between)
        if readings := [self._reading(reading) for reading in band.last if reading.kind != "battery"]:
            yield from lines(readings, first="    ", indent="    ", between=self._between)

    def _reading(self, reading: ReadingMessage) -> str:
        aged = self._said("aged", time=self._since(reading.at))
        return reading_in_words(reading.kind, reading.value, self._language) + aged

    # --- words --------------------------------------------------------------------------------------------------------

    @property
    def _between(self) -> str:
        return BETWEEN.of(self._language)

    def _row(self, label: str, parts: list[str]) -> Iterator[str]:
        said = LABELS.get(label, Said(label, label)).of(self._language)
        indent = " " * self._label_columns
        return lines(parts, first=padded(said, self._label_columns), indent=indent, between=self._between)

    def _said(self, name: str, **facts: object) -> str:
        return LINES[name].of(self._language).format(**facts)

    def _state(self, state: str) -> str:
        return state_in_words(state, self._language)

    def _since(self, at: str) -> str:
        return self._time((self._now_ms - from_rfc3339(at)) / 1000)

    def _time(self, seconds: float) -> str:
        return duration_in_words(seconds, self._language)
