"""`konto tick` and `konto alerts`: what somebody should know, what became of it, and what people do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from domain.alert import NOBODY, SHARED_INBOX
from domain.channel import ChannelResumed, ChannelState
from domain.errors import Refused
from projections import alerts as view
from projections import channels, naming
from projections.alerts import STATES, AlertRow, Raised
from projections.subjects import own_name
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.looking import listed
from wiring.moments import written
from wiring.shell import Group
from wiring.told import alerts as told
from words import N_
from words.format import moment, number
from words.names import ALERTS

NAMES: Mapping[str, str] = {
    "raised": N_("not sent yet"),
    "failing": N_("not delivered, tried again"),
    "delivered": N_("delivered"),
    "acknowledged": N_("taken note of"),
    "snoozed": N_("put off"),
    "undeliverable": N_("not deliverable"),
    "cleared": N_("over"),
    "no_longer_needed": N_("no longer needed"),
    "too_old": N_("too old to send"),
}
UNKNOWN_STATE = N_("There is no state “{found}”. Possible are: {known}.")
FOR = N_("For {recipient}: {text}")
FOR_NOBODY = N_("Nobody is reachable: {text}")
NO_ONE = N_("nobody reachable")
NOTHING_NEW = N_("Nothing new to report.")
LATE = N_("comes late")
WHEN, RULE, ABOUT, WHO, TO, STATE, ID = (
    N_("Raised"), N_("Reason"), N_("About"), N_("Customer"), N_("Recipient"), N_("State"), N_("Alert"),
)  # fmt: skip
EVERY_CHANNEL_WORKS = N_("Every channel works, as far as anything was sent.")
PAUSED = N_("{channel}: paused since {since} ({reason}), tried again {until}.")
GONE = N_("{channel}: switched off since {since}, the receiver wants nothing more. To use it again: {command}")
NOT_PAUSED = N_("The channel “{name}” is not paused. Paused are: {known}.")
RESUMED = N_("{channel} is tried again from now on.")
WHICH = N_("Please name the alerts, or use --undeliverable for all that could not be delivered.")
SEEN = N_("Seen: {n}.")
PUT_OFF = N_("Put off until {moment}: {n}.")
AGAIN = N_("To be sent once more: {n}.")

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="ALERT…", help=N_("The alert's id, or the beginning of it.")),
]
At = Annotated[str | None, typer.Option("--at", metavar="T", help=N_("The moment to check; else now."))]
State = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="S",
        help=N_(
            "Only those in this state: raised, failing, delivered, acknowledged, snoozed, undeliverable, cleared, "
            "no_longer_needed, too_old."
        ),
    ),
]

app = typer.Typer(
    name="alerts", help=N_("Alerts and what became of them."), cls=Group, no_args_is_help=True, rich_markup_mode=None
)


def tick(ctx: typer.Context, at: At = None, json: Json = False, lang: Lang = None) -> None:
    # Only here: the worker's libraries take a moment to load.
    from wiring.worker import run_tick

    with at_desk(ctx, json, lang) as desk:
        moment = desk.time(at, "--at") or desk.now
        rows = [_newly_as_json(desk, each.occasion, each.recipient, moment) for each in run_tick(desk.konto, moment)]
        if rows:
            listed(desk.konto, desk.page)
        if json:
            desk.out.answer(rows)
            return
        if not rows:
            desk.out.say(desk.t.gettext(NOTHING_NEW))
        for row in rows:
            text = desk.t.gettext(FOR if row["recipient"] else FOR_NOBODY)
            desk.out.say(text.format(recipient=row["recipient"], text=" ".join(row["text"].split())), "")


def _newly_as_json(desk: Desk, occasion: Any, recipient: str, at: datetime) -> dict[str, Any]:
    from wiring.worker import said

    konto = desk.konto
    return {
        "rule": occasion.rule,
        "subject": own_name(konto.library, konto.steering, occasion.subject, at),
        "recipient": _recipient(desk, recipient, at),
        "level": occasion.level,
        "text": said(konto, occasion, at, desk.t).text,
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


# -- list -------------------------------------------------------------------------------------------------


@app.command("list", help=N_("All alerts, the newest first."))
def list_(ctx: typer.Context, state: State = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        if state is not None and state not in STATES:
            raise Refused("unknown_state", UNKNOWN_STATE, "--state", found=state[:60], known=", ".join(STATES))
        states = [] if state is None else [state]
        listed(desk.konto, desk.page, ["state" if state else ""])
        found = view.listed(desk.konto.library, desk.konto.asker, states=states)
        if json:
            desk.out.answer([told.as_json(desk, row) for row in found])
            return
        t = desk.t
        if found:
            desk.out.table(
                [t.gettext(head) for head in (WHEN, RULE, ABOUT, WHO, TO, STATE, ID)],
                [_cells(desk, row) for row in found],
            )
        desk.out.say(t.ngettext("{n} alert.", "{n} alerts.", len(found)).format(n=number(len(found), t.lang)))


def _cells(desk: Desk, row: AlertRow) -> list[str]:
    t = desk.t
    subject = told.subject(desk, row)
    state = t.gettext(NAMES[row.state])
    return [
        moment(row.raised_at, desk.now, desk.zone, t.lang),
        t.gettext(ALERTS[row.rule]),
        f"{row.what} ({subject})" if row.what else subject,
        naming.called(row.customer_name, row.customer_id, t),
        told.named(desk, row.recipient) or t.gettext(NO_ONE),
        f"{state}, {t.gettext(LATE)}" if row.is_late and row.state == "raised" else state,
        row.alert[:SHORT],
    ]


SHORT = len("alert-") + 8
"""So much of an id tells it from all others of a firm."""


# -- what people do about it ------------------------------------------------------------------------------


@app.command("ack", help=N_("Take note of alerts: then nobody else is told."))
def ack(ctx: typer.Context, names: Names = None, json: Json = False, lang: Lang = None) -> None:
    from wiring import answering

    with at_desk(ctx, json, lang) as desk:
        _answer(desk, json, answering.acknowledge(desk.konto, _some(names)), SEEN)


@app.command("snooze", help=N_("Put alerts off: they are told once more then, if they still hold."))
def snooze(
    ctx: typer.Context,
    names: Names = None,
    until: Annotated[str | None, typer.Option("--until", metavar="T", help=N_("Until when; else one hour."))] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=N_("Why."))] = None,
    json: Json = False,
    lang: Lang = None,
) -> None:
    from wiring import answering

    with at_desk(ctx, json, lang) as desk:
        then = desk.time(until, "--until") or desk.now + timedelta(hours=1)
        found = answering.snooze(desk.konto, _some(names), until=then, reason=reason)
        _answer(desk, json, found, PUT_OFF, moment=moment(then, desk.now, desk.zone, desk.t.lang))


@app.command("retry", help=N_("Send once more what could not be delivered."))
def retry(
    ctx: typer.Context,
    names: Names = None,
    undeliverable: Annotated[
        bool, typer.Option("--undeliverable", help=N_("All that could not be delivered."))
    ] = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    from wiring import answering

    with at_desk(ctx, json, lang) as desk:
        konto = desk.konto
        if undeliverable:
            names = [row.alert for row in view.listed(konto.library, konto.asker, states=["undeliverable"])]
        _answer(desk, json, answering.retry(konto, _some(names)) if names or not undeliverable else [], AGAIN)


def _some(names: list[str] | None) -> list[str]:
    if not names:
        raise Refused("missing", WHICH, "ALERT")
    return names


def _answer(desk: Desk, json: bool, found: list[Raised], text: str, **more: str) -> None:
    if json:
        desk.out.answer([each.alert for each in found])
    else:
        desk.out.say(desk.t.gettext(text).format(n=number(len(found), desk.t.lang), **more))


# -- channels -----------------------------------------------------------------------------------------------


@app.command("channels", help=N_("Which channels are paused, and why."))
def channels_(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        paused = list(channels.paused(desk.konto.views).values())
        if json:
            desk.out.answer([_channel_as_json(each) for each in paused])
            return
        if not paused:
            desk.out.say(desk.t.gettext(EVERY_CHANNEL_WORKS))
        for each in paused:
            desk.out.say(_channel_in_words(desk, each))


def _channel_as_json(each: ChannelState) -> dict[str, Any]:
    until = None if each.gone else written(each.until)
    return {
        "channel": each.channel, "since": written(each.since), "until": until, "reason": each.reason, "gone": each.gone
    }  # fmt: skip


def _channel_in_words(desk: Desk, each: ChannelState) -> str:
    t = desk.t
    since, until = (moment(at, desk.now, desk.zone, t.lang) for at in (each.since, each.until))
    if each.gone:
        command = f"konto alerts resume {each.channel}"
        return t.gettext(GONE).format(channel=each.channel, since=since, command=command)
    return t.gettext(PAUSED).format(channel=each.channel, since=since, reason=each.reason, until=until)


@app.command("resume", help=N_("Try a paused channel again at once."))
def resume(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help=N_("The channel's name."))],
    json: Json = False,
    lang: Lang = None,
) -> None:
    from wiring import answering

    with at_desk(ctx, json, lang) as desk:
        paused = channels.paused(desk.konto.views)
        if name not in paused:
            raise Refused("not_paused", NOT_PAUSED, "CHANNEL", name=name[:60], known=", ".join(paused) or "–")
        answering.record(desk.konto, ChannelResumed(channel=name))
        if json:
            desk.out.answer({"resumed": name})
        else:
            desk.out.say(desk.t.gettext(RESUMED).format(channel=name))
