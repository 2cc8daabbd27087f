"""Which of the states found at a moment somebody asked about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class State(Protocol):
    """What holds for something since an instant."""

    @property
    def subject(self) -> str: ...

    @property
    def since(self) -> datetime: ...


Found = TypeVar("Found", bound=State)


def wanted(states: Iterable[Found], since: datetime | None, subjects: Collection[str] | None) -> list[Found]:
    """What began since then or is about one of the subjects; without either everything. In a fixed order."""
    asked = [
        each
        for each in states
        if (since is None and subjects is None)
        or (since is not None and each.since >= since)
        or (subjects is not None and each.subject in subjects)
    ]
    return sorted(asked, key=lambda each: (each.since, each.subject))
