"""When other rules, other opening hours or other people began to count, and what changed: for the pictures of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from dashboard.answers.moments import day_of
from dashboard.shapes.asking import Reader
from dashboard.shapes.overview import Change
from dashboard.shapes.periods import Period
from domain.calendars import Calendars
from domain.document import DocumentKind
from domain.documents import load
from domain.people import People
from domain.roles import may
from domain.rulebook import Rulebook
from projections import rules
from wiring.home import Konto
from wiring.versions import Version, in_force, versions
from words import N_, Translator, format, translator

Details = Callable[[Konto, str, str, Translator], tuple[str, ...]]
MOST_DETAILS: Final = 4


def within(konto: Konto, reader: Reader, period: Period) -> tuple[Change, ...]:
    """In order of time; nothing for whoever may not read the documents."""
    if not may(konto.asker, "documents"):
        return ()
    t = translator(reader.lang)
    found = [
        change
        for kind, (label, details) in KINDS.items()
        for change in _of_kind(konto, kind, t(label), details, reader, period, t)
    ]
    return tuple(sorted([*found, *_absences(konto, reader, period, t)], key=lambda each: each.on))


def _of_kind(
    konto: Konto, kind: DocumentKind, label: str, details: Details, reader: Reader, period: Period, t: Translator
) -> list[Change]:
    """The first that counted is compared with the shipped one."""
    known = versions(konto, kind)
    changes = []
    for before, version in pairwise([known[0], *in_force(known)]):
        on = _begins(version, konto.clock(), reader)
        if on is not None and period.since <= on <= period.until and before.content != version.content:
            changes.append(Change(on, label, _few(details(konto, before.content, version.content, t), t)))
    return changes


def _begins(version: Version, now: datetime, reader: Reader) -> date | None:
    if version.start is None or version.start > now:
        return None
    return day_of(version.start, reader)


def _few(details: Sequence[str], t: Translator) -> tuple[str, ...]:
    if len(details) <= MOST_DETAILS:
        return tuple(details)
    more = len(details) - MOST_DETAILS + 1
    return (*details[: MOST_DETAILS - 1], t.ngettext("and {n} more", "and {n} more", more).format(n=more))


def _rules(konto: Konto, before: str, after: str, t: Translator) -> tuple[str, ...]:
    changed = rules.changes(konto.asker, load(before, Rulebook), load(after, Rulebook), t)
    text = t("{rule}: {before}, now {after}")
    return tuple(text.format(rule=each.meaning, before=each.before, after=each.after) for each in changed)


def _calendars(konto: Konto, before: str, after: str, t: Translator) -> tuple[str, ...]:
    """Which calendars are other ones now, by their names."""
    old, new = load(before, Calendars).calendars, load(after, Calendars).calendars
    gone = [t("no longer: {name}").format(name=name) for name in old if name not in new]
    came = [t("new: {name}").format(name=name) for name in new if name not in old]
    other = [t("changed: {name}").format(name=name) for name in new if name in old and new[name] != old[name]]
    return (*came, *other, *gone)


def _people(konto: Konto, before: str, after: str, t: Translator) -> tuple[str, ...]:
    old = {each.id: each for each in load(before, People).persons}
    new = {each.id: each for each in load(after, People).persons}
    came = [t("{name} has joined us").format(name=each.name) for id, each in new.items() if id not in old]
    left = [t("{name} is no longer with us").format(name=each.name) for id, each in old.items() if id not in new]
    return (*came, *left)


def _absences(konto: Konto, reader: Reader, period: Period, t: Translator) -> list[Change]:
    """Who is or was away, as the people document that counts now says."""
    changes = []
    for person in konto.steering.people.at(konto.clock()).persons:
        for away in person.away:
            first, last = (_day(each, reader) for each in (away.first, away.last))
            if period.since <= first <= period.until:
                said = format.period(first, last, reader.lang)
                changes.append(Change(first, t("{name} away").format(name=person.name), (said,)))
    return changes


def _day(at: date | datetime, reader: Reader) -> date:
    return day_of(at, reader) if isinstance(at, datetime) else at


KINDS: Final[dict[DocumentKind, tuple[str, Details]]] = {
    "rulebook": (N_("other rules"), _rules),
    "calendars": (N_("other opening hours"), _calendars),
    "people": (N_("other people"), _people),
}
