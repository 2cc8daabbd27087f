"""A time for which figures per person were opened: on what basis, for what purpose, by whom."""

from __future__ import annotations

from typing_extensions import TypedDict

from domain.per_person import Opening
from wiring.asking import Asking
from wiring.moments import written

PerPersonOpening = TypedDict(
    "PerPersonOpening",
    {
        "state": str,
        "basis": str,
        "purpose": str,
        "from": str | None,
        "until": str | None,
        "recorded": str | None,
        "by": str | None,
        "closed": str | None,
        "closed_by": str | None,
    },
)


def as_json(asking: Asking, opening: Opening) -> PerPersonOpening:
    return {
        "state": opening.state(asking.now),
        "basis": opening.data.basis,
        "purpose": opening.data.purpose,
        "from": written(opening.start),
        "until": written(opening.data.valid_until),
        "recorded": written(opening.recorded),
        "by": person_of(asking, opening.data.by),
        "closed": written(opening.closed),
        "closed_by": person_of(asking, opening.closed_by),
    }


def person_of(asking: Asking, who: str | None) -> str | None:
    """The id of the people document, else the name as a fact once gave it; `local`: whoever works at this machine."""
    if who is None:
        return None
    known = asking.konto.steering.find(who, asking.now)
    return known.id if known is not None else asking.konto.name_of(who) or who
