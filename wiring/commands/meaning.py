"""`konto backtest`: does the figure mean anything? Tested on the firm's own log."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from domain.backtest import Backtest
from domain.forecast import Score
from projections import meaning, meaning_words
from projections.replay_words import left_out
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.moments import written
from wiring.output import SLOW
from wiring.shell import Group
from words import N_
from words.format import number, percent

SAID, CAME, CASES = N_("Said"), N_("Came"), N_("Cases")
REPLAYING = N_("Reading every account")

app = typer.Typer(
    name="backtest",
    help=N_("Whether adviser and account mean anything, on your own past."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Since = Annotated[
    str | None,
    typer.Option("--since", metavar="T", help=N_("Where the test begins; else half of the cases come before.")),
]


@app.command(help=N_("What the adviser would have said of each promise, and what became of it."))
def adviser(ctx: typer.Context, since: Since = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        found = meaning.of_adviser(desk.konto.library, desk.konto.asker, desk.time(since, "--since"), desk.now)
        if json:
            desk.out.answer({"since": written(found.since), **_as_json(found.found)})
            return
        _begin(desk, found.since)
        if found.found is None:
            desk.out.say(desk.t.gettext(meaning_words.TOO_FEW))
        else:
            desk.out.say(*meaning_words.of_adviser(found.found, desk.t), "")
            _table(desk, found.found.score)


@app.command(help=N_("What the account showed before each feedback about a promise, and what the feedback was."))
def account(ctx: typer.Context, since: Since = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        konto, begin = desk.konto, desk.time(since, "--since")
        with desk.out.progress(desk.t.gettext(REPLAYING), least=SLOW) as tell:
            tested = meaning.of_account(konto.log, konto.library, konto.asker, begin, desk.now, tell)
        groups = {"all": tested.found.all, "fulfilled": tested.found.fulfilled}
        if json:
            answers = {name: _as_json(each) if each else None for name, each in groups.items()}
            desk.out.answer({"since": written(tested.since), **answers, "left_out": tested.left_out})
            return
        _begin(desk, tested.since)
        for name, each in ((meaning_words.ALL, tested.found.all), (meaning_words.FULFILLED, tested.found.fulfilled)):
            desk.out.say(f"{desk.t.gettext(name)}:")
            if each is None:
                desk.out.say(desk.t.gettext(meaning_words.TOO_FEW), "")
            else:
                desk.out.say(*meaning_words.of_feedback(each, desk.t), "")
                _table(desk, each.score)
                desk.out.say("")
        desk.out.say(*left_out(tested.left_out, desk.t))


def _begin(desk: Desk, since: Any) -> None:
    if since is not None:
        desk.out.say(meaning_words.begins(since.astimezone(desk.zone).date(), desk.t))


def _table(desk: Desk, score: Score) -> None:
    t = desk.t
    lines = [
        [percent(each.forecast, t.lang), percent(each.came, t.lang), number(each.n, t.lang)] for each in score.bins
    ]
    desk.out.table([t.gettext(head) for head in (SAID, CAME, CASES)], lines, right=(0, 1, 2))


def _as_json(found: Backtest | None) -> dict[str, Any]:
    if found is None:
        return {"n": 0, "auc": None, "log_loss": None, "ece": None, "naive": None, "learned_from": 0, "bins": []}
    naive = found.naive
    return {
        **score_as_json(found.score),
        "naive": None
        if naive is None
        else {"rate": naive.rate, **score_as_json(naive.score), "beaten": naive.is_beaten},
        "learned_from": found.learned_from,
        "bins": [each._asdict() for each in found.score.bins],
    }


def score_as_json(score: Score) -> dict[str, Any]:
    return {"n": score.n, "auc": score.auc, "log_loss": score.log_loss, "ece": score.error}
