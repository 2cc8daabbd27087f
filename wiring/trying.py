"""Trying another rulebook on the whole past: the accounts, and the alerts by the policies of the check."""

from __future__ import annotations

from datetime import datetime

from domain.rulebook import Rulebook
from projections import what_if as view
from projections.follow import Progress
from projections.what_if import WhatIf
from wiring.home import Konto
from workers import replayed


def what_if(konto: Konto, rulebook: Rulebook, at: datetime, tell: Progress | None = None) -> WhatIf:
    upto = konto.log.head()
    sides = view.sides(konto.follower.steering(upto), rulebook, at)
    return view.what_if(konto.log, konto.library, konto.asker, sides, at, replayed, upto=upto, tell=tell)
