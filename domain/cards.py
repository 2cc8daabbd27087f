"""Cards for suppliers: whoever breaks product claims gets a yellow card, then a red one (practice P16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from domain.rulebook import CardRules

Card = Literal["yellow", "red"]


def card(claims: Iterable[datetime], at: datetime, rules: CardRules) -> Card | None:
    """By the broken product claims of the months before a moment."""
    start = months_before(at, rules.months)
    count = sum(start < claim <= at for claim in claims)
    if count >= rules.red_from:
        return "red"
    return "yellow" if count >= rules.yellow_from else None


def months_before(at: datetime, months: int) -> datetime:
    """The same day and time some months earlier, or that month's last day where it has no such day."""
    month = at.year * 12 + at.month - 1 - months
    year, zero_based = divmod(month, 12)
    last = (date(year + zero_based // 11, (zero_based + 1) % 12 + 1, 1) - date(year, zero_based + 1, 1)).days
    return at.replace(year=year, month=zero_based + 1, day=min(at.day, last))
