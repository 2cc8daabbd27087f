"""The time-driven check: what became true lately and still holds is raised, once; what has ended is cleared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from domain import alert as alerts
from domain.alert import LASTING, URGENCY, AlertCleared, AlertRaised, AlertReturned, Occasion, event, stream_of
from domain.fact import Data, Fact
from domain.log import Log
from domain.steering import Steering
from projections import alerts as table
from projections.alerts import Raised
from workers.looking import Look
from workers.recipients import NameOf, recipient_of
from workers.watches import WATCHES, Watch, watch_of

LOOK_BACK = timedelta(days=7)
"""What became true earlier is listed on the pages, never sent."""

AT_ONCE = 500
"""So many are raised in one transaction, the most urgent first: others can be recorded and sent in between."""


class Newly(NamedTuple):
    """An alert raised by this check."""

    alert: str
    occasion: Occasion
    recipient: str


class Earlier(Protocol):
    """What the choice needs to know of an alert that was raised before."""

    @property
    def detail(self) -> str: ...

    @property
    def level(self) -> int: ...

    @property
    def raised_for(self) -> datetime: ...


class Check(NamedTuple):
    """`now` is the moment of recording, `look.at` the one that is looked at. The tables must be up to date."""

    log: Log
    look: Look
    name_of: NameOf
    now: datetime

    @property
    def at(self) -> datetime:
        return self.look.at

    def record(self, alert: str, customer: str, data: Data, number: int = 0) -> Fact:
        return event(self.log.ids, alert, customer, data, at=self.at, now=self.now, number=number)


def raise_new(
    check: Check,
    watches: Sequence[Watch] = WATCHES,
    between: Callable[[], object] = lambda: None,
    raising: AbstractContextManager[object] | None = None,
) -> list[Newly]:
    """What became true within the days before the moment, still holds and was not raised before.

    `between` is called after each portion, `raising` is held from the first to the last.
    """
    new = chosen(_untold(check, _to_be_told(check, _lately(check, watches))))
    new.sort(key=lambda each: (URGENCY[each.occasion.rule], each.occasion.since, each.alert))
    newly: list[Newly] = []
    with raising or nullcontext():
        for start in range(0, len(new), AT_ONCE):
            newly += _raised(check, new[start : start + AT_ONCE])
            between()
    return newly


def _lately(check: Check, watches: Iterable[Watch]) -> Iterator[Occasion]:
    since = check.at - LOOK_BACK
    for watch in watches:
        # A lasting state is asked for whenever it began: whether it has come back must be known too.
        for occasion in watch.occasions(check.look._replace(since=since)):
            if occasion.since >= since:
                yield occasion


# -- which of them --------------------------------------------------------------------------------------


def _to_be_told(check: Check, occasions: Iterable[Occasion]) -> list[Newly]:
    """Each with whom it concerns, and the alert that it would be; lasting states with the occurrence that it is."""
    found = list(occasions)
    before = _before(check, (each for each in found if each.rule in LASTING))
    newly = []
    for each in found:
        raised = before.get((each.rule, each.subject), [])
        occasion = _occurring(check, each, raised) if each.rule in LASTING else each
        if occasion is not None:
            recipient = recipient_of(occasion.whose, check.look.steering, check.name_of, check.at)
            newly.append(Newly(stream_of(check.log.ids, occasion, recipient), occasion, recipient))
    return newly


def _untold(check: Check, found: Sequence[Newly]) -> list[Newly]:
    """Those that were not raised before, and that no alert about another step or level has told already."""
    known = table.already(check.look.library.views, [each.alert for each in found])
    new = [each for each in found if each.alert not in known]
    before = _before(check, (each.occasion for each in new if each.occasion.rule not in LASTING))
    return [
        each
        for each in new
        if not any(
            told_by(each.occasion, other)
            for other in before.get((each.occasion.rule, each.occasion.subject), [])
            if _is_of_use(other)
        )
    ]


def chosen(found: Iterable[Newly]) -> list[Newly]:
    """Of each rule and subject one for each recipient: the highest level, of equal ones the latest."""
    best: dict[tuple[str, str, str], Newly] = {}
    for each in found:
        key = (each.occasion.rule, each.occasion.subject, each.recipient)
        other = best.get(key)
        if other is None or _rank(each) > _rank(other):
            best[key] = each
    return list(best.values())


def _rank(newly: Newly) -> tuple[int, datetime]:
    return newly.occasion.level, newly.occasion.since


def _before(check: Check, occasions: Iterable[Occasion]) -> dict[tuple[str, str], list[Raised]]:
    found: dict[tuple[str, str], list[Raised]] = {}
    for each in table.about(check.look.library.views, {occasion.subject for occasion in occasions}):
        found.setdefault((each.rule, each.subject), []).append(each)
    return found


def _is_of_use(raised: Raised) -> bool:
    """Somebody was told, or will be."""
    return raised.state != "no_longer_needed"


def told_by(occasion: Occasion, raised: Earlier) -> bool:
    """Whether an alert about another step or level was raised when this one held already."""
    same = (raised.detail, raised.level) == (occasion.detail, occasion.level)
    return not same and raised.raised_for >= occasion.since


def told_by_a_higher(occasion: Occasion, raised: Earlier) -> bool:
    """Whether a higher level of a lasting state was raised when this one held already."""
    return raised.detail == occasion.detail and raised.level > occasion.level and raised.raised_for >= occasion.since


def _occurring(check: Check, occasion: Occasion, raised: Sequence[Raised]) -> Occasion | None:
    """The next occurrence of a lasting state, if it was away for long enough since the last one."""
    if any(told_by_a_higher(occasion, each) for each in raised if _is_of_use(each)):
        return None
    last = last_of(occasion, raised)
    if last is None:
        return occasion
    if last.state == "no_longer_needed":  # nobody was told of that one
        return occasion._replace(occurrence=last.occurrence + 1)
    if not is_armed(last.over_at, check.at, again_after(check)):
        return None
    return occasion._replace(occurrence=last.occurrence + 1)


def is_armed(over_at: datetime | None, at: datetime, again: timedelta) -> bool:
    """Whether a lasting state may be told of anew: it was away for so long."""
    return over_at is not None and at - over_at >= again


def last_of(occasion: Occasion, raised: Sequence[Raised]) -> Raised | None:
    same = [each for each in raised if (each.detail, each.level) == (occasion.detail, occasion.level)]
    return max(same, key=lambda each: each.occurrence, default=None)


def again_after(check: Check) -> timedelta:
    return again_by(check.look.steering, check.at)


def again_by(steering: Steering, at: datetime) -> timedelta:
    return timedelta(days=steering.rulebooks.at(at).alerts.again_after_days)


# -- raising ----------------------------------------------------------------------------------------------


def _raised(check: Check, portion: Sequence[Newly]) -> list[Newly]:
    position = check.look.library.views.position()
    newly = []
    with check.log.writing() as writer:
        writer.load_versions(each.alert for each in portion)
        for each in portion:
            if writer.length(each.alert) == 0:
                data = raising(each.occasion, each.recipient, position)
                writer.append(check.record(each.alert, each.occasion.customer, data), None, "")
                newly.append(each)
    return newly


def raising(occasion: Occasion, recipient: str, position: int, escalated_from: str | None = None) -> AlertRaised:
    return AlertRaised(
        rule=occasion.rule,
        subject=occasion.subject,
        occurrence=occasion.occurrence,
        level=occasion.level,
        recipient=recipient,
        moment=occasion.since,
        position=position,
        detail=occasion.detail,
        until=occasion.until,
        team=occasion.whose.team,
        escalated_from=escalated_from,
    )


# -- clearing -----------------------------------------------------------------------------------------------


def clear_ended(check: Check, watches: Sequence[Watch] = WATCHES) -> None:
    """What was told of and has ended is cleared; a lasting state that came back soon is noted, not told again."""
    views = check.look.library.views
    for watch in watches:
        told = [each for each in table.active(views, watch.rules) if _is_told(each) and each.raised_for <= check.at]
        gone = [each for each in table.lately_cleared(views, watch.rules, check.at - again_after(check))]
        if not told and not gone:
            continue
        still = holding(check.look, [*told, *gone])
        _note(check, [each for each in told if key_of(each.occasion) not in still], AlertCleared())
        _note(check, [each for each in gone if key_of(each.occasion) in still], AlertReturned())


def _is_told(each: Raised) -> bool:
    """What waits to be sent is looked at again then."""
    return each.state not in ("raised", "failing")


Key = tuple[str, str, int, str, int]


def key_of(occasion: Occasion) -> Key:
    """By which an alert and what holds now are known to be the same; a policy does not count the occurrences."""
    occurrence = 0 if occasion.rule in LASTING else occasion.occurrence
    return occasion.rule, occasion.subject, occurrence, occasion.detail, occasion.level


def _note(check: Check, changed: Sequence[Raised], data: AlertCleared | AlertReturned) -> None:
    if not changed:
        return
    with check.log.writing() as writer:
        writer.load(each.alert for each in changed)
        for each in changed:
            if not writer.is_readable(each.alert):
                continue  # it stands still, and nobody else with it
            history = writer.history(each.alert)
            state = alerts.state(history)
            if state is not None and state.is_over == isinstance(data, AlertReturned):
                writer.append(check.record(each.alert, each.customer, data, len(history) + 1), None, "")


# -- at the moment of sending -----------------------------------------------------------------------------


def holding(look: Look, raised: Iterable[Raised]) -> set[Key]:
    """What holds now of the things that these alerts are about: for the same due, step and level."""
    subjects: dict[Watch, set[str]] = {}
    for each in raised:
        subjects.setdefault(watch_of(each.rule), set()).add(each.subject)
    return {
        key_of(occasion)
        for watch, asked in subjects.items()
        for occasion in watch.occasions(look._replace(since=_interest(watch, look), subjects=frozenset(asked)))
    }


def _interest(watch: Watch, look: Look) -> datetime | None:
    """A lasting state is known without its beginning, which costs most to find."""
    return look.at if LASTING.issuperset(watch.rules) else None
