"""Promises as rows: for people as a table, for scripts with every field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from projections import naming
from projections.promises import PromiseRow
from projections.sentences import NAMED_BY_KIND
from wiring.commands.desk import Desk
from wiring.told import promises
from words import N_, Translator
from words.format import moment, number
from words.names import PROMISE_STATES

R = TypeVar("R")

MOST_SHOWN = 100
"""Rows that people see; scripts get all."""

WHAT, WHO, STATE, DUE, OWNER = N_("Promise"), N_("Customer"), N_("State"), N_("Promised by"), N_("Owner")
UNDATED = N_("no date")
MORE = N_("{n} more. All of them: --json")


def answer(desk: Desk, rows: Sequence[PromiseRow]) -> None:
    if desk.out.as_json:
        desk.out.answer([promises.as_json(row, desk.t) for row in rows])
    else:
        table(desk, rows)


def table(desk: Desk, rows: Sequence[PromiseRow]) -> None:
    """With the number of promises as the last line."""
    heads = (WHAT, WHO, STATE, DUE, OWNER)
    show(desk, heads, rows, lambda row: _cells(desk, row), count_in_words(len(rows), desk.t))


def show(desk: Desk, heads: Sequence[str], rows: Sequence[R], cells: Callable[[R], list[str]], closing: str) -> None:
    """The first rows as a table, how many more there are, and a closing line."""
    t, shown = desk.t, rows[:MOST_SHOWN]
    if shown:
        desk.out.table([t.gettext(head) for head in heads], [cells(row) for row in shown])
    if len(rows) > len(shown):
        desk.out.notice(t.gettext(MORE).format(n=number(len(rows) - len(shown), t.lang)))
    desk.out.say(closing)


def count_in_words(n: int, t: Translator) -> str:
    return t.ngettext("{n} promise.", "{n} promises.", n).format(n=number(n, t.lang))


def _cells(desk: Desk, row: PromiseRow) -> list[str]:
    t = desk.t
    due = moment(row.due, desk.now, desk.zone, t.lang) if row.due else t.gettext(UNDATED)
    return [called(row, t), naming.called(row.customer_name, row.customer_id, t), state(row, t), due, row.owner or "–"]


def called(row: PromiseRow, t: Translator) -> str:
    if row.what is None:
        return t.gettext(NAMED_BY_KIND[row.kind]).format(id=row.id)
    return f"{row.what} ({row.id})"


def state(row: PromiseRow, t: Translator) -> str:
    exceeded = row.state == "kept" and (row.degree or 0.0) > 1
    return t.gettext(PROMISE_STATES["exceeded" if exceeded else row.state])
