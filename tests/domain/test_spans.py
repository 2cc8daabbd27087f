"""Since when there are so many at once, and until when."""

from __future__ import annotations

import pytest

from domain.spans import Span, while_at_least
from tests.notation import at


def day(number: int) -> str:
    return f"2026-03-{number:02}"


def spans(*days: tuple[int, int | None]) -> list[Span]:
    return [(at(day(since)), None if until is None else at(day(until))) for since, until in days]


@pytest.mark.parametrize(
    ("held", "least", "expected"),
    [
        (((1, None), (3, None)), 2, (3, None)),
        (((1, None), (3, None)), 3, None),
        (((1, 20), (3, 15)), 2, (3, 15)),
        (((1, 10), (3, 9)), 2, None),  # it has ended before the moment
        (((11, None), (12, None)), 1, None),  # it has not begun
        (((1, None), (10, None)), 2, (10, None)),  # from the very instant on
        (((1, 10), (2, None)), 2, None),  # until before it
        (((1, 5), (2, None), (3, None), (7, None)), 3, (7, None)),  # fewer in between: it began anew
        (((1, 5), (2, None), (5, None)), 2, (2, None)),  # one ends as another begins: without a break
        (((1, None), (2, None), (12, 14)), 2, (2, None)),  # more of them changes nothing
        (((4, 4), (5, None)), 1, (5, None)),  # what ends at once never held
    ],
)
def test_around_the_tenth(
    held: tuple[tuple[int, int | None], ...], least: int, expected: tuple[int, int | None] | None
) -> None:
    found = while_at_least(spans(*held), least, at(day(10)))
    assert found == (None if expected is None else spans(expected)[0])
