"""What a story asks the firm, and how it reads an account."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from domain.account import Stage
from projections import kpis, outbox, statements
from projections.figures import Share
from projections.filters import Moment
from projections.statements import Statement
from projections.subjects import own_name
from tests.homes import Home, question
from tests.notation import at, rulebook, steering
from wiring.worker import dispatch, run_tick, said, sender
from words import translator
from workers.tick import Newly

USUAL: dict[str, dict[str, Any]] = {"newness": {"factor": 1.0}, "sensitivity": {"least": 1.0, "most": 1.0}}
KNOWN_AND_ORDINARY = steering(rulebook(**USUAL))
"""Nobody is new or sensitive, so that a line shows its own worth."""


def figure(home: Home, name: str, moment: str, **more: Any) -> Any:
    (group,) = kpis.figures(home.konto.library, home.konto.asker, question(moment, **more), [name])
    return group.figures[name]


def share(home: Home, name: str, moment: str, **more: Any) -> tuple[int, int]:
    """So many of so many."""
    found = figure(home, name, moment, **more)
    assert isinstance(found, Share)
    return found.numerator, found.denominator


def by(home: Home, dimension: str, name: str, moment: str) -> dict[str | None, Any]:
    groups = kpis.figures(home.konto.library, home.konto.asker, question(moment, by=dimension), [name])
    return {group.key: group.figures[name] for group in groups}


def account(home: Home, customer: str, moment: str) -> Statement:
    konto = home.konto
    (internal,) = konto.library.customer_ids(customer)
    return statements.statement(konto.library, konto.asker, internal, konto.steering, at(moment))


def stage(home: Home, customer: str, moment: str) -> Stage:
    return account(home, customer, moment).stage


def asked(home: Home, moment: str) -> tuple[Any, Any, Moment]:
    """What every list wants to know first: from where, for whom, of when."""
    return home.konto.library, home.konto.asker, Moment(at(moment))


# -- who is told of what ------------------------------------------------------------------------------

PEOPLE = """
[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
"""


LED = f'manager = "karin"\n{PEOPLE}'
"""Karin leads, and hears of what the others take no note of."""


def employ(home: Home, people: str = PEOPLE) -> None:
    """Who works here from now on; nobody leads unless the story says so."""
    home.clock.now = at("2025-01-01")
    home.konto.publish("people", people)


def noticed(home: Home, moment: str, *rules: str) -> list[Newly]:
    """What a look at this moment newly finds, the most urgent first; only by these rules, if any are named."""
    home.clock.now = at(moment)
    return [each for each in run_tick(home.konto) if not rules or each.occasion.rule in rules]


def told(home: Home, moment: str, *rules: str) -> list[str]:
    """The same as: who is told of what, by which rule unless there is only one."""
    return [_in_short(home, each, with_rule=len(rules) != 1) for each in noticed(home, moment, *rules)]


def _in_short(home: Home, newly: Newly, *, with_rule: bool) -> str:
    occasion = newly.occasion
    who, what = (
        own_name(home.konto.library, home.konto.steering, subject, home.clock.now)
        for subject in (newly.recipient, occasion.subject)
    )
    words = [f"{who}:", occasion.rule if with_rule else "", what, occasion.detail]
    return " ".join(word for word in words if word)


def words(home: Home, newly: Newly) -> str:
    """What the message about it says, in German, on one line."""
    return " ".join(said(home.konto, newly.occasion, home.clock.now, translator("de")).text.split())


def post(home: Home, moment: str) -> list[EmailMessage]:
    """The mails that leave at this moment, after a look at what is new."""
    noticed(home, moment)
    folder = home.konto.home / "outgoing"
    before = set(folder.glob("*.eml"))
    dispatch(home.konto).release(home.clock.now)
    sender(home.konto).deliver_several(outbox.ready(home.konto.views, home.clock.now))
    mails = sorted(set(folder.glob("*.eml")) - before)
    return [message_from_bytes(mail.read_bytes(), policy=policy.default) for mail in mails]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())
