"""What incidents cost, and what recovery brings back: it restores, but does not enrich."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from msgspec.structs import replace

from domain.account.posting import Against, Factor, Posting, Rulebooks, Share, times
from domain.incident import Incident
from domain.recovery import Done, StepName, case_of
from domain.relationship import Relationship
from domain.rulebook import RecoveryRules, Rulebook
from domain.steering import Steering

RULES: dict[StepName, str] = {
    "reason": "reason_given",
    "apology": "apologised",
    "chance": "chance_asked",
    "talk": "talked",
    "offer_accepted": "offer_accepted",
    "resolved": "resolved",
}
WHENEVER: frozenset[StepName] = frozenset(("chance", "offer_accepted"))
"""Steps that earn without a deadline."""


def of_incidents(relationship: Relationship, promises: Sequence[Posting], steering: Steering) -> Iterator[Posting]:
    """The lines of all incidents before sensitivity and cap; `promises` are the bare lines of the promises."""
    cases = [(stream, case_of(history, relationship, steering)) for stream, history in relationship.incidents.items()]
    reported = [case.incident for _, case in cases]
    for stream, case in cases:
        incident = case.incident
        rules = steering.rulebooks.at(incident.reported.time)
        about = [line for line in promises if line.subject == incident.data.promise]
        yield from _reported(incident, stream, about, rules)
        if incident.data.kind != "untruth":
            cap = _cap(incident, reported, rules.recovery)
            yield from (_step(done, stream, cap, steering) for done in case.done if _earns(done))


# -- what it costs ------------------------------------------------------------------------------------


def _reported(incident: Incident, stream: str, about: Sequence[Posting], rules: Rulebook) -> Iterator[Posting]:
    data, worth = incident.data, rules.incident
    line = Posting(
        incident.reported.time.astimezone(UTC),
        "incident",
        getattr(worth, data.severity),
        fact=incident.reported.key,
        subject=stream,
        mix=(Share(f"incident.{data.severity}", 1.0),),
    )
    if data.kind == "untruth":
        yield replace(line, rule="untruth", base=worth.untruth, fades=False, mix=())
        return
    admitted = (Factor("admitted", worth.admitted),) if data.admitted else ()
    if data.promise is None:
        yield replace(line, factors=admitted)
        return
    # Halved before the promise's withdrawals are taken off, and so no factor of what is left.
    withdrawals = [each for each in about if each.base < 0 or each.provisional]
    yield from _exceeding(replace(line, base=times(line.base, admitted)), withdrawals)


def _exceeding(line: Posting, withdrawals: Sequence[Posting]) -> Iterator[Posting]:
    """At every moment only what exceeds the promise's withdrawals: cut where these change, joined where not."""
    changes = {each.stands_from for each in withdrawals} | {each.until for each in withdrawals if each.until}
    cuts: list[datetime | None] = [line.time, *sorted(each for each in changes if each > line.time), None]
    pieces: list[Posting] = []
    for start, end in pairwise(cuts):
        assert start is not None
        piece = _at(line, withdrawals, start)
        last = pieces[-1] if pieces else None
        if last is not None and (last.base, last.against) == (piece.base, piece.against):
            pieces[-1] = replace(last, until=end)
        else:
            pieces.append(replace(piece, since=start if start > line.time else None, until=end))
    yield from pieces


def _at(line: Posting, withdrawals: Iterable[Posting], at: datetime) -> Posting:
    taken, against = 0, None
    for each in withdrawals:
        if not each.stands_at(at):
            continue
        if each.due is None:
            taken += times(each.base, each.factors)
        else:
            factor = 1.0
            for soft in each.factors:
                factor *= soft.value
            against = Against(each.due, factor)
    left = line.base - taken
    return replace(line, base=min(0, left), against=against if left < 0 else None)


# -- what comes back ----------------------------------------------------------------------------------


def _earns(done: Done) -> bool:
    return done.in_time or done.step in WHENEVER


def _step(done: Done, stream: str, cap: float, steering: Steering) -> Posting:
    return Posting(
        done.fact.time.astimezone(UTC),
        RULES[done.step],
        getattr(steering.rulebooks.at(done.fact.time).recovery, done.step),
        fact=done.fact.key,
        subject=stream,
        recovers=stream,
        cap=cap,
    )


def _cap(incident: Incident, others: Iterable[Incident], rules: RecoveryRules) -> float:
    start = incident.reported.time
    window = timedelta(days=rules.repeated_days)
    repeated = any(
        other.data.kind == incident.data.kind and start - window <= other.reported.time < start for other in others
    )
    return rules.cap_repeated if repeated else rules.cap


def capped(lines: Sequence[Posting], rulebooks: Rulebooks) -> list[Posting]:
    """With the recovery deposits of each incident cut, in order of time, at the share of what it cost then."""
    costs: dict[str, list[Posting]] = {}
    for line in lines:
        if line.rule == "incident":
            costs.setdefault(line.subject, []).append(line)
    back: dict[str, int] = {}
    return [_cut(line, costs.get(line.recovers, ()), back, rulebooks) if line.recovers else line for line in lines]


def _cut(line: Posting, costs: Iterable[Posting], back: dict[str, int], rulebooks: Rulebooks) -> Posting:
    cost = sum(each.points_at(line.time, rulebooks) for each in costs if each.stands_at(line.time))
    most = times(-cost, [Factor("recovery_cap", line.cap)])
    points = max(0, min(line.points, most - back.get(line.recovers, 0)))
    back[line.recovers] = back.get(line.recovers, 0) + points
    if points == line.points:
        return line
    return replace(line, factors=(*line.factors, Factor("recovery_cap", points / line.base)), points=points)
