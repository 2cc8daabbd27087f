"""Who waits for an answer and who got one when; what is shown stays in the address."""

from __future__ import annotations

from typing import Final, get_args

import streamlit as st

from dashboard import address, behind, charts, contact_rows, data, deeds, filters, look, measures, places, say
from dashboard.filters import ALL
from dashboard.look import plain
from dashboard.shapes.asking import PAGE_SIZE, Refusal
from dashboard.shapes.contacts import ContactFigures, ContactFilter, ContactPage, ContactsAsked
from dashboard.visit import Visit, visit
from words import format

_OLDER: Final = "older"
_STATES: Final[tuple[ContactFilter, ...]] = get_args(ContactFilter)


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    everything = _everything(here)
    if not everything.total:
        look.head(t("Contacts"), t("Nothing has been recorded yet."))
        with look.card("empty"):
            look.nothing_yet(
                t("As soon as questions and calls come in, you see here who waits for an answer."),
                t("Bring yours with `konto import FILE`, or look around with `konto demo`."),
            )
        return
    asked = _asked(everything)
    found, pages = _page(asked, here)
    with look.head(t("Contacts"), _summary(everything, here)):
        if found.customer:
            only = t("Only {name}").format(name=plain(found.customer))
            address.narrowed(only, "customer", help=t("Show everybody again"))
        behind.narrowed(here, figure=asked.behind, span=asked.period, team=asked.team)
        if not asked.lately:
            address.narrowed(t("Older ones, too"), _OLDER, help=t("Show only what came lately"))
    if asked.behind is None and asked.period is None:
        figures = data.ask().contact_figures(here.reader, asked)
        if isinstance(figures, Refusal):
            measures.not_shown(figures)
        else:
            _figures(figures, here)
    _filters(everything, found, asked, here)
    with look.card("contacts"):
        can_do = deeds.possible(here)
        for row in found.rows:
            contact_rows.contact(row, here, by_deadline=_by_deadline(asked), can_do=can_do)
        if not found.rows:
            _nothing(asked, here)
        address.turn_pages("page", pages)
        if found.rows:
            look.foot(_foot(found, asked, here))
        if found.since and asked.state != "open":
            older = {**st.query_params.to_dict(), _OLDER: "1"}
            st.page_link(places.contacts(t), label=t("Show older ones, too"), query_params=older)


def _everything(here: Visit) -> ContactPage:
    """What there is to choose from: of lately, unless only older ones are there."""
    found = data.ask().contacts(here.reader, ContactsAsked("all", lately=_lately()))
    return found if found.total else data.ask().contacts(here.reader, ContactsAsked("all", lately=False))


def _lately() -> bool:
    return _OLDER not in st.query_params


def _asked(everything: ContactPage) -> ContactsAsked:
    figure, span = behind.asked(), behind.period()
    return ContactsAsked(
        state="all" if figure else address.asked("state", _STATES, "all" if span else "open"),
        owner=address.asked("owner", (ALL, *everything.owners), ALL) or None,
        channel=address.asked("channel", (ALL, *everything.channels), ALL) or None,
        customer=st.query_params.get("customer"),
        team=st.query_params.get("team"),
        period=span,
        behind=figure,
        lately=_lately(),
    )


