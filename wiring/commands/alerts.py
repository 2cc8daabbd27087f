"""`konto tick` and `konto alerts`: what somebody should know, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from domain.alert import NOBODY, SHARED_INBOX
from domain.errors import Refused
from projections import alerts as view
from projections import open_promises
from projections.alerts import STATES, AlertRow
from projections.filters import Moment
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.moments import written
from wiring.shell import Group
from words import N_
from words.format import moment, number
from workers.delivery import Sender
from workers.tick import Newly

RULES: Mapping[str, str] = {
    "due_soon": N_("due soon"),
    "last_call": N_("last call for timely notice"),
    "overdue": N_("overdue"),
}
NAMES: Mapping[str, str] = {
    "raised": N_("not sent yet"),
    "failing": N_("not delivered, tried again"),
    "delivered": N_("delivered"),
    "undeliverable": N_("nobody reachable"),
    "no_longer_needed": N_("no longer needed"),
    "too_old": N_("too old to send"),
}
UNKNOWN_STATE = N_("There is no state “{found}”. Possible are: {known}.")
FOR = N_("For {recipient}: {text}")
FOR_NOBODY = N_("Nobody is reachable: {text}")
NO_ONE = N_("nobody reachable")
NOTHING_NEW = N_("Nothing new to report.")
WHEN, RULE, ABOUT, WHO, TO, STATE = (
    N_("Raised"), N_("Reason"), N_("Promise"), N_("Customer"), N_("Recipient"), N_("State"),
)  # fmt: skip

At = Annotated[str | None, typer.Option("--at", metavar="T", help=N_("The moment to check; else now."))]
State = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="S",
        help=N_("Only those in this state: raised, failing, delivered, undeliverable, no_longer_needed, too_old."),
    ),
]

app = typer.Typer(
    name="alerts", help=N_("Alerts and what became of them."), cls=Group, no_args_is_help=True, rich_markup_mode=None
)


def tick(ctx: typer.Context, at: At = None, json: Json = False, lang: Lang = None) -> None:
    # Only here: the worker's libraries take a moment to load.
    from wiring.worker import run_tick, sender

    with at_desk(ctx, json, lang) as desk:
        moment = desk.time(at, "--at") or desk.now
        newly = run_tick(desk.konto, moment)
        speaker = sender(desk.konto)
        rows = [_newly_as_json(desk, speaker, each, moment) for each in newly]
        if json:
            desk.out.answer(rows)
            return
        if not rows:
            desk.out.say(desk.t.gettext(NOTHING_NEW))
        for row in rows:
            text = desk.t.gettext(FOR if row["recipient"] else FOR_NOBODY)
            desk.out.say(text.format(recipient=row["recipient"], text=" ".join(row["text"].split())), "")


def _newly_as_json(desk: Desk, speaker: Sender, newly: Newly, at: datetime) -> dict[str, Any]:
    warning = newly.warning
    promise = open_promises.one(desk.konto.views, Moment(at), warning.subject)
    assert promise is not None, "a warning is about an open promise"
    own = desk.konto.views.row("SELECT id FROM promise_words WHERE promise = ?", (warning.subject,))
    return {
        "rule": warning.rule,
        "subject": own[0],
        "recipient": _recipient(desk, newly.recipient, at),
        "level": warning.level,
        "text": speaker.text(warning.rule, promise, at, desk.t.lang).text,
    }


def _recipient(desk: Desk, internal: str, at: datetime) -> str | None:
    """The person's id, else the name as a fact gave it; None where nobody can be reached."""
    if internal == NOBODY:
        return None
    people = desk.konto.steering
    if internal == SHARED_INBOX:
        return people.people.at(at).shared_inbox
    person = people.find(internal, at)
    return person.id if person is not None else desk.konto.name_of(internal)


@app.command("list", help=N_("All alerts, the newest first."))
def list_(ctx: typer.Context, state: State = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        if state is not None and state not in STATES:
            raise Refused("unknown_state", UNKNOWN_STATE, "--state", found=state[:60], known=", ".join(STATES))
        states = [] if state is None else [state]
        found = view.listed(desk.konto.library, desk.konto.asker, states=states)
        if json:
            desk.out.answer([_row_as_json(row) for row in found])
            return
        t = desk.t
        if found:
            desk.out.table(
                [t.gettext(head) for head in (WHEN, RULE, ABOUT, WHO, TO, STATE)],
                [_cells(desk, row) for row in found],
            )
        desk.out.say(t.ngettext("{n} alert.", "{n} alerts.", len(found)).format(n=number(len(found), t.lang)))


def _row_as_json(row: AlertRow) -> dict[str, Any]:
    return {
        "alert": row.alert,
        "rule": row.rule,
        "level": row.level,
        "subject": row.subject,
        "what": row.what,
        "customer": row.customer_id,
        "customer_name": row.customer_name,
        "recipient": None if row.recipient == NOBODY else row.recipient,
        "moment": written(row.moment),
        "raised": written(row.raised_at),
        "state": row.state,
        "state_since": written(row.state_at),
        "channel": row.channel,
        "reason": row.reason,
        "attempts": row.attempts,
    }


def _cells(desk: Desk, row: AlertRow) -> list[str]:
    t = desk.t
    recipient = t.gettext(NO_ONE) if row.recipient in (None, NOBODY) else row.recipient
    return [
        moment(row.raised_at, desk.now, desk.zone, t.lang),
        t.gettext(RULES[row.rule]),
        f"{row.what} ({row.subject})" if row.what else row.subject,
        row.customer_name or row.customer_id,
        recipient or "",
        t.gettext(NAMES[row.state]),
    ]
