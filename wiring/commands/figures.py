"""`konto kpi`: the figures of reliability, each with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from domain.errors import Refused
from projections import contacts, customers, incidents, kpis, naming, promises
from projections.figures import Evenness, Figure, Lateness, Mean, Rate, Share, Spread
from projections.kpis import DEFINITIONS, Group, Question
from projections.per_person import PerPerson
from wiring import per_person
from wiring.commands import contact_rows, incident_rows, rows
from wiring.commands.desk import MOMENT, AsOf, Desk, Json, KnownOn, Lang, Where, at_desk
from wiring.names import filter_of
from wiring.told import figures as told
from words import N_, Translator
from words.format import day_long, duration, number, percent, percent_between

PAIR = ("on_time_rate", "strict_on_time_rate")
TOO_FEW = 5
"""Fewer are no statement yet, as people read it; scripts get the number all the same."""

SENTENCES: Mapping[str, str] = {
    "on_time_rate": N_("{share} on time (last promise)"),
    "strict_on_time_rate": N_("{share} by the date first promised"),
    "timely_notice_rate": N_("{share} with notice in time, where notice was due"),
    "over_fulfilment_rate": N_("{share} of what was fulfilled was more than promised"),
    "broken_rate": N_("{share} not kept at all"),
    "withdrawn_rate": N_("{share} taken back openly"),
    "partial_rate": N_("{share} kept in part"),
    "referral_rate": N_("{share} of the active customers recommended us"),
    "detractor_rate": N_("{share} of the active customers were disappointed"),
    "feedback_silence": N_("{share} of the active customers have told us nothing for 180 days"),
    "silence": N_("{share} of the active customers have been silent for longer than is usual with them"),
    "answered_in_time": N_("{share} of the questions were answered in time"),
    "chase_rate": N_("{share} of the contacts in which customers came to us were to ask again"),
    "follow_up_rate": N_("{share} of the deliveries were followed up by the next business day"),
    "needs_first_rate": N_("{share} of the first sales came after we had asked what is needed"),
    "recovery_discipline": N_("{share} of the incidents had reason, apology and talk in time and in order"),
    "recovery_success": N_("{share} of the incidents were followed by the old balance within 90 days"),
    "continuity": N_("{share} of a customer's matters lie in the same hands, on average"),
    "first_answer_hours": N_(
        "Customers waited {median} of business time for an answer in the middle, {p90} in nine of ten cases, "
        "{max} at most"
    ),
    "resolution_hours": N_(
        "Incidents were put right after {median} in the middle, {p90} in nine of ten cases, {max} at most"
    ),
    "incident_rate": N_("{rate} incidents for each hundred promises"),
    "equal_service": N_(
        "Unequal by {first_answer} in waiting for answers and by {on_time} in promises kept; 0 means all alike"
    ),
    "fulfilment_degree": N_("{share} of what was promised was done, on average"),
    "lateness_hours": N_("What came late was {median} late in the middle, {p90} in nine of ten cases, {max} at most"),
    "estimate_accuracy": N_(
        "{median} of the price named was charged in the middle, {p90} in nine of ten cases, {max} at most"
    ),
}
FIRST_DATE_TOO = N_("{last}, {first} by the date first promised")
SURELY = N_("; the value surely lies between {interval}.")
PERIOD, GROUP, VALUE, RESTS, INTERVAL = N_("Period"), N_("Whose"), N_("Value"), N_("Rests on"), N_("Surely between")
NOBODY = N_("(nobody)")

OPEN_UNTIL = N_("In the order of names; open until {end}. Each look is noted.")
NOT_SHOWN = (
    "{n} person is not shown: fewer than 20 promises, or another's could be reckoned from theirs.",
    "{n} persons are not shown: fewer than 20 promises, or another's could be reckoned from theirs.",
)

ONE_FIGURE = N_("--list shows what stands behind one figure. Please name one, without --by and --per.")

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help=N_("Which figures; else all."))]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="T", help=N_("From this date or time on: due, asked or reported.")),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="T", help=N_("Before this date or time: due, asked or reported."))
]
By = Annotated[str | None, typer.Option("--by", metavar="DIM", help=N_("One group for each value of a dimension."))]
PerOption = Annotated[str | None, typer.Option("--per", metavar="day|week|month", help=N_("As a series over time."))]
ListIt = Annotated[bool, typer.Option("--list", help=N_("The list behind one figure."))]


def kpi(
    ctx: typer.Context,
    names: Names = None,
    since: From = None,
    until: To = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    by: By = None,
    per: PerOption = None,
    where: Where = None,
    list_it: ListIt = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    with at_desk(ctx, json, lang) as desk:
        question = told.question(
            desk,
            desk.moment(as_of, known_on, MOMENT),
            told.Asked(since, until, by, per),
            filter_of(desk, where),
            places=("--from", "--to", "--per"),
        )
        if list_it:
            _list(desk, question, names or [])
            return
        wanted = names or []
        if not json and by is None and any(name in PAIR for name in wanted):
            wanted = [*wanted, *(name for name in PAIR if name not in wanted)]  # people always read both
        found = per_person.figures(desk.konto, question, wanted, desk.page)
        if json:
            desk.out.answer(told.as_json(found))
        elif by is None and per is None:
            _sentences(desk, found.groups[0])
        else:
            _tables(desk, found.groups, by, per)
        if found.per_person is not None and not json:
            _of_colleagues(desk, found.per_person)


def _of_colleagues(desk: Desk, shown: PerPerson) -> None:
    """Until when they are open, and how many are not shown."""
    t = desk.t
    _, last = shown.opening.days(desk.zone)
    desk.out.say(t.gettext(OPEN_UNTIL).format(end=day_long(last, t.lang)))
    if shown.not_shown:
        said = t.ngettext(*NOT_SHOWN, shown.not_shown)
        desk.out.say(said.format(n=number(shown.not_shown, t.lang)))


# -- for people -----------------------------------------------------------------------------------


def _sentences(desk: Desk, group: Group) -> None:
    """A sentence a figure; the last and the first promise always together."""
    t, figures = desk.t, dict(group.figures)
    if PAIR[0] in figures:
        desk.out.say(*_both({name: figures.pop(name) for name in PAIR}, t), "")
    for name, figure in figures.items():
        assert not isinstance(figure, list)
        desk.out.say(_sentence(name, figure, t), *_definition(name, t), "")


def _definition(name: str, t: Translator) -> list[str]:
    return [f"  {name}: {t.gettext(DEFINITIONS[name].sentence)}"]


def _both(figures: Mapping[str, Any], t: Translator) -> list[str]:
    last, first = figures["on_time_rate"], figures["strict_on_time_rate"]
    lines = _definition("on_time_rate", t) + _definition("strict_on_time_rate", t)
    if last.denominator < TOO_FEW or first.denominator < TOO_FEW:
        return [nothing_yet(last.denominator, "on_time_rate", t), *lines]
    said = t.gettext(SENTENCES["on_time_rate"]).format(share=percent(last.value, t.lang))
    text = t.gettext(FIRST_DATE_TOO).format(last=said, first=percent(first.value, t.lang))
    return [f"{text}. {rests_on('on_time_rate', last, t)}", *lines]


def _sentence(name: str, figure: Figure, t: Translator) -> str:
    n = _count(figure)
    if n < TOO_FEW:
        return nothing_yet(n, name, t)
    text = t.gettext(SENTENCES[name])
    match figure:
        case Share() | Mean():
            text = text.format(share=percent(figure.value or 0.0, t.lang))
        case Rate():
            text = text.format(rate=number(figure.value or 0.0, t.lang, 1))
        case Evenness():
            text = text.format(first_answer=_gini(figure.first_answer, t), on_time=_gini(figure.on_time, t))
        case Lateness():
            text = text.format(**{each: _hours(getattr(figure.clock, each), t) for each in ("median", "p90", "max")})
        case Spread():
            show = _hours if name in HOURS else percent_over
            text = text.format(**{each: show(getattr(figure, each), t) for each in ("median", "p90", "max")})
    return f"{text}. {rests_on(name, figure, t)}"


HOURS = frozenset(("first_answer_hours",))
"""Spreads of times; the others are spreads of ratios."""


def _gini(figure: Mean, t: Translator) -> str:
    return "–" if figure.value is None else number(figure.value, t.lang, 2)


def _hours(hours: float | None, t: Translator) -> str:
    return duration((hours or 0.0) * 3600, t.lang)


def percent_over(share: float | None, t: Translator) -> str:
    """A share that may lie over 100 %."""
    mark = "\u00a0%" if t.lang == "de" else "%"
    return number((share or 0.0) * 100, t.lang) + mark


def _count(figure: Figure) -> int:
    match figure:
        case Share() | Rate():
            return figure.denominator
        case Lateness():
            return figure.clock.n
        case Evenness():
            return max(figure.first_answer.n, figure.on_time.n)
        case _:
            return figure.n


def nothing_yet(n: int, name: str, t: Translator) -> str:
    match _rests_on_what(name):
        case "customers":
            text = t.ngettext("Nothing to say yet: only {n} customer.", "Nothing to say yet: only {n} customers.", n)
        case "contacts":
            text = t.ngettext("Nothing to say yet: only {n} contact.", "Nothing to say yet: only {n} contacts.", n)
        case "questions":
            text = t.ngettext("Nothing to say yet: only {n} question.", "Nothing to say yet: only {n} questions.", n)
        case "incidents":
            text = t.ngettext("Nothing to say yet: only {n} incident.", "Nothing to say yet: only {n} incidents.", n)
        case _:
            text = t.ngettext("Nothing to say yet: only {n} promise.", "Nothing to say yet: only {n} promises.", n)
    return text.format(n=n)


def rests_on(name: str, figure: Figure, t: Translator) -> str:
    """How many cases a figure rests on and, where it is a share, between which values it surely lies."""
    n = _count(figure)
    match _rests_on_what(name):
        case "customers":
            text = t.ngettext("Rests on {n} customer", "Rests on {n} customers", n)
        case "contacts":
            text = t.ngettext("Rests on {n} contact", "Rests on {n} contacts", n)
        case "questions":
            text = t.ngettext("Rests on {n} question", "Rests on {n} questions", n)
        case "incidents":
            text = t.ngettext("Rests on {n} incident", "Rests on {n} incidents", n)
        case _:
            text = t.ngettext("Rests on {n} promise", "Rests on {n} promises", n)
    text = text.format(n=number(n, t.lang))
    if isinstance(figure, Share) and figure.interval is not None:
        return text + t.gettext(SURELY).format(interval=percent_between(*figure.interval, t.lang))
    return text + "."


def _rests_on_what(name: str) -> str:
    return RESTING_ON.get(name) or DEFINITIONS[name].of


RESTING_ON: Mapping[str, str] = {
    "first_answer_hours": "questions",
    "answered_in_time": "questions",
    "incident_rate": "promises",
}
"""Where a figure rests on something else than the list behind it is a list of."""


def _tables(desk: Desk, groups: Sequence[Group], by: str | None, per: str | None) -> None:
    """A table a figure, with a row for each group and period."""
    t = desk.t
    names = groups[0].figures if groups else {}
    heads = [t.gettext(GROUP)] * (by is not None) + [t.gettext(PERIOD)] * (per is not None)
    heads += [t.gettext(head) for head in (VALUE, RESTS, INTERVAL)]
    for name in names:
        desk.out.say(t.gettext(DEFINITIONS[name].sentence))
        lines = []
        for group in groups:
            key = [group.key or t.gettext(NOBODY)] if by is not None else []
            for period, figure in _series(group.figures[name]):
                lines.append([*key, *([period] if per else []), *_cells(name, figure, t)])
        desk.out.table(heads, lines, right=range(len(heads) - 3, len(heads)))
        desk.out.say("")


def _series(figure: Figure | list[tuple[str, Figure]]) -> list[tuple[str, Figure]]:
    return figure if isinstance(figure, list) else [("", figure)]


def _cells(name: str, figure: Figure, t: Translator) -> list[str]:
    n = number(_count(figure), t.lang)
    match figure:
        case Share():
            between = percent_between(*figure.interval, t.lang) if figure.interval else "–"
            return ["–" if figure.value is None else percent(figure.value, t.lang), n, between]
        case Mean():
            return ["–" if figure.value is None else percent(figure.value, t.lang), n, ""]
        case Rate():
            return ["–" if figure.value is None else number(figure.value, t.lang, 1), n, ""]
        case Evenness():
            return [f"{_gini(figure.first_answer, t)} · {_gini(figure.on_time, t)}", n, ""]
        case Lateness():
            return ["–" if figure.clock.median is None else _hours(figure.clock.median, t), n, ""]
        case _:
            show = _hours if name in HOURS else percent_over
            return ["–" if figure.median is None else show(figure.median, t), n, ""]


# -- the list behind a figure -----------------------------------------------------------------------


def _list(desk: Desk, question: Question, names: Sequence[str]) -> None:
    if len(names) != 1 or question.by or question.per:
        raise Refused("one_figure", ONE_FIGURE, "--list")
    library, asker, name = desk.konto.library, desk.konto.asker, names[0]
    if name not in DEFINITIONS:
        raise kpis.UnknownFigure(name)
    if DEFINITIONS[name].of == "customers":
        _list_customers(desk, kpis.customers_behind(library, asker, question, name))
        return
    among = kpis.behind(library, asker, question, name)
    match DEFINITIONS[name].of:
        case "contacts":
            contact_rows.answer(desk, contacts.listed(library, asker, question.moment, among=among))
        case "incidents":
            incident_rows.answer(desk, incidents.listed(library, asker, question.moment, among=among))
        case _:
            rows.answer(desk, promises.listed(library, asker, question.moment, among=among))


def _list_customers(desk: Desk, found: Mapping[str, bool]) -> None:
    parties = {each: customers.party(desk.konto.library, desk.konto.asker, each) for each in found}
    if desk.out.as_json:
        desk.out.answer(
            [
                {"customer": party.id, "customer_name": naming.named(party.name, desk.t), "counts": found[each]}
                for each, party in parties.items()
            ]
        )
        return
    desk.out.say(*sorted(party.called(desk.t) for each, party in parties.items() if found[each]))
