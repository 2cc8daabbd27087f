"""What if another rulebook had counted: its text checked, the whole past under it, the accounts that would differ."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.answers import publishing
from dashboard.answers.kept import Found, Kept
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal, Tell
from dashboard.shapes.publishing import Texts
from dashboard.shapes.what_if import MOST_LISTED, ChangedAccount, Difference, OtherAlert, WhatIf
from domain.documents import load
from domain.errors import Refused
from domain.rulebook import Rulebook
from projections import naming, what_if_words
from projections.other_alerts import OtherAlert as Alert
from projections.what_if import Difference as Differing
from projections.what_if import WhatIf as Compared
from wiring import settings, trying
from wiring.home import Konto
from words import Translator, translator

STAGES = ("solid", "building", "new", "recovering", "strained", "lost")
"""The best first."""


def texts(konto: Konto, reader: Reader) -> Texts | Refusal:
    return refusal(konto, "tests", reader) or publishing.texts(konto, reader, "rulebook")


def decoded(reader: Reader, content: bytes) -> str | Refusal:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Refusal((translator(reader.lang).gettext(settings.NOT_UTF_8),))


def reckoned(konto: Konto, kept: Kept, reader: Reader, text: str) -> WhatIf | Refusal | None:
    if refused := refusal(konto, "tests", reader):
        return refused
    found = kept.last(_question(text), konto)
    return None if found is None else _told(found, konto, reader)


def reckon(konto: Konto, kept: Kept, reader: Reader, text: str, tell: Tell) -> WhatIf | Refusal:
    if refused := refusal(konto, "tests", reader):
        return refused
    try:
        rules = load(text, Rulebook)
    except Refused as unsound:
        return Refusal(tuple(publishing.told(unsound, "rulebook", reader)))
    found = kept.fresh(_question(text), konto, lambda now: trying.what_if(konto, rules, now, tell, processes=None))
    return _told(found, konto, reader)


def _question(text: str) -> str:
    return f"what-if {text}"


def _told(found: Found, konto: Konto, reader: Reader) -> WhatIf:
    t = translator(reader.lang)
    answer: Compared = found.answer
    headline, *sentences = what_if_words.found(answer, t)
    differing = (*answer.differences, *answer.only_stage)
    return WhatIf(
        at=found.at,
        newer=found.position != konto.log.head(),
        headline=headline,
        sentences=tuple(sentences),
        accounts=answer.customers,
        changed=len(answer.differences),
        differences=tuple(Difference(*each) for each in answer.distribution),
        stages=tuple(_stages(answer)),
        listed=tuple(_account(each, t) for each in differing[:MOST_LISTED]),
        to_list=len(differing),
        alerts=tuple(what_if_words.alerts(answer, t)),
        other_alerts=tuple(_alert(each, t) for each in answer.other_alerts),
    )


def _stages(answer: Compared) -> Iterator[tuple[str, int, int]]:
    today, then = answer.stages_today, answer.stages_then
    for stage in STAGES:
        if today.get(stage) or then.get(stage):
            yield stage, today.get(stage, 0), then.get(stage, 0)


def _account(each: Differing, t: Translator) -> ChangedAccount:
    return ChangedAccount(
        customer=each.customer,
        name=naming.called(each.name, each.id, t),
        today=each.today.balance,
        then=each.then.balance,
        stage_today=each.today.stage.name,
        stage_then=each.then.stage.name,
    )


def _alert(each: Alert, t: Translator) -> OtherAlert:
    return OtherAlert(
        moment=each.moment,
        alert=what_if_words.alert(each.rule, t),
        customer=each.customer,
        name=naming.called(each.name, each.id, t),
        subject=each.subject,
        only=what_if_words.only(each, t),
    )
