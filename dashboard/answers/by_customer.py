"""What has to be reckoned customer by customer: silence, recommendations, equal service, the course of all accounts.

It takes seconds where there are many, so the last answer is kept for a while, and says of which moment it is true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from dashboard.answers import measured
from dashboard.answers.kept import Kept
from dashboard.answers.meanwhile import meanwhile
from dashboard.answers.moments import midnight
from dashboard.answers.overview import LASTING, kept_as, of_a_shown_team, reaches_back
from dashboard.shapes.asking import Reader
from dashboard.shapes.overview import ByCustomer, Course, OverviewAsked, Reason, Service, Step
from domain.roles import allowed
from projections import flows
from projections.figures import Evenness, Figure
from wiring.home import Konto
from words import translator

BY_CUSTOMER: Final = (
    "referral_rate",
    "detractor_rate",
    "feedback_silence",
    "silence",
    "continuity",
    "recovery_success",
    "needs_first_rate",
)
EQUAL: Final = "equal_service"
REASONS: Final[Mapping[Reason, tuple[str, ...]]] = {
    "kept": ("kept", "exceeded", "kept_after_timely_move", "kept_after_late_move"),
    "answers": ("answered_in_time", "answered_late", "never_answered", "chased"),
    "care": ("advice", "check_in", "needs", "courtesy", "service", "idea_adopted", "follow_up"),
    "voices": ("feedback", "referral"),
    "honesty": ("honest_no", "honest_no_with_alternative"),
    "recovery": ("reason_given", "apologised", "chance_asked", "talked", "offer_accepted", "resolved"),
    "late": ("fulfilled_late",),
    "broken": ("broken", "partly_fulfilled", "withdrawn", "withdrawn_late"),
    "notice": (
        "moved_in_time",
        "moved_in_time_without_alternative",
        "moved_late",
        "moved_late_without_alternative",
        "moved_for_customer",
        "move_not_agreed",
    ),
    "incidents": ("incident", "untruth"),
}
REASON_OF: Final = {rule: reason for reason, rules in REASONS.items() for rule in rules}


def by_customer(konto: Konto, kept: Kept, reader: Reader, asked: OverviewAsked) -> ByCustomer:
    """Kept for each circle of those who see the same, never across it."""
    allowed(konto.asker, "figures")
    asked = of_a_shown_team(konto, asked)
    name = kept_as(konto, reader, asked)
    found = kept.recent(name, konto, LASTING, lambda at: _by_customer(konto, reader, asked, at))
    answer: ByCustomer = found.answer
    return answer._replace(renewing=found.renewing)


def _by_customer(konto: Konto, reader: Reader, asked: OverviewAsked, at: datetime) -> ByCustomer:
    asked = asked._replace(against=reaches_back(konto, reader, asked.against))
    question, earlier = measured.questions(konto, reader, asked)
    names = (*BY_CUSTOMER, EQUAL)
    course = meanwhile(lambda: _course(konto, reader, asked, at))
    found_before = meanwhile(lambda: measured.figures(konto, earlier, names, asked) if earlier else {})
    now, before = measured.figures(konto, question, names, asked), found_before()
    t = translator(reader.lang)
    return ByCustomer(
        at=at,
        figures={name: measured.measured(name, now[name], before.get(name), t) for name in BY_CUSTOMER},
        course=course(),
        service=_service(now[EQUAL], before.get(EQUAL)),
    )


def _service(now: Figure, before: Figure | None) -> Service:
    assert isinstance(now, Evenness)
    earlier = before if isinstance(before, Evenness) else None
    return Service(
        waits=now.waits,
        rates=now.rates,
        wait=now.first_answer.value,
        kept=now.on_time.value,
        wait_before=earlier.first_answer.value if earlier else None,
        kept_before=earlier.on_time.value if earlier else None,
    )


def _course(konto: Konto, reader: Reader, asked: OverviewAsked, now: datetime) -> Course:
    end = min(midnight(asked.period.until + timedelta(days=1), reader), now)
    start = min(midnight(asked.period.since, reader), end)
    found = flows.course(konto.library, konto.asker, start, end, asked.team)
    deposits, withdrawals = _by_reason(found.deposits), _by_reason(found.withdrawals)
    # What is overdue belongs to what came late: a late fulfilment takes its place.
    late = withdrawals.pop("late", 0) + found.overdue
    (withdrawals if late < 0 else deposits)["late"] += late
    return Course(found.opening, _steps(deposits), _steps(withdrawals), found.faded, found.closing, found.postings)


def _by_reason(points: Mapping[str, int]) -> Counter[Reason]:
    found = Counter[Reason]()
    for rule, worth in points.items():
        found[REASON_OF.get(rule, "other")] += worth
    return found


def _steps(points: Mapping[Reason, int]) -> tuple[Step, ...]:
    """The heaviest first."""
    heaviest = sorted(points.items(), key=lambda each: -abs(each[1]))
    return tuple(Step(reason, worth) for reason, worth in heaviest if worth)
