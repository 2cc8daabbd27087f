"""What a promise earns: kept, moved, taken back, late, overdue, broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace

from domain.account.posting import Factor, Posting, Share, days_between
from domain.outcome import Standing, Step
from domain.promise import PromiseFulfilled, PromiseRenegotiated, PromiseWithdrawn
from domain.rulebook import Rulebook, hundredths
from domain.steering import Steering


def of_promise(life: Sequence[Step], steering: Steering) -> list[Posting]:
    """The lines that one promise has earned by its steps, in order of happening, before newness and sensitivity.

    None for an internal promise: the customer does not see it.
    """
    lines: list[Posting] = []
    previous: Step | None = None
    for step in life:
        if step.after.promise.internal:
            return []
        if previous is not None:
            lines += _overdue(previous, step.fact.time, steering)
        lines += _earned(step, steering.rulebooks.at(step.fact.time))
        previous = step
    if previous is not None:
        lines += _overdue(previous, None, steering)
    return _joined(lines)


def _overdue(step: Step, until: datetime | None, steering: Steering) -> list[Posting]:
    """The provisional line of the time between two facts."""
    standing, due = step.after, step.after.overdue_from
    if due is None or (until is not None and until <= due):
        return []
    start = max(due, step.fact.time)
    soft = _binding(standing, steering.rulebooks.at(due))
    return [
        Posting(
            time=start,
            rule="overdue",
            base=0,
            fact=standing.promise.made.key,
            subject=standing.promise.made.stream,
            factors=soft,
            until=until,
            due=due,
        )
    ]


def _joined(lines: list[Posting]) -> list[Posting]:
    """Facts that change nothing about being overdue do not cut the provisional line in two."""
    joined: list[Posting] = []
    overdue: int | None = None
    for line in lines:
        if not line.provisional:
            joined.append(line)
        elif overdue is not None and (joined[overdue].due, joined[overdue].until) == (line.due, line.time):
            joined[overdue] = replace(joined[overdue], until=line.until)
        else:
            overdue = len(joined)
            joined.append(line)
    return joined


def _earned(step: Step, rules: Rulebook) -> list[Posting]:
    verdict = step.after.verdict
    data = step.fact.data
    if step.before is None or step.before.verdict is not None:
        return []
    if isinstance(data, PromiseRenegotiated):
        rule, base = _move(step, data, rules)
        return [_line(step, rule, base, rules)]
    if verdict is None or verdict.outcome == "released":
        return []
    rule, base, days_late, mix = _settled(step, rules)
    line = _line(step, rule, base, rules)
    return [replace(line, settles=True, counts_as_new=base > 0, days_late=days_late, mix=mix)]


def _line(step: Step, rule: str, base: int, rules: Rulebook) -> Posting:
    factors = _binding(step.after, rules) if base < 0 else _confirmed(step, rules)
    return Posting(
        time=step.fact.time.astimezone(UTC),
        rule=rule,
        base=base,
        fact=step.fact.key,
        subject=step.fact.stream,
        factors=factors,
    )


def _binding(standing: Standing, rules: Rulebook) -> tuple[Factor, ...]:
    if standing.promise.binding == "firm":
        return ()
    return (Factor("binding", rules.promise.soft),)


def _confirmed(step: Step, rules: Rulebook) -> tuple[Factor, ...]:
    """Of several things only those count as kept that were confirmed; a bare "done" confirms one, evidence all."""
    parts, data = step.after.promise.parts, step.fact.data
    if parts == 1 or not isinstance(data, PromiseFulfilled):
        return ()
    confirmed = data.confirmed if data.confirmed is not None else parts if data.evidence is not None else 1
    confirmed = max(1, min(parts, confirmed))
    if confirmed == parts:
        return ()
    return (Factor("confirmed", (confirmed + rules.promise.unconfirmed * (parts - confirmed)) / parts),)


def _move(step: Step, move: PromiseRenegotiated, rules: Rulebook) -> tuple[str, int]:
    worth = rules.promise
    if not move.agreed:
        return "move_not_agreed", worth.moved_for_customer
    if move.asked_by == "customer":
        return "moved_for_customer", worth.moved_for_customer
    match step.in_time, move.alternative is not None:
        case True, True:
            return "moved_in_time", worth.moved_in_time
        case True, False:
            return "moved_in_time_without_alternative", worth.moved_in_time_without_alternative
        case _, True:
            return "moved_late", worth.moved_late
        case _:
            return "moved_late_without_alternative", worth.moved_late_without_alternative


def worth_of(step: Step, rules: Rulebook) -> int:
    """Base points of a settled promise, also of an internal one: reliability weighs them."""
    return _settled(step, rules).base


class _Settled(NamedTuple):
    """`days_late`: past the due in force, where it was late; `mix` where the base is not the rule's one weight."""

    rule: str
    base: int
    days_late: float | None = None
    mix: tuple[Share, ...] = ()


