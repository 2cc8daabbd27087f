"""All that is watched: where each rule finds its occasions. One line a read, one policy a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from domain.alert import Occasion, Rule
from projections import (
    at_risk,
    drift,
    moved_promises,
    open_chases,
    open_follow_ups,
    open_promises,
    open_questions,
    open_recoveries,
    overload,
    paused_channels,
    quiet,
    strained,
    supplier_cards,
)
from workers import (
    when_a_channel_is_paused_tell_an_admin,
    when_a_customer_asks_again_tell_the_owner_at_once,
    when_a_customer_falls_silent_tell_whoever_looks_after_them,
    when_a_delivery_is_fulfilled_call_on_the_next_business_day,
    when_a_habit_has_lapsed_tell_whoever_looks_after_the_customer,
    when_a_promise_is_at_risk_tell_its_owner_in_time,
    when_a_promise_is_due_soon_remind_its_owner,
    when_a_promise_is_moved_again_and_again_tell_the_manager,
    when_a_promise_is_overdue_tell_its_owner,
    when_a_question_waits_for_an_answer_remind_its_owner,
    when_a_recovery_step_is_due_remind_its_owner,
    when_a_supplier_gets_a_card_tell_the_manager,
    when_a_team_keeps_fewer_promises_than_usual_tell_its_manager,
    when_feedback_stays_away_tell_whoever_looks_after_the_customer,
    when_notice_is_about_to_come_too_late_make_a_last_call,
    when_somebody_has_more_in_hand_than_ever_went_well_tell_them,
    when_the_buffer_is_thin_tell_whoever_looks_after_the_customer,
    when_trust_is_falling_tell_whoever_looks_after_the_customer,
    when_trust_is_low_tell_whoever_looks_after_the_customer,
)
from workers.looking import Look

Policy = Callable[[Any], Iterable[Occasion]]
Source = Callable[[Look], Iterable[Any]]


class Watch(NamedTuple):
    """A read of the tables, and the policies that look at its rows.

    `is_costly`: it looks at all customers or all promises, so that it is not asked at every new fact.
    """

    rules: tuple[Rule, ...]
    source: Source
    policies: tuple[Policy, ...]
    is_costly: bool = False

    def occasions(self, look: Look) -> Iterator[Occasion]:
        """Those that hold at the moment, whenever they began."""
        for row in self.source(look):
            for policy in self.policies:
                yield from (each for each in policy(row) if each.holds_at(look.at))


def _asked(rows: Callable[..., Iterable[Any]]) -> Source:
    """A read that needs to know nothing but the moment."""

    def source(look: Look) -> Iterable[Any]:
        return rows(look.library, look.steering, look.moment, since=look.since, subjects=look.subjects)

    return source


def _by_the_calendar(rows: Callable[..., Iterable[Any]]) -> Source:
    """One that tells months or weeks apart."""

    def source(look: Look) -> Iterable[Any]:
        return rows(look.library, look.steering, look.moment, look.zone, since=look.since, subjects=look.subjects)

    return source


def _at_risk(look: Look) -> Iterable[Any]:
    return at_risk.rows(look.library, look.steering, look.moment, look.taught, since=look.since, subjects=look.subjects)


WATCHES = (
    Watch(
        ("due_soon", "last_call", "overdue"),
        _asked(open_promises.rows),
        (
            when_a_promise_is_due_soon_remind_its_owner.occasions,
            when_notice_is_about_to_come_too_late_make_a_last_call.occasions,
            when_a_promise_is_overdue_tell_its_owner.occasions,
        ),
    ),
    Watch(
        ("moved_again",),
        _asked(moved_promises.rows),
        (when_a_promise_is_moved_again_and_again_tell_the_manager.occasions,),
    ),
    Watch(
        ("unanswered",),
        _asked(open_questions.rows),
        (when_a_question_waits_for_an_answer_remind_its_owner.occasions,),
    ),
    Watch(("chased",), _asked(open_chases.rows), (when_a_customer_asks_again_tell_the_owner_at_once.occasions,)),
    Watch(
        ("follow_up_due",),
        _asked(open_follow_ups.rows),
        (when_a_delivery_is_fulfilled_call_on_the_next_business_day.occasions,),
    ),
    Watch(
        ("recovery_step_due",),
        _asked(open_recoveries.rows),
        (when_a_recovery_step_is_due_remind_its_owner.occasions,),
    ),
    Watch(("channel_paused",), _asked(paused_channels.rows), (when_a_channel_is_paused_tell_an_admin.occasions,)),
    Watch(
        ("trust_low", "trust_falling", "buffer_thin"),
        _asked(strained.rows),
        (
            when_trust_is_low_tell_whoever_looks_after_the_customer.occasions,
            when_trust_is_falling_tell_whoever_looks_after_the_customer.occasions,
            when_the_buffer_is_thin_tell_whoever_looks_after_the_customer.occasions,
        ),
        is_costly=True,
    ),
    Watch(
        ("silent_customer", "feedback_silent", "lapsed_cadence"),
        _asked(quiet.rows),
        (
            when_a_customer_falls_silent_tell_whoever_looks_after_them.occasions,
            when_feedback_stays_away_tell_whoever_looks_after_the_customer.occasions,
            when_a_habit_has_lapsed_tell_whoever_looks_after_the_customer.occasions,
        ),
        is_costly=True,
    ),
    Watch(
        ("at_risk",),
        _at_risk,
        (when_a_promise_is_at_risk_tell_its_owner_in_time.occasions,),
        is_costly=True,
    ),
    Watch(
        ("overload",),
        _by_the_calendar(overload.rows),
        (when_somebody_has_more_in_hand_than_ever_went_well_tell_them.occasions,),
        is_costly=True,
    ),
    Watch(
        ("supplier_card",),
        _asked(supplier_cards.rows),
        (when_a_supplier_gets_a_card_tell_the_manager.occasions,),
        is_costly=True,
    ),
    Watch(
        ("reliability_drift",),
        _by_the_calendar(drift.rows),
        (when_a_team_keeps_fewer_promises_than_usual_tell_its_manager.occasions,),
        is_costly=True,
    ),
)


QUICK = tuple(watch for watch in WATCHES if not watch.is_costly)
"""What can be looked at whenever a fact was recorded."""

COSTLY = tuple(watch for watch in WATCHES if watch.is_costly)


def watch_of(rule: Rule) -> Watch:
    return next(watch for watch in WATCHES if rule in watch.rules)
