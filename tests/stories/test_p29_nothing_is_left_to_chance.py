"""P29: Nothing left to chance, everything under control (001): what is to be done this morning is asked, or told."""

from __future__ import annotations

from projections import contacts, incidents, open_list, waiting
from projections.filters import Filter
from tests.homes import Home
from tests.notation import Given, local
from tests.stories.asking import LED, PEOPLE, asked, employ, post, text, told

MORNING = "2026-03-09T08:00"
STORY = """
2026-03-02T09:00  verspricht K-1 ines "überfällig" bis 2026-03-06T12:00
2026-03-02T09:00  verspricht K-1 ines "heute" bis 2026-03-09T16:00
2026-03-02T09:00  verspricht K-2 ines "später" bis 2026-04-30
2026-03-02T09:00  verspricht K-2 lutz "anderer" bis 2026-03-09T16:00
2026-03-02T09:00  verspricht K-3 ines "Fliesen" bis 2026-03-12
2026-03-04T09:00  pausiert "Fliesen" wegen Kunde
2026-03-02T09:00  verspricht K-3 ines "Ersatzteil" bis 2026-03-12
2026-03-04T09:00  pausiert "Ersatzteil" wegen Lieferant
2026-03-06T09:00  K-1 fragt "Frage", Kanal email, an ines
2026-03-06T10:00  K-2 fragt "beantwortet", Kanal email, an ines
2026-03-06T11:00  beantwortet, von ines
2026-03-05T09:00  Vorfall K-4 "V-1" forgotten, von ines
2026-03-05T10:00  nennt den Grund, von ines
2026-03-06T09:00  pausiert Vorfall wegen Kunde
"""
HERS = Filter({"owner": "ines"})


def test_what_is_overdue_due_and_far_off_stands_in_this_order(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    rows = open_list.page(*asked(home, MORNING), filter=HERS).rows
    standings = [(row.promise.id, row.standing) for row in rows]
    assert standings == [
        ("überfällig", "overdue"),
        ("heute", "tight"),
        ("Ersatzteil", "open"),
        ("später", "open"),
        ("Fliesen", "waiting"),
    ]


def test_who_still_waits_for_an_answer(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    unanswered = contacts.listed(*asked(home, MORNING), states=["open", "unanswered"], filter=HERS)
    assert [(row.id, local(row.target_at)) for row in unanswered] == [("Frage", "2026-03-09T09:00")]


def test_which_step_of_a_recovery_is_next(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    running = incidents.listed(*asked(home, MORNING), states=["unresolved"], filter=HERS)
    assert [(row.id, row.next_step) for row in running] == [("V-1", "apology")]


def test_what_we_wait_for_from_customers_and_since_when(home: Home, given: Given) -> None:
    """Waiting for a supplier is our own affair."""
    home.take(given(STORY).envelopes)
    found = [(row.thing, row.id, row.customer_id, local(row.since)) for row in waiting.listed(*asked(home, MORNING))]
    assert found == [
        ("promise", "Fliesen", "K-3", "2026-03-04T09:00"),
        ("incident", "V-1", "K-4", "2026-03-06T09:00"),
    ]


def test_once_the_customer_has_answered_or_the_thing_is_settled_we_wait_no_longer(home: Home, given: Given) -> None:
    ended = '2026-03-09T09:00  setzt "Fliesen" fort wegen Kunde\n2026-03-09T09:00  löst "V-1"\n'
    home.take(given(STORY + ended).envelopes)
    assert len(waiting.listed(*asked(home, "2026-03-09T08:59"))) == 2
    assert waiting.listed(*asked(home, "2026-03-09T09:00")) == []


def test_everything_open_is_in_the_list_of_its_owner_and_of_nobody_elses(home: Home, given: Given) -> None:
    home.take(given(STORY).envelopes)
    everything = open_list.page(*asked(home, MORNING))
    each = [open_list.page(*asked(home, MORNING), filter=Filter({"owner": owner})).rows for owner in everything.owners]
    assert sorted(row.promise.id for rows in each for row in rows) == sorted(row.promise.id for row in everything.rows)


def test_whoever_wants_it_gets_all_of_it_each_morning_at_half_past_seven_in_one_message(
    home: Home, given: Given
) -> None:
    employ(home, PEOPLE.replace('id = "ines"', 'id = "ines"\ndigest = true'))
    home.take(given(STORY).envelopes)
    for moment in ("2026-03-05T08:00", "2026-03-06T07:30"):
        post(home, moment)
    looks = ("2026-03-06T13:00", "2026-03-06T17:00", "2026-03-07T09:00", "2026-03-09T07:29")
    hers = [(moment, mail["Subject"]) for moment in looks for mail in post(home, moment) if "ines" in mail["To"]]
    assert hers == [("2026-03-06T13:00", "K-1: heute")], "the last call by four o'clock, which cannot wait"
    (mail,) = post(home, "2026-03-09T07:30")
    says = text(mail)
    order = [
        "Montag, 9. März",
        "K-1: überfällig war zugesagt bis Freitag",
        "K-1 wartet auf Antwort – bis heute 9 Uhr",
        "K-4: die Entschuldigung fehlt noch",
    ]
    places = [says.index(each) for each in order]
    assert places == sorted(places)
    assert not [customer for customer in ("K-2", "K-3") if customer in says], "far off, waiting, or another's"
    assert mail["Subject"] == "Ihr Morgen: 3 Hinweise"


def test_what_nobody_takes_note_of_goes_to_whoever_leads(home: Home, given: Given) -> None:
    """Told at one o'clock on Friday, when the noon break is over; four hours of work later nobody has taken note.

    2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-06T12:00
    """
    employ(home, LED)
    home.take(given().envelopes)
    assert told(home, "2026-03-06T12:00", "overdue") == ["ines: Angebot"]
    post(home, "2026-03-06T13:00")
    assert told(home, "2026-03-06T16:59", "overdue") == []
    assert told(home, "2026-03-06T17:00", "overdue") == ["karin: Angebot"]
