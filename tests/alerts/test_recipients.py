"""Who hears of it: whoever answers for the promise, else looks after the customer, else leads, else the inbox."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.alert import NOBODY, SHARED_INBOX, Whose
from domain.documents import Versions, load
from domain.ids import Ids
from domain.people import People
from domain.steering import Steering, shipped
from tests.notation import at
from workers.recipients import Addressee, addressee, recipient_of

IDS = Ids(b"secret")
NOW = at("2026-03-12T09:00")

FIRM = """
manager = "karin"
shared_inbox = "buero@example.com"

[[teams]]
name = "Montage"
manager = "mia"
escalation = ["emil"]

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
aliases = ["ivogt"]
language = "en"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
team = "Montage"
stand_in = "olga"
away = [{ from = 2026-03-09, to = 2026-03-13 }]

[[persons]]
id = "olga"
name = "Olga Petrenko"
email = "olga@example.com"
stand_in = "pia"
away = [{ from = 2026-03-13, to = 2026-03-13 }]

[[persons]]
id = "pia"
name = "Pia Wolf"
stand_in = "lutz"
channels = ["werkstatt_chat"]

[[persons]]
id = "mia"
name = "Mia Kern"

[[persons]]
id = "emil"
name = "Emil Haas"
email = "emil@example.com"

[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"

[[persons]]
id = "stumm"
name = "Stumm"
"""


def steering(text: str) -> Steering:
    base = shipped(IDS.person)
    return Steering(base.person, base.rulebooks, base.calendars, Versions(load(text, People)))


def name_of(names: list[str]):  # type: ignore[no-untyped-def]
    return {IDS.person(name): name for name in names}.get


def whose(owner: str | None, customer_owner: str | None = None, team: str | None = None) -> Whose:
    return Whose(
        owner=IDS.person(owner) if owner else None,
        customer_owner=IDS.person(customer_owner) if customer_owner else None,
        team=team,
    )


def chosen(text: str, *named: str | None) -> str:
    """The name of the recipient, as the people document or the fact calls them."""
    names = [name for name in named if name]
    firm = steering(text)
    internal = recipient_of(whose(*named), firm, name_of(names), NOW)
    person = firm.find(internal, NOW)
    return person.id if person else name_of(names)(internal) or internal


WITHOUT_INBOX = FIRM.replace('shared_inbox = "buero@example.com"', "")
WITHOUT_MANAGER = FIRM.replace('manager = "karin"', "").replace('manager = "mia"', "").replace('["emil"]', "[]")
NOBODY_AT_ALL = WITHOUT_INBOX.replace('manager = "karin"', "")


@pytest.mark.parametrize(
    ("owner", "customer_owner", "team", "recipient"),
    [
        ("ines", "lutz", None, "ines"),
        ("ivogt", None, None, "ines"),  # another system's name for her
        ("IVOGT", None, None, "ines"),
        ("lutz", None, None, "lutz"),  # away, which matters only when it is sent
        ("pia", "ines", None, "pia"),  # a chat reaches her
        ("stumm", "ines", None, "ines"),  # nothing reaches him
        (None, "ines", None, "ines"),
        ("fremd", "ines", None, "ines"),  # unknown, and no address
        ("fremd@example.com", "ines", None, "fremd@example.com"),
        ("stumm", "fremd@example.com", None, "fremd@example.com"),
        (None, None, None, "karin"),
        ("stumm", "fremd", None, "karin"),
        (None, None, "Montage", "emil"),  # the team's manager cannot be reached, the next of the chain can
    ],
)
def test_the_first_who_can_be_reached_hears_of_it(owner: str, customer_owner: str, team: str, recipient: str):
    assert chosen(FIRM, owner, customer_owner, team) == recipient


def test_without_a_manager_the_shared_inbox_hears_of_it():
    assert chosen(WITHOUT_MANAGER, "stumm", None, "Montage") == SHARED_INBOX


def test_nobody_reachable_is_said_so():
    assert chosen(NOBODY_AT_ALL, "stumm", "fremd") == NOBODY
    assert chosen("", "ines", None) == NOBODY
    assert chosen("", "ines@example.com", None) == "ines@example.com"


@pytest.mark.parametrize(
    "name",
    [
        "Ines <ines@example.com>",
        "ines@example.com, evil@example.com",
        "ines@example.com;evil@example.com",
        "ines@example.com evil@example.com",
        "ines@evil@example.com",
        "@example.com",
        "ines@",
        "ines@example.com\nBcc: evil@example.com",
        '"ines"@example.com',
    ],
)
def test_an_unknown_name_is_written_to_only_if_it_is_one_address_and_nothing_else(name: str):
    assert chosen("", name, None) == NOBODY
    assert addressee(IDS.person(name), steering(""), name_of([name]), NOW) is None


# -- at the moment of sending -------------------------------------------------------------------------


def reader(name: str, moment: str | datetime = NOW, text: str = FIRM) -> Addressee | None:
    return addressee(IDS.person(name), steering(text), name_of([name]), at(moment))


def read_by(name: str, moment: str, text: str = FIRM) -> str:
    found = reader(name, moment, text)
    assert found is not None
    assert found.person == IDS.person(found.name.split()[0].casefold())
    return found.name


def test_the_recipient_reads_it_by_their_channels_in_their_language():
    ines, pia = reader("ines"), reader("pia")
    assert ines is not None
    assert ines[:5] == (IDS.person("ines"), "Ines Vogt", ("email",), "ines@example.com", "en")
    assert pia is not None
    assert pia[:5] == (IDS.person("pia"), "Pia Wolf", ("werkstatt_chat",), None, "de")
    assert (ines.known and ines.known.id, ines.away) == ("ines", None)


def test_while_somebody_is_away_the_stand_in_reads_it():
    assert read_by("lutz", "2026-03-08T23:59") == "Lutz Brandt"
    assert read_by("lutz", "2026-03-09T00:00") == "Olga Petrenko"
    assert read_by("lutz", "2026-03-14T00:00") == "Lutz Brandt"


def test_a_stand_in_is_told_for_whom_they_read_it():
    olga = reader("lutz", "2026-03-10T09:00")
    assert olga is not None
    assert (olga.name, olga.away) == ("Olga Petrenko", "Lutz Brandt")


def test_a_stand_in_who_is_away_has_a_stand_in_too():
    assert read_by("lutz", "2026-03-13T09:00") == "Pia Wolf"


def test_where_all_stand_ins_are_away_it_goes_to_whom_it_was_for():
    everybody_away = FIRM.replace(
        'stand_in = "lutz"', 'stand_in = "lutz"\naway = [{ from = 2026-03-01, to = 2026-03-31 }]'
    )
    assert read_by("lutz", "2026-03-13T09:00", everybody_away) == "Lutz Brandt"


def test_a_stand_in_whom_nothing_reaches_is_no_help():
    silent = FIRM.replace('stand_in = "olga"', 'stand_in = "stumm"')
    assert read_by("lutz", "2026-03-10T09:00", silent) == "Lutz Brandt"


def test_an_unknown_address_and_the_shared_inbox_are_written_to_as_they_are():
    assert reader("fremd@example.com") == Addressee(
        IDS.person("fremd@example.com"), "fremd@example.com", ("email",), "fremd@example.com", "de"
    )
    inbox = addressee(SHARED_INBOX, steering(FIRM), name_of([]), NOW)
    assert inbox == Addressee(SHARED_INBOX, "buero@example.com", ("email",), "buero@example.com", "de")
    assert addressee(SHARED_INBOX, steering(WITHOUT_INBOX), name_of([]), NOW) is None
    assert reader("fremd") is None
