"""Invented promises for the adviser: drawn from a seed, with ends that depend on what a test says."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from domain.advice import Adviser, walk
from domain.experience import Experience, Proposal

START = datetime(2026, 1, 5, 8, tzinfo=UTC)

Chance = Callable[[Proposal], float]
"""How probable it is that a promise is kept."""


def promises(
    n: int, chance: Chance, seed: int = 1, *, owners: Sequence[str] = ("ines", "jonas"), a_day: int = 6
) -> list[Experience]:
    """So many a day, each ended after some days; missed ones a little later."""
    draw = random.Random(seed)
    found = []
    for number in range(n):
        made = START + timedelta(days=number // a_day, hours=number % a_day)
        proposal = Proposal(
            made_at=made,
            owner=draw.choice(owners),
            team="Kundendienst",
            severity="normal",
            kind=draw.choice(("delivery", "callback")),
            customer=f"customer-{draw.randrange(50)}",
            lead_days=draw.choice((0.5, 1.5, 4.0, 8.0)),
            weekday=made.weekday(),
        )
        kept = draw.random() < chance(proposal)
        ended = made + timedelta(days=draw.uniform(0.2, 3) * (1 if kept else 1.5))
        found.append(Experience(f"promise-{number}", proposal, kept, ended, ended))
    return found


def said_by(adviser: Adviser, experiences: Sequence[Experience]) -> dict[str, float | None]:
    return {each.promise: adviser.probability(each.proposal) for each in walk(adviser, experiences)}
