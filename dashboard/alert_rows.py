"""How an alert reads in a list: what is the matter, with whom, since when, and what came of its message."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final

from dashboard import places, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.alerts import Matter, Place, Told
from dashboard.shapes.morning import Morning
from dashboard.visit import Visit
from words import format

_HOUR: Final = re.compile(r" (Uhr|am|pm)\b")


def link(told: Told, here: Visit) -> None:
    """Whom and what it is about, as words that lead to the page about it."""
    page, query = _page(told.place, told)
    label = plain(told.about)
    if told.name:
        label = f"**{plain(told.name)}** · {label}" if told.about else f"**{plain(told.name)}**"
    else:
        label = f"**{label}**"
    places.link(page, here.may, here.t, label, query)


def _page(place: Place, told: Told) -> tuple[places.Place, dict[str, str]]:
    if told.own:
        return places.promise, {"promise": told.own}
    if place == "account" and told.customer:
        return places.account, {"customer": told.customer}
    found = {
        "suppliers": places.suppliers,
        "team": places.team,
        "promises": places.promises,
        "deliveries": places.deliveries,
    }.get(place, places.overview)
    return found, {"owner": told.about} if place == "promises" else {}


def when(each: Matter, here: Visit) -> str:
    """Until when there is time, else since when it is so; and what it is called."""
    t, rule = here.t, say.word(say.ALERTS, each.told.rule, here.t)
    if each.by is not None:
        first = t("by {moment}").format(moment=moment(each.by, here))
    else:
        first = format.how_long((here.now - each.since).total_seconds(), here.reader.lang)
    return f"**{first}**  \n{quiet(rule)}"


def marks(each: Matter, here: Visit, *, names: bool) -> str:
    """What is unusual about it, in one badge and quiet words; `names`: also whom it went to."""
    t = here.t
    badge, said = "", []
    if each.put_off_until is not None:
        words = t("put off until {moment}").format(moment=moment(each.put_off_until, here))
        badge = f":gray-badge[:material/snooze: {words}]"
    elif each.delivery in ("undeliverable", "failed"):
        words = say.word(say.DELIVERIES, each.delivery, t)
        badge = f":orange-badge[:material/error: {words}]"
        said += [say.reason(each.reason, t)] if each.reason else []
    elif each.passed_on_from:
        # A badge is cut off where its words are too long for the line.
        badge = f":blue-badge[:material/forward_to_inbox: {t('passed on')}]"
        said.append(t("{name} has not taken note yet").format(name=plain(each.passed_on_from)))
    elif each.late:
        badge = f":gray-badge[:material/history: {t('comes late')}]"
    if each.passed_on_to:
        said.append(t("{name} has been told, too").format(name=plain(each.passed_on_to)))
    if each.also:
        said.append(t("also: {rules}").format(rules=", ".join(say.word(say.ALERTS, rule, t) for rule in each.also)))
    if names:
        said += [plain(name) for name in each.to]
    return "\u2002".join(part for part in (badge, quiet(" · ".join(said))) if part)


def told(seen: Morning, subject: str, here: Visit, *, implied: Collection[str] = ()) -> rows.Told:
    """What somebody was told about a row, where that says more than the list in which it stands."""
    each = seen.told.get(subject)
    if each is None:
        return rows.NOTHING_TOLD
    also = tuple(rule for rule in each.also if rule not in implied)
    words = [marks(each._replace(also=also), here, names=False)]
    if each.told.rule not in implied:
        words.insert(0, quiet(plain(each.told.text)))
    return rows.Told(tuple(word for word in words if word), each.alerts if seen.may_answer else ())


def moment(at: datetime, here: Visit) -> str:
    """In a narrow column a line does not end between an hour and its word."""
    said = here.moment(at, short=True)
    return _HOUR.sub(rf"{format.NO_BREAK_SPACE}\1", said)
