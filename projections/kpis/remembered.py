"""The figures of customers as they were known at an earlier moment: read from the facts of everybody asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from domain.account import LOWEST_QUARTER
from domain.fact import LATEST
from domain.habits import silent_from
from domain.roles import Asker
from domain.rulebook import Rulebook
from projections.active import ACTIVE
from projections.contacts import source_of
from projections.customers import person_names, seen_by
from projections.figures import Figure, Mean, Share
from projections.filters import Library, dimension
from projections.kpis.question import Cells, Question
from projections.kpis.service import NOTHING, TELLING, WITHOUT_FEEDBACK, Treatment, continuity, evenness, middle
from projections.promises import state_at
from projections.rhythm import two_way
from projections.tables import instant, micros

# -- what is known of each customer ---------------------------------------------------------------------


class Voice(NamedTuple):
    """One fact of a customer; `normalised` is a feedback's score between 0 and 1."""

    at: datetime
    type: str
    normalised: float | None


class Span(NamedTuple):
    """What a customer was to us from an instant on; `owner` is an internal id."""

    start: datetime | None
    kind: str
    owner: str | None
    team: str | None
    left_at: datetime | None


class Handled(NamedTuple):
    """A contact or promise that one of us handled; `at` None: an undated promise, which lies in no period."""

    at: datetime | None
    person: str


class Served(NamedTuple):
    """A question answered after so many seconds, or a promise kept or not."""

    at: datetime | None
    answered_s: int | None
    kept: bool | None


@dataclass
class Speaker:
    """A customer with everything that the figures need, in order of time."""

    id: str
    spans: list[Span] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    spoke: list[datetime] = field(default_factory=list)
    """Two-way contacts."""
    broken: list[datetime] = field(default_factory=list)
    handled: list[Handled] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)

    def at(self, moment: datetime) -> Span:
        if len(self.spans) == 1:
            return self.spans[0]
        return [span for span in self.spans if span.start is None or span.start <= moment][-1]

    def active(self, at: datetime) -> bool:
        """A customer, not gone, with a fact in the last year."""
        span = self.at(at)
        if span.kind != "customer" or span.left_at is not None:
            return False
        return any(at - ACTIVE < voice.at <= at for voice in self.voices)

    def left_disappointed(self, start: datetime | None, end: datetime) -> bool:
        """Left in the period after a promise was broken."""
        left = self.at(end).left_at
        return left is not None and _within(left, start, end) and any(at <= left for at in self.broken)


def _within(at: datetime, start: datetime | None, end: datetime) -> bool:
    return at <= end and (start is None or start <= at)


def _lies_in(at: datetime | None, start: datetime | None, end: datetime) -> bool:
    if at is None:
        return start is None and end == LATEST
    return _within(at, start, end)


# -- the figures ----------------------------------------------------------------------------------------


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    speakers = _speakers(library, asker, question, wanted)
    names = person_names(library)
    first = min((voice.at for each in speakers.values() for voice in each.voices), default=question.moment.at)
    found: Cells = {}
    for period, start, end in question.periods(first):
        rules = library.steering(None).rulebooks.at(end)
        for group, members in _groups(speakers.values(), question, end, names).items():
            active = [each for each in members if each.active(end)]
            for name in wanted:
                figure = _figure(name, members, active, start, end, rules, cut=question.cuts)
                if figure is not None:
                    found[group, period, name] = figure
    return found


def _figure(
    name: str,
    members: Sequence[Speaker],
    active: Sequence[Speaker],
    start: datetime | None,
    end: datetime,
    rules: Rulebook,
    *,
    cut: bool,
) -> Figure | None:
    """None where a group has nobody of whom it could tell. `cut`: what lies after the end is left out."""
    if name in ("continuity", "equal_service"):
        until = end if cut else LATEST
        customers = [each for each in members if each.at(end).kind == "customer"]
        if name == "continuity":
            return _continuity(customers, start, until)
        treated = [_treatment(each, start, until) for each in customers]
        return evenness(
            (each.wait_s for each in treated if each.wait_s is not None),
            (each.on_time for each in treated if each.on_time is not None),
        )
    counted = active
    if name == "detractor_rate":
        counted = [each for each in members if _counts(name, each, start, end)]
    telling = sum(_tells(name, each, start, end, rules) for each in counted)
    return Share(telling, len(counted)) if counted else None


