"""The rulebook: every rule that counts in words, and what each version changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from dashboard.answers.publishing import changes
from dashboard.shapes.asking import Reader
from dashboard.shapes.rules import (
    LatenessStep,
    RuleGroup,
    RuleRow,
    Rules,
    RuleSection,
    RuleVersion,
    VersionState,
)
from domain.documents import load
from domain.roles import Asker, may
from domain.rulebook import Rulebook
from projections import rules
from projections.rule_words import GROUPS
from projections.rules import Rule
from wiring.home import Konto
from wiring.versions import Version, counting, in_force, versions
from words import Translator, translator


def every(konto: Konto, reader: Reader) -> Rules:
    return told(versions(konto, "rulebook"), konto.asker, konto.clock(), translator(reader.lang))


def told(found: Sequence[Version], asker: Asker, now: datetime, t: Translator) -> Rules:
    """Of these versions, the shipped one first."""
    today = load(counting(found, now).content, Rulebook)
    read = rules.read(asker, today, t)
    return Rules(
        groups=tuple(RuleGroup(t(group.title), _sections(group.sections, read, t)) for group in GROUPS),
        lateness=tuple(LatenessStep(*step) for step in rules.late_steps(today.promise.late, t)),
        practices=tuple(rules.practices(t)),
        versions=tuple(_history(found, asker, now, t)),
        may_publish=may(asker, "publish_rulebook"),
        may_propose=may(asker, "tests"),
    )


def _sections(names: Sequence[str], read: Sequence[Rule], t: Translator) -> tuple[RuleSection, ...]:
    return tuple(
        RuleSection(name, rules.title(name, t), tuple(_row(rule) for rule in read if rule.section == name))
        for name in names
    )


def _row(rule: Rule) -> RuleRow:
    return RuleRow(rule.short, rule.meaning, rule.origin, rule.finding, rule.deed)


def _history(found: Sequence[Version], asker: Asker, now: datetime, t: Translator) -> list[RuleVersion]:
    """The one that begins last first; at the end those that never counted."""
    used = in_force(found)
    today = counting(found, now)
    history = []
    # The first one that counted is compared with the shipped one, whose place it may have taken.
    for before, version in pairwise([found[0], *used]):
        said = changes(asker, before.content, version.content, t)
        history.append(RuleVersion(version.start, version.recorded, _state(version, today, now), said))
    unused = [each for each in found if not any(each is version for version in used)]
    return [*history[::-1], *(RuleVersion(each.start, each.recorded, "replaced", ()) for each in unused[::-1])]


def _state(version: Version, today: Version, now: datetime) -> VersionState:
    if version is today:
        return "counts"
    return "later" if version.start is not None and version.start > now else "past"
