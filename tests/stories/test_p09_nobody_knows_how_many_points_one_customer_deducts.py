"""P9: Nobody knows how many points one customer deducts: some stay relaxed, others lose all trust (002)."""

from __future__ import annotations

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import account

BROKEN = "".join(
    f'2026-03-0{day}T09:00  verspricht {who} ines "{who}/{day}"\n2026-03-0{day}T10:00  bricht "{who}/{day}"\n'
    for day in (2, 3, 4)
    for who in ("K-1", "K-2")
)
TOUCHY = """
2026-03-02T15:00  K-2 hakt nach zu "K-2/2", braucht keine Antwort
2026-03-03T15:00  Vorfall K-2 "V-1" complaint
2026-03-04T15:00  Rückmeldung K-2 1
"""
NEXT = """
2026-03-09T09:00  verspricht K-1 ines "nächstes Mal"
2026-03-09T10:00  bricht "nächstes Mal"
2026-03-09T09:00  verspricht K-2 ines "wieder"
2026-03-09T10:00  bricht "wieder"
"""


def test_from_how_they_react_the_account_learns_what_the_same_deed_costs_each_of_them(home: Home, given: Given) -> None:
    """Both were let down alike; one says nothing, the other asks again, complains and gives the lowest mark."""
    home.take(given(BROKEN + TOUCHY + NEXT).envelopes)
    relaxed, touchy = (account(home, who, "2026-03-09T12:00") for who in ("K-1", "K-2"))
    assert (relaxed.lines[-1].points, touchy.lines[-1].points) == (-7_55, -11_43)  # 5 ÷ 5.3 and 8 ÷ 5.6


def test_it_says_how_much_it_rests_on(home: Home, given: Given) -> None:
    home.take(given(BROKEN + TOUCHY).envelopes)
    found = account(home, "K-2", "2026-03-09T12:00").sensitivity
    assert (found.reactions, round(found.expected, 2), round(found.value, 2)) == (3, 0.6, 1.43)


def test_few_reactions_do_not_turn_it_upside_down_and_it_never_goes_beyond_a_half_and_two(given: Given) -> None:
    """Whoever reacts to everything counts double, not more; whoever never does still counts half."""
    chases = "".join(
        f'2026-03-05T{hour:02}:00  K-2 hakt nach zu "K-2/2", braucht keine Antwort\n' for hour in range(8, 22)
    )
    mine = "".join(line for line in BROKEN.splitlines(keepends=True) if "K-2" in line)
    assert given(mine + chases).sensitivity("2026-03-06").value == 2
    assert given(mine).sensitivity("2026-03-06").value > 0.9


def test_who_knows_better_sets_it_by_hand(given: Given) -> None:
    """
    2026-03-01T09:00  Empfindlichkeit K-1 2
    2026-03-02T09:00  verspricht K-1 ines "Angebot"
    2026-03-02T10:00  bricht "Angebot"
    """
    assert given().lines() == [("broken", -16.0)]
    assert given().sensitivity("2026-03-03").reactions is None, "and then it claims to have learned nothing"
