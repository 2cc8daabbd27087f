"""What the adviser says, in a handful of sentences: about dates, never about people's worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.advice import LEAD_DAYS, LOADS, Estimate, Reason
from projections.advice import Advice
from projections.customers import person_name
from projections.filters import Library
from words import N_, Translator
from words.format import day_in_words, day_to_keep, number, of_ten, percent_between

KINDS: Mapping[str, str] = {
    "appointment": N_("appointments"),
    "delivery": N_("deliveries"),
    "callback": N_("calls back"),
    "price": N_("prices"),
    "quality": N_("promises about quality"),
    "other": N_("other promises"),
}
SEVERITIES: Mapping[str, str] = {
    "minor": N_("For matters of low weight: {n} of 100"),
    "normal": N_("For matters of usual weight: {n} of 100"),
    "serious": N_("For matters of great weight: {n} of 100"),
}
WEEKDAYS = (
    N_("For a Monday: {n} of 100"),
    N_("For a Tuesday: {n} of 100"),
    N_("For a Wednesday: {n} of 100"),
    N_("For a Thursday: {n} of 100"),
    N_("For a Friday: {n} of 100"),
    N_("For a Saturday: {n} of 100"),
    N_("For a Sunday: {n} of 100"),
)
REASONS: Mapping[str, str] = {
    "firm": N_("In the whole firm {n} of 100 promises are kept at present"),
    "team": N_("In the team {value}: {n} of 100"),
    "owner": N_("With {value}: {n} of 100"),
    "lately": N_("As it went lately: {n} of 100"),
    "kind": N_("For {value}: {n} of 100"),
    "customer": N_("With this customer: {n} of 100"),
    "lead": N_("With {value} until then: {n} of 100"),
    "load": N_("With {value} in hand: {n} of 100"),
}
LESS_THAN_A_DAY = N_("less than a business day")
DAYS_BETWEEN = N_("{low} to {high} business days")
DAYS_OR_MORE = N_("{n} business days or more")
NOTHING_ELSE = N_("no other promise")
PROMISES_BETWEEN = N_("{low} to {high} other promises")
PROMISES_OR_MORE = N_("{n} other promises or more")
RESTS = N_("{text} (from {promises}).")

WORKS_OUT = N_("By {day} it works out {n} in our experience.")
WORKS_OUT_UNDATED = N_("Without a date it works out {n} in our experience.")
SAFE = N_("With {day} it would be {n}.")
SAFE_TOO = N_("That is a safe date.")
NO_SAFE_DATE = N_("No date in the next {n} business days is safe by what is known.")
SURELY = N_("The value surely lies between {interval}.")
OVERLOAD = N_("So many at once have never gone well in an earlier month; at most {n} did.")
MASTERED = N_("Up to {n} at once have gone well in an earlier month.")
NO_DIFFERENCE = N_("By what is known so far, the date makes no difference.")
NOBODY_YET = N_("Nothing is known of {name} yet, so that this rests on the others.")
INSTEAD = N_(
    "Promise it later, when more is known; call it an intention; name a plan B; or say no honestly, with the reason."
)
NO_MARK = N_("The adviser helps to promise well. It is no mark for anybody.")

SAY: Mapping[str, str] = {
    "appointment": N_("We will come by {day}. Should anything get in the way, I will tell you beforehand."),
    "delivery": N_("You will have the delivery by {day}. Should anything get in the way, I will tell you beforehand."),
    "callback": N_("I will call you back by {day}, even if there is nothing new by then."),
    "price": N_(
        "You will have the price from me by {day}. Should anything get in the way, I will tell you beforehand."
    ),
    "quality": N_("By {day} it will be as agreed. Should anything get in the way, I will tell you beforehand."),
    "other": N_("You will have it by {day}. Should anything get in the way, I will tell you beforehand."),
}
"""How to promise it, in words that can be sent; the date is one that is kept."""
SAY_NO_DATE = N_(
    "I do not want to name a date that I may not be able to keep. By {day} I will tell you when it is sure to be done."
)


class Said(NamedTuple):
    """What to know first comes first. `instead`: what to do where no date is safe, else empty."""

    headline: str
    sure: str
    instead: str
    load: str
    steps: tuple[str, ...]


def said(advice: Advice, library: Library, t: Translator, zone: ZoneInfo) -> Said:
    known = advice.estimate.probability is not None
    is_hopeless = known and advice.safe is None and not advice.is_safe
    return Said(
        headline=_headline(advice, t, zone) if known else too_little(advice.estimate, t),
        sure=_sure(advice.estimate, t),
        instead=f"{t.gettext(NO_SAFE_DATE).format(n=len(advice.days))} {t.gettext(INSTEAD)}" if is_hopeless else "",
        load=_load(advice, t),
        steps=(*reasons(advice.estimate, library, t), *_nobody_yet(advice, t), *_no_difference(advice, t)),
    )


def sentences(advice: Advice, library: Library, t: Translator, zone: ZoneInfo) -> list[str]:
    found = said(advice, library, t, zone)
    every = [found.headline, found.sure, found.instead, found.load, *found.steps, t.gettext(NO_MARK)]
    return [each for each in every if each]


def wording(advice: Advice, t: Translator, zone: ZoneInfo) -> str | None:
    """How to say it to the customer, with a date that is safe; None where nothing can be said of dates yet."""
    if advice.estimate.probability is None:
        return None
    safe = advice.wanted_on if advice.is_safe else advice.safe.on if advice.safe else None
    day = day_to_keep(safe or advice.days[0].on, advice.at.astimezone(zone).date(), t.lang)
    return t.gettext(SAY[advice.wanted.kind] if safe else SAY_NO_DATE).format(day=day)


def _headline(advice: Advice, t: Translator, zone: ZoneInfo) -> str:
    probability, today = advice.estimate.probability or 0.0, advice.at.astimezone(zone).date()
    if advice.wanted_on is None:
        text = t.gettext(WORKS_OUT_UNDATED).format(n=in_ten(probability, t))
    else:
        day = day_in_words(advice.wanted_on, today, t.lang)
        text = t.gettext(WORKS_OUT).format(day=day, n=in_ten(probability, t))
    if advice.is_safe:
        return f"{text} {t.gettext(SAFE_TOO)}"
    if advice.safe is None:
        return text
    best = of_ten(advice.safe.estimate.probability or 0.0, t.lang)
    return f"{text} {t.gettext(SAFE).format(day=day_in_words(advice.safe.on, today, t.lang), n=best)}"


def _sure(estimate: Estimate, t: Translator) -> str:
    surely = t.gettext(SURELY).format(interval=percent_between(*estimate.interval, t.lang))
    return surely if estimate.probability is None else f"{surely} {rests_on(estimate.rests_on, t)}"


def _nobody_yet(advice: Advice, t: Translator) -> Iterator[str]:
    if not any(each.name == "owner" and each.rests_on for each in advice.estimate.reasons):
        yield t.gettext(NOBODY_YET).format(name=advice.wanted.owner)


def _no_difference(advice: Advice, t: Translator) -> Iterator[str]:
    if advice.estimate.probability is not None and len({day.estimate.probability for day in advice.days}) == 1:
        yield t.gettext(NO_DIFFERENCE)


def _load(advice: Advice, t: Translator) -> str:
    load = advice.workload
    text = t.ngettext("{name} has {n} open promise.", "{name} has {n} open promises.", load.open)
    text = text.format(name=advice.wanted.owner, n=number(load.open, t.lang))
    if load.most_mastered is None:
        return text
    more = t.gettext(OVERLOAD if load.is_overload else MASTERED).format(n=number(load.most_mastered, t.lang))
    return f"{text} {more}"


def too_little(estimate: Estimate, t: Translator) -> str:
    n = estimate.rests_on
    text = t.ngettext("Nothing to say yet: only {n} promise.", "Nothing to say yet: only {n} promises.", n)
    return text.format(n=n)


def rests_on(n: int, t: Translator) -> str:
    return t.ngettext("Rests on {n} promise.", "Rests on {n} promises.", n).format(n=number(n, t.lang))


def reasons(estimate: Estimate, library: Library, t: Translator) -> list[str]:
    """Each step of the estimate, from the firm to the particular; what nothing is known of is left out."""
    return [_reason(each, library, t) for each in estimate.reasons if each.rests_on]


def _reason(reason: Reason, library: Library, t: Translator) -> str:
    n = max(1, min(99, round(reason.probability * 100)))
    match reason.name:
        case "severity":
            text = t.gettext(SEVERITIES[reason.value]).format(n=n)
        case "weekday":
            text = t.gettext(WEEKDAYS[int(reason.value)]).format(n=n)
        case _:
            text = t.gettext(REASONS[reason.name]).format(n=n, value=_value(reason, library, t))
    from_so_many = t.ngettext("{n} promise", "{n} promises", reason.rests_on)
    return t.gettext(RESTS).format(text=text, promises=from_so_many.format(n=number(reason.rests_on, t.lang)))


def _value(reason: Reason, library: Library, t: Translator) -> str:
    match reason.name:
        case "owner":
            return person_name(library, reason.value) or reason.value
        case "kind":
            return t.gettext(KINDS[reason.value])
        case "lead":
            return _lead(int(reason.value), t)
        case "load":
            return _hand(int(reason.value), t)
        case _:
            return reason.value


def _lead(place: int, t: Translator) -> str:
    if place == 0:
        return t.gettext(LESS_THAN_A_DAY)
    if place == len(LEAD_DAYS):
        return t.gettext(DAYS_OR_MORE).format(n=LEAD_DAYS[-1])
    return t.gettext(DAYS_BETWEEN).format(low=LEAD_DAYS[place - 1], high=LEAD_DAYS[place])


def _hand(place: int, t: Translator) -> str:
    if place == 0:
        return t.gettext(NOTHING_ELSE)
    if place == len(LOADS):
        return t.gettext(PROMISES_OR_MORE).format(n=LOADS[-1])
    return t.gettext(PROMISES_BETWEEN).format(low=LOADS[place - 1], high=LOADS[place] - 1)


def in_ten(probability: float, t: Translator) -> str:
    return t.gettext("{n} times").format(n=of_ten(probability, t.lang))
