"""Cards of what runs by itself: whether the pages follow the log, whether the worker works, whether messages arrive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import look, places, say
from dashboard.look import plain, quiet
from dashboard.shapes.operations import (
    Area,
    Operations,
    Service,
)
from dashboard.visit import Visit
from words import N_, format

SERVICES: Final = {
    "follow": N_("takes in what is recorded"),
    "schedule": N_("looks at the clock and raises alerts"),
    "send": N_("sends messages"),
}


def log(found: Operations, here: Visit) -> None:
    t, lang, lag = here.t, here.reader.lang, found.lag
    look.title(t("Do the pages show everything?"), icon="database")
    head, position = (format.number(number, lang) for number in (lag.head, lag.position))
    if lag.behind_since is None and found.still_total:
        text = t("All {head} events of the log have been read. What could not be taken in stands on this page.")
        st.markdown(f":orange[:material/error:] {text.format(head=head)}")
    elif lag.behind_since is None:
        text = t("Yes: all {head} events of the log have been taken in.")
        st.markdown(f":green[:material/check_circle:] {text.format(head=head)}")
    else:
        text = t("Up to event {position} of {head}; behind since {moment}.")
        said = text.format(position=position, head=head, moment=here.moment(lag.behind_since, short=True))
        look.nothing_yet(
            f":orange[:material/error:] {said}",
            t("It catches up by itself while the worker runs: `konto serve`. If not, run `konto check`."),
        )
    look.foot(t("Events are facts, alerts and what became of them, in the order in which they were recorded."))


def worker(services: Sequence[Service], here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Does the worker run?"), icon="manufacturing")
    for service in services:
        what = t.gettext(SERVICES[service.name])
        last = t("not within the last day")
        if service.last is not None:
            last = t("last {ago} ago").format(ago=_ago((here.now - service.last).total_seconds(), here))
        places_ = ""
        if service.instances > 1:
            places_ = t("in {n} processes").format(n=format.number(service.instances, lang))
        sign = ":green[:material/check_circle:]" if service.well else ":orange[:material/error:]"
        st.markdown(f"{sign} {what}\u2002{quiet(' · '.join(part for part in (last, places_) if part))}")
    if not all(service.well for service in services):
        st.markdown(f":material/subdirectory_arrow_right: {t('Start it: `konto serve`. Until then nobody is warned.')}")


def _ago(seconds: float, here: Visit) -> str:
    if seconds < 60:
        return here.t("{n} s").format(n=round(max(0.0, seconds)))
    return format.duration(seconds, here.reader.lang)


def messages(found: Operations, here: Visit) -> None:
    t, lang, counts = here.t, here.reader.lang, found.messages
    look.title(t("Do messages arrive?"), icon="outgoing_mail")
    shown = (
        (t("Raised in 7 days"), counts.raised),
        (t("Delivered in 7 days"), counts.delivered),
        (t("Ready to leave"), counts.waiting),
        (t("Not deliverable"), counts.undeliverable),
    )
    for column, (label, number) in zip(st.columns(4, gap="small"), shown, strict=True):
        column.markdown(f":small[{quiet(label)}]  \n**{format.number(number, lang)}**")
    for channel in counts.paused:
        name = t.gettext(say.CHANNEL_NAMES.get(channel, channel))
        st.markdown(f":orange[:material/pause_circle: {t('{channel} is paused').format(channel=plain(name))}]")
    _notes(found, "messages")
    st.page_link(places.deliveries(t), label=t("Every delivery"), icon=":material/arrow_forward:")


def backup(found: Operations, here: Visit) -> None:
    look.title(here.t("Is everything backed up?"), icon="backup")
    for note in found.notes:
        if note.area == "backup":
            well = ":material/info:" if note.advice else ":green[:material/check_circle:]"
            st.markdown(f"{well if note.ok else ':orange[:material/error:]'} {plain(note.text)}")


def _notes(found: Operations, area: Area) -> None:
    """What goes well in an area; what does not stands on top of the page."""
    for note in found.notes:
        if note.area == area and note.ok:
            st.markdown(quiet(plain(note.text)))
