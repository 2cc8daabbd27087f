"""Who works here, who stands in for whom, when which team is open; and how to change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from itertools import groupby
from typing import Final

import streamlit as st

from dashboard import address, data, editor, look, per_person_card, publishing
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.people import Away, CalendarRow, Closed, Missing, PeopleAndHours, PersonRow, TeamRow
from dashboard.shapes.publishing import Kind
from dashboard.visit import Visit, visit
from words import N_, format

ROLES: Final = {
    "owner": N_("keeps promises"),
    "manager": N_("leads"),
    "auditor": N_("audits"),
    "admin": N_("looks after users and keys"),
}
MISSING: Final[dict[Missing, tuple[str, str]]] = {
    "people": (
        N_("Nobody is named yet, so one person at this machine may do everything."),
        N_("Name the people who work here: then each gets their own alerts, and absences have a stand-in."),
    ),
    "land": (
        N_("No federal state is set, so only the holidays of all of Germany count."),
        N_('Set it in the calendars, such as land = "BW": deadlines then know the others, too.'),
    ),
    "holidays": (
        N_("No country is set, so no public holiday counts."),
        N_('Set it in the calendars, such as country = "DE".'),
    ),
}
_EDITED: Final[tuple[Kind, ...]] = ("people", "calendars")


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    found = data.ask().people(here.reader)
    look.head(t("People and hours"), t("Who works here, who stands in for whom, and when you are open"))
    if isinstance(found, Refusal):
        with look.card("refused"):
            look.refused(found.sentences)
        return
    for kind in _EDITED:
        publishing.outcome(kind, here)
    if found.missing:
        with look.card("missing"):
            missing(found.missing, here)
    left, right = st.columns([1.7, 1], gap="small")
    with left:
        with look.card("persons"):
            _persons(found, here)
        for calendar in found.calendars:
            with look.card(f"calendar_{calendar.name}"):
                _calendar(calendar, here)
    with right:
        with look.card("teams"):
            _teams(found, here)
        with look.card("per_person"):
            per_person_card.openings(found.openings, here, may_open=found.may_open_figures)
    _change(found, here)


def missing(names: Sequence[Missing], here: Visit) -> None:
    """What a firm should still say, each with what to do."""
    for name in names:
        what, remedy = MISSING[name]
        look.nothing_yet(f":orange[:material/error:] {here.t.gettext(what)}", here.t.gettext(remedy))


# -- people ---------------------------------------------------------------------------------------


def _persons(found: PeopleAndHours, here: Visit) -> None:
    t = here.t
    look.title(t("Who works here?"), icon="badge", count=len(found.persons))
    if not found.persons:
        look.nothing_yet(t("Nobody is named yet."), t("Write them into the text about the people below."))
    for number, person in enumerate(found.persons):
        with st.container(key=f"row_person_{number}"):
            who, what = st.columns([1.2, 2.4], gap="small")
            who.markdown(f"**{plain(person.name)}**  \n{quiet(_roles(person, here))}")
            what.markdown(_whereabouts(person, here))


def _roles(person: PersonRow, here: Visit) -> str:
    return ", ".join(here.t.gettext(ROLES[role]) if role in ROLES else role for role in person.roles)


def _whereabouts(person: PersonRow, here: Visit) -> str:
    t = here.t
    first = [plain(person.team)] if person.team else []
    if person.away is not None:
        words = t("away until {day}").format(day=_day(person.away.last, here))
        first.append(f":blue-badge[:material/event_busy: {words}]")
    if not person.reachable:
        first.append(f":orange-badge[:material/error: {t('no way to reach them')}]")
    stand_in = t("{name} stands in").format(name=plain(person.stand_in)) if person.stand_in else t("nobody stands in")
    second = [stand_in, *(t("away {days}").format(days=_span(each, here)) for each in person.later)]
    return "  \n".join(part for part in ("\u2002".join(first), quiet(" · ".join(second))) if part)


def _teams(found: PeopleAndHours, here: Visit) -> None:
    t = here.t
    look.title(t("Teams"), icon="groups", count=len(found.teams))
    for number, team in enumerate(found.teams):
        with st.container(key=f"row_team_{number}"):
            st.markdown(f"**{plain(team.name)}**  \n{quiet(_chain(team, here))}")
    if not found.teams:
        st.markdown(quiet(t("There are no teams; everybody works by the usual hours.")))
    leads = t("nobody yet") if found.manager is None else plain(found.manager)
    inbox = t("none yet") if found.shared_inbox is None else plain(found.shared_inbox)
    st.markdown(
        f"{t('Leads the firm: {name}').format(name=leads)}  \n{t('Shared inbox: {address}').format(address=inbox)}"
    )
    look.foot(t("What nobody takes note of goes to the team's manager, then on, at last to the shared inbox."))


def _chain(team: TeamRow, here: Visit) -> str:
    t = here.t
    leads = t("led by {name}").format(name=plain(team.manager)) if team.manager else t("nobody leads it yet")
    then = [t("then {names}").format(names=", ".join(map(plain, team.then)))] if team.then else []
    return " · ".join((leads, *then, t("hours: {name}").format(name=plain(team.calendar))))


# -- hours ----------------------------------------------------------------------------------------


def _calendar(row: CalendarRow, here: Visit) -> None:
    t = here.t
    whose = t("for everybody else") if row.usual and row.teams else t("the usual hours") if row.usual else ""
    finding = ", ".join(part for part in (*map(plain, row.teams), whose) if part)
    look.title(t("When are we open? {name}").format(name=plain(row.name)), finding, icon="schedule")
    week, days = st.columns(2, gap="medium")
    week.markdown("  \n".join(_week(row, here)))
    with days:
        if row.closed:
            st.markdown("  \n".join([f"**{t('Closed next')}**", *(_closed(each, here) for each in row.closed)]))
        else:
            st.markdown(quiet(t("No closed day within a year.")))
    look.foot(f"{_holidays(row, here)} {t('Clock: {zone}.').format(zone=row.zone)}")


def _week(row: CalendarRow, here: Visit) -> list[str]:
    """Days with the same hours together: Monday to Friday, 8 to 12 and 13 to 17."""
    t, lang = here.t, here.reader.lang
    lines = []
    for windows, group in groupby(enumerate(row.week), key=lambda each: each[1]):
        numbers = [number for number, _ in group]
        first, last = (format.weekday(date(2026, 6, 1 + number), lang) for number in (numbers[0], numbers[-1]))
        name = first if len(numbers) == 1 else t("{first} to {last}").format(first=first, last=last)
        hours = f" {t('and')} ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in windows)
        lines.append(f"**{name}**\u2002{hours or quiet(t('closed all day'))}")
    return lines


def _clock(seconds: int) -> str:
    if seconds == 86_400:
        return "24:00"
    return f"{time(seconds // 3600, seconds // 60 % 60):%H:%M}"


def _closed(each: Closed, here: Visit) -> str:
    days = _day(each.first, here) if each.first == each.last else _span(Away(each.first, each.last), here)
    return f"{days} {quiet(plain(each.reason))}".strip()


def _holidays(row: CalendarRow, here: Visit) -> str:
    t = here.t
    if row.country is None:
        return t("No public holidays.")
    place = "-".join(part for part in (row.country, row.land) if part)
    return t("Public holidays of {place}.").format(place=plain(place))


def _day(day: date, here: Visit) -> str:
    # A line that begins with a number and a dot would become a list.
    return plain(format.day(day, here.reader.lang, today=here.today))


def _span(span: Away, here: Visit) -> str:
    if span.first == span.last:
        return _day(span.first, here)
    return here.t("{first} to {last}").format(first=_day(span.first, here), last=_day(span.last, here))


# -- changing it ----------------------------------------------------------------------------------


def _change(found: PeopleAndHours, here: Visit) -> None:
    """The text of the one that is chosen, for whoever may publish it."""
    t = here.t
    may = {"people": found.may_publish_people, "calendars": found.may_publish_calendars}
    kinds = [kind for kind in _EDITED if may[kind]]
    if not kinds:
        return
    words = {"none": t("Only read"), "people": t("Change the people"), "calendars": t("Change the calendars")}
    address.switch(t("Change"), "change", ("none", *kinds), "none", words.__getitem__)
    chosen = address.asked("change", ("none", *kinds), "none")
    for kind in kinds:
        if kind == chosen:
            _edit(kind, here)


def _edit(kind: Kind, here: Visit) -> None:
    t = here.t
    texts = data.ask().document_texts(here.reader, kind)
    if isinstance(texts, Refusal):
        return
    with look.card(f"edit_{kind}"):
        look.title(t("Change the text, or bring a file"), icon="edit_document")
        typed, brought = st.columns([2.25, 1], gap="medium")
        with brought:
            starts = (("today", t("What counts today"), texts.today), ("shipped", t("As shipped"), texts.shipped))
            editor.begin(kind, starts, here)
        with typed:
            text = editor.typed(kind, texts.today, here)
            if st.button(t("Check"), key=f"check_{kind}", icon=":material/rule:"):
                editor.ask_for_check(kind, text)
        sound = editor.checked(kind, text, here)
    if sound:
        publishing.card(kind, text, here)
