"""Which period the overview shows, compared with which, of which team and kind: all of it in the address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import streamlit as st

from dashboard import address, periods, say
from dashboard.filters import ALL
from dashboard.look import plain
from dashboard.periods import AGAINST, NAMES, Against, Name
from dashboard.shapes.overview import Overview, OverviewAsked
from dashboard.shapes.periods import Period
from dashboard.visit import Visit
from words import N_, format

TEAM_TOO_SMALL: Final = N_(
    "This team is too small to be shown by itself: its figures would be those of single people. You see the firm's."
)
_USUAL: Final[Name] = "13w"
_YOUNG: Final = timedelta(minutes=1)
_NAMES: Final = {
    "4w": N_("4 weeks"),
    "13w": N_("13 weeks"),
    "52w": N_("1 year"),
    "quarter": N_("This quarter"),
    "last-quarter": N_("Last quarter"),
    "year": N_("This year"),
    "own": N_("Other dates"),
}
_AGAINST: Final = {"before": N_("the period before"), "year-ago": N_("a year ago")}


def asked(here: Visit) -> OverviewAsked:
    """What the address asks for; a period of one's own without two dates is the usual one."""
    name = address.asked("period", NAMES, _USUAL)
    against: Against = address.asked("against", AGAINST, "before")
    found = periods.chosen(name, against, here.today, _own(here.today))
    return OverviewAsked(
        found.period, found.against, st.query_params.get("team") or None, st.query_params.get("kind") or None
    )


def _own(today: date) -> Period | None:
    """Two days up to today, not too far apart; without them the last 30 days."""
    since, until = address.asked_day("from", today), address.asked_day("to", today) or today
    if since is None or since > until:
        since = until - periods.MONTH
    return Period(max(since, until - periods.LONGEST), until)


def row(seen: Overview, wanted: OverviewAsked, here: Visit) -> None:
    """The periods as buttons, and all else behind one more."""
    t = here.t
    left, right = st.columns([5.2, 1], gap="small", vertical_alignment="center")
    with left:
        address.switch(t("Period"), "period", NAMES, _USUAL, lambda name: t.gettext(_NAMES[name]))
    with (
        right.container(horizontal=True, horizontal_alignment="right"),
        st.popover(t("Filters"), icon=":material/tune:"),
    ):
        _more(seen, here)
    chosen_own = address.asked("period", NAMES, _USUAL) == "own"
    if chosen_own or wanted.team or wanted.kind:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            if chosen_own:
                _dates(wanted, here)
            if wanted.team:
                address.narrowed(
                    t("Only team {name}").format(name=plain(wanted.team)), "team", help=t("Show all teams")
                )
            if seen.team_not_shown:
                st.markdown(f":small[:gray[{t(TEAM_TOO_SMALL)}]]")
            if wanted.kind:
                only = t("Only {kind}").format(kind=say.word(say.KINDS, wanted.kind, t))
                address.narrowed(only, "kind", help=t("Show every kind"))


def _more(seen: Overview, here: Visit) -> None:
    t = here.t
    address.select(
        t("Compared with"), "against", AGAINST, "before", lambda name: t.gettext(_AGAINST[name]), labelled=True
    )
    address.select(t("Team"), "team", [ALL, *seen.teams], ALL, lambda name: name or t("Every team"), labelled=True)
    address.select(
        t("Kind of promise"),
        "kind",
        [ALL, *seen.kinds],
        ALL,
        lambda name: say.word(say.KINDS, name, t) if name else t(say.EVERY_KIND),
        labelled=True,
    )
    st.markdown(f":small[:gray[{t('Only what counts promises is narrowed to a kind.')}]]")


def _dates(wanted: OverviewAsked, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    address.day_of_period(t("From"), "from", wanted.period.since, here.today, lang)
    address.day_of_period(t("To"), "to", wanted.period.until, here.today, lang)


def line(seen: Overview, here: Visit) -> str:
    """Under the page's title: which days these are, and which they are compared with."""
    t, lang = here.t, here.reader.lang
    text = t("{period}; nothing is known of the period to compare with")
    against = ""
    if seen.against is not None:
        text = t("{period}, compared with {against}")
        against = format.period(seen.against.since, seen.against.until, lang)
    said = text.format(period=format.period(seen.period.since, seen.period.until, lang), against=against)
    if here.now - seen.at < _YOUNG:
        return said
    at = here.moment(seen.at)
    known = t("As of {moment}; it is being reckoned anew.") if seen.renewing else t("As of {moment}.")
    return f"{said}. {known.format(moment=at)}"
