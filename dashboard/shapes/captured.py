"""What a sentence was understood as, in the reader's words."""

from __future__ import annotations

from typing import NamedTuple

from dashboard.shapes.asking import Refusal


class Part(NamedTuple):
    """What it is, as it was said, as it was understood, and why so."""

    name: str
    said: str
    value: str
    why: str


class Offer(NamedTuple):
    """Another due, since nobody works on the one said: `because` says so, `due` is in words."""

    because: str
    due: str
    why: str


class Captured(NamedTuple):
    headline: str
    parts: tuple[Part, ...]
    offers: tuple[Offer, ...]


class Said(NamedTuple):
    """One sentence to be understood; `id` is for the fact, so that a button pressed twice records once.

    `by` is who speaks where the sentence names nobody; None = the reader.
    """

    text: str
    id: str
    by: str | None


Understood = Captured | Refusal
"""A refusal is mostly a question that is asked back."""
