"""What each line of a statement says, in the reader's language and with the firm's own words for the promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.account import SENTENCES, Posting, Stage
from domain.fact import SEALED, Fact
from domain.lives import THINGS, kind_of
from domain.log import Log
from domain.rulebook import StageRules
from projections.falls import Fall
from projections.filters import Library
from words import N_, Translator
from words.format import day_and_month, duration, number, points

DAY_SECONDS = 86_400

NAMED_BY_KIND: Mapping[str, str] = {
    "appointment": N_("Appointment {id}"),
    "delivery": N_("Delivery {id}"),
    "callback": N_("Call back {id}"),
    "price": N_("Price {id}"),
    "quality": N_("Quality {id}"),
    "other": N_("Promise {id}"),
}
"""How a promise is called that nobody has described."""

A_REQUEST = N_("A request")

NAMED_BY_INCIDENT: Mapping[str, str] = {
    "complaint": N_("Complaint"),
    "missed_appointment": N_("Missed appointment"),
    "wrong_work": N_("Wrong work"),
    "forgotten": N_("Forgotten"),
    "untruth": N_("Untruth"),
    "product_claim": N_("Broken product claim"),
    "other": N_("Incident"),
}
"""How an incident is called that nobody has described."""

REASONS: Mapping[str, str] = {
    "balance_below": N_("The balance lies below {points} points."),
    "fell_by": N_("The balance has fallen by {points} points within {days} days."),
    "balance_and_reliability": N_("The balance is {points} points, and promises are kept reliably."),
    "on_the_way": N_("The balance is {points} points; trust is being built."),
    "left": N_("The customer has left."),
    "incident_open": N_("An incident is not put right yet; trust is being won back."),
}


class Called(NamedTuple):
    """A promise or incident as its source knows it."""

    id: str
    what: str | None
    kind: str


class Words(NamedTuple):
    """The facts behind a statement's lines in their sources' words, by key; its promises and incidents by stream."""

    facts: Mapping[str, Fact]
    promises: Mapping[str, Called]
    incidents: Mapping[str, Called]

    def own_id(self, line: Posting) -> str | None:
        """`source:id` of the fact that a line comes from; None where its customer was erased."""
        fact = self.facts.get(line.fact)
        return f"{fact.source}:{fact.id}" if fact is not None and fact.id else None


def words_of(log: Log, library: Library, customer: str, lines: Sequence[Posting]) -> Words:
    """What the sentences of a customer's lines need, asked in one go."""
    streams = sorted({line.subject for line in lines if kind_of(line.subject) in THINGS})
    wanted = {line.fact for line in lines}
    histories = log.histories([customer, *merged(library, customer), *streams])
    sealed = [fact for facts in histories.values() for fact in facts if fact.key in wanted]
    with library.views.store.reading() as cursor:
        rows = cursor.among(
            "SELECT w.promise, w.id, w.what, (SELECT kind FROM promises p WHERE p.promise = w.promise "
            "ORDER BY p.known_until DESC, p.at_until DESC LIMIT 1) FROM promise_words w WHERE w.promise IN ({among})",
            streams,
        )
        promises = {stream: Called(id, what, kind) for stream, id, what, kind in rows}
        rows = cursor.among(
            "SELECT w.incident, w.id, w.text, (SELECT kind FROM incidents i WHERE i.incident = w.incident "
            "ORDER BY i.known_until DESC LIMIT 1) FROM incident_words w WHERE w.incident IN ({among})",
            streams,
        )
        incidents = {stream: Called(id, text, kind) for stream, id, text, kind in rows}
    return Words({fact.key: fact for fact in log.opened(sealed)}, promises, incidents)


def merged(library: Library, customer: str) -> list[str]:
    """Whose history counts for this customer besides their own."""
    rows = library.views.rows(
        "SELECT customer FROM customers WHERE survivor = ? AND customer <> survivor ORDER BY customer", (customer,)
    )
    return [row[0] for row in rows]


def sentence(line: Posting, words: Words, t: Translator) -> str:
    """What happened, in one sentence without points."""
    return t.gettext(SENTENCES[line.rule]).format_map(_Places(line, words, t))