def _page(asked: ContactsAsked, here: Visit) -> tuple[ContactPage, int]:
    """The page that the address asks for, and how many there are."""
    first = data.ask().contacts(here.reader, asked)
    pages = max(1, -(-first.total // PAGE_SIZE))
    number = address.page_number("page", pages)
    return (first if number == 1 else data.ask().contacts(here.reader, asked, number)), pages


def _summary(everything: ContactPage, here: Visit) -> str:
    t, lang, counts = here.t, here.reader.lang, everything.counts
    waiting = t.ngettext("{n} open question", "{n} open questions", counts["open"])
    never = t.ngettext("{n} was never answered", "{n} were never answered", counts["unanswered"])
    parts = [
        waiting.format(n=format.number(counts["open"], lang)),
        never.format(n=format.number(counts["unanswered"], lang)),
    ]
    since = everything.since
    lately = t(" since {day}").format(day=format.day(since, lang, today=here.today)) if since else ""
    return f"{', '.join(parts)}{lately}"


# -- figures --------------------------------------------------------------------------------------


def _figures(found: ContactFigures, here: Visit) -> None:
    t = here.t
    since = t("since {day}").format(day=format.day(found.since, here.reader.lang, today=here.today))
    with look.card("figures"):
        look.title(t("Do customers get their answers?"), since)
        one, two, three, four = st.columns([1, 1, 1, 1.7], gap="medium")
        with one:
            measures.business_time(
                t("First answer"),
                found.first_answer,
                measures.rests_on_questions(found.first_answer.n, here),
                here,
                help=t("The middle time from a question to its first answer by one of us, while we are open."),
                nothing=t("Nothing to say yet: no question was answered."),
            )
        with two:
            measures.share(
                t("Answered in time"),
                found.in_time,
                measures.rests_on_questions(found.in_time.denominator, here),
                here,
                help=t("Questions answered by their target, of all whose target has passed."),
                nothing=t("Nothing to say yet: no answer was due."),
            )
        with three:
            measures.share(
                t("Asked again"),
                found.asked_again,
                measures.rests_on_contacts(found.asked_again.denominator, here),
                here,
                help=t("How often customers who came to us had to ask again for what they were waiting for."),
                nothing=t("Nothing to say yet: nobody asked."),
            )
        with four:
            _channels(found, here)
        if found.channels:
            look.foot(t("Dot: the middle answer. Bar: 9 in 10 answers. Tick: target. In hours of business."))


def _channels(found: ContactFigures, here: Visit) -> None:
    t = here.t
    st.markdown(f":small[{t('How fast do we answer?')}]")
    if not found.channels:
        look.lines(t("The picture begins with the first answer."))
        return
    names = [say.word(say.CHANNELS, each.channel, t) for each in found.channels]
    look.show(charts.answer_times(list(zip(names, found.channels, strict=True)), here.style))


# -- list -----------------------------------------------------------------------------------------


def _filters(everything: ContactPage, found: ContactPage, asked: ContactsAsked, here: Visit) -> None:
    t = here.t
    usual = "all" if asked.period else "open"
    states = filters.States(_STATES, usual, lambda name: say.word(say.CONTACTS, name, t), found.counts)
    if asked.behind:
        states = behind.states(asked.behind, found.parts, here)
    choice = filters.Choice(
        t("Channel"), "channel", everything.channels, lambda name: say.word(say.CHANNELS, name, t), t(say.EVERY_CHANNEL)
    )
    filters.row(here, states, everything.owners, choice)


def _by_deadline(asked: ContactsAsked) -> bool:
    return asked.state in ("open", "unanswered")


def _nothing(asked: ContactsAsked, here: Visit) -> None:
    t = here.t
    if asked in (ContactsAsked(), ContactsAsked(lately=False)):
        look.nothing_yet(t("Nobody waits for an answer."), t("“All contacts” shows who was answered when."))
    else:
        look.nothing_yet(t("No contact fits."), t("Choose “All contacts”, or another owner or channel."))


def _foot(found: ContactPage, asked: ContactsAsked, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    at = here.moment(here.now)
    since = format.day(found.since, lang, today=here.today) if found.since else ""
    shown = t("{n} of {total}, the newest first. As of {moment}.")
    if _by_deadline(asked):
        shown = t("{n} of {total}, the most urgent first. As of {moment}.")
    if since and asked.state != "open":
        shown = f"{shown} {t('Listed is what came since {since}.')}"
    return shown.format(
        n=format.number(len(found.rows), lang), total=format.number(found.total, lang), moment=at, since=since
    )
