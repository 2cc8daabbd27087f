"""The past under another rulebook."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class ChangedAccount(NamedTuple):
    """A customer under today's rulebook and under the other one; the stages by their names in code."""

    customer: str
    name: str
    today: int
    then: int
    stage_today: str
    stage_then: str


class Difference(NamedTuple):
    """So many accounts whose balance differs by at least `start` and less than `end` points."""

    start: int
    end: int
    accounts: int


class OtherAlert(NamedTuple):
    """An alert that would have come `only` under one of the two rulebooks; `subject` is what it is about."""

    moment: datetime
    alert: str
    customer: str
    name: str
    subject: str
    only: str


class WhatIf(NamedTuple):
    """The whole past under another rulebook."""

    at: datetime
    newer: bool
    headline: str
    sentences: tuple[str, ...]
    accounts: int
    changed: int
    differences: tuple[Difference, ...]
    stages: tuple[tuple[str, int, int], ...]
    """Each stage with the number of customers in it, today and then."""
    listed: tuple[ChangedAccount, ...]
    """The largest differences first, at most MOST_LISTED of `to_list`."""
    to_list: int
    alerts: tuple[str, ...] = ()
    """A sentence for each rule whose alerts may be others."""
    other_alerts: tuple[OtherAlert, ...] = ()
    """The latest of those that came only under one of the two."""


MOST_LISTED = 100
