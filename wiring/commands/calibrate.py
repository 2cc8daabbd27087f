"""`konto calibrate`: fits the weights of the rulebook to what customers did, and writes a rulebook to read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from domain.backtest import OfAccount
from domain.calibration import TABLE, Fitted
from domain.errors import Refused
from domain.rulebook_text import Place, with_weights
from projections import calibrating, calibrating_words
from projections.calibrating import Outcome
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.commands.meaning import REPLAYING, score_as_json
from wiring.moments import written
from wiring.new_file import check_new, write_new
from wiring.output import SLOW
from wiring.versions import counting, versions
from words import N_
from words.format import day_long, number, points

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
            raise Refused("nothing_to_learn", NOTHING_SAID)
        write_new(out, _text(desk, found).encode(), "--out")
        if json:
            desk.out.answer(_as_json(desk, found, out))
        else:
            _say(desk, found, out)


def _text(desk: Desk, found: Outcome) -> str:
    counts_now = counting(versions(desk.konto, "rulebook"), desk.now).content
    return with_weights(counts_now, found.calibration.rulebook, _notes(desk, found))


def _notes(desk: Desk, found: Outcome) -> dict[Place, list[str]]:
    """Above each weight of the file what it was and what the new one rests on."""
    rules, t = found.calibration.rulebook.calibration, desk.t
    notes: dict[Place, list[str]] = {}
    for each in found.calibration.weights:
        if each.factor is not None or each.cases:
            section, name = each.weight.split(".")[:2]
            of_knot = f"{_days(found, each)}: " if each.weight.startswith(TABLE) else ""
            said = calibrating_words.sentence(each, rules, t)
            notes.setdefault((section, name), []).append(f"{of_knot}{calibrating_words.was(each, t)}; {said}")
    return notes


def _days(found: Outcome, each: Fitted) -> str:
    return f"{found.calibration.rulebook.promise.late.days[int(each.weight.rpartition('.')[2])]:g}"


def _as_json(desk: Desk, found: Outcome, out: Path) -> dict[str, Any]:
    rules = found.calibration.rulebook.calibration
    return {
        "until": written(found.until),
        "cases": found.calibration.cases,
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
    day = day_long(found.until.astimezone(desk.zone).date(), lang)
    desk.out.say(t.gettext(FITTED).format(cases=_cases(desk, found.calibration.cases), day=day), "")
    rules = found.calibration.rulebook.calibration
    lines = [
        [
            each.weight if not each.weight.startswith(TABLE) else f"{TABLE} ({_days(found, each)})",
            points(each.old, lang, signed=True, decimals=2),
            points(each.new, lang, signed=True, decimals=2),
            calibrating_words.sentence(each, rules, t),
        ]
        for each in found.calibration.weights
        if each.cases
    ]
    desk.out.table([t.gettext(head) for head in (WEIGHT, SO_FAR, FIT, EVIDENCE)], lines, right=(1, 2))
    desk.out.say("")
    if found.before.all is None or found.after.all is None:
        desk.out.say(t.gettext(NOTHING_LATER))
    else:
        before, after = found.before.all.score, found.after.all.score
        cases = _cases(desk, before.n)
        losses = {"before": number(before.log_loss, lang, 3), "after": number(after.log_loss, lang, 3)}
        desk.out.say(t.gettext(LATER).format(cases=cases, **losses))
        desk.out.say(t.gettext(BETTER if found.is_better else NOT_SURE))
    desk.out.say(t.gettext(WRITTEN).format(file=out))


def _cases(desk: Desk, n: int) -> str:
    return desk.t.ngettext("{n} case", "{n} cases", n).format(n=number(n, desk.t.lang))
