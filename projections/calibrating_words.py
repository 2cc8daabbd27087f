"""What a calibration found, a sentence for each weight."""

from __future__ import annotations

from domain.calibration import Fitted
from domain.rulebook import CalibrationRules
from words import N_, Translator
from words.format import number, points

STRONGER = N_("{cases}: measured against the other weights, customers mind it more than the rulebook said.")
WEAKER = N_("{cases}: measured against the other weights, customers mind it less than the rulebook said.")
AS_SAID = N_("{cases}: customers mind it about as much as the rulebook said.")
TOO_FEW = N_("{cases}, fewer than {fewest}: left as it is.")
NOTHING = N_("It is worth nothing, and stays so.")
BEFORE = N_("so far {old}")

USUAL = 0.05
"""A change within this share of a weight is none worth speaking of."""


def sentence(found: Fitted, rules: CalibrationRules, t: Translator) -> str:
    cases = t.ngettext("{n} case", "{n} cases", found.cases).format(n=number(found.cases, t.lang))
    if found.factor is not None:
        change = abs(found.new) - abs(found.old)
        strength = AS_SAID if abs(change) <= USUAL * abs(found.old) else STRONGER if change > 0 else WEAKER
        return t.gettext(strength).format(cases=cases)
    if found.cases >= rules.fewest_cases:
        return t.gettext(NOTHING)
    return t.gettext(TOO_FEW).format(cases=cases, fewest=number(rules.fewest_cases, t.lang))


def was(found: Fitted, t: Translator) -> str:
    return t.gettext(BEFORE).format(old=points(found.old, t.lang, signed=True, decimals=2))
