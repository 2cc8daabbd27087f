"""The first event that is not what it was, and what was done to it.

What was there is known by its leaves alone, in order. Each leaf covers the event's position, so an event that was
moved or renumbered is recognised by asking which leaf it would have at another place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from verifier.events import Event, Events, leaf

What = Literal["changed", "removed", "inserted", "reordered", "cut"]
FAR = 1_000
"""Renumbering by up to so much is recognised."""


class Bad(NamedTuple):
    position: int
    what: What
    upto: int | None = None
    """Where only checkpoints are left to go by: somewhere from `position` to here."""


def first_bad(events: Events, was: Sequence[bytes]) -> Bad | None:
    """`was` holds the leaves as they were attested; what follows them is not looked at."""
    before = 0
    for index, event in enumerate(islice(events(), len(was))):
        if leaf(event) != was[index]:
            return _told(events, was, index, event, before)
        before = event.position
    count = sum(1 for _ in islice(events(), len(was)))
    return None if count == len(was) else Bad(before + 1, "cut")


def _told(events: Events, was: Sequence[bytes], index: int, found: Event, before: int) -> Bad:
    """What stands here belongs elsewhere, or nowhere; what belongs here stands elsewhere, or nowhere."""
    expected = before + 1
    if leaf(found._replace(position=expected)) == was[index]:
        return Bad(expected, "changed")  # it has another position
    is_elsewhere = _stands_later(events, was[index], index, {expected, found.position})
    comes_later = _came_later(events, was, index, found)
    if comes_later:
        return Bad(expected, "reordered" if is_elsewhere else "removed")
    if is_elsewhere:
        return Bad(found.position, "inserted")
    return Bad(expected, "changed")


def _stands_later(events: Events, wanted: bytes, index: int, places: set[int]) -> bool:
    """Whether the event that belongs here lies further behind, as it is or as if it had the position of this place."""
    return any(
        leaf(event) == wanted or any(leaf(event._replace(position=place)) == wanted for place in places)
        for event in islice(events(), index, None)
    )


def _came_later(events: Events, was: Sequence[bytes], index: int, found: Event) -> bool:
    """Whether the event that stands here belonged further behind."""
    later = set(was[index + 1 :])
    return any(leaf(found._replace(position=place)) in later for place in _places(events, index, found))


def _places(events: Events, index: int, found: Event) -> Iterator[int]:
    yield found.position
    yield from range(found.position - FAR, found.position + FAR + 1)
    for event in islice(events(), index, None):
        yield event.position
