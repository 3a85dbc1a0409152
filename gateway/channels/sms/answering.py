"""What an answer by SMS does: who goes, who cannot, and what they and the others are told of it; all in one transaction.

`1` acknowledges and dispatches, as the same person would by a command: the newest alert told to that phone, or the one that is
named. `2` asks the next phone at once, also where the same person was on the way. A volunteer was not asked, so their answer
must name the alert. Numbers of nobody are counted and nothing more: a number can be forged, so an answer never does more than
this.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from gateway.alert import Alert
from gateway.alerts import asking
from gateway.alerts.book import AlertBook
from gateway.alerts.desk import Desk
from gateway.alerts.lifecycle import Action
from gateway.channels.sms import replies
from gateway.channels.sms.kept import HintAbout, digest_of
from gateway.channels.sms.outgoing import SmsQueue
from gateway.channels.sms.replies import Answer
from gateway.choices import Choices
from gateway.logger import Logger
from gateway.words import sms as words

log = Logger()


TOLD = ("sent", "delivered")


class Answering:
    """`strangers`: how many messages came from numbers of nobody."""

    def __init__(
        self, book: AlertBook, desk: Desk, out: SmsQueue, choices: Callable[[], Choices], wall_ms: Callable[[], int]
    ) -> None:
        self.strangers = 0
        self._book, self._desk, self._out, self._choices, self._wall_ms = book, desk, out, choices, wall_ms

    async def take(self, sender: str, text: str, at_ms: int | None) -> None:
        """A message that came; what it does is on the disk when this returns. One that comes twice does it once.

        `at_ms`: by the service centre's clock; None: it said no time.
        """
        digest = None if at_ms is None else digest_of(sender, text, at_ms)
        if digest is None or not self._out.kept.was_taken(digest):
            self._take(sender, replies.read(text))
            if digest is not None:
                self._out.keep(self._out.kept.took(digest, self._wall_ms()))
        await self._desk.stored()

    def _take(self, sender: str, answer: Answer | None) -> None:
        choices = self._choices()
        if phone := choices.duty_list.whose(sender):
            self._from_duty(phone.name, answer)
        elif (volunteer := choices.volunteers.whose(sender)) and answer and answer.number is not None:
            self._from_volunteer(volunteer.name, answer)
        else:
            self.strangers += 1
            log.info("sms of nobody on duty", count=self.strangers)

    def _from_duty(self, name: str, answer: Answer | None) -> None:
        if answer is None:
            self._hint(name, "how", words.reply_so(self._choices().language))
            return
        alerts = self._meant(name, answer)
        if not alerts:
            self._hint(name, "nothing open", words.nothing_open(self._choices().language))
        elif answer.meaning == "going":
            self._goes(name, alerts[-1], confirm=True)
        else:
            for alert in alerts:
                self._cannot(name, alert)
        log.info("sms answered", meaning=answer.meaning, alerts=len(alerts))

    def _from_volunteer(self, name: str, answer: Answer) -> None:
        alert = self._open(answer.number)
        if alert and answer.meaning == "going":
            self._goes(name, alert, confirm=False)
            log.info("sms answered", meaning=answer.meaning, alerts=1)

    def _meant(self, name: str, answer: Answer) -> list[Alert]:
        """The alerts that an answer is about, the newest last: one that is named, else those told to this phone."""
        if answer.number is not None:
            named = self._open(answer.number)
            return [named] if named else []
        told = [alert for alert in self._open_alerts() if self._is_told(alert, name)]
        if answer.meaning == "cannot":
            last = self._out.kept.last_asked.get(name, ())  # "no" answers the whole of the last question
            told = [alert for alert in told if alert.number in last] or told[-1:]
        return told

    def _is_told(self, alert: Alert, name: str) -> bool:
        """Whether this phone has the question, or may have it."""
        return any(one.phone == name and one.result in TOLD for one in alert.asked) or self._out.is_on_its_way(alert, name)

    def _open_alerts(self) -> list[Alert]:
        return sorted((alert for alert in self._book.alerts if alert.open), key=lambda alert: alert.number)

    def _open(self, number: int | None) -> Alert | None:
        alert = self._book.get(number) if number is not None else None
        return alert if alert and alert.open and alert.kind != "technical" else None

    def _goes(self, name: str, alert: Alert, *, confirm: bool) -> None:
        """This person goes; they and the others who were asked are told."""
        choices, now_ms = self._choices(), self._wall_ms()
        kept, others = self._out.kept, self._others(alert, name)
        if not _goes_already(alert, name):
            actor = f"sms:{name}"
            alert = self._desk.do(
                asking.answered(alert, name, "going"),
                Action(verb="acknowledge", actor=actor),
                Action(verb="dispatch", actor=actor, responder=actor),
            )
            said = words.goes(name, alert, choices.language)
            for other in others:
                kept = kept.noted(other, said, now_ms)
        if confirm:
            kept = kept.noted(name, words.confirmed(alert, choices.language, choices.zone), now_ms)
        self._out.keep(kept)

    def _cannot(self, name: str, alert: Alert) -> None:
        """Not this person; where they were on the way, nobody is any more, and the platform must know."""
        if not _goes_already(alert, name):
            self._keep(asking.answered(alert, name, "cannot"))
            return
        after = asking.withdrawn(alert, name, self._choices().duty, self._book.now())
        after = replace(after, actor=f"sms:{name}", responder="")
        self._book.keep(after, "updated", at_ms=self._wall_ms())

    def _others(self, alert: Alert, name: str) -> list[str]:
        """Who else was told of this alert since the ladder began anew, each once."""
        run = alert.ladder.run if alert.ladder else 0
        asked = dict.fromkeys(one.phone for one in alert.asked if one.run == run)
        return [other for other in asked if other != name and self._is_told(alert, other)]

    def _hint(self, name: str, about: HintAbout, text: str) -> None:
        now_ms = self._wall_ms()
        if self._out.kept.may_hint(name, about, now_ms):
            self._out.keep(self._out.kept.hinted(name, about, text, now_ms))

    def _keep(self, alert: Alert) -> None:
        if alert is not self._book.get(alert.number):
            self._book.keep(alert, urgent=True)


def _goes_already(alert: Alert, name: str) -> bool:
    """Whether this person said so before, in this run of the ladder: telling it twice sends nobody twice."""
    return alert.ladder is not None and alert.ladder.dispatched and alert.responder == f"sms:{name}"
