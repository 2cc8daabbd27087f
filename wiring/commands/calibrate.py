"""`konto calibrate`: fits the weights of the rulebook to what customers did, and writes a rulebook to read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from domain.backtest import OfAccount
from domain.calibration import TABLE
from domain.errors import Refused
from projections import calibrating, calibrating_words
from projections.calibrating import Outcome
from wiring import calibrating as words
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.commands.meaning import REPLAYING, score_as_json
from wiring.moments import written
from wiring.new_file import check_new, write_new
from wiring.output import SLOW
from wiring.versions import counting, versions
from words import N_
from words.format import points

WRITTEN = N_("{file} holds the rulebook with these weights. Read it, then: konto rules publish {file}")
WEIGHT, SO_FAR, FIT, EVIDENCE = N_("Weight"), N_("So far"), N_("Fitted"), N_("What it rests on")

Until = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="T", help=N_("Learn from what was before this; else from the first three quarters.")
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help=N_("Where to write the rulebook."))]


def calibrate(ctx: typer.Context, out: Out, until: Until = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        check_new(out, "--out")
        konto, moment = desk.konto, desk.time(until, "--until")
        with desk.out.progress(desk.t.gettext(REPLAYING), least=SLOW) as tell:
            found = calibrating.calibrate(konto.log, konto.library, konto.asker, moment, desk.now, tell)
        if found is None:
            raise Refused("nothing_to_learn", words.NOTHING_SAID)
        counts_now = counting(versions(konto, "rulebook"), desk.now).content
        write_new(out, words.text(counts_now, found, desk.t).encode(), "--out")
        if json:
            desk.out.answer(_as_json(desk, found, out))
        else:
            _say(desk, found, out)


def _as_json(desk: Desk, found: Outcome, out: Path) -> dict[str, Any]:
    rules = found.calibration.rulebook.calibration
    return {
        "until": written(found.until),
        "cases": found.calibration.cases,
        "left_out": found.left_out,
        "weights": [
            {
                "weight": each.weight,
                "old": each.old / 100,
                "new": each.new / 100,
                "factor": each.factor,
                "cases": each.cases,
                "text": calibrating_words.sentence(each, rules, desk.t),
            }
            for each in found.calibration.weights
        ],
        "later": {
            "old": _of_account(found.before),
            "new": _of_account(found.after),
            "better": found.is_better,
        },
        "file": str(out),
    }


def _of_account(found: OfAccount) -> dict[str, Any]:
    groups = {"all": found.all, "fulfilled": found.fulfilled}
    return {name: score_as_json(each.score) if each else None for name, each in groups.items()}


def _say(desk: Desk, found: Outcome, out: Path) -> None:
    t, lang = desk.t, desk.t.lang
    desk.out.say(words.fitted(found, desk.zone, t), "")
    rules = found.calibration.rulebook.calibration
    lines = [
        [
            f"{TABLE} ({words.days_late(found, each)})" if words.is_late(each) else each.weight,
            points(each.old, lang, signed=True, decimals=2),
            points(each.new, lang, signed=True, decimals=2),
            calibrating_words.sentence(each, rules, t),
        ]
        for each in found.calibration.weights
        if each.cases
    ]
    desk.out.table([t.gettext(head) for head in (WEIGHT, SO_FAR, FIT, EVIDENCE)], lines, right=(1, 2))
    desk.out.say("", *words.verdict(found, t))
    desk.out.say(t.gettext(WRITTEN).format(file=out))
