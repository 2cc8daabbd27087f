"""What another rulebook would have changed, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from projections.other_alerts import OtherAlert
from projections.replay_words import left_out
from projections.what_if import WhatIf
from words import N_, Translator
from words.format import number, points
from words.names import ALERTS

SAME = N_("Nothing would be different: all {n} accounts come out the same.")
ACCOUNTS_SAME = N_("All {n} accounts come out the same.")
CHANGED = N_("{balances}, {stages}.")
MIDDLE = N_("In the middle by {median} points, at most by {most}.")
STAGE_ONLY = N_(
    "For {n} only the stage: reliability is measured between a broken and a kept promise, and that changed."
)
CAME = N_("{alert}: {both} under both, {today} only under today's, {then} only under the other.")
ONLY: Final = {"today": N_("only under today's"), "then": N_("only under the other")}
NOTHING_CHANGED = N_("This was only reckoned. Publish a rulebook with: konto rules publish FILE")


NOBODY = N_("Nobody is known yet, so that nothing could be different.")
_A_POINT = 100


def found(each: WhatIf, t: Translator) -> Iterator[str]:
    """The first sentence says whether anything would be different at all."""
    if not each.customers:
        yield t.gettext(NOBODY)
    elif not each.differences and not each.only_stage:
        sentence = ACCOUNTS_SAME if each.other_alerts else SAME
        yield t.gettext(sentence).format(n=number(each.customers, t.lang))
    else:
        yield from _different(each, t)
    yield from left_out(each.left_out, t)


def alerts(each: WhatIf, t: Translator) -> Iterator[str]:
    """A sentence for each rule whose alerts may be others."""
    for rule, came in each.alerts.items():
        if came is not None:
            both, today, then = (number(many, t.lang) for many in came)
            yield t.gettext(CAME).format(alert=alert(rule, t), both=both, today=today, then=then)


def alert(rule: str, t: Translator) -> str:
    """What alerts of a rule are called, as a sentence begins with it."""
    names: Mapping[str, str] = ALERTS
    name = t.gettext(names.get(rule, rule))
    return name[:1].upper() + name[1:]


def only(each: OtherAlert, t: Translator) -> str:
    """Under which of the two it came."""
    return t.gettext(ONLY[each.only])


def _different(each: WhatIf, t: Translator) -> Iterator[str]:
    lang = t.lang
    changed, stages = len(each.differences), len(each.other_stage)
    balances = t.ngettext(
        "{changed} of {all} balances would be different", "{changed} of {all} balances would be different", changed
    )
    standing = t.ngettext(
        "{stages} customer would stand in another stage", "{stages} customers would stand in another stage", stages
    )
    yield t.gettext(CHANGED).format(
        balances=balances.format(changed=number(changed, lang), all=number(each.customers, lang)),
        stages=standing.format(stages=number(stages, lang)),
    )
    if each.differences:
        most = max((one.points for one in each.differences), key=abs)
        decimals = 2 if abs(most) < _A_POINT else None
        said = [points(change, lang, signed=True, decimals=decimals) for change in (each.median, most)]
        yield t.gettext(MIDDLE).format(median=said[0], most=said[1])
    if each.only_stage:
        yield t.gettext(STAGE_ONLY).format(n=number(len(each.only_stage), lang))
