"""What went wrong and how far it is put right; what is shown stays in the address."""

from __future__ import annotations

from typing import Final, get_args

import streamlit as st

from dashboard import address, behind, charts, data, deeds, filters, incident_rows, look, measures, say
from dashboard.filters import ALL
from dashboard.look import plain, quiet
from dashboard.shapes.asking import PAGE_SIZE, Refusal
from dashboard.shapes.incidents import IncidentFigures, IncidentFilter, IncidentPage, IncidentsAsked
from dashboard.visit import Visit, visit
from words import format

_STATES: Final[tuple[IncidentFilter, ...]] = get_args(IncidentFilter)


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    everything = data.ask().incidents(here.reader, IncidentsAsked("all"))
    if not everything.total:
        look.head(t("Incidents"), t("Nothing has gone wrong yet."))
        with look.card("empty"):
            look.nothing_yet(
                t("If something does, you see here step by step how trust is won back."),
                t("Complaints and mistakes come in with `konto import FILE`."),
            )
        return
    asked = _asked(everything)
    found, pages = _page(asked, here)
    with look.head(t("Incidents"), _summary(everything, here)):
        if found.customer:
            only = t("Only {name}").format(name=plain(found.customer))
            address.narrowed(only, "customer", help=t("Show everybody again"))
        if asked.supplier:
            only = t("Only supplier {name}").format(name=plain(asked.supplier))
            address.narrowed(only, "supplier", help=t("Show everybody again"))
        behind.narrowed(here, figure=asked.behind, span=asked.period, team=asked.team)
    if asked.behind is None and asked.period is None:
        figures = data.ask().incident_figures(here.reader, asked)
        if isinstance(figures, Refusal):
            measures.not_shown(figures)
        else:
            _figures(figures, found, here)
    _filters(everything, found, asked, here)
    with look.card("incidents"):
        can_do = deeds.possible(here)
        for row in found.rows:
            incident_rows.incident(row, here, by_deadline=asked.state == "unresolved", can_do=can_do)
        if not found.rows:
            _nothing(asked, here)
        address.turn_pages("page", pages)
        if found.rows:
            look.foot(incident_rows.legend(t))
            look.foot(_foot(found, asked, here))


def _asked(everything: IncidentPage) -> IncidentsAsked:
    figure, span = behind.asked(), behind.period()
    return IncidentsAsked(
        state="all" if figure else address.asked("state", _STATES, "all" if span else "unresolved"),
        owner=address.asked("owner", (ALL, *everything.owners), ALL) or None,
        kind=address.asked("kind", (ALL, *everything.kinds), ALL) or None,
        supplier=st.query_params.get("supplier"),
        customer=st.query_params.get("customer"),
        team=st.query_params.get("team"),
        period=span,
        behind=figure,
    )


def _page(asked: IncidentsAsked, here: Visit) -> tuple[IncidentPage, int]:
    """The page that the address asks for, and how many there are."""
    first = data.ask().incidents(here.reader, asked)
    pages = max(1, -(-first.total // PAGE_SIZE))
    number = address.page_number("page", pages)
    return (first if number == 1 else data.ask().incidents(here.reader, asked, number)), pages


def _summary(everything: IncidentPage, here: Visit) -> str:
    lang, running = here.reader.lang, everything.counts["unresolved"]
    late = sum(late for _, _, late in everything.next_steps)
    text = here.t.ngettext("{n} open incident", "{n} open incidents", running)
    said = text.format(n=format.number(running, lang))
    if not late:
        return said
    steps = here.t("in {n} of them the next step is late").format(n=format.number(late, lang))
    return f"{said}, {steps}"


# -- figures --------------------------------------------------------------------------------------


def _figures(figures: IncidentFigures, found: IncidentPage, here: Visit) -> None:
    t = here.t
    wide, narrow = st.columns([1.7, 1], gap="small")
    since = t("reported since {day}").format(day=format.day(figures.since, here.reader.lang, today=here.today))
    with wide, look.card("figures", stretch=True):
        look.title(t("Do we put things right?"), since)
        one, two, three = st.columns(3, gap="medium")
        with one:
            measures.business_time(
                t("Until put right"),
                figures.in_business,
                measures.rests_on_incidents(figures.in_business.n, here),
                here,
                help=t("The middle time from the report until the incident was put right, while we are open."),
                nothing=t("Nothing to say yet: nothing was put right."),
            )
        with two:
            measures.share(
                t("Steps in time"),
                figures.discipline,
                measures.rests_on_incidents(figures.discipline.denominator, here),
                here,
                help=t(
                    "Incidents with reason, apology and talk in this order and each in time, of all whose time is over."
                ),
                nothing=t("Nothing to say yet: the time of no step has passed."),
            )
        with three:
            measures.share(
                t("Trust came back"),
                figures.success,
                measures.rests_on_incidents(figures.success.denominator, here),
                here,
                help=t(
                    "Incidents after which the balance was back where it was within 90 days, of all at least as old."
                ),
                nothing=t("Nothing to say yet: no incident is 90 days old."),
            )
    with narrow, look.card("next_steps", stretch=True):
        _next_steps(found, here)


def _next_steps(found: IncidentPage, here: Visit) -> None:
    t = here.t
    look.title(t("Which step comes next?"))
    if not found.next_steps:
        st.markdown(quiet(t("None. Everything has been put right.")))
        return
    bars = []
    for name, number, late in found.next_steps:
        words = say.word(say.STEPS, name, t)
        if late:
            words = t("{step}, {n} of them late").format(step=words, n=format.number(late, here.reader.lang))
        bars.append(charts.Bar(words, number))
    look.show(charts.bars(bars, here.style))
    look.foot(t("Open incidents by their next step."))


# -- list -----------------------------------------------------------------------------------------


def _filters(everything: IncidentPage, found: IncidentPage, asked: IncidentsAsked, here: Visit) -> None:
    t = here.t
    usual = "all" if asked.period else "unresolved"
    states = filters.States(_STATES, usual, lambda name: say.word(say.INCIDENTS, name, t), found.counts)
    if asked.behind:
        states = behind.states(asked.behind, found.parts, here)
    choice = filters.Choice(
        t("Kind"), "kind", everything.kinds, lambda name: say.word(say.INCIDENT_KINDS, name, t), t(say.EVERY_KIND)
    )
    filters.row(here, states, everything.owners, choice)


def _nothing(asked: IncidentsAsked, here: Visit) -> None:
    t = here.t
    if asked == IncidentsAsked():
        look.nothing_yet(t("No incident is open."), t("“All incidents” shows what was put right."))
    else:
        look.nothing_yet(t("No incident fits."), t("Choose “All incidents”, or another owner or kind."))


def _foot(found: IncidentPage, asked: IncidentsAsked, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    at = here.moment(here.now)
    shown = t("{n} of {total}, the newest first. As of {moment}.")
    if asked.state == "unresolved":
        shown = t("{n} of {total}, the most urgent first. As of {moment}.")
    return shown.format(n=format.number(len(found.rows), lang), total=format.number(found.total, lang), moment=at)
