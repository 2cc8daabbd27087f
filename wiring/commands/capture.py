"""`konto capture`: a sentence as one says it, shown as the fact that it tells, and recorded on a yes."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.errors import Refused
from intake.capture.understood import Suggestion, Unclear, Understood
from wiring import capturing
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.looking import listed
from wiring.shell import Place
from wiring.told import captured as told
from words import N_

ID_BYTES = 8
"""Enough that no two captures of a firm ever get the same id."""

SAID, UNDERSTOOD, WHY = N_("Said"), N_("Understood"), N_("Read as")
SUGGESTED = N_("Suggestion {n}: {due}, {why} ({law}). To take it: --take {n}")
TAKE_IT = N_("Take suggestion {n}, {due}?")
RECORD_IT = N_("Record it?")
YES_OR_NO = N_("[y/N]")
RECORDED = N_("Recorded.")
NOT_RECORDED = N_("Nothing is recorded yet. To record it, say it once more with --yes.")
NO_SUGGESTION = N_("There is no suggestion {found} here. There are {n}.")

Text = Annotated[
    list[str], typer.Argument(metavar="TEXT…", help=N_("What was promised or has happened, as one says it."))
]
Yes = Annotated[bool, typer.Option("--yes", help=N_("Record it as understood, without asking."))]
By = Annotated[str | None, typer.Option("--by", metavar="O", help=N_("Who promised it; else whoever asks."))]
Take = Annotated[
    int | None, typer.Option("--take", metavar="N", help=N_("With the due of this suggestion instead of the one said."))
]


def capture(
    ctx: typer.Context,
    text: Text,
    yes: Yes = False,
    by: By = None,
    take: Take = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    place: Place = ctx.obj
    with at_desk(ctx, json, lang) as desk:
        id = place.world.entropy(ID_BYTES).hex()
        listed(desk.konto, desk.page, ["text"])  # who may be meant
        try:
            understood = capturing.understand(desk.konto, " ".join(text), id=id, by=by)
        except Unclear as unclear:
            _ask_back(desk, unclear)
            raise typer.Exit(2) from None
        if take is not None:
            understood = understood.taking(_suggestion(understood, take))
        if not json:
            _show(desk, understood)
        if not yes and take is None:
            understood = _with_confirmed_suggestion(desk, understood)
        recorded = yes or desk.out.confirmed(_question(desk, RECORD_IT))
        if recorded:
            capturing.record(desk.konto, understood)
        if json:
            desk.out.answer({**told.as_json(desk.t, understood), "recorded": recorded})
        else:
            desk.out.say(desk.t.gettext(RECORDED if recorded else NOT_RECORDED))


def _ask_back(desk: Desk, unclear: Unclear) -> None:
    question = told.question(desk.t, unclear)
    if desk.out.as_json:
        desk.out.answer({"question": question, "recorded": False})
    desk.out.notice(question["text"])


def _suggestion(understood: Understood, number: int) -> Suggestion:
    if not 1 <= number <= len(understood.suggestions):
        count = len(understood.suggestions)
        raise Refused("no_suggestion", NO_SUGGESTION, "--take", found=number, n=count)
    return understood.suggestions[number - 1]


def _with_confirmed_suggestion(desk: Desk, understood: Understood) -> Understood:
    for number, suggestion in enumerate(understood.suggestions, 1):
        question = desk.t.gettext(TAKE_IT).format(n=number, due=told.in_words(desk.t, suggestion.due))
        if desk.out.confirmed(f"{question} {desk.t.gettext(YES_OR_NO)}"):
            return understood.taking(suggestion)
    return understood


def _question(desk: Desk, text: str) -> str:
    return f"{desk.t.gettext(text)} {desk.t.gettext(YES_OR_NO)}"


# -- in words -----------------------------------------------------------------------------------------


def _show(desk: Desk, understood: Understood) -> None:
    t = desk.t
    desk.out.say(told.headline(t, understood))
    heads = ["", t.gettext(SAID), t.gettext(UNDERSTOOD), t.gettext(WHY)]
    desk.out.table(heads, [list(told.part(t, each)) for each in understood.readings])
    for number, each in enumerate(understood.suggestions, 1):
        due, why, law = told.in_words(desk.t, each.due), t.gettext(each.text), t.gettext(each.law)
        desk.out.say(
            told.closed(t, understood, each),
            t.gettext(SUGGESTED).format(n=number, due=due, why=why, law=law),
        )
