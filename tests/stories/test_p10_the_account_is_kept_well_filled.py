"""P10: Keep the account well filled, pay in steadily (002). The alert on a thinning buffer comes with the alerts."""

from __future__ import annotations

from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY

ONCE = "2025-01-06T09:00  K-17 empfiehlt uns\n"
MONTHLY = "".join(
    f"2025-{month:02}-06T09:00  meldet sich bei K-17, Zweck {purpose}\n"
    for month in range(1, 13)
    for purpose in ("check_in", "service")
)


def test_trust_fades_when_it_is_not_tended(given: Given) -> None:
    history = given(ONCE, KNOWN_AND_ORDINARY)
    assert [history.balance(f"{year}-01-06T09:00") for year in (2025, 2026, 2027)] == [6, 3, 1.5]


def test_small_deposits_paid_in_steadily_fill_it_where_one_large_one_wears_away(given: Given) -> None:
    once, steadily = given(ONCE, KNOWN_AND_ORDINARY), given(MONTHLY, KNOWN_AND_ORDINARY)
    assert once.balance("2025-01-07") > steadily.balance("2025-01-07")
    assert steadily.balance("2026-01-06") > 4 * once.balance("2026-01-06")


def test_the_buffer_says_how_many_usual_withdrawals_the_account_would_bear(given: Given) -> None:
    history = given(MONTHLY, KNOWN_AND_ORDINARY)
    thin, full = history.buffer("2025-02-01"), history.buffer("2026-01-01")
    assert thin < 1 < 3 < full
    assert history.buffer("2028-01-01") < 2, "two quiet years, and it is thin although nothing went wrong"


def test_deposits_cannot_be_piled_up_in_a_day(given: Given) -> None:
    """The same kindness twelve times in a row counts once."""
    text = "".join(f"2025-01-06T{hour:02}:00  meldet sich bei K-17, Zweck courtesy\n" for hour in range(8, 20))
    assert len(given(text, KNOWN_AND_ORDINARY).lines()) == 1
