"""Whoever comes next hears of what nobody has acknowledged in business time; nobody hears of the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain import alert as alerts
from domain.alert import AlertEscalated
from projections import alerts as table
from projections.alerts import UNSEEN, Raised
from workers.recipients import addressee, after, is_there
from workers.tick import LOOK_BACK, Check, Newly, holding, key_of, raising
from workers.timing import habits, leaves_at


def escalate(check: Check) -> list[Newly]:
    """Raises for the next in the chain what waited for too long; the tables must be up to date."""
    matters: dict[tuple[str, str, int, str, int], list[Raised]] = {}
    for each in table.active(check.look.library.views):
        if each.raised_for <= check.at:
            matters.setdefault(each.matter, []).append(each)
    waiting = [
        each
        for told in matters.values()
        if not any(each.acknowledged_by for each in told)
        for each in told
        if _is_waiting(check, each)
    ]
    ahead = [(each, to) for each in waiting if (to := _next(check, each, matters[each.matter])) is not None]
    # Asked of those alone: it costs most, and where nobody is left the same ones would be looked at for ever.
    still = holding(check.look, [each for each, _ in ahead]) if ahead else set()
    passed_on = (_pass_on(check, each, to) for each, to in ahead if key_of(each.occasion) in still)
    return [new for new in passed_on if new is not None]


def _is_waiting(check: Check, each: Raised) -> bool:
    rules = check.look.steering.rulebooks.at(check.at).alerts
    if each.state not in UNSEEN or each.escalated_to is not None or each.rule in rules.not_escalated:
        return False
    due = escalates_at(check, each)
    # What should have been passed on long ago, while nobody looked, floods nobody now.
    return check.at - LOOK_BACK <= due <= check.at


def escalates_at(check: Check, each: Raised) -> datetime:
    """At once where nobody can be reached or is there, else when the time to acknowledge it is over."""
    steering = check.look.steering
    if each.state == "undeliverable":
        return max(each.raised_for, min(each.state_at, check.at))
    if not is_there(each.recipient, steering, each.raised_for):
        return each.raised_for
    reader = addressee(each.recipient, steering, check.name_of, each.raised_for)
    own = habits(reader, steering, each.raised_for)
    planned = leaves_at(own, each.raised_for, each.until, each.raised_for)
    begun = max(planned, min(each.delivered_at, check.at)) if each.delivered_at else planned
    seconds = steering.rulebooks.at(each.raised_for).alerts.escalate_after_seconds
    return own.hours.add(begun, seconds)


def _pass_on(check: Check, each: Raised, to: str) -> Newly | None:
    occasion = each.occasion._replace(since=escalates_at(check, each))
    stream = alerts.stream_of(check.log.ids, occasion, to)
    position = check.look.library.views.position()
    with check.log.writing() as writer:
        writer.load([each.alert, stream])
        if not writer.is_readable(each.alert):
            return None
        history = writer.history(each.alert)
        state = alerts.state(history)
        if state is None or state.is_over or state.acknowledged_by or state.escalated_to or writer.length(stream):
            return None
        escalated = AlertEscalated(to=to)
        writer.append(check.record(each.alert, each.customer, escalated, len(history) + 1), None, "")
        data = raising(occasion, to, position, escalated_from=each.alert)
        writer.append(check.record(stream, each.customer, data), None, "")
    return Newly(stream, occasion, to)


def _next(check: Check, each: Raised, told: Sequence[Raised]) -> str | None:
    """The first of the chain above who is there and has not heard of it, neither for themself nor as a stand-in."""
    steering = check.look.steering
    heard = set(_heard(told))
    first = _first(each, told)
    left = [
        candidate
        for candidate in after(first.recipient, first.team, steering, check.name_of, check.at)
        if (reader := addressee(candidate, steering, check.name_of, check.at)) is not None
        and not heard & {candidate, reader.person}
    ]
    there = (candidate for candidate in left if is_there(candidate, steering, check.at))
    return next(there, next(iter(left), None))


def _first(each: Raised, told: Sequence[Raised]) -> Raised:
    """The alert with which the chain began."""
    by_name = {other.alert: other for other in told}
    while each.escalated_from in by_name:
        each = by_name[each.escalated_from]
    return each


def _heard(told: Iterable[Raised]) -> Iterable[str]:
    for each in told:
        yield each.recipient
        if each.sent_to is not None:
            yield each.sent_to
