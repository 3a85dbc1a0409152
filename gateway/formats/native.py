"""The format "native": docs/platform.md, version 1. JSON in UTF-8 under `<root>/<gateway id>/`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec import UNSET

from gateway.alert import Alert, AlertEvent, LastPosition, alert_id
from gateway.commands import Command, Reply
from gateway.formats import format as streams
from gateway.formats import native_down
from gateway.formats.format import Outgoing, Receipts, State, Unreadable
from gateway.formats.native_up import (
    AlertMessage,
    AskedMessage,
    FaultMessage,
    GapMessage,
    GapsMessage,
    HeartbeatMessage,
    LinkMessage,
    OpenAlertMessage,
    PositionMessage,
    ReplyMessage,
    SnapshotMessage,
    StatusMessage,
    Wristbands,
)
from gateway.formats.reading_json import reading_message
from gateway.formats.times import rfc3339
from gateway.gap import Gap
from gateway.snapshot import Fault, LinkState, Snapshot

_encode = msgspec.json.Encoder().encode


class NativeFormat:
    """Of one gateway. A stream's topic is its own name under the gateway's prefix. `origin`: how ids of readings begin, by the
    epoch, where they do not begin with the gateway's."""

    def __init__(self, gateway: str, root: str = "lifering/v1", origin: Callable[[int], str] | None = None) -> None:
        self._gateway = gateway
        self._origin = origin or self._own_origin
        self._prefix = f"{root}/{gateway}/"
        self.subscriptions = {stream: self._prefix + stream for stream in (streams.RECEIPTS, streams.COMMANDS)}

    def _own_origin(self, epoch: int) -> str:
        return f"{self._gateway}/{epoch}"

    def _outgoing(self, stream: str, payload: bytes, *, retain: bool = False, urgent: bool = True) -> Outgoing:
        return Outgoing(stream, self._prefix + stream, payload, retain, urgent)

    # --- up: how the gateway is ---------------------------------------------------------------------------------------

    def status(self, state: State, snapshot: Snapshot) -> Outgoing:
        """`up/status`, retained."""
        message = StatusMessage(
            gateway=self._gateway, state=state, boot=snapshot.boot, at=rfc3339(snapshot.at_ms), version=snapshot.version
        )
        return self._outgoing(streams.STATUS, _encode(message), retain=True)

    def heartbeat(self, snapshot: Snapshot, seq: int) -> Outgoing:
        """`up/heartbeat`."""
        return self._outgoing(streams.HEARTBEAT, _encode(heartbeat_message(snapshot, seq)))

    def snapshot(self, snapshot: Snapshot) -> Outgoing:
        """`up/snapshot`."""
        message = snapshot_message(self._gateway, snapshot.boot, snapshot.at_ms, snapshot.open_alerts)
        return self._outgoing(streams.SNAPSHOT, _encode(message))

    # --- up: alerts, readings, replies --------------------------------------------------------------------------------

    def alert(self, event: AlertEvent, late_s: int) -> Outgoing:
        """`up/alerts`. An alert that was only raised says `sent`: by the time anybody reads it, it was."""
        alert = event.alert
        message = AlertMessage(
            gateway=self._gateway,
            id=alert_id(self._gateway, alert),
            event=event.event,
            seq=event.seq,
            kind=alert.kind,
            priority=alert.priority,
            condition=alert.condition,
            workflow="sent" if alert.workflow == "raised" else alert.workflow,
            unconfirmed=alert.unconfirmed,
            test=alert.test,
            wearer=alert.wearer or None,
            room=alert.room or None,
            device=alert.device or None,
            at=rfc3339(event.at_ms),
            raised_at=rfc3339(alert.raised_ms),
            late_s=late_s,
            rule=alert.rule,
            level=alert.level,
            actor=alert.actor or None,
            outcome=alert.outcome,
            detail=alert.detail or None,
            reminder=event.reminder,
            readings=[reading_message(reading, self._origin(reading.epoch)) for reading in alert.readings],
            position=_position(alert.position, alert.raised_ms),
            text=event.text,
            band=alert.band or UNSET,
            responders=list(alert.responders) or UNSET,
            second_path=_second_path(alert) or UNSET,
        )
        return self._outgoing(streams.ALERTS, _encode(message))

    def readings(self, boot: str, bodies: Sequence[bytes]) -> Outgoing:
        """`up/readings`: the stored bytes as they are, joined."""
        head = b'{"v":1,"gateway":%s,"boot":%s,"readings":[' % (_encode(self._gateway), _encode(boot))
        return self._outgoing(streams.READINGS, head + b",".join(bodies) + b"]}", urgent=False)

    def gaps(self, boot: str, gaps: Sequence[Gap]) -> Outgoing:
        """`up/gaps`."""
        message = GapsMessage(gateway=self._gateway, boot=boot, gaps=[_gap(gap) for gap in gaps])
        return self._outgoing(streams.GAPS, _encode(message), urgent=False)

    def reply(self, reply: Reply) -> Outgoing:
        """`up/replies`."""
        message = ReplyMessage(
            id=reply.id,
            verb=reply.verb or None,
            status=reply.status,
            reason=reply.reason or UNSET,
            result=reply.result or UNSET,
        )
        return self._outgoing(streams.REPLIES, _encode(message))

    # --- down ---------------------------------------------------------------------------------------------------------

    def inbound(self, topic: str, payload: bytes) -> Receipts | Command | Unreadable | None:
        """`down/receipts` and `down/commands`."""
        match topic.removeprefix(self._prefix):
            case streams.RECEIPTS:
                return native_down.receipts(payload)
            case streams.COMMANDS:
                return native_down.command(payload)
            case _:
                return None


