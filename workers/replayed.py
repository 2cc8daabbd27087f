"""Which alerts the check would have raised, had it looked at every instant of a customer's past under one rulebook.

The policies are those of the check, and so is the choice between what holds at once; only the rows come from folds
instead of tables. What is known now counts as known from the first, and every message as sent at once.

Left out are `overdue`, `chased` and `channel_paused`, which no rulebook changes, and what is no matter of one
customer: `at_risk` (what the adviser had learned of all promises by every moment), `overload`, `supplier_card` and
`reliability_drift`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from domain.alert import RULES, Occasion, Rule
from domain.rulebook import Rulebook
from domain.steering import Steering
from projections.folded import Folded, Stretch
from projections.replay import Account
from workers import (
    when_a_customer_falls_silent_tell_whoever_looks_after_them,
    when_a_delivery_is_fulfilled_call_on_the_next_business_day,
    when_a_habit_has_lapsed_tell_whoever_looks_after_the_customer,
    when_a_promise_is_due_soon_remind_its_owner,
    when_a_promise_is_moved_again_and_again_tell_the_manager,
    when_a_question_waits_for_an_answer_remind_its_owner,
    when_a_recovery_step_is_due_remind_its_owner,
    when_feedback_stays_away_tell_whoever_looks_after_the_customer,
    when_notice_is_about_to_come_too_late_make_a_last_call,
    when_the_buffer_is_thin_tell_whoever_looks_after_the_customer,
    when_trust_is_falling_tell_whoever_looks_after_the_customer,
    when_trust_is_low_tell_whoever_looks_after_the_customer,
)
from workers.tick import LOOK_BACK, Newly, again_by, chosen, is_armed, told_by, told_by_a_higher


class Watched(NamedTuple):
    """The rows of a rule and its policy; `depends_on`: sections of the rulebook, or `section.field`.

    `by_lines`: the rows also follow from the lines of the account, and so from all that these are made by.
    """

    rows: Callable[[Folded], Iterable[Stretch[Any]]]
    policy: Callable[[Any], Iterable[Occasion]]
    depends_on: tuple[str, ...]
    by_lines: bool = False


WATCHED: Mapping[Rule, Watched] = {
    "last_call": Watched(
        Folded.open_promises,
        when_notice_is_about_to_come_too_late_make_a_last_call.occasions,
        ("notice", "alerts.last_call_hours"),
    ),
    "unanswered": Watched(
        Folded.open_questions,
        when_a_question_waits_for_an_answer_remind_its_owner.occasions,
        ("answers.target_hours", "answers.channel_hours", "alerts.unanswered_at"),
    ),
    "recovery_step_due": Watched(
        Folded.open_recoveries,
        when_a_recovery_step_is_due_remind_its_owner.occasions,
        (
            "recovery.reason_hours",
            "recovery.apology_hours",
            "recovery.chance_hours",
            "recovery.talk_hours",
            "recovery.resolution_hours",
            "alerts.recovery_at",
        ),
    ),
    "moved_again": Watched(
        Folded.moved_promises,
        when_a_promise_is_moved_again_and_again_tell_the_manager.occasions,
        ("alerts.moved_again_from",),
    ),
    "follow_up_due": Watched(
        Folded.open_follow_ups,
        when_a_delivery_is_fulfilled_call_on_the_next_business_day.occasions,
        (
            "contacts.follow_up_kinds",
            "promise.partial_from",
            "promise.price_tolerance",
            "promise.estimate_tolerance",
            "promise.exceeded_full_at",
        ),
    ),
    "due_soon": Watched(
        Folded.open_promises,
        when_a_promise_is_due_soon_remind_its_owner.occasions,
        ("alerts.due_soon_days",),
    ),
}
"""Rules about a thing that somebody should do."""

ACCOUNT = (
    "promise",
    "notice",
    "customer",
    "answers",
    "contacts",
    "incident",
    "recovery",
    "sensitivity",
    "newness",
)
"""What lines are made by."""
WORTH = ("promise.late", "fading", "alerts.again_after_days")
"""What the same lines come to at a moment, and when it is told of anew."""

STATES: Mapping[Rule, Watched] = {
    "trust_low": Watched(
        Folded.strained,
        when_trust_is_low_tell_whoever_looks_after_the_customer.occasions,
        (*WORTH, "stage"),
        by_lines=True,
    ),
    "trust_falling": Watched(
        Folded.strained,
        when_trust_is_falling_tell_whoever_looks_after_the_customer.occasions,
        (*WORTH, "alerts.fall_points", "alerts.fall_days"),
        by_lines=True,
    ),
    "buffer_thin": Watched(
        Folded.strained,
        when_the_buffer_is_thin_tell_whoever_looks_after_the_customer.occasions,
        (*WORTH, "stage", "buffer", "alerts.thin_buffer"),
        by_lines=True,
    ),
    "lapsed_cadence": Watched(
        Folded.quiet,
        when_a_habit_has_lapsed_tell_whoever_looks_after_the_customer.occasions,
        ("habits", "alerts.again_after_days"),
    ),
    "silent_customer": Watched(
        Folded.quiet,
        when_a_customer_falls_silent_tell_whoever_looks_after_them.occasions,
        ("silence", "alerts.again_after_days"),
    ),
    "feedback_silent": Watched(
        Folded.quiet,
        when_feedback_stays_away_tell_whoever_looks_after_the_customer.occasions,
        ("alerts.feedback_silent_days", "alerts.again_after_days"),
    ),
}
"""Rules about a customer's state."""


