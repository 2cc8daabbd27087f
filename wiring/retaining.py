"""Whose data is due for erasure by the firm's own decision, and erasing it: Art. 17 (1) a GDPR, no longer needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from domain import retention as retention_
from domain.errors import Refused
from domain.retention import Retention
from domain.roles import allowed
from domain.stored import customer_of
from domain.vocabulary import FACTS
from projections import customers, retained
from projections.customers import Party
from projections.retained import Due
from wiring import erasing
from wiring.erasing import Outcome, Plan
from wiring.settings import Settings

if TYPE_CHECKING:
    from wiring.home import Konto

PAGE = 1_000


class RecordedMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__(
            "changed_meanwhile",
            "Something was recorded about one of them meanwhile; nothing was erased. Please look at the list again.",
        )


def of(settings: Settings) -> Retention:
    chosen = settings.retention
    return retention_.retention(chosen.years, chosen.types, ZoneInfo(settings.zone), FACTS)


def due(konto: Konto) -> list[Due]:
    """Raises NotAllowed."""
    return retained.due(konto.log, konto.library, konto.asker, of(konto.settings), konto.clock())


def planned(konto: Konto, found: Sequence[Due]) -> Plan:
    """Of those that nothing stops. Raises NotAllowed, Held."""
    allowed(konto.asker, "erase")
    free = [each.customer for each in found if not each.stopped_by]
    parties: dict[str, Party] = {}
    for start in range(0, len(free), PAGE):
        parties |= customers.parties_of(konto.library, konto.asker, free[start : start + PAGE])
    return erasing.planned(konto, *(parties[each] for each in free))


def erase(konto: Konto, plan: Plan, head: int) -> Outcome:
    """`head` is how far the log reached when the list was made. Raises NotAllowed, Held, RecordedMeanwhile."""
    theirs = {each.customer for each in plan.parties}

    def still() -> None:
        position = head
        while rows := konto.log.rows(position, PAGE):
            if any(row.topic in FACTS and customer_of(row) in theirs for row in rows):
                raise RecordedMeanwhile
            position = rows[-1].position

    return erasing.erase(konto, plan, "not_needed", "", still=still)
