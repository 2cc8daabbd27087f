"""Figures for programs: what is asked of them, and each group's by name with what they rest on."""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

from domain.errors import Refused
from projections.figures import Per
from projections.filters import Filter, Moment
from projections.kpis import Group, Question
from wiring.asking import Asking
from wiring.moments import written
from wiring.per_person import Found
from words import N_

UNKNOWN_PERIOD = N_("There is no period “{found}”. Possible are: {known}.")
BACKWARDS = N_("The period ends before it begins. Please check {since} and {until}.")


class Asked(NamedTuple):
    """As somebody writes it; None = not named."""

    since: str | None
    until: str | None
    by: str | None
    per: str | None


def question(asking: Asking, moment: Moment, asked: Asked, filter: Filter, *, places: tuple[str, str, str]) -> Question:
    """`places`: where since, until and per stood. Raises Refused."""
    found = Question(
        moment=moment,
        start=asking.time(asked.since, places[0]),
        end=asking.time(asked.until, places[1]),
        by=asked.by,
        per=_per(asked.per, places[2]),
        filter=filter,
        zone=asking.zone,
    )
    if found.start and found.end and found.end < found.start:
        raise Refused("backwards", BACKWARDS, since=places[0], until=places[1])
    return found


def _per(text: str | None, place: str) -> Per | None:
    for known in get_args(Per):
        if text == known:
            return known
    if text is None:
        return None
    raise Refused("unknown_period", UNKNOWN_PERIOD, place, found=text[:60], known=", ".join(get_args(Per)))


def as_json(found: Found) -> dict[str, Any]:
    """Of colleagues also from when on they are open, until when, and how many of them are not shown."""
    groups = [{"key": group.key, "kpis": _figures(group)} for group in found.groups]
    told: dict[str, Any] = {"as_of": written(found.question.moment.at), "groups": groups}
    if (shown := found.per_person) is not None:
        opening = shown.opening
        told["per_person"] = {
            "from": written(opening.start),
            "until": written(opening.end),
            "basis": opening.data.basis,
            "not_shown": shown.not_shown,
        }
    return told


def _figures(group: Group) -> dict[str, Any]:
    return {
        name: figure.as_json()
        if not isinstance(figure, list)
        else [{"period": period, **each.as_json()} for period, each in figure]
        for name, figure in group.figures.items()
    }
