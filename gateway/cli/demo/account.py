"""The account at the end of the demo: what the gateway had accepted, what the platform has, and how long a press took. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fake_devices.consumer import Consumer
from gateway.cli.demo.chronicle import CallForHelp, Chronicle, span
from gateway.snapshot import Counts
from gateway.words.demo import DemoWords


@dataclass(frozen=True)
class Account:
    """`counts`: as the gateway's store has them on the disk after its end; everything else is the platform's word."""

    counts: Counts
    arrived: int
    alerts_raised: int
    alerts_arrived: int
    events_waiting: int
    presses: Sequence[CallForHelp]
    faults: Sequence[str]  # breaches of the message contract, and what the story waited for in vain

    @property
    def lost(self) -> int:
        """Readings that were accepted and are not at the platform, whatever the gateway says of them."""
        return max(0, self.counts.stored - self.arrived)

    @property
    def well(self) -> bool:
        """Whether everything that was accepted was delivered, once, and as agreed."""
        alerts_well = self.alerts_arrived >= self.alerts_raised and not self.events_waiting
        return self.lost == 0 and self.counts.pending == 0 and alerts_well and not self.faults


def account(counts: Counts, consumer: Consumer, chronicle: Chronicle, events_waiting: int) -> Account:
    """Drawn up after the gateway has stopped."""
    return Account(
        counts=counts,
        arrived=len(consumer),
        alerts_raised=len(chronicle.cards),
        alerts_arrived=len({event["id"] for event in consumer.events.values() if event["event"] == "raised"}),
        events_waiting=events_waiting,
        presses=tuple(chronicle.presses.values()),
        faults=(*consumer.faults, *chronicle.missed),
    )


def rows(of: Account, words: DemoWords, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What is told, and its number, line by line."""
    yield words.account_accepted, str(of.counts.stored)
    yield words.account_delivered, str(of.arrived)
    yield words.account_lost, str(of.lost)
    rejected = " · ".join(f"{words.reasons.get(reason, reason)} {n}" for reason, n in of.counts.rejected.items())
    if rejected:
        yield words.account_rejected, rejected
    yield words.account_alerts, f"{of.alerts_raised} / {of.alerts_arrived}"
    for press in of.presses:
        yield from _press_rows(press, words, names[press.wearer])
    if of.faults:
        yield words.account_faults, "; ".join(of.faults)


def _press_rows(press: CallForHelp, words: DemoWords, name: str) -> Iterator[tuple[str, str]]:
    label = words.account_press_cut if press.without_network_s else words.account_press
    if press.to_platform_s is not None:
        yield label.format(name=name, cut=press.without_network_s), span(press.to_platform_s)
    if press.to_phone_s is not None:
        yield words.account_phone.format(name=name), span(press.to_phone_s)
    if press.to_help_s is not None:
        yield words.account_help.format(name=name), span(press.to_help_s)
    if press.to_wrist_s is not None and press.to_phone_s is None:
        yield words.account_wrist.format(name=name), span(press.to_wrist_s)
