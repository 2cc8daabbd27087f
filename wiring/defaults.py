"""The shipped text of each document."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from domain import calendars, people, rulebook
from domain.document import DocumentKind

DEFAULTS: Mapping[DocumentKind, Callable[[], str]] = {
    "rulebook": rulebook.default_text,
    "calendars": calendars.default_text,
    "people": people.default_text,
}