def behind(library: Library, asker: Asker, question: Question, name: str) -> dict[str, bool]:
    """The list behind a figure: the customers by internal id, and whether the figure counts them."""
    speakers = _speakers(library, asker, question, [name])
    ((_, start, end),) = replace(question, per=None).periods(question.moment.at)
    rules = library.steering(None).rulebooks.at(end)
    if name not in TELLING:
        return {
            customer: True
            for customer, each in speakers.items()
            if _figure(name, [each], [], start, end, rules, cut=question.cuts) not in (None, NOTHING[name])
        }
    return {
        customer: _tells(name, each, start, end, rules)
        for customer, each in speakers.items()
        if _counts(name, each, start, end)
    }


def _groups(
    speakers: Iterable[Speaker], question: Question, end: datetime, names: Mapping[str, str]
) -> dict[str | None, list[Speaker]]:
    groups: dict[str | None, list[Speaker]] = {}
    for speaker in speakers:
        span = speaker.at(end)
        owner = names.get(span.owner or "") if span.owner else None
        key = {"owner": owner, "team": span.team, "customer": speaker.id}.get(question.by or "")
        groups.setdefault(key, []).append(speaker)
    return groups


def _counts(name: str, speaker: Speaker, start: datetime | None, end: datetime) -> bool:
    """Whether the figure speaks of this customer: the active ones, for detractors also those who left."""
    return speaker.active(end) or (name == "detractor_rate" and speaker.left_disappointed(start, end))


def _tells(name: str, speaker: Speaker, start: datetime | None, end: datetime, rules: Rulebook) -> bool:
    match name:
        case "feedback_silence":
            return not any(
                voice.type == "feedback.given" and end - WITHOUT_FEEDBACK < voice.at <= end for voice in speaker.voices
            )
        case "silence":
            spoke = [at for at in speaker.spoke if at <= end]
            return silent_from(spoke, min(voice.at for voice in speaker.voices), rules.silence) < end
        case "referral_rate":
            return any(voice.type == "referral.given" and _within(voice.at, start, end) for voice in speaker.voices)
    disappointed = any(
        voice.normalised is not None and voice.normalised <= LOWEST_QUARTER and _within(voice.at, start, end)
        for voice in speaker.voices
    )
    return disappointed or speaker.left_disappointed(start, end)


def _continuity(members: Sequence[Speaker], start: datetime | None, end: datetime) -> Mean | None:
    counts = (Counter(each.person for each in one.handled if _lies_in(each.at, start, end)) for one in members)
    return continuity([max(persons.values()) / sum(persons.values()) for persons in counts if persons])


def _treatment(speaker: Speaker, start: datetime | None, end: datetime) -> Treatment:
    served = [served for served in speaker.served if _lies_in(served.at, start, end)]
    answers = [each.answered_s for each in served if each.answered_s is not None]
    kept = [each.kept for each in served if each.kept is not None]
    return Treatment(middle(answers) if answers else None, sum(kept) / len(kept) if kept else None)


def treatments(library: Library, asker: Asker, question: Question) -> dict[str, Treatment]:
    """By internal id: what equal_service compares."""
    speakers = _speakers(library, asker, question, ["equal_service"])
    ((_, start, end),) = replace(question, per=None).periods(question.moment.at)
    until = end if question.cuts else LATEST
    found = {
        customer: _treatment(each, start, until)
        for customer, each in speakers.items()
        if each.at(end).kind == "customer"
    }
    return {customer: each for customer, each in found.items() if each != Treatment(None, None)}


# -- loading ----------------------------------------------------------------------------------------------


