"""`konto what-if`: the whole past under another rulebook, beside today's. Nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.documents import load
from domain.rulebook import Rulebook
from projections import naming, what_if_words
from projections.other_alerts import Came, OtherAlert
from projections.what_if import Difference, WhatIf
from wiring import settings, trying
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.commands.documents import text_of
from wiring.commands.meaning import REPLAYING
from wiring.moments import written
from wiring.output import SLOW
from words import N_, Translator, names
from words.format import moment, number, points

SHOWN = 30
NONE_CAME = Came(0, 0, 0)
MORE = N_("… and {n} more; all of them with --json.")
ALERTS_SHOWN = 10
WHEN, ALERT, ABOUT, ONLY = N_("When"), N_("Alert"), N_("About"), N_("Which rulebook")
LATEST_ALERTS = N_("The latest of them; more with --json.")
CUSTOMER, TODAY, THEN, CHANGE, STAGE = N_("Customer"), N_("Today"), N_("With this one"), N_("Change"), N_("Stage")

Which = Annotated[Path, typer.Argument(metavar="RULEBOOK", help=N_("The other rulebook, a file."))]


Processes = Annotated[
    int | None,
    typer.Option(
        "--processes", metavar="N", min=1, help=N_("How many processes reckon at the same time; else as many as help.")
    ),
]


def what_if(
    ctx: typer.Context, rulebook: Which, processes: Processes = None, json: Json = False, lang: Lang = None
) -> None:
    text = text_of(rulebook)
    with settings.naming(rulebook):
        rules = load(text, Rulebook)
    with at_desk(ctx, json, lang) as desk:
        konto = desk.konto
        with desk.out.progress(desk.t.gettext(REPLAYING), least=SLOW) as tell:
            found = trying.what_if(konto, rules, desk.now, tell, processes=processes)
        if json:
            desk.out.answer(as_json(found, desk.t))
        else:
            _say(desk, found)


def as_json(found: WhatIf, t: Translator) -> dict[str, Any]:
    return {
        "at": written(found.at),
        "customers": found.customers,
        "left_out": found.left_out,
        "changed": len(found.differences),
        "stage_changed": len(found.other_stage),
        "differences": [_difference_as_json(each, t) for each in found.differences],
        "only_stage": [_difference_as_json(each, t) for each in found.only_stage],
        "distribution": [each._asdict() for each in found.distribution],
        "stages": {"today": found.stages_today, "then": found.stages_then},
        "alerts": {rule: _came_as_json(came) for rule, came in {"last_call": NONE_CAME, **found.alerts}.items()},
        "other_alerts": [_alert_as_json(each, t) for each in found.other_alerts],
    }


def _came_as_json(came: Came | None) -> dict[str, int] | None:
    return None if came is None else came._asdict()


def _alert_as_json(each: OtherAlert, t: Translator) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "level": each.level,
        "detail": each.detail,
        "customer": each.id,
        "name": naming.named(each.name, t),
        "subject": each.subject,
        "moment": written(each.moment),
        "only": each.only,
    }


def _difference_as_json(each: Difference, t: Translator) -> dict[str, Any]:
    return {
        "customer": each.id,
        "name": naming.named(each.name, t),
        "balance": {"today": each.today.balance / 100, "then": each.then.balance / 100},
        "difference": each.points / 100,
        "stage": {"today": each.today.stage.name, "then": each.then.stage.name},
    }


def _say(desk: Desk, found: WhatIf) -> None:
    desk.out.say(*what_if_words.found(found, desk.t))
    desk.out.say("")
    _table(desk, [*found.differences, *found.only_stage])
    _alerts(desk, found)
    desk.out.say(desk.t.gettext(what_if_words.NOTHING_CHANGED))


def _table(desk: Desk, differences: Sequence[Difference]) -> None:
    t, lang = desk.t, desk.t.lang
    if not differences:
        return
    lines = [
        [
            naming.called(each.name, each.id, t),
            points(each.today.balance, lang, decimals=2),
            points(each.then.balance, lang, decimals=2),
            points(each.points, lang, signed=True, decimals=2),
            " → ".join(dict.fromkeys(t.gettext(names.STAGES[side.stage.name]) for side in (each.today, each.then))),
        ]
        for each in differences[:SHOWN]
    ]
    desk.out.table([t.gettext(head) for head in (CUSTOMER, TODAY, THEN, CHANGE, STAGE)], lines, right=(1, 2, 3))
    if len(differences) > SHOWN:
        desk.out.say(t.gettext(MORE).format(n=number(len(differences) - SHOWN, lang)))
    desk.out.say("")


def _alerts(desk: Desk, found: WhatIf) -> None:
    t = desk.t
    desk.out.say(*what_if_words.alerts(found, t))
    if found.other_alerts:
        lines = [
            [
                moment(each.moment, desk.now, desk.zone, t.lang),
                naming.called(each.name, each.id, t),
                what_if_words.alert(each.rule, t),
                each.subject,
                what_if_words.only(each, t),
            ]
            for each in found.other_alerts[:ALERTS_SHOWN]
        ]
        desk.out.say("")
        desk.out.table([t.gettext(head) for head in (WHEN, CUSTOMER, ALERT, ABOUT, ONLY)], lines)
        if len(found.other_alerts) > ALERTS_SHOWN:
            desk.out.say(t.gettext(LATEST_ALERTS))
        desk.out.say("")
