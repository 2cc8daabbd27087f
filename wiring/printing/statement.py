"""A customer's statement on paper: what the page of the account shows, to keep and to hand over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from domain.account import Posting
from projections import customers as parties
from projections import open_list, sentences, span, statements
from projections.filters import Filter, Moment
from projections.open_list import OpenRow
from projections.sentences import Words
from projections.span import Entry, Span
from projections.statements import Statement
from wiring.asking import Asking
from wiring.printing.press import Paper, printed
from words import N_, format, names

TEMPLATE: Final = "statement.typ"
MOST_PROMISES: Final = 100

TITLE = N_("Statement of {customer}")
PRINTED = N_("Statement of trust")
AS_OF = N_("As of {moment}")
KNOWN = N_("Only with what was recorded by {moment}")
NUMBER = N_("Customer {id}")
SINCE = N_("customer since {year}")
OWNER = N_("looked after by {name}")
NOBODY = N_("nobody looks after this customer yet")
LEFT_TO_SAY = N_("and {n} more open promises")
EARLIER = N_("Of what was booked before {day}, the old balance holds what it still counted then.")
EACH_LINE = N_("Each line stands with its full points; what was lost of them since stands under “Faded with time”.")
RETRACTED_NOWHERE = N_("What was recorded by mistake counts nowhere.")
PROVISIONAL = N_("for the time being")
HEADS = (N_("Date"), N_("What happened"), N_("Withdrawal"), N_("Deposit"), N_("Balance"))
PROMISE_HEADS = (N_("Promise"), N_("Who answers for it"), N_("Due"))
PAGE = N_("Page {n} of {m}")


def pdf(asking: Asking, customer: str, moment: Moment, since: date | None = None) -> bytes:
    """The statement of a customer, by internal id, from the first line or a day on. Raises NotAllowed, Refused."""
    return printed(TEMPLATE, paper(asking, customer, moment, since), moment.at)


def paper(asking: Asking, customer: str, moment: Moment, since: date | None = None) -> Paper:
    """What the template prints. All dates in the firm's zone, since a paper has readers in more than one."""
    konto, t = asking.konto, asking.t
    steering = konto.library.steering(moment.known)
    found = statements.statement(konto.library, konto.asker, customer, steering, moment.at, known=moment.known)
    lines = _lines(asking, customer, moment)
    start = _start(asking, lines, moment.at, since)
    shown = span.span(lines, start, moment.at, steering.rulebooks)
    words = sentences.words_of(konto.log, konto.library, customer, [entry.line for entry in shown.entries])
    firm = konto.settings.firm or "Vertrauenskonto"
    return {
        "lang": t.lang,
        "title": t.gettext(TITLE).format(customer=found.customer.called(t)),
        "firm": firm,
        "printed": t.gettext(PRINTED),
        "customer": found.customer.called(t),
        "about": _about(asking, found, moment),
        "standing": _standing(asking, found, shown, steering.rulebooks.at(moment.at)),
        "period": f"{t('Statement')}, {format.period(_day(asking, start), _day(asking, moment.at), t.lang)}",
        "heads": [t.gettext(head) for head in HEADS],
        "lines": _rows(asking, shown, words),
        **_promises(asking, found, moment),
        "rests_title": t("What it rests on"),
        "rests": _rests(asking, found, shown),
        "foot": f"{firm} · {found.customer.called(t)[:80]} · {_moment(asking, moment.at)}",
        "page": t.gettext(PAGE),
    }


def _lines(asking: Asking, customer: str, moment: Moment) -> list[Posting]:
    """Also those that stood earlier and were replaced, since old balances need them."""
    if moment.known is None:
        return statements.lines_of(asking.konto.views, customer)
    return statements.lines_known_on(asking.konto.library, customer, moment.known)


def _start(asking: Asking, lines: Sequence[Posting], end: datetime, since: date | None) -> datetime:
    if since is not None:
        return datetime.combine(since, time(), tzinfo=asking.zone)
    first = min([end, *(line.time for line in lines[:1])])
    return datetime.combine(_day(asking, first), time(), tzinfo=asking.zone)


def _day(asking: Asking, at: datetime) -> date:
    return at.astimezone(asking.zone).date()


def _moment(asking: Asking, at: datetime) -> str:
    """With the year, and with the time of day unless it is midnight: a paper is read much later."""
    local, lang = at.astimezone(asking.zone), asking.t.lang
    day = format.day_figures(local.date(), lang, year=True)
    return day if local.time() == time() else f"{day}, {format.clock(local.time(), lang)}"


# -- head -----------------------------------------------------------------------------------------


def _about(asking: Asking, found: Statement, moment: Moment) -> list[str]:
    t, party = asking.t, found.customer
    held = [t.gettext(AS_OF).format(moment=_moment(asking, moment.at))]
    if moment.known is not None:
        held.append(t.gettext(KNOWN).format(moment=_moment(asking, moment.known)))
    owner = parties.person_name(asking.konto.library, party.owner)
    kept = [t.gettext(NUMBER).format(id=party.id)]
    if party.since:
        kept.append(t.gettext(SINCE).format(year=party.since[:4]))
    kept.append(t.gettext(OWNER).format(name=owner) if owner else t.gettext(NOBODY))
    return [". ".join(held), " · ".join(kept)]


