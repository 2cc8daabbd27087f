"""`konto capture`: a sentence as one says it, shown as the fact that it tells, and recorded on a yes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from domain.errors import Refused
from intake.capture.understood import Due, Reading, Suggestion, Unclear, Understood
from wiring import capturing
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.refusals import sentence
from wiring.shell import Place
from words import N_
from words.format import clock, day_long
from words.names import KINDS

ID_BYTES = 8
"""Enough that no two captures of a firm ever get the same id."""

TOLD = {
    "promise.made": N_("Understood as a promise."),
    "promise.renegotiated": N_("Understood as a promise that was moved."),
    "promise.fulfilled": N_("Understood as a promise that was fulfilled."),
    "promise.withdrawn": N_("Understood as a promise that was taken back."),
    "request.declined": N_("Understood as an honest no."),
    "contact.inbound": N_("Understood as a customer who asked."),
    "incident.reported": N_("Understood as a complaint."),
}
PARTS = {
    "customer": N_("Customer"),
    "by": N_("By"),
    "what": N_("What"),
    "kind": N_("Kind"),
    "due": N_("Due"),
    "promise": N_("Promise"),
    "reason": N_("Reason given"),
    "chases": N_("Asked again about"),
    "text": N_("Complaint"),
    "time": N_("Happened"),
}
SAID, UNDERSTOOD, WHY = N_("Said"), N_("Understood"), N_("Read as")
CLOSED_FOR = N_("Nobody works on {day} ({closed}).")
CLOSED = N_("Nobody works on {day}.")
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
        try:
            understood = capturing.understand(desk.konto, " ".join(text), id=id, by=by)
        except Unclear as unclear:
            _ask_back(desk, unclear.in_words(lambda due: _in_words(desk, due)))
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
            desk.out.answer({**_as_json(desk, understood), "recorded": recorded})
        else:
            desk.out.say(desk.t.gettext(RECORDED if recorded else NOT_RECORDED))


def _ask_back(desk: Desk, unclear: Unclear) -> None:
    said = sentence(unclear, desk.t)
    if desk.out.as_json:
        readings = [each if isinstance(each, str) else each.isoformat() for each in unclear.readings]
        desk.out.answer({"question": {"code": unclear.code, "text": said, "readings": readings}, "recorded": False})
    desk.out.notice(said)


def _suggestion(understood: Understood, number: int) -> Suggestion:
    if not 1 <= number <= len(understood.suggestions):
        count = len(understood.suggestions)
        raise Refused("no_suggestion", NO_SUGGESTION, "--take", found=number, n=count)
    return understood.suggestions[number - 1]


def _with_confirmed_suggestion(desk: Desk, understood: Understood) -> Understood:
    for number, suggestion in enumerate(understood.suggestions, 1):
        question = desk.t.gettext(TAKE_IT).format(n=number, due=_in_words(desk, suggestion.due))
        if desk.out.confirmed(f"{question} {desk.t.gettext(YES_OR_NO)}"):
            return understood.taking(suggestion)
    return understood


def _question(desk: Desk, text: str) -> str:
    return f"{desk.t.gettext(text)} {desk.t.gettext(YES_OR_NO)}"


# -- in words -----------------------------------------------------------------------------------------


def _show(desk: Desk, understood: Understood) -> None:
    t = desk.t
    desk.out.say(t.gettext(TOLD[understood.envelope["type"]]))
    heads = ["", t.gettext(SAID), t.gettext(UNDERSTOOD), t.gettext(WHY)]
    desk.out.table(heads, [_row(desk, each) for each in understood.readings])
    for number, each in enumerate(understood.suggestions, 1):
        said = next(reading.value for reading in understood.readings if reading.part == "due")
        closed = t.gettext(CLOSED_FOR if each.params["closed"] else CLOSED)
        due, why, law = _in_words(desk, each.due), t.gettext(each.text), t.gettext(each.law)
        desk.out.say(
            closed.format(day=_in_words(desk, said), closed=each.params["closed"]),
            t.gettext(SUGGESTED).format(n=number, due=due, why=why, law=law),
        )


def _row(desk: Desk, reading: Reading) -> list[str]:
    t = desk.t
    return [
        t.gettext(PARTS[reading.part]),
        reading.said,
        _in_words(desk, reading.value, reading.part),
        _why(desk, reading),
    ]


def _why(desk: Desk, reading: Reading | Suggestion) -> str:
    """The sentence and the paragraph behind it."""
    parts = [desk.t.gettext(each) for each in (reading.text, reading.law) if each]
    return f"{parts[0]} ({parts[1]})" if len(parts) == 2 else "".join(parts)


def _in_words(desk: Desk, value: Due | str, part: str = "") -> str:
    lang = desk.t.lang
    match value:
        case datetime():
            return f"{day_long(value.date(), lang)}, {clock(value.time(), lang)}"
        case date():
            return day_long(value, lang)
        case str():
            return desk.t.gettext(KINDS[value]) if part == "kind" else value


# -- for scripts --------------------------------------------------------------------------------------


def _as_json(desk: Desk, understood: Understood) -> dict[str, Any]:
    return {
        **understood.envelope,
        "readings": [
            {"part": each.part, "said": each.said, "value": _plain(each.value), "text": _why(desk, each)}
            for each in understood.readings
        ],
        "suggestions": [{"due": _plain(each.due), "text": _why(desk, each)} for each in understood.suggestions],
    }


def _plain(value: Due | str) -> str:
    return value if isinstance(value, str) else value.isoformat()
