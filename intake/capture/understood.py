"""What was understood, part by part, or the question that is asked back. Nothing is recorded here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from domain.business_time import Hours
from domain.errors import Refused

Due = date | datetime
"""A date stands for the whole day, until 24:00 in the firm's zone."""


# -- what is known ----------------------------------------------------------------------------------


class Customer(NamedTuple):
    """`id` as a fact names them, `own_id` as people do."""

    id: str
    own_id: str
    name: str


class OpenPromise(NamedTuple):
    id: str
    what: str | None


class OpenQuestion(NamedTuple):
    id: str
    asked: datetime


@dataclass(frozen=True)
class Known:
    """What the reader may ask of the firm: its clock, its people, its customers and what is open with them."""

    now: datetime
    hours: Callable[[str | None], Hours]
    """The opening hours of a person; None = the firm's."""
    customers: Callable[[str], Sequence[Customer]]
    """Those in whose name or id a text occurs."""
    near: Callable[[str], Sequence[str]]
    """Customers called almost so, in words to show."""
    person: Callable[[str], str | None]
    """One of us under the name that facts use; None for nobody known."""
    promises: Callable[[str], Sequence[OpenPromise]]
    """The open promises of a customer, by their id as in `Customer`."""
    questions: Callable[[str], Sequence[OpenQuestion]]
    by: str | None = None
    """Who speaks, unless the text names somebody."""


# -- what was understood ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """How one part of the text was read: `text` is the sentence why, `law` the paragraph behind it."""

    part: str
    said: str
    value: Due | str
    text: str = ""
    law: str = ""


@dataclass(frozen=True)
class Suggestion:
    """Another due that was probably meant; counts only once somebody confirms it."""

    due: Due
    text: str
    law: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Understood:
    """A fact as `domain.vocabulary.parse` takes it, and how each of its parts was read."""

    envelope: Mapping[str, Any]
    readings: tuple[Reading, ...]
    suggestions: tuple[Suggestion, ...] = ()

    def taking(self, suggestion: Suggestion) -> Understood:
        """With the due that was suggested instead of the one that was said."""
        data = {**self.envelope["data"], "due": suggestion.due.isoformat()}
        readings = tuple(
            replace(each, value=suggestion.due, text=suggestion.text, law=suggestion.law)
            if each.part == "due"
            else each
            for each in self.readings
        )
        return Understood({**self.envelope, "data": data}, readings)


class Unclear(Refused):
    """A question back: what is missing, or between which readings somebody has to choose."""

    def __init__(self, code: str, text: str, readings: Sequence[Due | str] = (), **params: Any) -> None:
        super().__init__(code, text, **params)
        self.readings = tuple(readings)
        self.in_words(lambda due: due.isoformat())

    def in_words(self, said: Callable[[Due], str]) -> Unclear:
        """The same question with its dates as one says them."""
        shown = (each if isinstance(each, str) else said(each) for each in self.readings)
        self.params["readings"] = " / ".join(shown)
        return self
