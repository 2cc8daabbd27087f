"""The rows that the policies look at, through the whole past: folded from one customer's facts, not read from tables.

Each method gives what the read model of its name would have found, and from when until when. So another rulebook can
be tried without a table of its own. `tests/alerts/test_replayed.py` holds both against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from domain.account import Posting
from domain.account.watching import Watch, recovering_of
from domain.contact import ContactOutbound
from domain.fact import LATEST, Fact
from domain.follow_up import approaches, follow_up_window, suits
from domain.question import questions
from domain.recovery import ORDER, Case, stages
from domain.relationship import Relationship
from domain.steering import Steering
from projections import spells
from projections.moved_promises import MovedPromise
from projections.open_follow_ups import OpenFollowUp
from projections.open_promises import OpenPromise
from projections.open_questions import OpenQuestion
from projections.open_recoveries import OpenRecovery, OpenStep
from projections.promises import Span, spans
from projections.quiet import Missed, Quiet
from projections.spells import Spell
from projections.strained import Strained

Row = TypeVar("Row")


class Stretch(NamedTuple, Generic[Row]):
    """A row, and between which instants it would have been found; None = still."""

    row: Row
    start: datetime
    end: datetime | None


class Folded:
    """A customer's facts under one steering, with the lines that follow; each is folded once for all who ask."""

    def __init__(self, relationship: Relationship, steering: Steering, lines: Sequence[Posting]) -> None:
        self.relationship, self.steering, self.lines = relationship, steering, lines

    @cached_property
    def _spans(self) -> dict[str, list[Span]]:
        lives = self.relationship.lives(self.steering)
        return {stream: list(spans(life, self.steering)) for stream, life in lives.items()}

    @cached_property
    def _customer_owner(self) -> str | None:
        return self.relationship.at(LATEST).owner

    # -- promises

    def open_promises(self) -> Iterator[Stretch[OpenPromise]]:
        for stream, life in self._spans.items():
            since: dict[int, datetime] = {}
            for span in life:
                standing, soon = span.step.after, span.moments
                if (due := standing.overdue_from) is None:
                    continue
                row = OpenPromise(
                    *self._of_whom(stream, span),
                    standing.occurrence,
                    since.setdefault(standing.occurrence, span.start),
                    due,
                    soon.due_soon if soon else None,
                    soon.last_call if soon else None,
                    soon.last_moment if soon else None,
                    standing.promise.plan_b,
                )
                yield Stretch(row, span.start, span.end)

    def moved_promises(self) -> Iterator[Stretch[MovedPromise]]:
        for stream, life in self._spans.items():
            since: dict[int, datetime] = {}
            for span in life:
                standing = span.step.after
                moves = standing.moves_in_time + standing.moves_late
                moved_at = since.setdefault(moves, span.start)
                fewest = self.steering.rulebooks.at(span.start).alerts.moved_again_from
                if standing.verdict is None and moves >= fewest:
                    row = MovedPromise(*self._of_whom(stream, span), standing.occurrence, moves, moved_at)
                    yield Stretch(row, span.start, span.end)

    def open_follow_ups(self) -> Iterator[Stretch[OpenFollowUp]]:
        calls = [fact for fact in approaches(self.relationship) if _is_follow_up(fact)]
        for stream, life in self._spans.items():
            for span in life:
                window = follow_up_window(span.step, self.steering)
                if window is None:
                    continue
                settled = span.step.fact.time
                call = next((call.time for call in calls if call.time > settled and suits(call, stream)), None)
                end = _earlier(span.end, call)
                if end is None or span.start < end:
                    yield Stretch(OpenFollowUp(*self._of_whom(stream, span), *window), span.start, end)

    def _of_whom(self, stream: str, span: Span) -> tuple[str, str, str | None, str | None, str | None]:
        """The fields with which every row of a promise begins."""
        promise = span.step.after.promise
        team = promise.team or self.steering.team_of(promise.owner, span.start)
        return stream, self.relationship.customer, promise.owner, team, self._customer_owner

    # -- questions and incidents

    def open_questions(self) -> Iterator[Stretch[OpenQuestion]]:
        for each in questions(self.relationship, self.steering):
            asked = each.asked
            about = (asked.stream, self.relationship.customer, each.owner, each.team, self._customer_owner)
            row = OpenQuestion(*about, asked.time, each.warn_at, each.target_at)
            yield Stretch(row, asked.time, None if each.answered is None else each.answered.time)

    def open_recoveries(self) -> Iterator[Stretch[OpenRecovery]]:
        for stream, history in self.relationship.incidents.items():
            life = list(stages(history, self.relationship, self.steering))
            ends: list[datetime | None] = [*(stage.fact.time for stage in life[1:]), None]
            for (fact, case), end in zip(life, ends, strict=True):
                incident = case.incident
                if incident.state != "open":
                    continue
                team = incident.team or self.steering.team_of(incident.owner, fact.time)
                whose = (incident.owner, team, self._customer_owner)
                row = OpenRecovery(stream, self.relationship.customer, *whose, tuple(_steps(case)))
                yield Stretch(row, fact.time, end)

    # -- the customer as such. Whose they are is told of the beginning of each row.

    def strained(self) -> Sequence[Stretch[Strained]]:
        return self._strained

    @cached_property
    def _strained(self) -> list[Stretch[Strained]]:
        watch = Watch(self.lines, recovering_of(self.relationship), self.steering.rulebooks)
        shown = [
            list(spells.shown(watch, holds, self._lives))
            for holds in (watch.is_low, watch.is_lost, watch.is_falling, watch.is_thin)
        ]
        return [
            Stretch(Strained(*self._whose(piece.start), *(_since(each, piece) for each in shown)), *piece)
            for piece in _pieces(each for spells in shown for each in spells)
        ]

    def quiet(self) -> Sequence[Stretch[Quiet]]:
        return self._quiet

    @cached_property
    def _quiet(self) -> list[Stretch[Quiet]]:
        about = (self.relationship, self._lives, self.steering)
        silent, without = list(spells.silent(*about)), list(spells.without_feedback(*about))
        missed = sorted(spells.lapsed(*about).items())
        return [
            Stretch(
                Quiet(
                    *self._whose(piece.start),
                    _since(silent, piece),
                    _since(without, piece),
                    tuple(Missed(purpose, since) for purpose, own in missed if (since := _since(own, piece))),
                ),
                *piece,
            )
            for piece in _pieces((*silent, *without, *(each for _, own in missed for each in own)))
        ]

    @cached_property
    def _lives(self) -> list[Spell]:
        return spells.active(self.relationship)

    def _whose(self, at: datetime) -> tuple[str, str | None, str | None]:
        told = self.relationship.at(at)
        return self.relationship.customer, told.owner, told.team


def _pieces(spells: Iterable[Spell]) -> Iterator[Spell]:
    """From each instant at which something begins or ends to the next one."""
    edges = sorted({edge for spell in spells for edge in spell if edge is not None})
    return map(Spell, edges, edges[1:])


def _since(spells: Iterable[Spell], piece: Spell) -> datetime | None:
    return next((each.start for each in spells if each.start <= piece.start and _lasts(each, piece.start)), None)


def _lasts(spell: Spell, at: datetime) -> bool:
    return spell.end is None or at < spell.end


def _steps(case: Case) -> Iterator[OpenStep]:
    for step in ORDER:
        warn_at, due = case.warnings.of(step), case.deadlines.of(step)
        if step not in case.steps_done and warn_at is not None and due is not None:
            yield OpenStep(step, warn_at, due, _passed(case.waited, warn_at), _passed(case.waited, due))


def _passed(waited: Iterable[datetime], moment: datetime) -> int:
    """How often the customer let us wait before it, so that it moved."""
    return sum(since < moment for since in waited)


def _is_follow_up(fact: Fact) -> bool:
    return isinstance(fact.data, ContactOutbound) and fact.data.purpose == "follow_up"


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)
