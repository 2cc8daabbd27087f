"""What the places in the sentences of an alert stand for, in the reader's language. What is not known has no place."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from domain.recovery import StepName
from projections import sentences
from words import N_, Translator
from words.format import day_and_month, day_in_words, how_long, moment, number, of_ten, percent, points
from words.names import CHANNELS
from workers.messages.matter import (
    Account,
    Asked,
    Burden,
    Claims,
    Matter,
    Promised,
    Recovery,
    Rhythm,
    Way,
    Week,
)
from workers.messages.message import Telling

Places = dict[str, str]

A_CUSTOMER: Final = N_("A customer")
A_SUPPLIER: Final = N_("A supplier")
A_TEAM: Final = N_("A team")
A_COLLEAGUE: Final = N_("A colleague")
A_CHANNEL: Final = N_("One of our channels")
EMAIL: Final = N_("E-mail")

KINDS: Final = {
    "appointment": N_("an appointment"),
    "delivery": N_("a delivery"),
    "callback": N_("a call back"),
    "price": N_("a price"),
    "quality": N_("a quality"),
    "other": N_("a promise"),
}
DONE: Final[Mapping[StepName, str]] = {
    "reason": N_("the reason is given"),
    "apology": N_("we have apologised"),
    "chance": N_("we have asked for a new chance"),
    "talk": N_("we have talked in person"),
    "resolved": N_("it is put right"),
}
PURPOSES: Final = {
    "follow_up": N_("asked whether all is well"),
    "check_in": N_("asked how things are"),
    "needs": N_("asked what is needed"),
    "advice": N_("advised"),
    "idea_adopted": N_("took up an idea"),
    "courtesy": N_("a kind gesture"),
    "service": N_("an extra service"),
    "news": N_("news"),
    "other": N_("for another reason"),
}

SHORT, LONG = 80, 400
"""So many characters of a name or text fit into a title, and so many into the text."""


def one_line(text: str, most: int = LONG) -> str:
    """What somebody wrote, on one line and not longer than so many characters."""
    visible = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp") else each for each in text)
    plain = " ".join("".join(each for each in visible if each not in TURNING).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They would turn around the direction of all that follows."""


def places(matter: Matter, telling: Telling, most: int) -> Places:
    """`most`: so long may each of them be that somebody wrote."""
    found = {"customer": _named(matter.customer, A_CUSTOMER, telling.t, most)}
    match matter.about:
        case Promised() as promised:
            found |= _promised(promised, telling, most)
        case Asked() as asked:
            found |= _asked(asked, telling, most)
        case Recovery() as recovery:
            found |= _recovery(recovery, telling, most)
        case Account() as account:
            found |= _account(account, found["customer"], telling)
        case Rhythm() as rhythm:
            found |= _rhythm(rhythm, telling)
        case Claims() as claims:
            found |= _claims(claims, telling, most)
        case Burden() as burden:
            found |= _burden(burden, telling.t, most)
        case Week() as week:
            found |= _week(week, telling, most)
        case Way(name):
            found["way"] = telling.t(EMAIL) if name == "email" else _named(name, A_CHANNEL, telling.t, most)
    return found


def _named(name: str | None, otherwise: str, t: Translator, most: int) -> str:
    return one_line(name or "", most) or t.gettext(otherwise)


def _written(name: str, text: str | None, most: int) -> Places:
    """Without the full stop, which the sentence has."""
    said = one_line(text or "", most).rstrip(" .")
    return {name: said} if said else {}


def _at(name: str, at: datetime | None, telling: Telling) -> Places:
    return {} if at is None else {name: moment(at, telling.now, telling.zone, telling.t.lang)}


def _on(name: str, at: datetime | None, telling: Telling) -> Places:
    """The day alone."""
    if at is None:
        return {}
    today = telling.now.astimezone(telling.zone).date()
    return {name: day_in_words(at.astimezone(telling.zone).date(), today, telling.t.lang)}


# -- one kind after the other -------------------------------------------------------------------------


def _promised(promised: Promised, telling: Telling, most: int) -> Places:
    t = telling.t
    found = {"what": t.gettext(KINDS.get(promised.kind, KINDS["other"]))} | _written("what", promised.what, most)
    found |= _at("due", promised.due, telling)
    if promised.last_moment is not None and promised.last_moment > telling.now:
        found |= _at("last_moment", promised.last_moment, telling)
    found |= _written("plan_b", promised.plan_b, most) | _written("alternative", promised.alternative, most)
    found |= _on("fulfilled", promised.fulfilled_at, telling)
    if promised.moves > 1:
        found["moves"] = number(promised.moves, t.lang)
    if promised.chance is not None:
        found["chance"] = of_ten(promised.chance, t.lang)
    return found


