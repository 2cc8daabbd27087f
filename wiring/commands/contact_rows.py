"""Contacts as rows: for scripts with every field, for people as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from projections import naming
from projections.contacts import ContactRow
from wiring.commands.desk import Desk
from wiring.commands.rows import show
from wiring.told import contacts
from words import N_, Translator
from words.format import moment, number
from words.names import CONTACT_STATES

CHANNELS: Mapping[str, str] = {
    "email": N_("e-mail"),
    "phone": N_("phone"),
    "chat": N_("chat"),
    "in_person": N_("in person"),
    "video": N_("video"),
    "letter": N_("letter"),
    "portal": N_("portal"),
    "other": N_("other"),
}
CONTACT, WHO, WHEN, CHANNEL = N_("Contact"), N_("Customer"), N_("When"), N_("Channel")
STATE, TARGET, OWNER = N_("State"), N_("Answer until"), N_("Owner")
FROM_US = N_("from us")
ASKED_AGAIN = N_("asked again")


def answer(desk: Desk, rows: Sequence[ContactRow]) -> None:
    if desk.out.as_json:
        desk.out.answer([contacts.as_json(row, desk.t) for row in rows])
        return
    heads = (CONTACT, WHO, WHEN, CHANNEL, STATE, TARGET, OWNER)
    show(desk, heads, rows, lambda row: _cells(desk, row), count_in_words(len(rows), desk.t))


def count_in_words(n: int, t: Translator) -> str:
    return t.ngettext("{n} contact.", "{n} contacts.", n).format(n=number(n, t.lang))


def _cells(desk: Desk, row: ContactRow) -> list[str]:
    t = desk.t
    state = t.gettext(CONTACT_STATES[row.state]) if row.state else ("–" if row.inbound else t.gettext(FROM_US))
    if row.chases:
        state = f"{state}, {t.gettext(ASKED_AGAIN)}"
    waits = row.state in ("open", "unanswered") and row.target_at is not None
    return [
        row.id,
        naming.called(row.customer_name, row.customer_id, t),
        moment(row.at, desk.now, desk.zone, t.lang),
        t.gettext(CHANNELS[row.channel or "other"]),
        state,
        moment(row.target_at, desk.now, desk.zone, t.lang) if waits and row.target_at else "–",
        row.owner or "–",
    ]
