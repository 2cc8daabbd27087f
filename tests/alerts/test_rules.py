"""Every rule about one thing that somebody should do: history, moment, who is told of what, and who is not.

Each case is a history, documents where they matter, and moments with what the check newly raises then, written as
"rule level detail > recipient". Rules about lasting states have tables of their own.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from domain.alert import NOBODY, RULES, SHARED_INBOX
from tests.alerts.firm import named, to_do
from tests.homes import Home
from tests.notation import at, envelopes
from wiring.worker import run_tick
from workers.watches import WATCHES

PEOPLE = """
manager = "karin"
shared_inbox = "buero@example.com"

[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"
roles = ["manager"]

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
team = "Büro"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
team = "Montage"

[[teams]]
name = "Büro"

[[teams]]
name = "Montage"
manager = "karin"
"""
BAVARIA = 'default = "bayern"\n[calendars.bayern]\nzone = "Europe/Berlin"\ncountry = "DE"\nland = "BY"\n'
NRW = 'default = "nrw"\n[calendars.nrw]\nzone = "Europe/Berlin"\ncountry = "DE"\nland = "NW"\n'
HOURS = "[calendars.{name}.hours]\n" + "".join(
    f'{day} = ["08:00-12:00", "13:00-17:00"]\n' for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
)


class Case(NamedTuple):
    text: str
    ticks: list[tuple[str, list[str]]]
    calendars: str = ""


CASES: dict[str, Case] = {
    # -- moved_again ---------------------------------------------------------------------------------
    "the third move is told to the manager, and so is the fourth": Case(
        """
        2026-03-02T09:00  verspricht K-1 lutz "A" bis 2026-03-12T16:00
        2026-03-03T09:00  verschiebt "A" auf 2026-03-20T16:00
        2026-03-04T09:00  verschiebt "A" auf 2026-03-27T16:00
        2026-03-05T09:00  verschiebt "A" auf 2026-04-10T16:00
        2026-03-06T09:00  verschiebt "A" auf 2026-04-17T16:00
        """,
        [
            ("2026-03-04T09:00", []),
            ("2026-03-05T08:59", []),
            ("2026-03-05T09:00", ["moved_again 1 > karin"]),
            ("2026-03-05T09:01", []),
            ("2026-03-06T09:00", ["moved_again 1 > karin"]),
        ],
    ),
    "moves that the customer asked for, or did not agree to, are none of ours": Case(
        """
        2026-03-02T09:00  verspricht K-1 lutz "A" bis 2026-03-12T16:00
        2026-03-03T09:00  verschiebt "A" auf 2026-03-20T16:00, vom Kunden gewünscht
        2026-03-04T09:00  verschiebt "A" auf 2026-03-27T16:00, nicht vereinbart
        2026-03-05T09:00  verschiebt "A" auf 2026-04-10T16:00
        2026-03-06T09:00  verschiebt "A" auf 2026-04-17T16:00
        """,
        [("2026-03-06T09:00", [])],
    ),
    "the manager's own promise is told to the inbox that comes after them": Case(
        """
        2026-03-02T09:00  verspricht K-1 karin "A" bis 2026-03-12T16:00
        2026-03-03T09:00  verschiebt "A" auf 2026-03-20T16:00
        2026-03-04T09:00  verschiebt "A" auf 2026-03-27T16:00
        2026-03-05T09:00  verschiebt "A" auf 2026-04-10T16:00
        """,
        [("2026-03-05T09:00", ["moved_again 1 > karin"])],
    ),
    "what was moved three times and is fulfilled needs nobody": Case(
        """
        2026-03-02T09:00  verspricht K-1 lutz "A" bis 2026-03-12T16:00
        2026-03-03T09:00  verschiebt "A" auf 2026-03-20T16:00
        2026-03-04T09:00  verschiebt "A" auf 2026-03-27T16:00
        2026-03-05T09:00  verschiebt "A" auf 2026-04-10T16:00
        2026-03-05T10:00  erfüllt "A"
        """,
        [("2026-03-05T10:00", [])],
    ),
    # -- unanswered ----------------------------------------------------------------------------------
    "half of eight business hours, then all of them": Case(
        '2026-03-10T09:00  K-1 fragt "Frage", Kanal email, an ines',
        [
            ("2026-03-10T13:59:59", []),
            ("2026-03-10T14:00", ["unanswered 1 > ines"]),  # 9 to 12 and 13 to 14
            ("2026-03-11T08:59:59", []),
            ("2026-03-11T09:00", ["unanswered 2 > ines"]),
            ("2026-03-12T09:00", []),
        ],
    ),
    "on the phone the target is four hours": Case(
        '2026-03-10T09:00  K-1 fragt "Frage", Kanal phone, an ines',
        [("2026-03-10T11:00", ["unanswered 1 > ines"]), ("2026-03-10T14:00", ["unanswered 2 > ines"])],
    ),
    "asked on Friday, told on Monday": Case(
        '2026-03-13T15:00  K-1 fragt "Frage", Kanal email, an ines',
        [
            ("2026-03-14T12:00", []),
            ("2026-03-16T09:59:59", []),
            ("2026-03-16T10:00", ["unanswered 1 > ines"]),
            ("2026-03-16T15:00", ["unanswered 2 > ines"]),
        ],
    ),
    "asked on the Friday before the clocks go forward": Case(
        '2026-03-27T16:00  K-1 fragt "Frage", Kanal email, an ines',
        [("2026-03-30T10:59:59", []), ("2026-03-30T11:00", ["unanswered 1 > ines"])],
    ),
    "asked on the Friday before the clocks go back": Case(
        '2026-10-23T16:00  K-1 fragt "Frage", Kanal email, an ines',
        [("2026-10-26T10:59:59", []), ("2026-10-26T11:00", ["unanswered 1 > ines"])],
    ),
    "on a holiday of Bavaria nobody there is late": Case(
        '2026-01-05T16:00  K-1 fragt "Frage", Kanal email, an ines',
        [("2026-01-06T12:00", []), ("2026-01-07T10:59:59", []), ("2026-01-07T11:00", ["unanswered 1 > ines"])],
        BAVARIA + HOURS.format(name="bayern"),
    ),
    "the same day is worked in North Rhine-Westphalia": Case(
        '2026-01-05T16:00  K-1 fragt "Frage", Kanal email, an ines',
        [("2026-01-06T10:59:59", []), ("2026-01-06T11:00", ["unanswered 1 > ines"])],
        NRW + HOURS.format(name="nrw"),
    ),
    "an answer in time needs nobody, an automatic one is no answer": Case(
        """
        2026-03-10T09:00  K-1 fragt "F-1", Kanal email, an ines
        2026-03-10T09:05  beantwortet "F-1", automatisch
        2026-03-10T10:00  K-2 fragt "F-2", Kanal email, an ines
        2026-03-10T11:00  beantwortet "F-2", von ines
        """,
        [("2026-03-10T14:00", ["unanswered 1 > ines"]), ("2026-03-10T15:00", [])],
    ),
    "a check that comes late tells the highest level alone": Case(
        '2026-03-10T09:00  K-1 fragt "Frage", Kanal email, an ines',
        [("2026-03-11T12:00", ["unanswered 2 > ines"]), ("2026-03-11T12:01", [])],
    ),
    "a question that needs no answer is none": Case(
        '2026-03-10T09:00  K-1 fragt "Frage", Kanal email, an ines, braucht keine Antwort',
        [("2026-03-11T12:00", [])],
    ),
    "addressed to nobody: whoever looks after the customer hears of it": Case(
        """
        2026-03-02T08:00  Kunde K-1, zuständig lutz
        2026-03-10T09:00  K-1 fragt "Frage", Kanal email
        """,
        [("2026-03-10T14:00", ["unanswered 1 > lutz"])],
    ),
    "nobody looks after the customer: the manager hears of it": Case(
        '2026-03-10T09:00  K-1 fragt "Frage", Kanal email',
        [("2026-03-10T14:00", ["unanswered 1 > karin"])],
    ),
    # -- chased --------------------------------------------------------------------------------------
    "whoever must ask again is told of at once": Case(
        """
        2026-03-10T09:00  K-1 fragt "F-1", Kanal email, an ines
        2026-03-10T10:00  K-1 hakt nach "F-2" zu "F-1", Kanal email, an ines
        """,
        [
            ("2026-03-10T09:59:59", []),
            ("2026-03-10T10:00", ["chased 1 > ines"]),
            ("2026-03-10T10:01", []),
        ],
    ),
    "asked again about a promise: whoever answers for the promise hears of it": Case(
        """
        2026-03-02T09:00  verspricht K-1 lutz "A" bis 2026-04-30T16:00
        2026-03-14T20:00  K-1 hakt nach "F-1" zu "A", Kanal email, an ines
        """,
        [("2026-03-14T20:00", ["chased 1 > lutz"])],  # a Saturday evening: raised at once, sent later
    ),
    "once we have called the customer, or settled the promise, it is over": Case(
        """
        2026-03-02T09:00  verspricht K-1 lutz "A" bis 2026-04-30T16:00
        2026-03-02T09:00  verspricht K-2 lutz "B" bis 2026-04-30T16:00
        2026-03-10T09:00  K-1 hakt nach "F-1" zu "A", Kanal email, braucht keine Antwort
        2026-03-10T09:00  K-2 hakt nach "F-2" zu "B", Kanal email, braucht keine Antwort
        2026-03-10T09:30  erfüllt "A"
        2026-03-10T09:30  meldet sich "Anruf" bei K-2, Zweck check_in, Kanal phone
        """,
        [("2026-03-10T10:00", [])],
    ),
    # -- follow_up_due ---------------------------------------------------------------------------------
    "delivered on Friday, asked after on Monday": Case(
        """
        2026-03-02T09:00  verspricht K-1 lutz "Therme" bis 2026-03-20, Art delivery
        2026-03-13T15:00  erfüllt "Therme"
        """,
        [
            ("2026-03-13T17:00", []),
            ("2026-03-16T07:59:59", []),
            ("2026-03-16T08:00", ["follow_up_due 1 > lutz"]),
            ("2026-03-17T08:00", []),
        ],
    ),
    "delivered on the eve of Corpus Christi: on Friday where it is a holiday": Case(
        """
        2026-06-01T09:00  verspricht K-1 lutz "Therme" bis 2026-06-20, Art delivery
        2026-06-03T15:00  erfüllt "Therme"
        """,
        [("2026-06-04T08:00", []), ("2026-06-05T08:00", ["follow_up_due 1 > lutz"])],
        NRW + HOURS.format(name="nrw"),
    ),
    "whoever has called already is not reminded, and an appointment asks for no call": Case(
        """
        2026-03-02T09:00  verspricht K-1 lutz "Therme" bis 2026-03-20, Art delivery
        2026-03-10T15:00  erfüllt "Therme"
        2026-03-10T16:00  meldet sich "Anruf" bei K-1, Zweck follow_up, Kanal phone
        2026-03-02T09:00  verspricht K-2 lutz "Wartung" bis 2026-03-20, Art appointment
        2026-03-10T15:00  erfüllt "Wartung"
        """,
        [("2026-03-11T08:00", [])],
    ),
    # -- recovery_step_due -----------------------------------------------------------------------------
    "nothing is done: each step at half its time and when it has passed, one at a time": Case(
        '2026-03-09T08:00  Vorfall K-1 "V-1" complaint, von ines',
        [
            ("2026-03-09T09:59:59", []),
            ("2026-03-09T10:00", ["recovery_step_due 1 reason > ines"]),  # half of 4 hours
            ("2026-03-09T12:00", ["recovery_step_due 2 reason > ines"]),  # and half of the apology's 8
            ("2026-03-09T12:01", []),
            ("2026-03-09T17:00", ["recovery_step_due 2 apology > ines"]),  # and half of the new chance's 16
            ("2026-03-10T12:00", ["recovery_step_due 1 talk > ines"]),  # half of 24
            ("2026-03-10T17:00", ["recovery_step_due 2 chance > ines"]),
            ("2026-03-11T12:00", ["recovery_step_due 1 resolved > ines"]),  # half of 40
            ("2026-03-11T17:00", ["recovery_step_due 2 talk > ines"]),
            ("2026-03-13T17:00", ["recovery_step_due 2 resolved > ines"]),
            ("2026-03-20T17:00", []),
        ],
    ),
    "what is done in time needs nobody": Case(
        """
        2026-03-09T08:00  Vorfall K-1 "V-1" complaint, von ines
        2026-03-09T09:00  nennt den Grund, von ines
        2026-03-09T11:00  entschuldigt sich, von ines
        """,
        [
            ("2026-03-09T12:00", []),
            ("2026-03-09T17:00", ["recovery_step_due 1 chance > ines"]),
            ("2026-03-10T12:00", ["recovery_step_due 1 talk > ines"]),
        ],
    ),
    "once it is put right or closed, nothing is asked for any more": Case(
        """
        2026-03-09T08:00  Vorfall K-1 "V-1" complaint, von ines
        2026-03-09T09:00  Vorfall K-2 "V-2" complaint, von ines
        2026-03-09T09:30  löst "V-1"
        2026-03-09T09:30  schließt "V-2"
        """,
        [("2026-03-09T12:00", []), ("2026-03-11T12:00", [])],
    ),
    "while the customer lets us wait the clock stands still, then it is armed anew": Case(
        """
        2026-03-09T08:00  Vorfall K-1 "V-1" complaint, von ines
        2026-03-09T10:30  pausiert Vorfall wegen Kunde
        2026-03-10T10:30  setzt Vorfall fort wegen Kunde
        """,
        [
            ("2026-03-09T10:00", ["recovery_step_due 1 reason > ines"]),
            ("2026-03-09T12:00", []),
            ("2026-03-10T10:30", []),
            ("2026-03-10T13:00", ["recovery_step_due 2 reason > ines"]),
        ],
    ),
    "an incident nobody answers for is told to whoever looks after the customer": Case(
        """
        2026-03-02T08:00  Kunde K-1, zuständig lutz
        2026-03-09T08:00  Vorfall K-1 "V-1" complaint
        """,
        [("2026-03-09T10:00", ["recovery_step_due 1 reason > lutz"])],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_rule_tells_whom_it_concerns_when_its_moment_has_come(home: Home, case: Case):
    prepared(home, case.calendars)
    # All is told before the first check: each one only looks at what had happened by then.
    home.take(envelopes(case.text))
    assert [(moment, raised(home, moment)) for moment, _ in case.ticks] == case.ticks


def prepared(home: Home, calendars: str = "", people: str = PEOPLE) -> None:
    home.clock.now = at("2025-12-01")
    home.konto.publish("people", people)
    home.konto.publish("rulebook", without_escalation(home))
    if calendars:
        home.konto.publish("calendars", calendars)


def without_escalation(home: Home) -> str:
    """What nobody acknowledges is passed on; that has tests of its own."""
    text = (home.konto.home / "rulebook.toml").read_text("utf-8")
    return text.replace("escalate_after_hours = 4 ", "escalate_after_hours = 1000 ")


def raised(home: Home, moment: str) -> list[str]:
    home.clock.now = at(moment)
    found = []
    for each in to_do(run_tick(home.konto)):
        occasion = each.occasion
        detail = f" {occasion.detail}" if occasion.detail else ""
        to = each.recipient if each.recipient in (NOBODY, SHARED_INBOX) else named(home, each.recipient)
        found.append(f"{occasion.rule} {occasion.level}{detail} > {to}")
    return sorted(found)


def test_every_rule_is_watched_in_one_place():
    watched = [rule for watch in WATCHES for rule in watch.rules]
    assert sorted(watched) == sorted(RULES)
