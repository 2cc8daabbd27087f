"""Every open promise, the most urgent first, or all of them; what is shown stays in the address."""

from __future__ import annotations

from dashboard import address, data, deeds, filters, look, promise_record, rows, say
from dashboard.filters import ALL
from dashboard.shapes.asking import PAGE_SIZE
from dashboard.shapes.promises import PromiseFilter, PromisePage, StateFilter
from dashboard.visit import Visit, visit
from words import format

_STATES: tuple[StateFilter, ...] = ("all", "overdue", "notice", "soon", "waiting")


def page() -> None:
    """The page."""
    here = visit()
    if promise_record.is_asked():
        promise_record.show(here)
        return
    t = here.t
    state = address.asked("state", _STATES, "all")
    first = data.ask().promises(here.reader, PromiseFilter())
    owner = address.asked("owner", (ALL, *first.owners), ALL)
    kind = address.asked("kind", (ALL, *first.kinds), ALL)
    wanted = PromiseFilter(state, owner or None, kind or None)
    pages = max(1, -(-data.ask().promises(here.reader, wanted).total // PAGE_SIZE))
    found = data.ask().promises(here.reader, wanted, address.page_number("page", pages))

    with look.head(t("Promises"), _summary(first, here)):
        address.choose(t("Settled ones too"), "show", "all", forgets="page")
    if not first.total:
        with look.card("empty"):
            look.nothing_yet(
                t("No promise is open."),
                t("New ones come with `konto import FILE` or `konto capture TEXT`."),
            )
        return
    _filters(first, found, here)
    with look.card("promises"):
        can_do = deeds.possible(here)
        for row in found.rows:
            rows.promise(row, here, can_do=can_do)
        if not found.rows:
            look.nothing_yet(t("No promise fits."), t("Choose “All open”, or another owner or kind."))
        address.turn_pages("page", pages)
        look.foot(_foot(found, pages, here))


def _summary(first: PromisePage, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    return t("{n} open, {overdue} of them overdue").format(
        n=format.number(first.total, lang), overdue=format.number(first.counts["overdue"], lang)
    )


def _filters(first: PromisePage, found: PromisePage, here: Visit) -> None:
    t = here.t
    states = filters.States(_STATES, "all", lambda name: say.word(say.STATES, name, t), found.counts)
    choice = filters.Choice(
        t("Kind"), "kind", first.kinds, lambda name: say.word(say.KINDS, name, t), t(say.EVERY_KIND)
    )
    filters.row(here, states, first.owners, choice)


def _foot(found: PromisePage, pages: int, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    at = here.moment(here.now)
    shown = t("{n} of {total}, the most urgent first. As of {moment}.")
    return shown.format(n=format.number(len(found.rows), lang), total=format.number(found.total, lang), moment=at)
