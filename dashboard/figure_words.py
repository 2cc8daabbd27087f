"""What each figure is called, and what the list behind it is divided into."""

from __future__ import annotations

from typing import Final

from dashboard import say
from dashboard.shapes.behind import Part
from dashboard.shapes.overview import Measured
from words import N_, Translator, format

LABELS: Final = {
    "on_time_rate": N_("On time, last promise"),
    "strict_on_time_rate": N_("On time, first promise"),
    "lateness_hours": N_("How late the late ones came"),
    "timely_notice_rate": N_("Notice in time"),
    "fulfilment_degree": N_("How much was done"),
    "over_fulfilment_rate": N_("More than promised"),
    "broken_rate": N_("Broken"),
    "withdrawn_rate": N_("Taken back openly"),
    "partial_rate": N_("Kept in part"),
    "estimate_accuracy": N_("Charged, of the price named"),
    "first_answer_hours": N_("First answer"),
    "answered_in_time": N_("Answered in time"),
    "chase_rate": N_("Asked again"),
    "follow_up_rate": N_("Called after delivery"),
    "needs_first_rate": N_("Asked before selling"),
    "incident_rate": N_("Incidents for a hundred promises"),
    "resolution_hours": N_("Until put right"),
    "recovery_discipline": N_("Steps in time"),
    "recovery_success": N_("Trust came back"),
    "referral_rate": N_("Recommended us"),
    "detractor_rate": N_("Disappointed"),
    "feedback_silence": N_("Silent about our work"),
    "silence": N_("Long not heard of"),
    "continuity": N_("In the same hands"),
    "equal_service": N_("The same for everybody"),
}
PARTS: Final[dict[str, tuple[str, str]]] = {
    "on_time_rate": (N_("on time"), N_("not on time")),
    "strict_on_time_rate": (N_("by the first date"), N_("not by the first date")),
    "timely_notice_rate": (N_("notice in time"), N_("no notice in time")),
    "over_fulfilment_rate": (N_("more than promised"), N_("as promised or less")),
    "broken_rate": (N_("broken"), N_("not broken")),
    "withdrawn_rate": (N_("taken back"), N_("not taken back")),
    "partial_rate": (N_("kept in part"), N_("the others")),
    "answered_in_time": (N_("answered in time"), N_("late or never")),
    "chase_rate": (N_("asked again"), N_("asked for the first time")),
    "follow_up_rate": (N_("called"), N_("not called")),
    "needs_first_rate": (N_("asked before"), N_("not asked before")),
    "recovery_discipline": (N_("all in time and in order"), N_("late, or a step was left out")),
    "recovery_success": (N_("trust came back"), N_("it did not come back")),
    "referral_rate": (N_("recommended us"), N_("the others")),
    "detractor_rate": (N_("disappointed"), N_("the others")),
    "feedback_silence": (N_("silent"), N_("told us something")),
    "silence": (N_("silent"), N_("heard of as usual")),
}
"""What a share counts, and the rest; other figures divide nothing."""


def label(name: str, t: Translator) -> str:
    return say.word(LABELS, name, t)


def part(name: str, which: Part, t: Translator) -> str:
    """What a part of the list is called."""
    if which == "all":
        return t("All")
    counted, rest = PARTS.get(name, (N_("counted"), N_("the others")))
    return t.gettext(counted if which == "counted" else rest)


def value(unit: str, found: float, t: Translator) -> str:
    """A figure's value as people say it."""
    match unit:
        case "business":
            return say.business_time(found, t)
        case "clock":
            return format.duration(found, t.lang)
        case "ratio":
            return ratio(found, t)
        case "per_hundred":
            return format.number(found, t.lang, 1)
    return format.percent(found, t.lang)


def ratio(found: float, t: Translator) -> str:
    """A share that may lie over 100 %."""
    mark = f"{format.NO_BREAK_SPACE}%" if t.lang == "de" else "%"
    return format.number(found * 100, t.lang) + mark


def how_sure(found: Measured, t: Translator) -> str:
    """Between what it surely lies, or what nine in ten do not exceed; empty where neither can be said."""
    if found.low is not None and found.high is not None:
        between = format.percent_between(found.low, found.high, t.lang)
        return t("Surely between {between}.").format(between=between)
    if found.most is None:
        return ""
    most = value(found.unit, found.most, t)
    if found.unit in ("ratio", "clock"):
        return t("9 in 10 at most {value}.").format(value=most)
    return t("9 in 10 within {time}.").format(time=most)


def rests_on(found: Measured, t: Translator) -> str:
    n = format.number(found.n, t.lang)
    match _subject(found):
        case "questions":
            text = t.ngettext("Rests on {n} question.", "Rests on {n} questions.", found.n)
        case "contacts":
            text = t.ngettext("Rests on {n} contact.", "Rests on {n} contacts.", found.n)
        case "incidents":
            text = t.ngettext("Rests on {n} incident.", "Rests on {n} incidents.", found.n)
        case "customers":
            text = t.ngettext("Rests on {n} customer.", "Rests on {n} customers.", found.n)
        case _:
            text = t.ngettext("Rests on {n} promise.", "Rests on {n} promises.", found.n)
    return text.format(n=n)


def too_few(found: Measured, t: Translator) -> str:
    """That it says nothing yet, and how many there are so far."""
    if found.name == "recovery_success" and not found.n:
        return t("Nothing to say yet: no incident is 90 days old.")
    match _subject(found):
        case "questions":
            none = t("Nothing to say yet: no question.")
            text = t.ngettext(
                "Nothing to say yet: only {n} question.", "Nothing to say yet: only {n} questions.", found.n
            )
        case "contacts":
            none = t("Nothing to say yet: no contact.")
            text = t.ngettext(
                "Nothing to say yet: only {n} contact.", "Nothing to say yet: only {n} contacts.", found.n
            )
        case "incidents":
            none = t("Nothing to say yet: no incident.")
            text = t.ngettext(
                "Nothing to say yet: only {n} incident.", "Nothing to say yet: only {n} incidents.", found.n
            )
        case "customers":
            none = t("Nothing to say yet: no customer.")
            text = t.ngettext(
                "Nothing to say yet: only {n} customer.", "Nothing to say yet: only {n} customers.", found.n
            )
        case _:
            none = t("Nothing to say yet: no promise.")
            text = t.ngettext(
                "Nothing to say yet: only {n} promise.", "Nothing to say yet: only {n} promises.", found.n
            )
    return text.format(n=found.n) if found.n else none


def _subject(found: Measured) -> str:
    return _RESTING_ON.get(found.name, found.of)


_RESTING_ON: Final = {
    "first_answer_hours": "questions",
    "answered_in_time": "questions",
    "incident_rate": "promises",
}
"""Where a figure rests on something else than the list behind it is a list of."""