def heartbeat_message(snapshot: Snapshot, seq: int) -> HeartbeatMessage:
    """How the gateway is; also a part of the answer to `lifering status`."""
    return HeartbeatMessage(
        gateway=snapshot.gateway,
        boot=snapshot.boot,
        at=rfc3339(snapshot.at_ms),
        seq=seq,
        uptime_s=snapshot.uptime_s,
        clock=snapshot.clock,
        queued=snapshot.queued,
        counts=snapshot.counts,
        adapters=snapshot.adapters,
        ports=snapshot.ports,
        disk=snapshot.disk,
        open_alerts=len(snapshot.open_alerts),
        wristbands=Wristbands(known=len(snapshot.bands), heard=snapshot.heard),
        links={name: _link(link) for name, link in snapshot.links.items()},
        faults=[_fault(fault) for fault in snapshot.faults],
        tallies=snapshot.tallies,
    )


def _link(link: LinkState) -> LinkMessage:
    if link.since_ms is None:
        return LinkMessage(state=link.state, signal=link.signal)
    return LinkMessage(state=link.state, since=rfc3339(link.since_ms))


def snapshot_message(gateway: str, boot: str, at_ms: int, alerts: Iterable[Alert]) -> SnapshotMessage:
    """All that is open."""
    still_open = [open_alert_message(alert, gateway) for alert in alerts]
    return SnapshotMessage(gateway=gateway, boot=boot, at=rfc3339(at_ms), open=still_open)


def open_alert_message(alert: Alert, gateway: str) -> OpenAlertMessage:
    """One of what is open."""
    return OpenAlertMessage(
        id=alert_id(gateway, alert),
        seq=alert.seq,
        kind=alert.kind,
        priority=alert.priority,
        condition=alert.condition,
        workflow=alert.workflow,
        wearer=alert.wearer or None,
        room=alert.room or None,
        raised_at=rfc3339(alert.raised_ms),
        level=alert.level,
    )


def _second_path(alert: Alert) -> list[AskedMessage]:
    """Those of whom it is known what came of it."""
    return [AskedMessage(phone=one.phone, at=rfc3339(one.at_ms), result=one.result) for one in alert.asked if one.result]


def _fault(fault: Fault) -> FaultMessage:
    return FaultMessage(fault=fault.fault, since=rfc3339(fault.since_ms), device=fault.device or UNSET)


def _gap(gap: Gap) -> GapMessage:
    return GapMessage(
        wearer=gap.wearer or None,
        kind=gap.kind or None,
        from_=rfc3339(gap.from_ms),
        to=rfc3339(gap.to_ms),
        n=gap.n,
        reason=gap.reason,
    )


def _position(last: LastPosition | None, raised_ms: int) -> PositionMessage | None:
    if last is None:
        return None
    age_s = max(0, (raised_ms - last.at_ms) // 1000)
    return PositionMessage(
        latitude=last.place.latitude, longitude=last.place.longitude, accuracy_m=last.place.accuracy_m, age_s=age_s
    )
