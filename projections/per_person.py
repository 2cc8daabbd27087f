"""Figures per person, while they are open: by name, never by figure, and nobody's who could be told from the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from domain.errors import Refused
from domain.per_person import FEWEST_PEOPLE, FEWEST_PROMISES, Opening
from domain.protection import Protection
from domain.roles import Asker, allowed
from projections.customers import person_name
from projections.figures import Share
from projections.filters import Filter, Library
from projections.kpis import Group, Question, must_be_known, reckoned
from projections.kpis.protection import FiguresClosed
from projections.page import Row

FIGURES = ("on_time_rate", "strict_on_time_rate", "broken_rate", "withdrawn_rate", "partial_rate")
"""Of promises whose time has come, each with all of them below the line: 20 of them are 20 in every figure."""
PAIR = ("on_time_rate", "strict_on_time_rate")
"""Between them they have the two numbers that all of these rest on: promises by their last date, and by the first."""

Counts = Mapping[str, tuple[int, int]]
"""By name how many promises came due, by the last and by the first date."""
NONE = (0, 0)


class PerPerson(NamedTuple):
    """Of whom something is shown, in the order of names; `not_shown`: how many others had promises in that time."""

    opening: Opening
    question: Question
    """As it was answered: no further back than what opens them reaches."""
    groups: list[Group]
    people: tuple[str, ...]
    """The internal ids of those others whose figures these are: each is a look to be noted."""
    not_shown: int


def figures(library: Library, asker: Asker, question: Question, names: Collection[str] = ()) -> PerPerson:
    """Of every person, or of the one that the question names. Raises Refused.

    Asked of the whole firm and of a time alone: what would be shown of a team, a kind or a week beside it could be
    taken from one another until somebody stands there who is not shown.
    """
    allowed(asker, "figures_per_person")
    must_be_known(question, list(names))
    protection = library.protection()
    if protection.opening is None:
        raise FiguresClosed
    wanted = [name for name in FIGURES if name in names] if names else list(FIGURES)
    if strange := [name for name in names if name not in FIGURES]:
        raise Refused("not_per_person", NOT_PER_PERSON, "name", found=strange[0], known=", ".join(FIGURES))
    question = _within(protection.opening, question)
    everybody = replace(question, by="owner", filter=Filter())
    firm, own = _counts(library, asker, everybody), _own(library, asker)
    kept_back = hidden(totals(library, asker, everybody, protection, firm), firm, own)
    asked = question.filter.where.get("owner")
    chosen = _named(library, asked, firm) if asked is not None else set(firm)
    if asked is not None and (not chosen or chosen <= kept_back):
        raise Refused("too_few_promises", TOO_FEW_PROMISES, "owner")
    found = [
        group
        for group in reckoned(library, asker, everybody, wanted)
        if (group.key is None and asked is None) or (group.key in chosen - kept_back)
    ]
    if asked is not None and question.by is None:
        found = [group._replace(key=None) for group in found]
    shown = sorted(chosen - kept_back, key=str.casefold)
    found.sort(key=lambda group: (group.key is None, (group.key or "").casefold()))
    people = tuple(_id_of(library, name) for name in shown if name not in own)
    return PerPerson(protection.opening, question, found, people, len(kept_back & chosen))


def _within(opening: Opening, question: Question) -> Question:
    """No further back, nor ahead, than what opens them reaches. Raises Refused."""
    narrow = {name for name in question.filter.where if name != "owner"}
    if question.per is not None or narrow or question.by not in (None, "owner"):
        raise Refused("not_per_person", ONLY_BY_TIME, "by")
    if question.start is not None and question.start < opening.start:
        raise Refused("not_per_person", TOO_EARLY, "from", start=_day(opening.start))
    if question.end is not None and question.end > opening.end:
        raise Refused("not_per_person", TOO_LATE, "to", end=_day(opening.end))
    return replace(question, start=question.start or opening.start)


def _day(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


# -- who is not shown ---------------------------------------------------------------------------------


def _counts(library: Library, asker: Asker, question: Question) -> Counts:
    """Whoever has promises in that time, by name as known; those in nobody's hands are nobody's figures."""
    found = {group.key: _of(group) for group in reckoned(library, asker, question, PAIR)}
    return {name: counts for name, counts in found.items() if name is not None and any(counts)}


def _of(group: Group) -> tuple[int, int]:
    last, first = (group.figures[name] for name in PAIR)
    assert isinstance(last, Share)
    assert isinstance(first, Share)
    return last.denominator, first.denominator


def totals(library: Library, asker: Asker, question: Question, protection: Protection, firm: Counts) -> list[Counts]:
    """What stands beside these figures and adds up to the firm's: each team that is shown, and all others together."""
    teams = [
        _counts(library, asker, replace(question, filter=Filter({"team": team})))
        for team in sorted(protection.shown_teams())
    ]
    rest = {
        name: (
            last - sum(team.get(name, NONE)[0] for team in teams),
            first - sum(team.get(name, NONE)[1] for team in teams),
        )
        for name, (last, first) in firm.items()
    }
    return [*teams, rest]


