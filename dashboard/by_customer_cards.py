"""The overview's cards for which all customers are gone through; they are filled when everything else stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import behind, charts, figure_cards, look, say
from dashboard.charts import Column, Strip
from dashboard.shapes.overview import ENOUGH, ByCustomer, Course, Overview, OverviewAsked, Service, Step
from dashboard.visit import Visit
from words import N_, Translator, format

_WELL: Final = ("over_fulfilment_rate", "follow_up_rate", "needs_first_rate", "continuity")
_INCIDENTS: Final = ("incident_rate", "resolution_hours", "recovery_discipline")
_VOICES: Final = ("silence", "feedback_silence", "detractor_rate", "referral_rate")
_SHOWN_STEPS: Final = 3
_HOUR: Final = 3600
_EVEN, _UNEVEN, _VERY_UNEVEN = 0.15, 0.3, 0.45
_DEPOSITS: Final = {
    "kept": N_("promises kept"),
    "answers": N_("quick answers"),
    "care": N_("care, advice, follow-ups"),
    "voices": N_("praise and recommendations"),
    "honesty": N_("an honest no"),
    "recovery": N_("put right again"),
    "late": N_("late ones that were settled"),
    "broken": N_("kept in part"),
    "other": N_("other reasons"),
}
_WITHDRAWALS: Final = {
    "answers": N_("late answers, asked again"),
    "voices": N_("bad feedback"),
    "late": N_("late and overdue"),
    "broken": N_("broken, in part, taken back"),
    "notice": N_("moved without notice in time"),
    "incidents": N_("incidents"),
    "other": N_("other reasons"),
}


class Places(NamedTuple):
    """Where the cards will stand."""

    course: DeltaGenerator
    well: DeltaGenerator
    waiting: DeltaGenerator
    incidents: DeltaGenerator
    service: DeltaGenerator
    voices: DeltaGenerator


def places_for(course: DeltaGenerator, well: DeltaGenerator) -> Places:
    return Places(course, well, st.container(), st.container(), st.container(), st.container())


def fill(places: Places, found: ByCustomer, seen: Overview, asked: OverviewAsked, here: Visit) -> None:
    t = here.t
    with places.course, look.card("course", stretch=True):
        _course(found, here)
    figures = {**seen.figures, **found.figures}
    with places.well:
        figure_cards.card("well", t("What went well?"), "", _WELL, figures, asked, here)
    with places.incidents:
        title = t("Do we put things right?")
        figure_cards.card(
            "recovery", title, _reported(seen, here), (*_INCIDENTS, "recovery_success"), figures, asked, here
        )
    with places.service, look.card("service"):
        _service(found, seen, asked, here)
    with places.voices, look.card("voices"):
        look.title(t("What do customers say, and who is silent?"), t("no praise is silent criticism"))
        figure_cards.row(_VOICES, figures, asked, here)
        look.foot(f"{t('Of the active customers: heard of within a year, not gone.')} {_as_of(found, here)}")


def _as_of(found: ByCustomer, here: Visit) -> str:
    at = here.moment(found.at)
    return here.t("As of {moment}.").format(moment=at)


def _reported(seen: Overview, here: Visit) -> str:
    n = seen.figures["incident_rate"].counted or 0
    return here.t.ngettext("{n} incident was reported", "{n} incidents were reported", n).format(
        n=format.number(n, here.reader.lang)
    )


# -- the course of all accounts -------------------------------------------------------------------


def _course(found: ByCustomer, here: Visit) -> None:
    t, course = here.t, found.course
    look.title(t("Where does the total come from?"))
    if not course.postings and not course.opening:
        look.nothing_yet(t("No points yet."), t("Kept promises and quick answers bring the first ones."))
        return
    columns = _columns(course, t)
    look.show(charts.course(columns, here.style))
    st.markdown(f":small[{_in_a_sentence(course, here)}]")
    cut = f"{t('The bars begin above zero.')} " if charts.cut_off(columns) else ""
    look.foot(f"{cut}{t('All customers together, in points.')} {_as_of(found, here)}")


def _columns(course: Course, t: Translator) -> list[Column]:
    deposits = _few(course.deposits, _DEPOSITS, t("all other deposits"), t)
    withdrawals = _few(course.withdrawals, _WITHDRAWALS, t("all other withdrawals"), t)
    faded = [Column(t("faded with time"), course.faded)] if course.faded else []
    return [
        Column(t("before"), course.opening, total=True),
        *deposits,
        *withdrawals,
        *faded,
        Column(t("at the end"), course.closing, total=True),
    ]


def _few(steps: Sequence[Step], words: dict[str, str], others: str, t: Translator) -> list[Column]:
    """The heaviest reasons; what is left stands together."""
    shown = steps if len(steps) <= _SHOWN_STEPS + 1 else steps[:_SHOWN_STEPS]
    columns = [Column(say.word(words, each.reason, t), each.points) for each in shown]
    rest = sum(each.points for each in steps[len(shown) :])
    return [*columns, Column(others, rest)] if rest else columns


def _in_a_sentence(course: Course, here: Visit) -> str:
    t, lang = here.t, here.reader.lang

    def points(worth: int) -> str:
        return format.points(worth, lang, signed=True, decimals=0)

    came = sum(each.points for each in course.deposits)
    went = sum(each.points for each in course.withdrawals)
    change = course.closing - course.opening
    text = t("The total fell by {n} points: {came} came in, {went} went out, {faded} faded.")
    if change >= 0:
        text = t("The total rose by {n} points: {came} came in, {went} went out, {faded} faded.")
    return text.format(
        n=format.points(abs(change), lang, decimals=0), came=points(came), went=points(went), faded=points(course.faded)
    )


# -- the same for everybody -----------------------------------------------------------------------


def _service(found: ByCustomer, seen: Overview, asked: OverviewAsked, here: Visit) -> None:
    t, service = here.t, found.service
    look.title(t("Does everybody get the same?"), t("one dot a customer, nobody is named"))
    left, right = st.columns(2, gap="medium")
    with left:
        _waits(service, here)
    with right:
        _rates(service, seen.target, here)
    equal = found.figures["continuity"]._replace(name="equal_service", n=max(len(service.waits), len(service.rates)))
    behind.link(equal, asked, here, label=t("See how each customer is served"))
    look.foot(_as_of(found, here))


def _waits(service: Service, here: Visit) -> None:
    t = here.t
    st.markdown(f"**{t('How long they wait for an answer')}**", help=_gini_in_words(here))
    if len(service.waits) < ENOUGH or service.wait is None:
        look.lines(_too_few(len(service.waits), here))
        return
    top = _round_hours(service.waits[int(0.97 * (len(service.waits) - 1))])
    found = Strip(
        service.waits,
        top,
        lambda seconds: say.business_time(seconds, t) if seconds else "0",
        [0, top / 4, top / 2, top * 3 / 4, top],
    )
    look.show(charts.strip(found, here.style))
    look.lines(_evenness(service.wait, service.wait_before, here), _dots(found, here))


def _rates(service: Service, target: float, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    st.markdown(f"**{t('How often promises to them are kept')}**", help=_gini_in_words(here))
    if len(service.rates) < ENOUGH or service.kept is None:
        look.lines(_too_few(len(service.rates), here))
        return
    found = Strip(service.rates, 1.0, lambda share: format.percent(share, lang), [0, 0.25, 0.5, 0.75, 1.0], target)
    look.show(charts.strip(found, here.style))
    look.lines(_evenness(service.kept, service.kept_before, here), _dots(found, here))


def _round_hours(seconds: float) -> float:
    """The right end of the axis: a number of hours that divides into four."""
    return max(4, -(-seconds // (4 * _HOUR)) * 4) * _HOUR


def _too_few(n: int, here: Visit) -> str:
    t = here.t
    text = t.ngettext("Nothing to say yet: only {n} customer.", "Nothing to say yet: only {n} customers.", n)
    return text.format(n=n) if n else t("Nothing to say yet: no customer.")


def _gini_in_words(here: Visit) -> str:
    return here.t(
        "In brackets the Gini coefficient over customers: 0 means that all are served alike, 1 that one has everything."
    )


def _evenness(found: float, before: float | None, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    words = (
        t("Almost alike")
        if found < _EVEN
        else t("Somewhat differently")
        if found < _UNEVEN
        else t("Clearly differently")
        if found < _VERY_UNEVEN
        else t("Very differently")
    )
    said = format.number(found, lang, 2)
    if before is None:
        return f"{words} ({said})."
    return t("{words} ({value}, {earlier} before).").format(
        words=words, value=said, earlier=format.number(before, lang, 2)
    )


def _dots(found: Strip, here: Visit) -> str:
    t, each = here.t, charts.per_dot(found)
    rests = t.ngettext("Rests on {n} customer.", "Rests on {n} customers.", len(found.values))
    said = rests.format(n=format.number(len(found.values), here.reader.lang))
    if each == 1:
        return said
    return f"{t('A dot stands for up to {n} customers.').format(n=each)} {said}"