def differing(one: Rulebook, other: Rulebook, *, same_lines: bool = False) -> tuple[Rule, ...]:
    """The rules whose alerts may be others under another rulebook, the most urgent first.

    `same_lines`: even of an account that has the same lines under both.
    """
    names = {name for rule in COVERED for name in _depends_on(rule, same_lines=same_lines)}
    others = {name for name in names if _of(one, name) != _of(other, name)}
    return tuple(rule for rule in COVERED if not others.isdisjoint(_depends_on(rule, same_lines=same_lines)))


COVERED: tuple[Rule, ...] = tuple(rule for rule in RULES if rule in WATCHED or rule in STATES)


def _depends_on(rule: Rule, *, same_lines: bool) -> tuple[str, ...]:
    watched = WATCHED.get(rule) or STATES[rule]
    return (*ACCOUNT, *watched.depends_on) if watched.by_lines and not same_lines else watched.depends_on


def _of(book: Rulebook, name: str) -> object:
    return attrgetter(name)(book)


# -- what the check would have raised ---------------------------------------------------------------------


def alerts_of(
    account: Account, steering: Steering, at: datetime, rules: Collection[Rule] = COVERED
) -> Iterator[Occasion]:
    """All that would have been raised by the moment about one customer and what is theirs; some of it repeatedly.

    Whom the people document names is not looked up: whoever answers for a thing stands for the recipient.
    """
    folded = Folded(account.relationship, steering, account.lines)
    for rule in rules:
        if rule in WATCHED:
            yield from _raised(_found(WATCHED[rule], folded, at))
        else:
            yield from _begun(_held(STATES[rule], folded), steering, at)


class Found(NamedTuple):
    """An occasion, and the first instant at which the check would have found it."""

    occasion: Occasion
    raised_for: datetime

    @property
    def detail(self) -> str:
        return self.occasion.detail

    @property
    def level(self) -> int:
        return self.occasion.level


def _found(watched: Watched, folded: Folded, at: datetime) -> Iterator[Found]:
    """In each row anew. What began long before it could be found is only listed."""
    for row, start, end in watched.rows(folded):
        for occasion in watched.policy(row):
            first = max(start, occasion.since)
            over = min((each for each in (end, occasion.until) if each is not None), default=None)
            if first <= at and (over is None or first < over) and first - LOOK_BACK <= occasion.since:
                yield Found(occasion, first)


def _raised(found: Iterable[Found]) -> Iterator[Occasion]:
    by_subject: dict[str, list[Found]] = {}
    for each in found:
        by_subject.setdefault(each.occasion.subject, []).append(each)
    for together in by_subject.values():
        yield from _chosen(together) if len(together) > 1 else (each.occasion for each in together)


def _chosen(found: list[Found]) -> Iterator[Occasion]:
    """About one subject, as the check chooses: what was not raised before, and of that one at a time."""
    raised: dict[tuple[object, ...], Found] = {}
    found.sort(key=_first)
    for _, at_once in groupby(found, key=_first):
        untold = [
            each
            for each in at_once
            if _identity(each) not in raised and not any(told_by(each.occasion, other) for other in raised.values())
        ]
        for newly in chosen(Newly("", each.occasion, "") for each in untold):
            each = Found(newly.occasion, untold[0].raised_for)
            raised[_identity(each)] = each
            yield newly.occasion


def _first(found: Found) -> datetime:
    return found.raised_for


def _identity(found: Found) -> tuple[object, ...]:
    each = found.occasion
    return each.occurrence, each.detail, each.level, each.whose


def _held(watched: Watched, folded: Folded) -> list[Found]:
    """Each lasting state as long as the check would have found it without a break; its occasion ends then."""
    held: dict[tuple[str, int, datetime], Found] = {}
    done: list[Found] = []
    for row, start, end in watched.rows(folded):
        for occasion in watched.policy(row):
            same = occasion.detail, occasion.level, occasion.since
            before = held.get(same)
            if before is not None and before.occasion.until == start:
                held[same] = before._replace(occasion=before.occasion._replace(until=end))
                continue
            if before is not None:
                done.append(before)
            held[same] = Found(occasion._replace(until=end), start)
    return sorted((*done, *held.values()), key=_highest_first)


def _highest_first(found: Found) -> tuple[datetime, int]:
    return found.raised_for, -found.level


def _begun(held: Iterable[Found], steering: Steering, at: datetime) -> Iterator[Occasion]:
    """Once for each beginning, if the state was away for long enough since it last ended."""
    ended: dict[tuple[str, int], datetime | None] = {}
    raised: list[Found] = []
    occurrences: Counter[tuple[str, int]] = Counter()
    for each in held:
        if (first := each.raised_for) > at or any(told_by_a_higher(each.occasion, other) for other in raised):
            continue
        same = each.detail, each.level
        if same in ended and not is_armed(ended[same], first, again_by(steering, first)):
            ended[same] = each.occasion.until
        elif first - LOOK_BACK <= each.occasion.since:
            ended[same] = each.occasion.until
            raised.append(each)
            yield each.occasion._replace(occurrence=occurrences[same])
            occurrences[same] += 1