def _settled(step: Step, rules: Rulebook) -> _Settled:
    before, verdict, worth = step.before, step.after.verdict, rules.promise
    assert before is not None
    assert verdict is not None
    due = step.after.due  # moved on by a pause of the customer that still ran
    days_late = days_between(due, verdict.at) if due is not None and verdict.at > due else None
    late = None if days_late is None else _Settled("fulfilled_late", *_late(days_late, rules))
    if isinstance(step.fact.data, PromiseWithdrawn):
        rule, base = _withdrawn(step, step.fact.data, rules)
        if not step.in_time and late is not None and late.base < base:
            return _Settled(rule, late.base, mix=late.mix)
        return _Settled(rule, base)
    if verdict.degree is None:
        return _Settled("broken", worth.broken)
    if verdict.degree < 1:
        partly = worth.partly_at_zero + hundredths(worth.partly_per_degree / 100 * verdict.degree)
        if late is not None and late.base < partly:
            return _Settled("partly_fulfilled", late.base, days_late, late.mix)
        mix = (Share("promise.partly_at_zero", 1), Share("promise.partly_per_degree", verdict.degree))
        return _Settled("partly_fulfilled", partly, days_late, mix)
    if late is not None:
        return late
    rule, base = _kept(before, rules)
    if verdict.degree > 1:
        more = min(1.0, (verdict.degree - 1) / (worth.exceeded_full_at - 1))
        mix = (Share(f"promise.{rule}", 1), Share("promise.exceeded", more))
        return _Settled("exceeded", base + hundredths(worth.exceeded / 100 * more), mix=mix)
    return _Settled(rule, base)


def _late(days: float, rules: Rulebook) -> tuple[int, float, tuple[Share, ...]]:
    late = rules.promise.late
    return hundredths(late.at(days) / 100), days, late_mix(days, rules)


def late_mix(days: float, rules: Rulebook) -> tuple[Share, ...]:
    """The knots of the lateness table that count after so many days."""
    return tuple(Share(f"promise.late.{knot}", share) for knot, share in rules.promise.late.shares(days))


def _kept(before: Standing, rules: Rulebook) -> tuple[str, int]:
    worth = rules.promise
    if before.moves_late:
        return "kept_after_late_move", worth.kept_after_late_move
    if before.moves_in_time:
        return "kept_after_timely_move", worth.kept_after_timely_move
    return "kept", worth.kept


def _withdrawn(step: Step, fact: PromiseWithdrawn, rules: Rulebook) -> tuple[str, int]:
    worth = rules.promise
    if not step.in_time:
        return "withdrawn_late", worth.withdrawn_late
    match (fact.reason is not None) + (fact.alternative is not None):
        case 2:
            return "withdrawn", worth.withdrawn
        case 1:
            return "withdrawn_with_one", worth.withdrawn_with_one
        case _:
            return "withdrawn_without", worth.withdrawn_without
