"""Does everything run? One calm line where it does; else what is the matter, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import streamlit as st

from dashboard import data, look, places, say
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.operations import (
    Area,
    DocumentRow,
    Door,
    DoorRow,
    DoorState,
    KeyRow,
    Note,
    Operations,
    ParkedRow,
    RefusedFile,
    Service,
)
from dashboard.views import people
from dashboard.visit import Visit, visit
from words import N_, format

SERVICES: Final = {
    "follow": N_("takes in what is recorded"),
    "schedule": N_("looks at the clock and raises alerts"),
    "send": N_("sends messages"),
}
DOORS: Final[dict[Door, str]] = {
    "mailbox": N_("Mailbox"),
    "calendar": N_("Calendar"),
    "hook": N_("Webhook"),
}
_DOOR_STATES: Final[dict[DoorState, str]] = {
    "well": N_("is read"),
    "late": N_("is read late"),
    "never": N_("not read yet"),
    "failing": N_("cannot be read"),
    "unknown": N_("waits for what is sent"),
}
SCOPES: Final = {
    "facts:write": N_("bring facts"),
    "read": N_("read"),
    "alerts": N_("answer alerts"),
    "admin": N_("look after keys"),
    "feed": N_("show one person's promises in a calendar"),
}
DOCUMENTS: Final = {
    "rulebook": N_("Rulebook"),
    "calendars": N_("Calendars"),
    "people": N_("People"),
}
_AREAS: Final[dict[Area, str]] = {
    "log": N_("Facts"),
    "worker": N_("Worker"),
    "messages": N_("Messages"),
    "doors": N_("What comes in"),
    "safety": N_("Safety"),
}


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    found = data.ask().operations(here.reader)
    look.head(t("Operations"), t("Whether everything runs, what waits, and what to do"))
    if isinstance(found, Refusal):
        with look.card("refused"):
            look.refused(found.sentences)
        return
    with look.card("state"):
        _state(found, here)
    left, right = st.columns(2, gap="small")
    with left:
        with look.card("log"):
            _log(found, here)
        with look.card("worker"):
            _worker(found.services, here)
        with look.card("messages"):
            _messages(found, here)
        if found.parked_total:
            with look.card("parked"):
                _parked(found.parked, found.parked_total, here)
        if found.refused_total:
            with look.card("refused_files"):
                _refused(found.refused, found.refused_total, here)
    with right:
        with look.card("people"):
            _people(found, here)
        if found.doors is not None:
            with look.card("doors"):
                _doors(found.doors, here)
        if found.documents is not None:
            with look.card("documents"):
                _documents(found.documents, here)
        if found.keys is not None:
            with look.card("keys"):
                _keys(found.keys, here)


# -- in one line ----------------------------------------------------------------------------------


def _state(found: Operations, here: Visit) -> None:
    t = here.t
    wrong = sorted((note for note in found.notes if not note.ok), key=lambda note: list(_AREAS).index(note.area))
    if not wrong and not found.missing:
        st.markdown(f":green[:material/check_circle: **{t('Everything runs.')}**] {quiet(t('Nothing is to be done.'))}")
    for note in wrong:
        st.markdown(_note(note, here))
    people.missing(found.missing, here)
    look.foot(t("As of {moment}.").format(moment=_moment(found.at, here)))


def _note(note: Note, here: Visit) -> str:
    area = here.t.gettext(_AREAS[note.area])
    return f":orange[:material/error: **{area}**]\u2002{plain(note.text)}"


def _notes(found: Operations, area: Area) -> None:
    """What goes well in an area; what does not stands on top of the page."""
    for note in found.notes:
        if note.area == area and note.ok:
            st.markdown(quiet(plain(note.text)))


def _moment(at: datetime, here: Visit) -> str:
    return here.moment(at, short=True)


# -- what runs ------------------------------------------------------------------------------------


def _log(found: Operations, here: Visit) -> None:
    t, lang, lag = here.t, here.reader.lang, found.lag
    look.title(t("Do the pages show everything?"), icon="database")
    head, position = (format.number(number, lang) for number in (lag.head, lag.position))
    if lag.behind_since is None:
        text = t("Yes: all {head} events of the log have been taken in.")
        st.markdown(f":green[:material/check_circle:] {text.format(head=head)}")
    else:
        text = t("Up to event {position} of {head}; behind since {moment}.")
        said = text.format(position=position, head=head, moment=_moment(lag.behind_since, here))
        look.nothing_yet(
            f":orange[:material/error:] {said}",
            t("It catches up by itself while the worker runs: `konto serve`. If not, run `konto check`."),
        )
    look.foot(t("Events are facts, alerts and what became of them, in the order in which they were recorded."))


def _worker(services: Sequence[Service], here: Visit) -> None:
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


def _messages(found: Operations, here: Visit) -> None:
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


# -- what comes in --------------------------------------------------------------------------------


def _doors(doors: Sequence[DoorRow], here: Visit) -> None:
    t = here.t
    look.title(t("What comes in by itself?"), icon="input", count=len(doors))
    if not doors:
        look.nothing_yet(
            t("No mailbox, calendar or webhook is set."),
            t("Facts come by `konto import`, the API or capture. Others are set in `settings.toml`."),
        )
    for door in doors:
        wrong = door.state in ("late", "failing", "never")
        state = t.gettext(_DOOR_STATES[door.state])
        badge = f":orange-badge[:material/error: {state}]" if wrong else f":gray-badge[{state}]"
        times = [
            t("last success {moment}").format(moment=_moment(door.last, here)) if door.last else "",
            t("fails since {moment}").format(moment=_moment(door.failed, here)) if door.failed else "",
        ]
        said = quiet(" · ".join(part for part in times if part))
        st.markdown(f"{t.gettext(DOORS[door.door])} **{plain(door.name)}**\u2002{badge}  \n{said}".rstrip())
        if wrong:
            st.markdown(f":material/subdirectory_arrow_right: {_try(door, here)}")


def _try(door: DoorRow, here: Visit) -> str:
    if door.door == "mailbox":
        return here.t("See why: `konto mail read {name}`").format(name=door.name)
    return here.t("Try it: `konto appointments read {name}`").format(name=door.name)


def _parked(rows: Sequence[ParkedRow], total: int, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Facts that wait"), icon="pause_circle", count=total)
    for row in rows:
        needs = t("what it belongs to") if row.needs is None else plain(row.needs)
        words = t("waits again for {what}, which was retracted") if row.again else t("waits for {what}")
        since = t("since {moment}").format(moment=_moment(row.since, here))
        st.markdown(
            f"{plain(row.fact)}\u2002{quiet(plain(row.source))}  \n{quiet(f'{words.format(what=needs)} · {since}')}"
        )
    st.markdown(
        f":material/subdirectory_arrow_right: {t('Bring what they wait for; then they are recorded by themselves.')}"
    )
    if total > len(rows):
        shown = t("The {n} that have waited longest, of {total}; all of them with `konto parked`.")
        look.foot(shown.format(n=format.number(len(rows), lang), total=format.number(total, lang)))


def _refused(files: Sequence[RefusedFile], total: int, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Refused rows"), icon="rule", count=total)
    for file in files:
        rows = ""
        if file.rows is not None:
            rows = t.ngettext("{n} row", "{n} rows", file.rows).format(n=format.number(file.rows, lang))
        st.markdown(
            f"{plain(file.name)}  \n{quiet(' · '.join(part for part in (rows, _moment(file.at, here)) if part))}"
        )
    st.markdown(
        f":material/subdirectory_arrow_right: "
        f"{t('They lie in the folder `refused` of the home: mend them there, and import the file again.')}"
    )


# -- people, documents, keys ----------------------------------------------------------------------


def _people(found: Operations, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    counted = t.ngettext("{n} person", "{n} people", found.people).format(n=format.number(found.people, lang))
    look.title(t("Who is away today?"), counted, icon="event_busy")
    if not found.away:
        st.markdown(quiet(t("Everybody is here.") if found.people else t("Nobody is named yet.")))
    for row in found.away:
        until = t("until {day}").format(day=format.day(row.away.last, lang, today=here.today))
        stand_in = t("{name} stands in").format(name=plain(row.stand_in)) if row.stand_in else ""
        st.markdown(f"**{plain(row.name)}**\u2002{quiet(' · '.join(part for part in (until, stand_in) if part))}")
        if row.stand_in is None:
            words = t("Nobody stands in: name somebody in the text about the people.")
            st.markdown(f":material/subdirectory_arrow_right: {words}")
    st.page_link(places.people(t), label=t("People and hours"), icon=":material/arrow_forward:")


def _documents(rows: Sequence[DocumentRow], here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Which versions count?"), icon="menu_book")
    for row in rows:
        since = t("from the beginning")
        if row.since is not None:
            since = t("since {moment}").format(moment=_moment(row.since, here))
        parts = [since, t("as shipped") if row.shipped else ""]
        if row.versions:
            words = t.ngettext("{n} version published", "{n} versions published", row.versions)
            parts.append(words.format(n=format.number(row.versions, lang)))
        if row.later is not None:
            parts.append(t("another one from {moment} on").format(moment=_moment(row.later, here)))
        said = quiet(" · ".join(part for part in parts if part))
        st.markdown(f"**{t.gettext(DOCUMENTS[row.kind])}**\u2002{said}")
    st.page_link(places.rules(t), label=t("To the rulebook and its versions"), icon=":material/arrow_forward:")


def _keys(rows: Sequence[KeyRow], here: Visit) -> None:
    t = here.t
    look.title(t("Who has a key?"), icon="key", count=sum(row.counts for row in rows))
    if not rows:
        look.nothing_yet(t("No program has a key."), t("`konto keys create --scope facts:write` makes one."))
    for number, row in enumerate(rows):
        with st.container(key=f"row_key_{number}"):
            st.markdown("  \n".join(_key(row, here)))
    look.foot(t("The name of a key is no secret; the key itself is shown once, when it is made, and kept nowhere."))


def _key(row: KeyRow, here: Visit) -> list[str]:
    t = here.t
    name = plain(row.purpose) if row.purpose else t("key {name}").format(name=row.name)
    badge = f":green-badge[:material/check: {t('valid')}]" if row.counts else f":gray-badge[{_ended(row, here)}]"
    may = ", ".join(t.gettext(SCOPES[scope]) if scope in SCOPES else scope for scope in row.scopes)
    whose = t("in the name of {name}").format(name=plain(row.person)) if row.person else ""
    until = t("until {moment}").format(moment=_moment(row.expires, here)) if row.expires else t("until revoked")
    made = t("made {moment}").format(moment=_moment(row.created, here))
    second = [row.name if row.purpose else "", may, whose]
    third = [made, until if row.counts else ""]
    return [
        f"**{name}**\u2002{badge}",
        quiet(" · ".join(part for part in second if part)),
        quiet(" · ".join(part for part in third if part)),
    ]


def _ended(row: KeyRow, here: Visit) -> str:
    t = here.t
    if row.revoked is not None:
        return t("revoked {moment}").format(moment=_moment(row.revoked, here))
    return t("expired")