class _Places(dict[str, Any]):
    """The named places of a sentence, looked up when the sentence has them."""

    def __init__(self, line: Posting, words: Words, t: Translator) -> None:
        self.line, self.words, self.t = line, words, t

    def __missing__(self, name: str) -> str:
        incident = self.words.incidents.get(self.line.subject)
        if name == "incident":
            return called_incident(incident, self.t)
        if name == "kind":
            return self.t.gettext(NAMED_BY_INCIDENT[incident.kind if incident else "other"])
        data: Any = self.words.facts[self.line.fact].data
        match name:
            case "what":
                return self._what(data)
            case "late":
                return duration((self.line.days_late or 0.0) * DAY_SECONDS, self.t.lang)
            case "score":
                return _plain(data.score, self.t.lang)
            case "low":
                return _plain(data.scale_min, self.t.lang)
            case "high":
                return _plain(data.scale_max, self.t.lang)
        raise KeyError(name)

    def _what(self, data: Any) -> str:
        promise = self.words.promises.get(self.line.subject)
        if promise is not None:
            return promise.what or self.t.gettext(NAMED_BY_KIND[promise.kind]).format(id=promise.id)
        said = getattr(data, "what", None)
        return said if said and said != SEALED else self.t.gettext(A_REQUEST)


def called_incident(incident: Called | None, t: Translator) -> str:
    if incident is None:
        return t.gettext(NAMED_BY_INCIDENT["other"])
    said = incident.what if incident.what and incident.what != SEALED else None
    return said or t.gettext(NAMED_BY_INCIDENT[incident.kind])


def _plain(value: float, lang: str) -> str:
    return number(value, lang, 0 if value == int(value) else 1)


def reason(stage: Stage, rules: StageRules, t: Translator) -> str:
    """Why a relationship stands where it stands."""
    if stage.reason == "few_lines":
        return t.ngettext("Only {n} line so far.", "Only {n} lines so far.", stage.figure).format(n=stage.figure)
    days = number(rules.fall_days, t.lang)
    return t.gettext(REASONS[stage.reason]).format(points=points(stage.figure, t.lang), days=days)


FACTORS: Mapping[str, str] = {
    "binding": N_("only intended or estimated: {factor} times"),
    "confirmed": N_("only partly confirmed: {factor} times"),
    "newness": N_("new customer: {factor} times"),
    "sensitivity": N_("sensitivity: {factor} times"),
    "admitted": N_("told first: {factor} times"),
    "recovery_cap": N_("recovery restores only a part: {factor} times"),
}


def factors(line: Posting, t: Translator) -> str:
    """What made a line weigh more or less than usual; empty where nothing did."""
    return " · ".join(
        t.gettext(FACTORS[factor.name]).format(factor=_two_places(factor.value, t.lang)) for factor in line.factors
    )


def _two_places(value: float, lang: str) -> str:
    return number(value, lang, 0 if value == int(value) else 2)


FELL = N_("It fell by {points}: {reasons}.")
FADED = N_("It fell by {points}, as nothing new came in and trust fades.")
ON_THE_DAY = N_("on {day} {what} ({points})")
AND_MORE = N_("the rest ({points})")
WORTH_SAYING = 50
"""Half a point; less is what faded meanwhile."""


def why_it_fell(fall: Fall, words: Words, t: Translator, zone: ZoneInfo) -> str:
    """The days and deeds that took the balance down, in one sentence."""
    whole = t.ngettext("{n} point", "{n} points", round(fall.points / 100))
    whole = whole.format(n=number(fall.points / 100, t.lang))
    if not fall.drops:
        return t.gettext(FADED).format(points=whole)
    reasons = [
        t.gettext(ON_THE_DAY).format(
            day=day_and_month(drop.line.time.astimezone(zone).date(), t.lang),
            what=sentence(drop.line, words, t),
            points=points(drop.points, t.lang, signed=True),
        )
        for drop in fall.drops
    ]
    if abs(fall.rest) >= WORTH_SAYING:
        reasons.append(t.gettext(AND_MORE).format(points=points(fall.rest, t.lang, signed=True)))
    return t.gettext(FELL).format(points=whole, reasons="; ".join(reasons))


def subject(line: Posting, words: Words, t: Translator) -> str:
    """What a line is about, in a word or two, for a chart."""
    incident, promise = words.incidents.get(line.subject), words.promises.get(line.subject)
    if incident is not None:
        return called_incident(incident, t)
    if promise is None:
        return sentence(line, words, t)
    return promise.what or t.gettext(NAMED_BY_KIND[promise.kind]).format(id=promise.id)
