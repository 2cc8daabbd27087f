"""Whether a week went worse than chance explains, given the weeks before: the lower limit of a control chart.

The usual limits of a p-chart, p̄ ± spread·√(p̄(1 − p̄)/n), take the binomial distribution for a normal one and p̄ for
known. With some ten promises a week, nine of ten kept, both are wrong: the limit is crossed by chance several times
as often as meant, and a team that has missed none yet would have drifted with its first miss. Montgomery
(Introduction to Statistical Quality Control, "Probability limits on control charts") takes limits of equal
probability from the exact distribution there. How well p̄ is known comes in as in the rest of the house, by the rule
of succession: with K kept and M missed before, a week with n promises keeps x of them with the probability

    C(K + x, x) · C(M + n − x, n − x) ÷ C(K + M + n + 1, n)

(beta-binomial, the binomial averaged over all rates that the weeks before allow for; the more is known, the nearer
to the binomial). A spread of 3 means the share of a normal distribution below its mean minus 3 deviations: 1 in 741.
"""

from __future__ import annotations

import math
from typing import NamedTuple

FEWEST_BEFORE = 30
"""Of fewer promises before nothing is said, nor of fewer in the week."""
FEWEST = 5


class Kept(NamedTuple):
    """So many promises were kept, of so many."""

    kept: int
    of: int

    def __add__(self, other: object) -> Kept:
        assert isinstance(other, Kept)
        return Kept(self.kept + other.kept, self.of + other.of)


def is_below(week: Kept, before: Kept, spread: float) -> bool:
    """The week lies below the lower limit. Nothing lies below it while too little is known."""
    if week.of < FEWEST or before.of < FEWEST_BEFORE:
        return False
    return chance(week, before) < tail(spread)


def chance(week: Kept, before: Kept) -> float:
    """How probable it is that a week with so many promises keeps so few of them, or fewer."""
    missed = before.of - before.kept
    everything = _log_choose(before.of + week.of + 1, week.of)
    return math.fsum(
        math.exp(
            _log_choose(before.kept + kept, kept) + _log_choose(missed + week.of - kept, week.of - kept) - everything
        )
        for kept in range(week.kept + 1)
    )


def tail(spread: float) -> float:
    """The share of a normal distribution that lies so many deviations below its mean, or further."""
    return math.erfc(spread / math.sqrt(2)) / 2


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
