"""What one should know before one phones a customer: what presses, when we spoke, who looks after them."""

from __future__ import annotations

import streamlit as st

from dashboard import contact_rows, incident_rows, look, rows, say
from dashboard.look import plain, quiet
from dashboard.shapes.account import Account
from dashboard.visit import Visit
from words import format

_SHOWN = 3


def show(account: Account, here: Visit) -> None:
    """One card over the whole width, so that on a phone it comes first, too."""
    t = here.t
    look.title(t("Before you call"), icon="call")
    first, second, third = st.columns([1.9, 1.2, 1.2], gap="medium")
    with first:
        _said(t("What presses"), _pressing(account, here) or [quiet(t("Nothing: no question, no incident, no date."))])
    with second:
        _said(t("When we spoke"), _talks(account, here))
    with third:
        _said(t("Who looks after them"), _owners(account, here))


def _said(label: str, lines: list[str]) -> None:
    st.markdown("  \n".join([f":small[{label}]", *lines]))


def _pressing(account: Account, here: Visit) -> list[str]:
    """The most urgent first: what went wrong, what is asked, what is late, what may become late."""
    t, found = here.t, []
    for row in account.incidents:
        found.append(f":material/handyman: **{incident_rows.called(row, here)}** {quiet(t('not put right yet'))}")
    for question in account.questions:
        about = plain(question.about) if question.about else say.word(say.CHANNELS, question.channel or "other", t)
        waits = t("waits for an answer {time}").format(time=contact_rows.waits(question, here))
        found.append(f":material/forum: **{about}** {quiet(waits)}")
    for promise in account.promises or ():
        if promise.state in ("overdue", "tight", "notice") or promise.works_out is not None:
            found.append(f":material/handshake: **{plain(promise.what)}** {rows.standing(promise, here)}")
    more = len(found) - _SHOWN
    if more > 0:
        found[_SHOWN:] = [quiet(t.ngettext("and {n} more thing", "and {n} more things", more).format(n=more))]
    return found


def _talks(account: Account, here: Visit) -> list[str]:
    t, lang, known = here.t, here.reader.lang, account.known
    if known.last_talk is None:
        return [quiet(t("Never yet, as far as we know."))]
    days = (here.today - known.last_talk).days
    when = format.day_in_words(known.last_talk, here.today, lang, short=True)
    ago = "" if days < 2 else quiet(t("{n} days ago").format(n=format.number(days, lang)))
    lines = [" ".join(part for part in (f"**{when}**", ago) if part)]
    if known.usual_days is None:
        lines.append(quiet(t("Too few talks to know what is usual.")))
    else:
        usual = t.ngettext("usually every day", "usually every {n} days", known.usual_days)
        lines.append(quiet(usual.format(n=format.number(known.usual_days, lang))))
    if known.silent:
        lines.append(f":orange-badge[:material/hearing_disabled: {t('unusually long')}]")
    return lines


def _owners(account: Account, here: Visit) -> list[str]:
    t, lang, owners = here.t, here.reader.lang, account.known.owners
    if not owners:
        return [quiet(t("Nobody yet."))]
    since = t("since {day}").format(day=format.day(owners[0].since, lang, today=here.today))
    lines = [f"**{plain(owners[0].name)}** {quiet(since)}"]
    if account.stand_in:
        lines.append(quiet(t("stand-in {name}").format(name=plain(account.stand_in))))
    if len(owners) > 1:
        before = t("before: {names}").format(names=", ".join(plain(each.name) for each in owners[1 : 1 + _SHOWN]))
        lines.append(quiet(before))
    return lines
