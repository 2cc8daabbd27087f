"""What a test of the figures says, in plain words: how good, against what guess, and on how much it rests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.backtest import Backtest, Naive
from domain.forecast import Score
from projections.advice_words import rests_on
from words import N_, Translator
from words.format import day_long, number, percent

SINCE = N_("Tested from {day} on, each case with what was known just before it.")
ALL, FULFILLED = N_("All promises"), N_("Only those that were fulfilled")
TOO_FEW = N_("Nothing to say yet: too few cases.")
KEPT_HIGHER = N_(
    "Of two promises, one kept and one not, the kept one had the better forecast in {n} of 100 cases. "
    "By chance it is 50."
)
BAD_LOWER = N_(
    "Of two promises, one with bad feedback and one without, the account had the first one lower in {n} of 100 cases. "
    "By chance it is 50."
)
OFF_BY = N_(
    "What it said and what came lay {off} points of 100 apart on average; always guessing {rate}, {naive} points."
)
OFF_BY_ALONE = N_("What it said and what came lay {off} points of 100 apart on average.")
SURPRISE = N_("It was surprised by {loss} on average, that guess by {naive}; less is better (log loss).")
SURPRISE_ALONE = N_("It was surprised by {loss} on average; less is better (log loss).")
BETTER, NO_BETTER = (
    N_("So it knows more than that guess."),
    N_("So it does not surely know more than that guess. Better not rely on it."),
)
GOOD_TO_BE_TRUE = N_(
    "That is better than such figures usually are. Please check whether something was recorded too early."
)
SUSPICIOUS = 0.95
FEW = 20
"""Outcomes of the rarer kind below which a figure is mostly chance."""
MOSTLY_CHANCE = N_("Only {n} cases of one kind are among them: this is mostly chance still.")


def begins(day: date, t: Translator) -> str:
    return t.gettext(SINCE).format(day=day_long(day, t.lang))


def of_adviser(found: Backtest, t: Translator) -> list[str]:
    return [*_said(found, t, KEPT_HIGHER), rests_on(found.score.n, t)]


def of_feedback(found: Backtest, t: Translator) -> list[str]:
    n = found.score.n
    begin = t.ngettext("Rests on {n} feedback.", "Rests on {n} feedbacks.", n).format(n=number(n, t.lang))
    return [*_said(found, t, BAD_LOWER), begin]


def _said(found: Backtest, t: Translator, order: str) -> Iterator[str]:
    score, naive = found.score, found.naive
    if score.auc is not None:
        yield t.gettext(order).format(n=round(score.auc * 100))
    off = number(score.error * 100, t.lang, 1)
    loss = number(score.log_loss, t.lang, 2)
    if naive is None:
        yield t.gettext(OFF_BY_ALONE).format(off=off)
        yield t.gettext(SURPRISE_ALONE).format(loss=loss)
    else:
        rate, apart = percent(naive.rate, t.lang), number(naive.score.error * 100, t.lang, 1)
        yield t.gettext(OFF_BY).format(off=off, rate=rate, naive=apart)
        yield t.gettext(SURPRISE).format(loss=loss, naive=number(naive.score.log_loss, t.lang, 2))
        yield verdict(naive, t)
    if rarer(score) < FEW:
        yield t.gettext(MOSTLY_CHANCE).format(n=rarer(score))
    elif score.auc is not None and score.auc > SUSPICIOUS:
        yield t.gettext(GOOD_TO_BE_TRUE)


def verdict(naive: Naive, t: Translator) -> str:
    return t.gettext(BETTER if naive.is_beaten else NO_BETTER)


def rarer(score: Score) -> int:
    """How many cases ended the rarer way."""
    came = sum(round(each.came * each.n) for each in score.bins)
    return min(came, score.n - came)
