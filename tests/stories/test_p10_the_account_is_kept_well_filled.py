"""P10: Keep the account well filled, pay in steadily (002)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, employ, told

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


def test_whoever_looks_after_them_hears_when_the_buffer_grows_thin_and_when_trust_is_falling_and_low(
    home: Home, given: Given
) -> None:
    """K-17 from 14 points to 6, which is less than two usual withdrawals, and then below nothing; K-18 there at once.

    2026-01-05T08:00  Kunde K-17, zuständig ines
    2026-01-05T09:00  K-17 empfiehlt uns
    2026-01-06T09:00  Rückmeldung K-17 5
    2026-01-07T09:00  meldet sich bei K-17, Zweck check_in
    2026-01-08T09:00  meldet sich bei K-17, Zweck advice
    2026-02-02T09:00  verspricht K-17 lutz "Angebot"
    2026-02-02T09:00  verspricht K-17 lutz "Therme"
    2026-02-10T10:00  bricht "Angebot"
    2026-02-17T10:00  bricht "Therme"
    2026-02-02T08:00  Kunde K-18, zuständig lutz
    2026-02-02T09:00  verspricht K-18 lutz "Bad"
    2026-02-18T10:00  bricht "Bad"
    """
    employ(home)
    home.take(given().envelopes)
    looks = {
        "2026-02-10T09:59": [],
        "2026-02-10T10:00": ["ines: buffer_thin K-17"],
        "2026-02-17T09:59": [],
        "2026-02-17T10:00": ["ines: trust_low K-17", "ines: trust_falling K-17"],
        "2026-02-17T10:01": [],
        "2026-02-18T10:00": ["lutz: trust_low K-18"],
    }
    assert {moment: told(home, moment) for moment in looks} == looks
