"""`konto erase` and `konto hold`: erasing a person, and what keeps one from being erased."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.erasure import Hold
from domain.errors import Refused
from wiring import erasing
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.erasing import Outcome, Plan
from wiring.merging import named
from wiring.names import customer as find_customer
from words import N_
from words.format import moment_to_keep, number

WHAT_GOES = (
    N_("All that is known of {customer} would go, for ever. Facts: {facts}, waiting facts: {parked}, files: {files}."),
    N_("Merged with them, and erased together: {merged}."),
    N_("Every figure, every balance and the log itself stay as they are. Nothing brings the texts back."),
)
SURE = N_("Erase this person?")
YES_OR_NO = N_("[y/N]")
NEEDS_YES = N_("Nothing was erased: nobody is here to ask. Please repeat it with --yes.")
LEFT = N_("Nothing was erased.")
GONE = N_(
    "Erased. Customers: {customers}, facts: {facts}, waiting facts: {parked}, files: {files}. "
    "All figures are as they were."
)
OLD_COPIES = N_("Older copies of the home still hold the key. Please keep the newest {file} with them.")
IS_HELD = N_("{customer} cannot be erased now.")
IS_HELD_UNTIL = N_("{customer} cannot be erased until {until}.")
RELEASED = N_("{customer} can be erased again.")
WHICH = N_("Please say either --reason or --release.")

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=N_("The customer's own id, or source:id."))]
Why = Annotated[
    str,
    typer.Option(
        "--reason",
        metavar="TEXT",
        help=N_(
            "not_needed, consent_withdrawn, objected, unlawful, duty or child (Art. 17 GDPR); after a colon more, "
            "but nothing about the person."
        ),
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help=N_("Without asking back."))]
WhyHeld = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help=N_("claims or retention, and after a colon why.")),
]
Until = Annotated[str | None, typer.Option("--until", metavar="T", help=N_("When it ends by itself."))]
Release = Annotated[bool, typer.Option("--release", help=N_("It ends now."))]


def erase(
    ctx: typer.Context, customer: Customer, reason: Why, yes: Yes = False, json: Json = False, lang: Lang = None
) -> None:
    with at_desk(ctx, json, lang) as desk:
        plan = erasing.planned(desk.konto, find_customer(desk, customer))
        ground, note = erasing.reason(reason, plan)
        if not json:
            _show(desk, plan)
        if not yes and not _agreed(desk):
            return
        outcome = erasing.erase(desk.konto, plan, ground, note)
        if json:
            desk.out.answer({**outcome._asdict(), "ground": ground, "at": desk.now.isoformat(), "erased": True})
        else:
            _tell(desk, outcome)


def _agreed(desk: Desk) -> bool:
    """Raises Refused where nobody can be asked."""
    if not desk.out.can_ask:
        raise Refused("needs_yes", NEEDS_YES)
    if desk.out.confirmed(f"{desk.t.gettext(SURE)} {desk.t.gettext(YES_OR_NO)}"):
        return True
    desk.out.say(desk.t.gettext(LEFT))
    return False


def _show(desk: Desk, plan: Plan) -> None:
    t, lang = desk.t, desk.t.lang
    counted = {
        "customer": plan.parties[0].called(t),
        "facts": number(plan.facts, lang),
        "parked": number(plan.parked, lang),
        "files": number(len(plan.files), lang),
        "merged": ", ".join(named(each) for each in plan.parties[1:]),
    }
    desk.out.say(
        *(t.gettext(text).format(**counted) for text in WHAT_GOES if counted["merged"] or "{merged}" not in text)
    )
    desk.out.say(*(f"  {file}" for file in plan.files))


def _tell(desk: Desk, outcome: Outcome) -> None:
    t, lang = desk.t, desk.t.lang
    counted = {name: number(getattr(outcome, name), lang) for name in ("facts", "parked", "files")}
    desk.out.say(
        t.gettext(GONE).format(customers=number(len(outcome.customers), lang), **counted),
        t.gettext(OLD_COPIES).format(file=erasing.place(desk.konto)),
    )


def hold(
    ctx: typer.Context,
    customer: Customer,
    reason: WhyHeld = None,
    until: Until = None,
    release: Release = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    if release == (reason is not None):
        raise Refused("either_or", WHICH)
    with at_desk(ctx, json, lang) as desk:
        party = find_customer(desk, customer)
        if reason is None:
            erasing.release(desk.konto, party)
            found = None
        else:
            found = erasing.hold(desk.konto, party, reason, desk.time(until, "--until"))
        if json:
            desk.out.answer({"customer": named(party), "held": found is not None, **_as_json(found)})
        else:
            desk.out.say(_in_words(desk, found).format(customer=party.called(desk.t), until=_until(desk, found)))


def _as_json(hold: Hold | None) -> dict[str, str | None]:
    if hold is None:
        return {}
    ends = hold.ends.isoformat() if hold.ends else None
    return {"ground": hold.ground, "reason": hold.reason, "since": hold.since.isoformat(), "until": ends}


def _in_words(desk: Desk, hold: Hold | None) -> str:
    return desk.t.gettext(RELEASED if hold is None else IS_HELD if hold.ends is None else IS_HELD_UNTIL)


def _until(desk: Desk, hold: Hold | None) -> str:
    return moment_to_keep(hold.ends, desk.zone, desk.t.lang) if hold is not None and hold.ends else ""
