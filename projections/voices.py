"""What customers say and what their silence says: recommendations, disappointed ones, no feedback."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from domain.people import Asker
from projections.customers import OWNER_NAME, seen_by
from projections.figures import Share, period_of
from projections.filters import Library, dimension
from projections.tables import instant, micros

if TYPE_CHECKING:
    from projections.kpis import Cells, Question

ACTIVE = timedelta(days=365)
WITHOUT_FEEDBACK = timedelta(days=180)
LOWEST_QUARTER = 0.25

FIGURES = (
    ("referral_rate", "Active customers who recommended us in the period.", ""),
    ("detractor_rate", "Active customers whose feedback lay in the lowest quarter of its scale.", ""),
    ("feedback_silence", "Active customers from whom we have had no feedback for 180 days.", ""),
)
GROUPS = {None: "NULL", "owner": OWNER_NAME.format(column="c.owner"), "team": "c.team", "customer": "c.id"}
"""What customers can be grouped by; by what only promises have, there is no figure of theirs."""
NAMES = frozenset(name for name, _, _ in FIGURES)


class Voice(NamedTuple):
    """One fact of a customer; `normalised` is a feedback's score between 0 and 1."""

    at: datetime
    type: str
    normalised: float | None


class Speaker(NamedTuple):
    group: str | None
    voices: list[Voice]

    def active(self, at: datetime) -> bool:
        return any(at - ACTIVE < voice.at <= at for voice in self.voices)


def cells(library: Library, asker: Asker, question: Question, wanted: Sequence[str]) -> Cells:
    found: Cells = {}
    if question.by not in GROUPS:
        return found
    speakers = _speakers(library, asker, question)
    for period, start, end in _periods(question, speakers.values()):
        groups: dict[str | None, list[Speaker]] = {}
        for speaker in speakers.values():
            if speaker.active(end):
                groups.setdefault(speaker.group, []).append(speaker)
        for group, active in groups.items():
            for name in wanted:
                if name in NAMES:
                    telling = sum(_tells(name, speaker, start, end) for speaker in active)
                    found[group, period, name] = Share(telling, len(active))
    return found


def behind(library: Library, asker: Asker, question: Question, name: str) -> dict[str, bool]:
    """The list behind a figure: the active customers by internal id, and whether the figure counts them."""
    speakers = _speakers(library, asker, question)
    ((_, start, end),) = _periods(replace(question, per=None), speakers.values())
    return {
        customer: _tells(name, speaker, start, end) for customer, speaker in speakers.items() if speaker.active(end)
    }


def _tells(name: str, speaker: Speaker, start: datetime | None, end: datetime) -> bool:
    if name == "feedback_silence":
        return not any(
            voice.type == "feedback.given" and end - WITHOUT_FEEDBACK < voice.at <= end for voice in speaker.voices
        )
    return any(
        _is(name, voice) and voice.at <= end and (start is None or start <= voice.at) for voice in speaker.voices
    )


def _is(name: str, voice: Voice) -> bool:
    if name == "referral_rate":
        return voice.type == "referral.given"
    return voice.normalised is not None and voice.normalised <= LOWEST_QUARTER


def _speakers(library: Library, asker: Asker, question: Question) -> dict[str, Speaker]:
    """By internal id."""
    moment = question.moment
    seen = seen_by(library, asker)
    known = "" if moment.known is None else f"AND t.recorded <= {micros(moment.known)}"
    chosen, values = "", []
    for name, value in question.filter.where.items():
        column, ids = _column(library, dimension(name, "where"), value)
        chosen += f" AND {column} IN ({','.join('?' * len(ids)) or 'NULL'})"
        values += ids
    rows = library.views.rows(
        f"SELECT c.customer, {GROUPS.get(question.by, 'NULL')}, t.time, t.type, t.normalised "
        f"FROM customers c JOIN timeline t ON t.customer = c.customer "
        f"WHERE c.kind = 'customer' AND t.time <= {moment.us} {known} AND {seen.sql}{chosen} ORDER BY c.customer",
        (*seen.params, *values),
    )
    speakers: dict[str, Speaker] = {}
    for customer, key, time, type, normalised in rows:
        at = instant(time)
        assert at is not None
        speakers.setdefault(customer, Speaker(key, [])).voices.append(Voice(at, type, normalised))
    return speakers


def _column(library: Library, name: str, value: str) -> tuple[str, list[str]]:
    match name:
        case "owner":
            return "c.owner", library.person_ids(value)
        case "customer":
            return "c.customer", library.customer_ids(value)
        case "team":
            return "c.team", [value]
    return "c.customer", []


def _periods(question: Question, speakers: Collection[Speaker]) -> list[tuple[str | None, datetime | None, datetime]]:
    """(name, start, end) of the periods asked for; a period not over yet ends at the moment."""
    last = min(question.moment.at, question.end - datetime.resolution) if question.end else question.moment.at
    if question.per is None:
        return [(None, question.start, last)]
    zone = question.zone
    first = question.start or min((voice.at for each in speakers for voice in each.voices), default=last)
    days: dict[str, list[date]] = {}
    day = first.astimezone(zone).date()
    while day <= last.astimezone(zone).date():
        days.setdefault(period_of(day.isoformat(), question.per), []).append(day)
        day += timedelta(days=1)
    return [
        (
            name,
            max(first, _midnight(each[0], zone)),
            min(last, _midnight(each[-1] + timedelta(days=1), zone) - datetime.resolution),
        )
        for name, each in days.items()
    ]


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
