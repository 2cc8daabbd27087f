"""What a check asks for: whatever has begun lately, or certain things whenever they began."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from projections.filters import Condition, Moment
from projections.tables import micros

AT_ONCE = 500
"""So many subjects are asked for in one query."""


def conditions(
    column: str,
    begins: Sequence[str],
    moment: Moment,
    since: datetime | None,
    subjects: Collection[str] | None,
) -> Iterator[Condition]:
    """One for everything of which one of `begins` lies between `since` and the moment, or one for each portion of the
    subjects, which `column` holds."""
    if subjects is not None:
        asked = sorted(subjects)
        for start in range(0, len(asked), AT_ONCE):
            portion = asked[start : start + AT_ONCE]
            yield Condition(f"{column} IN ({','.join('?' * len(portion))})", list(portion))
    elif since is None:
        yield Condition("1 = 1", [])
    else:
        lately = f"BETWEEN {micros(since)} AND {moment.us}"
        yield Condition("(" + " OR ".join(f"{begin} {lately}" for begin in begins) + ")", [])
