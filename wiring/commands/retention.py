"""`konto retention`: how long what is known of customers is kept, whose time has ended, and erasing them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from domain.errors import Refused
from domain.retention import CLASSES, LAWS
from projections.retained import Due
from wiring import retaining
from wiring.commands.desk import Desk, Json, Lang, at_desk
from words import N_, names
from words.format import day_figures, number

HEADS = (N_("Class"), N_("Years"), N_("Law"), N_("Types of facts"))
COUNTED_FROM = N_("Years count from the end of the calendar year of a fact. The longest of a customer's facts counts.")
DUE = N_("Due for erasure: {n}, of them stopped: {stopped}. konto retention --due lists them.")
NONE_DUE = N_("Nobody is due for erasure.")
DUE_HEADS = (N_("Customer"), N_("Name"), N_("Due since"), N_("Class"), N_("Last fact"), N_("Stopped by"))
STOPS = {"hold": N_("held (konto hold)"), "open_promise": N_("a promise is open")}
WOULD_GO = N_(
    "All that is known of {n} customers would go, for ever. Facts: {facts}, waiting facts: {parked}, files: {files}."
)
SURE = N_("Erase all of them?")
YES_OR_NO = N_("[y/N]")
NEEDS_YES = N_("Nothing was erased: nobody is here to ask. Please repeat it with --yes.")
LEFT = N_("Nothing was erased.")
GONE = N_(
    "Erased. Customers: {customers}, facts: {facts}, waiting facts: {parked}, files: {files}. "
    "All figures are as they were."
)
YES_TO_WHAT = N_("--yes belongs to --erase.")

OnlyDue = Annotated[bool, typer.Option("--due", help=N_("Lists whose time has ended, and what stops their erasure."))]
Erase = Annotated[
    bool, typer.Option("--erase", help=N_("Erases all of them that nothing stops, as no longer needed, after asking."))
]
Yes = Annotated[bool, typer.Option("--yes", help=N_("Without asking back."))]


def retention(
    ctx: typer.Context,
    due: OnlyDue = False,
    erase: Erase = False,
    yes: Yes = False,
    json: Json = False,
    lang: Lang = None,
) -> None:
    if yes and not erase:
        raise Refused("needs_erase", YES_TO_WHAT, "--yes")
    with at_desk(ctx, json, lang) as desk:
        head = desk.konto.log.head()
        found = retaining.due(desk.konto)
        if erase:
            _erase(desk, found, head, yes, json)
        elif due:
            _list(desk, found, json)
        else:
            _overview(desk, found, json)


def _overview(desk: Desk, found: list[Due], json: bool) -> None:
    rules, stopped = retaining.of(desk.konto.settings), sum(bool(each.stopped_by) for each in found)
    types = {each: sorted(kind for kind, of in rules.types.items() if of == each) for each in CLASSES}
    if json:
        classes = [
            {"class": each, "years": rules.years[each], "law": LAWS[each], "types": types[each]} for each in CLASSES
        ]
        desk.out.answer({"classes": classes, "due": len(found), "stopped": stopped})
        return
    t = desk.t
    rows = [
        [t.gettext(names.RETENTION[each]), number(rules.years[each], t.lang), LAWS[each], ", ".join(types[each])]
        for each in CLASSES
    ]
    desk.out.table([t.gettext(each) for each in HEADS], rows, right=(1,))
    desk.out.say(t.gettext(COUNTED_FROM), _how_many(desk, found))


def _how_many(desk: Desk, found: list[Due]) -> str:
    t, stopped = desk.t, sum(bool(each.stopped_by) for each in found)
    if not found:
        return t.gettext(NONE_DUE)
    return t.gettext(DUE).format(n=number(len(found), t.lang), stopped=number(stopped, t.lang))


def _list(desk: Desk, found: list[Due], json: bool) -> None:
    if json:
        desk.out.answer([_as_json(each) for each in found])
        return
    t = desk.t
    if not found:
        desk.out.say(t.gettext(NONE_DUE))
        return
    rows = [
        [
            each.id or each.customer,
            each.name or "–",
            _day(desk, each.since),
            t.gettext(names.RETENTION[each.by]),
            _day(desk, each.last),
            ", ".join(t.gettext(STOPS[stop]) for stop in each.stopped_by) or "–",
        ]
        for each in found
    ]
    desk.out.table([t.gettext(each) for each in DUE_HEADS], rows)


def _day(desk: Desk, at: Any) -> str:
    return day_figures(at.astimezone(desk.zone).date(), desk.t.lang, year=True)


def _as_json(each: Due) -> dict[str, Any]:
    return {
        "customer": each.customer,
        "id": each.id,
        "name": each.name,
        "since": each.since.isoformat(),
        "class": each.by,
        "last": each.last.isoformat(),
        "stopped_by": list(each.stopped_by),
    }


def _erase(desk: Desk, found: list[Due], head: int, yes: bool, json: bool) -> None:
    t, lang = desk.t, desk.t.lang
    plan = retaining.planned(desk.konto, found)
    stopped = sum(bool(each.stopped_by) for each in found)
    if not plan.parties:
        if json:
            desk.out.answer({"erased": False, "customers": [], "facts": 0, "parked": 0, "files": 0, "stopped": stopped})
        else:
            desk.out.say(_how_many(desk, found), t.gettext(LEFT))
        return
    if not json:
        counted = {"n": len(plan.families), "facts": plan.facts, "parked": plan.parked, "files": len(plan.files)}
        desk.out.say(t.gettext(WOULD_GO).format(**{name: number(n, lang) for name, n in counted.items()}))
    if not yes:
        if not desk.out.can_ask:
            raise Refused("needs_yes", NEEDS_YES)
        if not desk.out.confirmed(f"{t.gettext(SURE)} {t.gettext(YES_OR_NO)}"):
            desk.out.say(t.gettext(LEFT))
            return
    outcome = retaining.erase(desk.konto, plan, head)
    if json:
        desk.out.answer({**outcome._asdict(), "erased": True, "stopped": stopped})
    else:
        said = {**outcome._asdict(), "customers": len(outcome.customers)}
        desk.out.say(t.gettext(GONE).format(**{name: number(n, lang) for name, n in said.items()}))
