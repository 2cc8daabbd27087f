"""What the pages do about alerts: take note, put off, send once more, try a channel again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from dashboard.answers.looking import noted
from dashboard.shapes.alerts import Noted
from dashboard.shapes.asking import Reader, Refusal
from domain.channel import ChannelResumed
from domain.errors import Refused
from projections import alerts as table
from wiring import answering
from wiring.home import Konto
from wiring.refusals import printable
from words import translator


def by_link(konto: Konto, alert: str, by: str, key: str) -> Noted | None:
    """None where the link is not one of ours."""
    before = answering.acknowledge_by_link(konto, alert, by, key)
    if before is None:
        return None
    if before.state not in table.OPEN:
        return "over"
    return "done" if before.acknowledged_by is None else "already"


def take_note(konto: Konto, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
    return _done(konto, lambda: answering.acknowledge(konto, alerts), reader)


def put_off(konto: Konto, reader: Reader, alerts: Sequence[str], until: datetime, reason: str | None) -> Refusal | None:
    return _done(konto, lambda: answering.snooze(konto, alerts, until=until, reason=reason), reader)


def send_again(konto: Konto, reader: Reader, alerts: Sequence[str]) -> Refusal | None:
    return _done(konto, lambda: answering.retry(konto, alerts), reader)


def try_channel(konto: Konto, reader: Reader, channel: str) -> Refusal | None:
    return _done(konto, lambda: answering.record(konto, ChannelResumed(channel=channel)), reader)


def _done(konto: Konto, action: Callable[[], object], reader: Reader) -> Refusal | None:
    """What somebody on a page reads has no place in a command line before it."""
    try:
        action()
    except Refused as refused:
        noted(konto, refused)
        text = translator(reader.lang).gettext(refused.text)
        return Refusal((printable(text.format(**refused.params)),))
    return None
