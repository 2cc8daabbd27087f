"""What the adviser says, in a handful of sentences: about dates, never about people's worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.advice import LEAD_DAYS, LOADS, Estimate, Reason
from projections.advice import Advice
from projections.customers import person_name
from projections.filters import Library
from words import N_, Translator
from words.format import day_in_words, number, of_ten, percent_between

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

WORKS_OUT = N_("Until {day} it works out in our experience {n}.")
WORKS_OUT_UNDATED = N_("Without a date it works out in our experience {n}.")
SAFE = N_("With {day} it would be {n}.")
SAFE_TOO = N_("That is a safe date.")
NO_SAFE_DATE = N_("No date in the next {n} business days is safe by what is known.")
SURELY = N_("The value surely lies between {interval}.")
OVERLOAD = N_("So many at once have never gone well in an earlier month; at most {n} did.")
NOBODY_YET = N_("Nothing is known of {name} yet, so that this rests on the others.")
NO_MARK = N_("The adviser helps to promise well. It is no mark for anybody.")


def sentences(advice: Advice, library: Library, t: Translator, zone: ZoneInfo) -> list[str]:
    """What to know first comes first."""
    said = [*_verdict(advice, t, zone), *_load(advice, t), *reasons(advice.estimate, library, t)]
    if not any(each.name == "owner" and each.rests_on for each in advice.estimate.reasons):
        said.append(t.gettext(NOBODY_YET).format(name=advice.wanted.owner))
    return [*said, t.gettext(NO_MARK)]


def _verdict(advice: Advice, t: Translator, zone: ZoneInfo) -> Iterator[str]:
    estimate, probability = advice.estimate, advice.estimate.probability
    if probability is None:
        yield too_little(estimate, t)
        return
    due, today = advice.wanted.due, advice.at.astimezone(zone).date()
    if due is None:
        text = t.gettext(WORKS_OUT_UNDATED).format(n=_in_ten(probability, t))
    else:
        text = t.gettext(WORKS_OUT).format(day=_day(due, today, zone, t), n=_in_ten(probability, t))
    surely = t.gettext(SURELY).format(interval=percent_between(*estimate.interval, t.lang))
    yield f"{text} {surely} {rests_on(estimate.rests_on, t)}"
    safe = advice.safe
    if probability >= advice.safe_from:
        yield t.gettext(SAFE_TOO)
    elif safe is None:
        yield t.gettext(NO_SAFE_DATE).format(n=len(advice.days))
    else:
        best = safe.estimate.probability or 0.0
        yield t.gettext(SAFE).format(day=day_in_words(safe.on, today, t.lang), n=_in_ten(best, t))


def _load(advice: Advice, t: Translator) -> Iterator[str]:
    load = advice.workload
    text = t.ngettext("{name} has {n} open promise.", "{name} has {n} open promises.", load.open)
    text = text.format(name=advice.wanted.owner, n=number(load.open, t.lang))
    if load.is_overload:
        text = f"{text} {t.gettext(OVERLOAD).format(n=number(load.most_mastered or 0, t.lang))}"
    yield text


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


def _in_ten(probability: float, t: Translator) -> str:
    return t.gettext("in {n} cases").format(n=of_ten(probability, t.lang))


def _day(due: datetime, today: date, zone: ZoneInfo, t: Translator) -> str:
    local = due.astimezone(zone)
    on = local.date() - timedelta(days=1) if (local.hour, local.minute, local.second) == (0, 0, 0) else local.date()
    return day_in_words(on, today, t.lang)