def _asked(asked: Asked, telling: Telling, most: int) -> Places:
    found = _at("asked", asked.asked_at, telling) | _at("target", asked.target_at, telling)
    if asked.channel in CHANNELS and asked.channel != "other":
        found["channel"] = telling.t.gettext(CHANNELS[asked.channel])
    if asked.chases > 1:
        found["times"] = number(asked.chases, telling.t.lang)
    if asked.promise is not None:
        about = _promised(asked.promise, telling, most)
        found |= {name: about[name] for name in ("what", "due") if name in about}
    return found


def _recovery(recovery: Recovery, telling: Telling, most: int) -> Places:
    t = telling.t
    kind = sentences.NAMED_BY_INCIDENT.get(recovery.kind, sentences.NAMED_BY_INCIDENT["other"])
    found = {"incident": t.gettext(kind)} | _written("incident", recovery.text, most)
    found |= _at("reported", recovery.reported_at, telling) | _at("deadline", recovery.deadline, telling)
    if recovery.done:
        found["done"] = ", ".join(t.gettext(DONE[step]) for step in recovery.done if step in DONE)
    return found


def _account(account: Account, customer: str, telling: Telling) -> Places:
    t = telling.t
    found = {"balance": _points(account.balance, t)}
    if account.buffer > 0:
        found["buffer"] = number(account.buffer, t.lang, 1)
    if account.has_left:
        found["left"] = customer
    if account.last_deposit is not None:
        found["deposit"] = day_and_month(account.last_deposit.astimezone(telling.zone).date(), t.lang)
    if account.fall is not None and account.words is not None:
        why = sentences.why_it_fell(account.fall, account.words, t, telling.zone)
        found["why"] = one_line(why, 2 * LONG)
    return found


def _points(hundredths: int, t: Translator) -> str:
    shown = points(hundredths, t.lang)
    return t.ngettext("{n} point", "{n} points", 1 if shown.lstrip("−") == "1" else 2).format(n=shown)


def _rhythm(rhythm: Rhythm, telling: Telling) -> Places:
    t = telling.t
    found = _on("last", rhythm.last, telling)
    if rhythm.last is not None:
        found["silence"] = how_long((telling.now - rhythm.last).total_seconds(), t.lang)
    if rhythm.usual is not None:
        found["every"] = every(rhythm.usual, t)
    if rhythm.purpose is not None:
        found["purpose"] = t.gettext(PURPOSES.get(rhythm.purpose, PURPOSES["other"]))
    return found


DAYS_A_WEEK, DAYS_A_MONTH = 7, 30.4
FROM_WEEKS, FROM_MONTHS = 14, 75
"""From so many days on a gap is said in weeks, and in months."""


def every(gap: timedelta, t: Translator) -> str:
    """How often, as people say it: "alle 3 Wochen", "every 3 weeks"."""
    days = max(1, round(gap / timedelta(days=1)))
    if days >= FROM_MONTHS:
        months = round(days / DAYS_A_MONTH)
        return t.ngettext("every month", "every {n} months", months).format(n=number(months, t.lang))
    if days >= FROM_WEEKS:
        weeks = round(days / DAYS_A_WEEK)
        return t.ngettext("every week", "every {n} weeks", weeks).format(n=number(weeks, t.lang))
    return t.ngettext("every day", "every {n} days", days).format(n=number(days, t.lang))


def _claims(claims: Claims, telling: Telling, most: int) -> Places:
    t = telling.t
    found = {"supplier": _named(claims.supplier, A_SUPPLIER, t, most)} | _on("last", claims.last, telling)
    found["months"] = number(claims.months, t.lang)
    if claims.broken > 1:
        found["claims"] = number(claims.broken, t.lang)
    return found


def _burden(burden: Burden, t: Translator, most: int) -> Places:
    found = {"person": _named(burden.person, A_COLLEAGUE, t, most), "open": number(burden.workload.open, t.lang)}
    if burden.workload.most_mastered is not None:
        found["most"] = number(burden.workload.most_mastered, t.lang)
    return found


def _week(week: Week, telling: Telling, most: int) -> Places:
    t = telling.t
    # The week ends with the midnight after its last day.
    found = {"team": _named(week.team, A_TEAM, t, most)} | _on("end", week.end - datetime.resolution, telling)
    found |= {"kept": number(week.kept.numerator, t.lang), "weeks": number(week.weeks, t.lang)}
    if week.kept.denominator:
        found["of"] = number(week.kept.denominator, t.lang)
    if week.before.value is not None:
        found["before"] = percent(week.before.value, t.lang)
    return found
