"""What a subject is about: a promise or incident of the writer's whose number stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

SHORTEST = 4
"""Characters; what is shorter may stand in a text for something else."""


class Named(NamedTuple):
    """`id` is its own id as its source writes it, `name` what facts call it."""

    name: str
    id: str


def named_in(text: str, known: Iterable[Named]) -> str | None:
    """The one whose id stands there by itself, with a figure in it; where several do, nobody can know."""
    folded = text.casefold()
    # Very many are known of some customers, and hardly any stands there at all.
    close = [each for each in known if each.id.casefold() in folded]
    found = {each.name for each in close if _can_be_told(each.id) and _stands_in(each.id, text)}
    return found.pop() if len(found) == 1 else None


def _can_be_told(id: str) -> bool:
    return len(id) >= SHORTEST and any(character.isdecimal() for character in id)


def _stands_in(id: str, text: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(id)}(?![\w-])", text, re.IGNORECASE) is not None