def _standing(asking: Asking, found: Statement, shown: Span, rules: Any) -> list[dict[str, str]]:
    t, lang, trust = asking.t, asking.t.lang, found.reliability
    opened = format.day_figures(_day(asking, shown.start), lang, year=True)
    closed = format.day_figures(_day(asking, shown.end), lang, year=True)
    rests = t.ngettext("Rests on {n} promise", "Rests on {n} promises", trust.rests_on)
    interval = t("Surely between {between} (9 in 10).").format(
        between=format.percent_between(trust.low, trust.high, lang)
    )
    return [
        _fact(t("Old balance"), format.points(shown.opening, lang, decimals=2), opened),
        _fact(t("New balance"), format.points(shown.closing, lang, decimals=2), closed),
        _fact(t("Stage"), t.gettext(names.STAGES[found.stage.name]), sentences.reason(found.stage, rules.stage, t)),
        _fact(
            t("Reliability"),
            t("no figure yet") if trust.value is None else format.percent(trust.value, lang),
            f"{rests.format(n=format.number(trust.rests_on, lang))}. {interval}",
        ),
    ]


def _fact(label: str, value: str, reason: str) -> dict[str, str]:
    return {"label": label, "value": value, "reason": reason}


# -- lines ----------------------------------------------------------------------------------------


def _rows(asking: Asking, shown: Span, words: Words) -> list[dict[str, Any]]:
    t, lang = asking.t, asking.t.lang
    decimals = format.decimals_of([shown.opening, shown.faded, *(entry.points for entry in shown.entries)])

    def row(day: date | None, text: str, balance: int, points: int = 0, detail: str = "", bold: bool = False) -> Any:
        amount = format.points(points, lang, signed=True, decimals=decimals) if points or detail else ""
        return {
            "day": "" if day is None else format.day_figures(day, lang, year=True),
            "text": text,
            "detail": detail,
            "withdrawal": amount if points < 0 else "",
            "deposit": "" if points < 0 else amount,
            "balance": format.points(balance, lang, decimals=decimals),
            "bold": bold,
        }

    def line(entry: Entry) -> Any:
        said = sentences.sentence(entry.line, words, t)
        return row(_day(asking, entry.line.time), said, entry.balance, entry.points, _detail(asking, entry))

    rows = [row(_day(asking, shown.start), t("Old balance"), shown.opening, bold=True)]
    rows += [line(entry) for entry in shown.entries]
    if shown.faded:
        rows.append(row(None, t("Faded with time"), shown.closing, shown.faded))
    rows.append(row(_day(asking, shown.end), t("New balance"), shown.closing, bold=True))
    return rows


def _detail(asking: Asking, entry: Entry) -> str:
    parts = [sentences.factors(entry.line, asking.t)]
    if entry.line.provisional:
        parts.append(asking.t.gettext(PROVISIONAL))
    return " · ".join(part for part in parts if part)


# -- below ----------------------------------------------------------------------------------------


def _promises(asking: Asking, found: Statement, moment: Moment) -> dict[str, Any]:
    t, party = asking.t, found.customer
    own = Filter({"customer": f"{party.source}:{party.id}"})
    page = open_list.page(asking.konto.library, asking.konto.asker, moment, filter=own, limit=MOST_PROMISES)
    more = sum(page.counts.values()) - len(page.rows)
    return {
        "promises_title": t("Open promises"),
        "promise_heads": [t.gettext(head) for head in PROMISE_HEADS],
        "promises": [_promise(asking, each, moment) for each in page.rows],
        "below_promises": t.gettext(LEFT_TO_SAY).format(n=more) if more else "" if page.rows else t("None."),
    }


def _promise(asking: Asking, each: OpenRow, moment: Moment) -> dict[str, str]:
    t, promise = asking.t, each.promise
    named = t.gettext(sentences.NAMED_BY_KIND[promise.kind]).format(id=promise.id)
    due = t("no date") if promise.due is None else _due(asking, each, promise.due)
    late = each.standing == "overdue" or (promise.due is not None and promise.due <= moment.at)
    return {
        "what": promise.what or named,
        "owner": promise.owner or "",
        "due": f"{due}, {t('overdue')}" if late else due,
    }


def _due(asking: Asking, each: OpenRow, due: datetime) -> str:
    if each.day_only and each.promise.due_day is not None:
        return format.day_figures(date.fromisoformat(each.promise.due_day), asking.t.lang, year=True)
    return _moment(asking, due)


def _rests(asking: Asking, found: Statement, shown: Span) -> list[str]:
    t, lang, n = asking.t, asking.t.lang, len(found.lines)
    rests = t.ngettext("Rests on {n} posting.", "Rests on {n} postings.", n).format(n=format.number(n, lang))
    balance = t("The sum of all deposits and withdrawals, each counting less the longer ago it is.")
    said = [f"{rests} {t('Balance')}: {balance}"]
    if len(found.lines) > len(shown.entries):
        opened = format.day_figures(_day(asking, shown.start), lang, year=True)
        said.append(t.gettext(EARLIER).format(day=opened))
    return [*said, f"{t.gettext(EACH_LINE)} {t.gettext(RETRACTED_NOWHERE)}"]
