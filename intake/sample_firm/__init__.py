"""Kessler Haustechnik, the sample firm: eighteen months of an invented heating and plumbing firm.

Promises, questions and answers, calls of our own accord, complaints and how trust was won back. It hands out
facts as any CRM would, and they come in through the same door as everybody's. `people.toml` and
`calendars.toml` beside this file are the firm's documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from domain.errors import Refused
from intake.sample_firm import customers as clientele
from intake.sample_firm import names
from intake.sample_firm.approaches import Approaches
from intake.sample_firm.book import SOURCE, Book
from intake.sample_firm.conversations import Conversations
from intake.sample_firm.crew import Crew
from intake.sample_firm.everyday import Everyday
from intake.sample_firm.mishaps import Mishaps
from intake.sample_firm.present import Present
from intake.sample_firm.stories import CAST, Stories
from intake.sample_firm.voices import Voices
from intake.sample_firm.workdays import MORNING, ZONE, Workdays

__all__ = ["CUSTOMERS", "DAYS", "NAME", "SOURCE", "facts"]

NAME = "Kessler Haustechnik"

DAYS, CUSTOMERS = 548, 250
"""Eighteen months: every story is in them."""

FEWEST_DAYS, FEWEST_CUSTOMERS, MOST_CUSTOMERS = 30, 20, 2000


def facts(seed: int, days: int, until: datetime, customers: int = CUSTOMERS) -> Iterator[dict[str, Any]]:
    """CloudEvents envelopes of the `days` before `until`, in order of time. Same arguments, same bytes.

    From 250 days on the bad quarter is in them, from `DAYS` on every story. `customers` counts everybody once,
    though one of them stands in the book twice for some weeks.
    """
    if until.tzinfo is None:
        raise ValueError("until needs an offset")
    if days < FEWEST_DAYS:
        raise Refused(
            "too_few_days",
            "The sample firm needs at least {least} days, not {found}.",
            "days",
            least=FEWEST_DAYS,
            found=days,
        )
    if not FEWEST_CUSTOMERS <= customers <= MOST_CUSTOMERS:
        raise Refused(
            "out_of_range",
            "The sample firm has {least} to {most} customers, not {found}.",
            "customers",
            least=FEWEST_CUSTOMERS,
            most=MOST_CUSTOMERS,
            found=customers,
        )
    rng = Random(seed)
    book = opened(days, until)
    crew = Crew(until.astimezone(ZONE).date(), rng)
    approaches = Approaches(book, crew, rng)
    stories, everyday, voices = Stories(book, rng, approaches), Everyday(book, crew, rng), Voices(book, rng)
    clientele.register_neighbours(book)
    clientele.register_customers(book, crew, rng, _others(rng, customers), 1001 + len(CAST))
    everyday.work()
    stories.tell()
    clientele.change(book, crew, rng)
    Present(everyday, customers / 150).write()
    Conversations(book, crew, rng).write()
    approaches.write()
    Mishaps(book, crew, rng).write()
    voices.feedback()
    voices.declines()
    return book.envelopes()


def opened(days: int, until: datetime) -> Book:
    """An empty book, opened an hour before the doors on the first working day."""
    today = until.astimezone(ZONE).date()
    workdays = Workdays(today - timedelta(days=days + 40), today + timedelta(days=150))
    first = workdays.happening(workdays.on(today - timedelta(days=days), MORNING))
    return Book(workdays, first - timedelta(hours=1), until)


def _others(rng: Random, customers: int) -> list[names.Named]:
    """Everybody but the cast of the stories: many families, some firms, a few who manage many houses."""
    cast = [segment for _, segment, *_ in CAST]
    manager = max(1, customers // 20) - cast.count("manager")
    business = max(len(cast) // 2, customers * 3 // 20) - cast.count("business")
    return names.customers(rng, customers - len(cast) - manager - business, business, manager)
