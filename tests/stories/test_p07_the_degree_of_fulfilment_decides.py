"""P7: The degree of fulfilment decides about recommendation; exceeding a promise makes trust grow (004)."""

from __future__ import annotations

import pytest

from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, figure, share

DEGREES = (0, 0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 3)


def worth(given: Given, degree: float) -> float:
    text = '2026-03-02T09:00  verspricht K-17 ines "Umbau" bis 2026-03-06T12:00\n'
    ((_, points),) = given(text + f"2026-03-06T11:00  erfüllt, Grad {degree}", KNOWN_AND_ORDINARY).lines()
    return points


def test_the_more_of_it_is_done_the_more_it_is_worth(given: Given) -> None:
    points = [worth(given, degree) for degree in DEGREES]
    assert points == sorted(points)
    assert (points[0], worth(given, 1), points[-1]) == (-8, 4, 5)


def test_exceeding_is_worth_a_little_more_than_keeping_and_no_more_than_that(given: Given) -> None:
    """A promise kept is what counts; doing far more does not buy trust."""
    assert worth(given, 1.25) - worth(given, 1) == 0.5
    assert worth(given, 100) == worth(given, 1.5)


def test_being_early_is_not_exceeding(given: Given) -> None:
    text = '2026-03-02T09:00  verspricht K-17 ines "Umbau" bis 2026-06-30\n2026-03-02T10:00  erfüllt'
    assert given(text, KNOWN_AND_ORDINARY).lines() == [("kept", 4.0)]
    assert given(text).outcome() == "kept"


def test_the_firm_sees_how_much_of_what_it_promised_it_did(home: Home, given: Given) -> None:
    text = "".join(
        f'2026-03-02T09:00  verspricht K-1 ines "Z{n}" bis 2026-03-06T12:00\n'
        f'2026-03-06T11:00  erfüllt "Z{n}", Grad {d}\n'
        for n, d in enumerate((1, 1.2, 0.8, 0.6))
    )
    home.take(given(text + "2026-03-09T09:00  K-1 empfiehlt uns").envelopes)
    assert figure(home, "fulfilment_degree", "2026-03-20").value == pytest.approx(0.9)
    assert share(home, "over_fulfilment_rate", "2026-03-20") == (1, 4)
    assert share(home, "partial_rate", "2026-03-20") == (2, 4)
    assert share(home, "referral_rate", "2026-03-20") == (1, 1)
