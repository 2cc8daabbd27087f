"""P5: Better no promise than one that is not kept; never promise what you cannot do (001, 004).

The adviser, who says which date is safe, comes later; what the account says of hasty promises is here.
"""

from __future__ import annotations

from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY


def total(given: Given, text: str) -> float:
    return sum(points for _, points in given(text, KNOWN_AND_ORDINARY).lines("2026-04-20"))


MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00'


def test_an_honest_no_or_no_promise_at_all_is_better_than_a_hasty_one(given: Given) -> None:
    hasty = total(given, f"{MADE}\n2026-03-06T12:00  bricht")
    no = total(given, "2026-03-02T09:00  lehnt ab K-17, mit Grund, mit Alternative")
    assert (hasty, no) == (-8, 2)
    assert hasty < 0 < no


def test_two_kept_promises_do_not_make_up_for_more_than_one_broken(given: Given) -> None:
    kept = "".join(
        f'2026-03-02T09:00  verspricht K-17 ines "Z{n}"\n2026-03-03T09:00  erfüllt "Z{n}"\n' for n in range(2)
    )
    assert total(given, kept) + total(given, f"{MADE}\n2026-03-06T12:00  bricht") == 0


def test_who_only_intends_or_estimates_says_so_and_it_costs_half(given: Given) -> None:
    for said in ("beabsichtigt", "geschätzt"):
        assert total(given, f"{MADE}, {said}\n2026-03-06T12:00  bricht") == -4
        assert total(given, f"{MADE}, {said}\n2026-03-06T12:00  erfüllt") == 4, "and earns in full when it is kept"


def test_without_a_date_nothing_is_ever_late(given: Given) -> None:
    history = given('2026-03-02T09:00  verspricht K-17 ines "Irgendwann"', KNOWN_AND_ORDINARY)
    assert history.outcome("2036-03-02") == "open"
    assert history.lines("2036-03-02") == []
