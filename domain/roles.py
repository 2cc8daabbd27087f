"""Who asks, and what their roles may see and do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from domain.errors import Refused

Role = Literal["owner", "manager", "auditor", "admin"]
What = Literal[
    "customers",
    "promises",
    "contacts",
    "incidents",
    "suppliers",
    "figures",
    "figures_per_person",
    "advice",
    "tests",
    "alerts",
    "documents",
    "audit",
    "looks",
    "record",
    "merge",
    "acknowledge",
    "publish_rulebook",
    "publish_calendars",
    "publish_people",
    "open_figures",
    "deliveries",
    "keys",
    "connectors",
    "erase",
    "access",
]
Scope = Literal["all", "own"]
"""own = of the customers and promises that the asker looks after, and their own figures.

`figures` of all are those of teams and the firm; `figures_per_person` are shown only while they are open for a purpose
(`domain/protection.py`)."""

_NOBODY: dict[What, Scope] = {}

MAY: Mapping[Role, Mapping[What, Scope]] = {
    "owner": {
        "customers": "own",
        "promises": "own",
        "contacts": "own",
        "incidents": "own",
        "suppliers": "all",
        "figures": "own",
        "advice": "own",
        "alerts": "own",
        "documents": "all",
        "record": "own",
        "acknowledge": "own",
    },
    "manager": {
        "customers": "all",
        "promises": "all",
        "contacts": "all",
        "incidents": "all",
        "suppliers": "all",
        "figures": "all",
        "figures_per_person": "all",
        "advice": "all",
        "tests": "all",
        "alerts": "all",
        "documents": "all",
        "audit": "all",
        "record": "all",
        "merge": "all",
        "acknowledge": "all",
        "deliveries": "all",
        "publish_rulebook": "all",
        "publish_calendars": "all",
        "publish_people": "all",
    },
    "auditor": {
        "customers": "all",
        "promises": "all",
        "contacts": "all",
        "incidents": "all",
        "suppliers": "all",
        "figures": "all",
        "advice": "all",
        "tests": "all",
        "alerts": "all",
        "documents": "all",
        "audit": "all",
        "looks": "all",
    },
    "admin": {
        "customers": "all",
        "merge": "all",
        "alerts": "all",
        "documents": "all",
        "audit": "all",
        "looks": "all",
        "deliveries": "all",
        "publish_people": "all",
        "open_figures": "all",
        "keys": "all",
        "connectors": "all",
        "erase": "all",
        "access": "all",
    },
}
"""The one table of what a role may read (first line of each) and do. What is not named is not allowed."""


class NotAllowed(Refused):
    """The asker's roles do not reach that far."""

    def __init__(self, what: What) -> None:
        super().__init__("not_allowed", NOT_ALLOWED, what=what)
        self.what = what


@dataclass(frozen=True)
class Asker:
    """Who asks: an argument of every query. `person` is the id from the people document."""

    person: str | None
    roles: frozenset[Role]


LOCAL_USER = Asker(None, frozenset(MAY))
"""The one user of a home without people: has every role."""


NOBODY = Asker(None, frozenset())
"""Sees nothing and may do nothing."""


def scope(asker: Asker, what: What) -> Scope | None:
    """How far the asker's roles reach together; None = not at all."""
    scopes = {MAY.get(role, _NOBODY).get(what) for role in asker.roles}
    if "all" in scopes:
        return "all"
    return "own" if "own" in scopes else None


def may(asker: Asker, what: What) -> bool:
    return scope(asker, what) is not None


def allowed(asker: Asker, what: What) -> Scope:
    """How far the asker's roles reach. Raises NotAllowed when they do not reach at all."""
    reach = scope(asker, what)
    if reach is None:
        raise NotAllowed(what)
    return reach


NOT_ALLOWED = "Your role does not include this. Please ask somebody who may, or the person who looks after the users."
