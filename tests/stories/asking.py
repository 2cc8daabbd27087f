"""What a story asks the firm, and how it reads an account."""

from __future__ import annotations

from typing import Any

from domain.account import Stage
from projections import kpis, statements
from projections.figures import Share
from projections.filters import Moment
from projections.statements import Statement
from tests.homes import Home, question
from tests.notation import at, rulebook, steering

USUAL: dict[str, dict[str, Any]] = {"newness": {"factor": 1.0}, "sensitivity": {"least": 1.0, "most": 1.0}}
KNOWN_AND_ORDINARY = steering(rulebook(**USUAL))
"""Nobody is new or sensitive, so that a line shows its own worth."""


def figure(home: Home, name: str, moment: str, **more: Any) -> Any:
    (group,) = kpis.figures(home.konto.library, home.konto.asker, question(moment, **more), [name])
    return group.figures[name]


def share(home: Home, name: str, moment: str, **more: Any) -> tuple[int, int]:
    """So many of so many."""
    found = figure(home, name, moment, **more)
    assert isinstance(found, Share)
    return found.numerator, found.denominator


def by(home: Home, dimension: str, name: str, moment: str) -> dict[str | None, Any]:
    groups = kpis.figures(home.konto.library, home.konto.asker, question(moment, by=dimension), [name])
    return {group.key: group.figures[name] for group in groups}


def account(home: Home, customer: str, moment: str) -> Statement:
    konto = home.konto
    (internal,) = konto.library.customer_ids(customer)
    return statements.statement(konto.library, konto.asker, internal, konto.steering, at(moment))


def stage(home: Home, customer: str, moment: str) -> Stage:
    return account(home, customer, moment).stage


def asked(home: Home, moment: str) -> tuple[Any, Any, Moment]:
    """What every list wants to know first: from where, for whom, of when."""
    return home.konto.library, home.konto.asker, Moment(at(moment))
