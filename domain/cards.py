"""Cards for suppliers: whoever breaks product claims gets a yellow card, then a red one (practice P16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, NamedTuple

from domain.rulebook import CardRules
from domain.spans import while_at_least

Card = Literal["yellow", "red"]


class Held(NamedTuple):
    """A card, from the claim with which it was reached until the claims for it have grown too old."""

    card: Card
    since: datetime
    until: datetime | None


def card(claims: Iterable[datetime], at: datetime, rules: CardRules) -> Card | None:
    """By the broken product claims of the months before a moment."""
    found = held(claims, at, rules)
    return found.card if found else None


def held(claims: Iterable[datetime], at: datetime, rules: CardRules) -> Held | None:
    """The highest card; it ends by itself if no other claim is broken."""
    spans = [(claim, months_after(claim, rules.months)) for claim in claims if claim <= at]
    levels: tuple[tuple[Card, int], ...] = (("red", rules.red_from), ("yellow", rules.yellow_from))
    for level, least in levels:
        span = while_at_least(spans, least, at)
        if span is not None:
            return Held(level, *span)
    return None


def counting(claims: Iterable[datetime], at: datetime, rules: CardRules) -> list[datetime]:
    """The claims that count for a card."""
    return [claim for claim in claims if claim <= at < months_after(claim, rules.months)]


def months_after(at: datetime, months: int) -> datetime:
    """The same day and time some months later, or that month's last day where it has no such day."""
    month = at.year * 12 + at.month - 1 + months
    year, zero_based = divmod(month, 12)
    last = (date(year + zero_based // 11, (zero_based + 1) % 12 + 1, 1) - date(year, zero_based + 1, 1)).days
    return at.replace(year=year, month=zero_based + 1, day=min(at.day, last))
