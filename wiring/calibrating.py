"""A calibration for people: the rulebook that it proposes with the reasons beside each weight, and its worth."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from domain.calibration import TABLE, Fitted
from domain.rulebook_text import Place, with_weights
from projections import calibrating_words
from projections.calibrating import Outcome
from projections.replay_words import left_out
from words import N_, Translator
from words.format import day_long, number

NOTHING_SAID = N_(
    "Customers have said nothing yet from which weights could be learned: no feedback, nobody left or recommended us."
)
FITTED = N_("Fitted to {cases} before {day}.")
LATER = N_(
    "On {cases} from then on the account was surprised by {before} on average, and with these weights by {after}."
)
NOTHING_LATER = N_("From then on there are too few cases to show whether that helps.")
BETTER = N_("So these weights say more about your customers.")
NOT_SURE = N_("So these weights do not surely say more about your customers. Better leave the rulebook as it is.")


def text(counts_now: str, found: Outcome, t: Translator) -> str:
    """The rulebook that counts now with the fitted weights; order and comments stay."""
    return with_weights(counts_now, found.calibration.rulebook, _notes(found, t))


def _notes(found: Outcome, t: Translator) -> dict[Place, list[str]]:
    """Above each weight of the file what it was and what the new one rests on."""
    rules = found.calibration.rulebook.calibration
    notes: dict[Place, list[str]] = {}
    for each in found.calibration.weights:
        if each.factor is not None or each.cases:
            section, name = each.weight.split(".")[:2]
            of_knot = f"{days_late(found, each)}: " if is_late(each) else ""
            said = calibrating_words.sentence(each, rules, t)
            notes.setdefault((section, name), []).append(f"{of_knot}{calibrating_words.was(each, t)}; {said}")
    return notes


def is_late(each: Fitted) -> bool:
    """Whether it is one step of the table of lateness."""
    return each.weight.startswith(TABLE)


def days_late(found: Outcome, each: Fitted) -> str:
    """So many days late is this step of the table."""
    return f"{found.calibration.rulebook.promise.late.days[int(each.weight.rpartition('.')[2])]:g}"


def fitted(found: Outcome, zone: ZoneInfo, t: Translator) -> str:
    day = day_long(found.until.astimezone(zone).date(), t.lang)
    said = t.gettext(FITTED).format(cases=_cases(found.calibration.cases, t), day=day)
    return " ".join((said, *left_out(found.left_out, t)))


def verdict(found: Outcome, t: Translator) -> Iterator[str]:
    """What the weights are worth on what came later than they were fitted to."""
    if found.before.all is None or found.after.all is None:
        yield t.gettext(NOTHING_LATER)
        return
    before, after = found.before.all.score, found.after.all.score
    losses = {"before": number(before.log_loss, t.lang, 3), "after": number(after.log_loss, t.lang, 3)}
    yield t.gettext(LATER).format(cases=_cases(before.n, t), **losses)
    yield t.gettext(BETTER if found.is_better else NOT_SURE)


def _cases(n: int, t: Translator) -> str:
    return t.ngettext("{n} case", "{n} cases", n).format(n=number(n, t.lang))
