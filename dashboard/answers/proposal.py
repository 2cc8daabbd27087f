"""A rulebook proposed from the firm's own experience: each weight in words, and what the whole is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dashboard.answers.kept import Found, Kept
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal, Tell
from dashboard.shapes.publishing import Proposal, Weight
from projections import calibrating, calibrating_words, rules
from projections.calibrating import Outcome
from wiring import calibrating as words
from wiring.home import Konto
from wiring.versions import counting, versions
from words import Translator, translator

QUESTION = "calibrate"


def proposed(konto: Konto, kept: Kept, reader: Reader) -> Proposal | Refusal | None:
    if refused := refusal(konto, "tests", reader):
        return refused
    found = kept.last(QUESTION, konto)
    return None if found is None else _told(found, konto, reader)


def propose(konto: Konto, kept: Kept, reader: Reader, tell: Tell) -> Proposal | Refusal:
    if refused := refusal(konto, "tests", reader):
        return refused
    found = kept.fresh(
        QUESTION,
        konto,
        lambda now: calibrating.calibrate(konto.log, konto.library, konto.asker, None, now, tell),
    )
    return _told(found, konto, reader)


def _told(found: Found, konto: Konto, reader: Reader) -> Proposal | Refusal:
    t = translator(reader.lang)
    outcome: Outcome | None = found.answer
    if outcome is None:
        return Refusal((t.gettext(words.NOTHING_SAID),))
    counts_now = counting(versions(konto, "rulebook"), konto.clock()).content
    return Proposal(
        at=found.at,
        newer=found.position != konto.log.head(),
        fitted=words.fitted(outcome, reader.zone, t),
        verdict=tuple(words.verdict(outcome, t)),
        better=outcome.is_better,
        weights=tuple(_weights(outcome, konto, t)),
        text=words.text(counts_now, outcome, t),
    )


def _weights(outcome: Outcome, konto: Konto, t: Translator) -> Iterator[Weight]:
    """Those of which there were cases at all."""
    rulebook = outcome.calibration.rulebook
    meanings: Mapping[str, rules.Rule] = {
        f"{each.section}.{each.key}": each for each in rules.read(konto.asker, rulebook, t)
    }
    for each in outcome.calibration.weights:
        if not each.cases:
            continue
        rule = meanings[".".join(each.weight.split(".")[:2])]
        meaning = rule.meaning
        if words.is_late(each):
            days = words.days_late(outcome, each)
            meaning = t.ngettext("{n} day late", "{n} days late", 1 if days == "1" else 2).format(n=days)
        said = calibrating_words.sentence(each, rulebook.calibration, t)
        yield Weight(meaning, rules.title(rule.section, t), each.old, each.new, said, each.old != each.new)
