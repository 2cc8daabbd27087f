"""The numbers of SPEC 4 and 5: points as people write them, hours of business time."""

from __future__ import annotations

from itertools import pairwise
from math import floor

KEPT, KEPT_AFTER_TIMELY_MOVE, KEPT_AFTER_LATE_MOVE = 4, 2, 0
EXCEEDED, EXCEEDED_FULL_AT = 1, 1.5
LATE = ((0, -2), (1, -3), (3, -5), (5, -7.5), (10, -8))
BROKEN = -8
PARTLY_AT_ZERO, PARTLY_PER_DEGREE = -8, 12
MOVED = {(True, True): 0, (True, False): -1, (False, True): -3, (False, False): -4}
"""By (in time, with an alternative)."""
WITHDRAWN = (-2, -1, 0)
"""In time, by how many of reason and alternative were given."""
WITHDRAWN_LATE = -5
SOFT = 0.5

FEEDBACK_WORST, FEEDBACK_BEST = -6, 6
LOWEST_QUARTER = 0.25
REFERRAL, HONEST_NO, HONEST_NO_WITH_ALTERNATIVE, OWNER_CHANGED = 6, 1, 2, -1

TARGET_HOURS, CHANNEL_HOURS, GIVEN_UP_AFTER = 8, {"phone": 4, "chat": 4}, 2
ANSWERED_IN_TIME, ANSWERED_LATE, NEVER_ANSWERED, CHASED = 1, -1, -3, -2

PURPOSES = {"follow_up": 2, "check_in": 1, "needs": 1, "courtesy": 1, "service": 1, "idea_adopted": 1, "advice": 2}
APART_DAYS = 30
FOLLOW_UP_KINDS = ("delivery",)

INCIDENT = {"minor": -4, "normal": -8, "serious": -16}
UNTRUTH, ADMITTED = -32, 0.5
STEPS = ("reason", "apology", "chance", "talk", "resolution")
STEP_HOURS = {"reason": 4, "apology": 8, "chance": 16, "talk": 24, "resolution": 40}
RECOVERY = {
    "reason": ("reason_given", 1),
    "apology": ("apologised", 1),
    "chance": ("chance_asked", 1),
    "talk": ("talked", 3),
    "resolution": ("resolved", 2),
}
OFFER_ACCEPTED = 2
CAP, CAP_REPEATED, REPEATED_DAYS = 0.6, 0.3, 180

SENSITIVITY_LEAST, SENSITIVITY_MOST, SENSITIVITY_PRIOR, REACTION_DAYS = 0.5, 2, 5, 30
FIRM_KEPT, FIRM_REACTIONS = 0.8, 0.1
NEW_PROMISES, NEW_DAYS, NEWNESS = 8, 90, 2
HALF_LIFE_DAYS = 365
RELIABILITY_HALF_LIFE_DAYS, RELIABILITY_PRIOR = 180, 2
BUFFER_DAYS, FEWEST_WITHDRAWALS, USUAL_WITHDRAWAL = 365, 3, 4
LOST_BELOW, FALL, FALL_DAYS, NEW_BELOW_LINES, SOLID_FROM, SOLID_RELIABILITY = -20, 15, 30, 5, 20, 0.6

USUAL_GAPS, UNKNOWN_GAP_DAYS, GAP_KNOWN_FROM = 2.5, 60, 4
FEEDBACK_SILENCE_DAYS, ACTIVE_DAYS, SUCCESS_DAYS = 180, 365, 90


def rounded(number: float) -> int:
    """Half away from zero."""
    return floor(number + 0.5) if number >= 0 else -floor(-number + 0.5)


def hundredths(points: float) -> int:
    return rounded(points * 100)


def lateness(days: float) -> float:
    """Straight lines between the knots, the last one for ever."""
    for (before, high), (after, low) in pairwise(LATE):
        if days <= after:
            return high + (low - high) * (days - before) / (after - before)
    return LATE[-1][1]
