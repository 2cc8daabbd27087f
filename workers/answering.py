"""What people do about an alert: they take note of it, put it off, or ask for it to be sent once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from domain import alert as alerts
from domain.alert import AlertAcknowledged, AlertRetried, AlertSnoozed, AlertState, event, sealed
from domain.errors import Refused
from domain.fact import Data
from domain.log import Log
from domain.roles import Asker, allowed
from domain.vault import FIRM
from projections import alerts as table
from projections.alerts import Raised
from projections.filters import Library
from words import N_

LONGEST_SNOOZE_DAYS = 30


def acknowledge(log: Log, library: Library, asker: Asker, names: Sequence[str], by: str, now: datetime) -> list[Raised]:
    """`names` are alerts by id; `by` is the internal id of who does it. Those acknowledged before stay as they were."""
    allowed(asker, "acknowledge")
    found = [find(library, asker, name) for name in names]
    return _answer(log, found, lambda each: AlertAcknowledged(by=by), now)


def acknowledge_in_name_of(log: Log, library: Library, alert: str, by: str, now: datetime) -> Raised | None:
    """By the link in a message, which proves that it comes from whoever got it. None: there is no such alert."""
    raised = table.raised(library.views, alert)
    if raised is not None:
        _answer(log, [raised], lambda each: AlertAcknowledged(by=by), now)
    return raised


def snooze(
    log: Log,
    library: Library,
    asker: Asker,
    names: Sequence[str],
    by: str,
    now: datetime,
    *,
    until: datetime,
    reason: str | None,
) -> list[Raised]:
    """Told once more then, if it still holds."""
    allowed(asker, "acknowledge")
    if until <= now:
        raise Refused("snooze_is_past", SNOOZE_IS_PAST, "until")
    if (until - now).days >= LONGEST_SNOOZE_DAYS:
        raise Refused("snooze_too_long", SNOOZE_TOO_LONG, "until", days=LONGEST_SNOOZE_DAYS)
    found = [find(library, asker, name) for name in names]
    return _answer(log, found, lambda each: AlertSnoozed(by=by, until=until, reason=reason), now)


def retry(log: Log, library: Library, asker: Asker, names: Sequence[str], by: str, now: datetime) -> list[Raised]:
    """What could not be delivered is tried once more, from the first attempt on."""
    allowed(asker, "deliveries")
    found = [find(library, asker, name) for name in names]
    for each in found:
        if each.state != "undeliverable":
            raise Refused("not_undeliverable", NOT_UNDELIVERABLE, "alert", alert=each.alert)
    return _answer(log, found, lambda each: AlertRetried(by=by), now)


def find(library: Library, asker: Asker, name: str) -> Raised:
    """By its id, or the beginning of it where that means one alone."""
    seen = table.seen_by(library, asker)
    prefix = name if name.startswith("alert-") else f"alert-{name}"
    rows = library.views.rows(
        f"SELECT a.alert FROM alerts a WHERE a.alert >= ? AND a.alert < ? AND {seen.sql} ORDER BY a.alert LIMIT 2",
        (prefix, prefix + "~", *seen.params),
    )
    if not rows:
        raise Refused("not_found", NO_SUCH_ALERT, "alert", name=name[:80])
    if len(rows) > 1:
        raise Refused("ambiguous", SEVERAL_ALERTS, "alert", name=name[:80])
    raised = table.raised(library.views, rows[0][0])
    assert raised is not None
    return raised


def _answer(log: Log, found: Sequence[Raised], say: Callable[[Raised], Data], now: datetime) -> list[Raised]:
    done = []
    with log.writing() as writer:
        writer.load(each.alert for each in found)
        for each in found:
            history = writer.history(each.alert)
            state = alerts.state(history)
            assert state is not None
            data = say(each)
            if _is_settled(state, data):
                continue
            fact = event(log.ids, each.alert, each.customer, data, at=now, now=now, number=len(history) + 1)
            written, secrets = sealed(fact)
            writer.append(written, secrets, each.customer or FIRM)
            done.append(each)
    return done


def _is_settled(state: AlertState, data: Data) -> bool:
    """Whether nothing is left to say, also where the tables did not know of it yet."""
    if state.is_over:
        return True
    return not state.undeliverable if isinstance(data, AlertRetried) else state.acknowledged_by is not None


NO_SUCH_ALERT = N_("There is no alert “{name}” here. All of them: konto alerts list")
SEVERAL_ALERTS = N_("“{name}” is the beginning of several alerts. Please write more of it.")
SNOOZE_IS_PAST = N_("This moment has passed already. Please name one that lies ahead.")
SNOOZE_TOO_LONG = N_("An alert can be put off by {days} days at most. Please name an earlier moment.")
NOT_UNDELIVERABLE = N_("{alert} is not undeliverable: there is nothing to send once more.")
