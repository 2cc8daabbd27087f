"""Which weights of the rulebook a line consists of: what a calibration fits, and what a reader may look up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.account.posting import Posting, Rulebooks, Share, days_between
from domain.account.promises import late_mix

SECTIONS: Mapping[str, str] = {
    "customer": "honest_no honest_no_with_alternative referral owner_changed",
    "contacts": "follow_up check_in needs advice idea_adopted courtesy service",
}
ELSEWHERE: Mapping[str, str] = {
    "move_not_agreed": "promise.moved_for_customer",
    "answered_in_time": "answers.in_time",
    "answered_late": "answers.late",
    "never_answered": "answers.never",
    "chased": "answers.chased",
    "untruth": "incident.untruth",
    "reason_given": "recovery.reason",
    "apologised": "recovery.apology",
    "chance_asked": "recovery.chance",
    "talked": "recovery.talk",
    "offer_accepted": "recovery.offer_accepted",
    "resolved": "recovery.resolved",
    **{rule: f"{section}.{rule}" for section, rules in SECTIONS.items() for rule in rules.split()},
}
"""Where the weight of a line's rule stands; what is not here stands under its own name in [promise]."""


def place_of(rule: str) -> str:
    return ELSEWHERE.get(rule, f"promise.{rule}")


def shares(line: Posting, at: datetime, rulebooks: Rulebooks) -> tuple[Share, ...]:
    """What the base of a line consists of at a moment: of each weight so many times."""
    if line.due is not None:
        return late_mix(days_between(line.due, at), rulebooks.at(line.due))
    return line.mix or (Share(place_of(line.rule), 1.0),)