def hidden(totals: Sequence[Counts], firm: Counts, own: Collection[str]) -> set[str]:
    """Everybody with too few promises, and of the others as many as it takes that none of those can be reckoned.

    Where a single person of a total were not shown, theirs would be what is left of it when the others are taken off;
    then the one with the fewest promises is not shown either. As the totals share nothing and every one has either none
    or several who are not shown, no sum or difference of them leaves one alone. What is one's own one knows, so that
    hides nobody.
    """
    if len(firm) < FEWEST_PEOPLE:
        return set(firm) - set(own)
    found = {name for name, counts in firm.items() if min(counts) < FEWEST_PROMISES and name not in own}
    while (more := next(_needed(firm, totals, found, own), None)) is not None:
        found.add(more)
    return found


def _needed(firm: Counts, totals: Sequence[Counts], found: set[str], own: Collection[str]) -> Iterator[str]:
    for total in totals:
        for number in (0, 1):
            there = {name for name, counts in total.items() if counts[number]}
            if len(there & found) != 1:
                continue
            others = there - found - set(own)
            if others:
                yield min(others, key=lambda name: (firm[name], name))


# -- names ----------------------------------------------------------------------------------------------


def _own(library: Library, asker: Asker) -> set[str]:
    """The asker's own name, if nobody else has it."""
    ids = set(library.person_ids(asker.person)) if asker.person else set()
    names = {name for each in ids if (name := person_name(library, each)) is not None}
    return {name for name in names if set(library.person_ids(name)) - {library.ids.person(name)} <= ids}


def _named(library: Library, asked: str, firm: Counts) -> set[str]:
    names = {person_name(library, each) for each in library.person_ids(asked)}
    return {name for name in firm if name in names}


def _id_of(library: Library, name: str) -> str:
    """The internal id of whoever is known by this name, as facts have it."""
    row: Row | None = library.views.row(
        "SELECT COALESCE((SELECT MIN(same_as) FROM colleagues WHERE name = ?), "
        "(SELECT MIN(person) FROM persons WHERE name = ?))",
        (name, name),
    )
    return row[0] if row and row[0] else library.ids.person(name)


NOT_PER_PERSON = "The figure “{found}” is not shown per person. Possible are: {known}."
ONLY_BY_TIME = (
    "Figures per person are shown for the whole firm and for a time, without further conditions and without a series: "
    "else those of one who is not shown could be reckoned from them."
)
TOO_EARLY = "Figures per person are open for what came due from {start} on. Please ask from then on."
TOO_LATE = "Figures per person are open until {end}. Please ask for a time that ends by then."
TOO_FEW_PROMISES = (
    "Figures of this person are not shown for this time: they would rest on fewer than 20 promises, the firm has fewer "
    "than 5 people with promises, or somebody else's could be reckoned from them."
)
