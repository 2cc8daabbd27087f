"""One page of a list, and where the next one begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from api import cursors
from api.asked import AsOf, Paged
from api.calls import Call
from api.cursors import Cursor
from projections.filters import Moment
from projections.paging import Place
from wiring.looking import listed, one_of
from wiring.moments import written

Row = TypeVar("Row")
PAGING = ("limit", "cursor")


class Listed(AsOf, Paged):
    """What every list may be asked for."""


def page(
    call: Call,
    rows: Callable[[Moment, Place | None, int], Sequence[Row]],
    *,
    place: Callable[[Row], Place],
    told: Callable[[Row, Moment], Any],
) -> dict[str, Any]:
    """`rows` gives so many rows behind a place at a moment; `place` says where one stands, `told` what it says.

    All pages tell of the moment of the first one.
    """
    asked: Listed = call.asked
    if not call.values.get("customer"):  # of whom it was noted by name
        narrowed = {name for name, value in asked if value is not None and name not in PAGING}
        konto, part = call.asking.konto, "next" if asked.cursor else ""
        about = one_of(konto, getattr(asked, "customer", None))
        listed(konto, call.asking.page, narrowed, about=about, part=part)
    ids, question = call.asking.konto.log.ids, f"{call.path}?{asked.question}"
    begin = cursors.read(ids, asked.cursor, question) if asked.cursor else None
    at = begin.at if begin else call.asking.now
    moment = asked.moment(replace(call.asking, now=at))
    found = rows(moment, begin.place if begin else None, asked.limit + 1)
    shown = found[: asked.limit]
    more = len(found) > len(shown)
    return {
        "as_of": written(moment.at),
        "known_on": written(moment.known),
        "rows": [told(row, moment) for row in shown],
        "next": cursors.written(ids, Cursor(at, place(shown[-1])), question) if more else None,
    }
