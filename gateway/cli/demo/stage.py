"""Where the demo is shown: a picture in a terminal that is large enough, else plain lines."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import Protocol, Self

from fake_devices.phones import Sms
from gateway.cli.demo.account import Account, rows
from gateway.cli.demo.chronicle import Chronicle
from gateway.cli.demo.phone import drawn
from gateway.words.demo import MARKS

SMALLEST = (108, 28)  # columns, lines
INDENT = " " * 11  # below the text of a line


class Stage(Protocol):
    """Used as `with stage:`; the account comes after it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def shows(self, at_s: float) -> None:
        """What the chronicle has now."""
        ...


class PlainStage:
    """One line after another, as they come."""

    def __init__(self, chronicle: Chronicle, title: str, addresses: str) -> None:
        self._chronicle = chronicle
        self._title = title
        self._addresses = addresses
        self._shown = 0

    def __enter__(self) -> Self:
        head = [f"lifering demo · {self._title}", self._chronicle.words.legend, self._addresses, ""]
        print("\n".join(head if self._addresses else [*head[:2], ""]), flush=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.shows(0)

    def shows(self, at_s: float) -> None:  # noqa: ARG002 (only a picture moves by itself)
        """Lines that were not yet shown."""
        for line in self._chronicle.lines[self._shown :]:
            print(f"{line.at_s:6.1f} s {MARKS[line.what]} {line.text}", flush=True)
            if line.sms:
                print(*(INDENT + part for part in self._phone(line.sms)), sep="\n", flush=True)
        self._shown = len(self._chronicle.lines)

    def _phone(self, sms: Sms) -> list[str]:
        """With what was on it before."""
        told = [each for each in self._chronicle.sms if each.phone == sms.phone and each.at_s <= sms.at_s]
        return drawn(self._chronicle.words.phone.format(self._chronicle.phones[sms.phone]), told)


class LiveStage:
    """The picture; the lines stay in the terminal when it is gone."""

    def __init__(self, chronicle: Chronicle, title: str, addresses: str) -> None:
        from rich.live import Live

        self._chronicle = chronicle
        self._title = title
        self._addresses = addresses
        self._live = Live(screen=True, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()
        with PlainStage(self._chronicle, self._title, self._addresses):
            pass

    def shows(self, at_s: float) -> None:
        """The picture of this moment."""
        from gateway.cli.demo.picture import picture

        self._live.update(picture(self._chronicle, self._title, self._addresses, at_s), refresh=True)


def stage_for(chronicle: Chronicle, title: str, addresses: str) -> Stage:
    """A picture where there is room for it. `addresses`: a line that tells of the windows in a browser, or ""."""
    size = shutil.get_terminal_size()
    if sys.stdout.isatty() and size.columns >= SMALLEST[0] and size.lines >= SMALLEST[1]:
        return LiveStage(chronicle, title, addresses)
    if sys.stdout.isatty():
        print(chronicle.words.larger.format(columns=SMALLEST[0], lines=SMALLEST[1]))
    return PlainStage(chronicle, title, addresses)


def show_account(account: Account, chronicle: Chronicle) -> None:
    """The account, after everything has stopped."""
    words = chronicle.words
    lines = list(rows(account, words, chronicle.names))
    verdict = words.well if account.well else words.not_well
    if sys.stdout.isatty():
        from rich import print as show

        from gateway.cli.demo.picture import account_panel

        show(account_panel(words.account, lines, verdict, well=account.well))
        return
    print(f"\n{words.account}")
    for label, number in lines:
        print(f"  {words.account_line.format(label=label, number=number)}")
    print(f"\n{verdict}")