def _speakers(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> dict[str, Speaker]:
    """By internal id, only those the question asks about, with what the wanted figures need to know of them."""
    names = set(wanted)
    speakers = {
        customer: each
        for customer, each in _parties(library, asker, question).items()
        if _asked_about(library, customer, each, question)
    }
    if names & set(TELLING) or question.per is not None:
        for customer, voice in _voices(library, question):
            if customer in speakers:
                speakers[customer].voices.append(voice)
        speakers = {customer: each for customer, each in speakers.items() if each.voices}
    if "silence" in names:
        for customer, spoke in two_way(library, question.moment).items():
            if customer in speakers:
                speakers[customer].spoke.extend(spoke)
    if "detractor_rate" in names:
        _add_broken(library, question, speakers)
    if names & {"continuity", "equal_service"}:
        _add_contacts(library, question, speakers)
        _add_promises(library, question, speakers)
    return speakers


SPEAKING = ("feedback.given", "referral.given")
"""Facts of which more than their time is asked."""


def _voices(library: Library, question: Question) -> Iterator[tuple[str, Voice]]:
    """In order of time. Of one period's end only each customer's first and last facts are needed beside the telling."""
    moment = question.moment
    known = f"FROM timeline t WHERE t.time <= {moment.us} AND {moment.knows('t')}"
    if question.per is not None:
        rows = library.views.rows(f"SELECT t.customer, t.time, t.type, t.normalised {known} ORDER BY t.time")
        return ((row[0], Voice(_instant(row[1]), row[2], row[3])) for row in rows)
    ((_, _, end),) = question.periods(moment.at)
    telling = library.views.rows(
        f"SELECT t.customer, t.time, t.type, t.normalised {known} AND t.type IN (?, ?)", SPEAKING
    )
    edges = library.views.rows(
        f"SELECT t.customer, MIN(t.time), MAX(CASE WHEN t.time <= ? THEN t.time END) {known} GROUP BY t.customer",
        (micros(end),),
    )
    times = {(customer, at) for customer, first, last in edges for at in (first, last) if at is not None}
    found = [(customer, Voice(_instant(at), "", None)) for customer, at in times]
    found += [(row[0], Voice(_instant(row[1]), row[2], row[3])) for row in telling]
    return iter(sorted(found, key=lambda each: each[1].at))


def _parties(library: Library, asker: Asker, question: Question) -> dict[str, Speaker]:
    moment, seen = question.moment, seen_by(library, asker)
    rows = library.views.rows(
        f"SELECT p.customer, c.id, p.at_from, p.kind, p.owner, p.team, p.left_at FROM parties p "
        f"JOIN customers c ON c.customer = p.customer "
        f"WHERE {moment.knows('p')} AND p.at_from <= {moment.us} AND {seen.sql} ORDER BY p.customer, p.at_from",
        seen.params,
    )
    speakers: dict[str, Speaker] = {}
    for customer, id, start, kind, owner, team, left_at in rows:
        span = Span(instant(start) if start > 0 else None, kind, owner, team, instant(left_at))
        speakers.setdefault(customer, Speaker(id)).spans.append(span)
    return speakers


def _asked_about(library: Library, customer: str, speaker: Speaker, question: Question) -> bool:
    span = speaker.at(question.moment.at)
    for name, value in question.filter.where.items():
        match dimension(name, "where"):
            case "owner":
                fits = span.owner in library.person_ids(value)
            case "customer":
                fits = customer in library.customer_ids(value)
            case "team":
                fits = span.team == value
            case _:
                fits = False
        if not fits:
            return False
    return True


def _add_broken(library: Library, question: Question, speakers: Mapping[str, Speaker]) -> None:
    """Of those who ever left, when promises to them were broken: nobody else can have left disappointed."""
    moment = question.moment
    rows = library.views.rows(
        f"SELECT p.customer, p.settled_at FROM promises p WHERE {moment.rows(by_time=False)} AND p.outcome = 'broken' "
        "AND p.customer IN (SELECT customer FROM parties WHERE left_at IS NOT NULL)"
    )
    for customer, settled in rows:
        if customer in speakers:
            speakers[customer].broken.append(_instant(settled))


def _add_contacts(library: Library, question: Question, speakers: Mapping[str, Speaker]) -> None:
    """Those of the asked period: who handled them, and how long the customer waited."""
    within = question.within("x.at")
    rows = library.views.rows(
        "SELECT x.customer, x.at, x.handled_by, CASE WHEN x.question = x.contact THEN x.answered_s END "
        f"FROM {source_of(question.moment)} x WHERE {within.sql}",
        within.params,
    )
    for customer, time, person, answered_s in rows:
        speaker = speakers.get(customer)
        if speaker is None or (person is None and answered_s is None):
            continue
        at = _instant(time)
        if person is not None:
            speaker.handled.append(Handled(at, person))
        if answered_s is not None:
            speaker.served.append(Served(at, answered_s, None))


def _add_promises(library: Library, question: Question, speakers: Mapping[str, Speaker]) -> None:
    """Those of the asked period: who handled them, and whether they were kept."""
    moment, within = question.moment, question.within("p.belongs_at")
    rows = library.views.rows(
        f"SELECT p.customer, p.belongs_at, p.owner, {state_at(moment)} FROM promises p "
        f"WHERE {moment.rows(by_time=not within.params)} AND {within.sql}",
        within.params,
    )
    for customer, belongs, owner, state in rows:
        speaker = speakers.get(customer)
        if speaker is None:
            continue
        at = instant(belongs)
        if owner is not None:
            speaker.handled.append(Handled(at, owner))
        if state not in ("open", "released"):
            speaker.served.append(Served(at, None, state == "kept"))


def _instant(us: int) -> datetime:
    at = instant(us)
    assert at is not None
    return at
