"""What the pages are answered by a real home: its files, its tables, its log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home
from dashboard.answers.rules import told
from dashboard.shapes.acquaintance import Owner
from dashboard.shapes.adviser import AdviceAsked
from dashboard.shapes.asking import Reader
from dashboard.shapes.behind import Behind
from dashboard.shapes.contacts import ContactsAsked
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.incidents import IncidentsAsked
from dashboard.shapes.periods import Period
from dashboard.shapes.promises import PromiseFilter
from dashboard.shapes.record import RecordAsked
from dashboard.shapes.rules import Rules
from dashboard.shapes.timeline import TimelineAsked
from domain.roles import LOCAL_USER, Asker, NotAllowed
from domain.rulebook import default_text
from projections.rule_words import RULES
from tests.cli.home import fact
from tests.homes import open_at
from tests.notation import at, envelopes, local
from tests.stores import ENGINES, lasting_folder
from wiring.versions import Version
from words import translator

READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
STORY = """
    2026-02-02T08:00  Kunde K-17, namens Petra Meier, zuständig lutz
    2026-02-02T08:01  Kunde K-18, namens P. Meier
    2026-02-02T08:02  Kunde K-20, namens Familie Wolf, zuständig ines
    2026-02-02T08:03  Kunde K-30, namens Herr Öz
    2026-02-02T08:05  führt K-17 und K-18 zusammen
    2026-02-02T09:00  verspricht K-17 lutz "Angebot" bis 2026-02-05T12:00, Lieferant Thermotec
    2026-02-04T09:00  erfüllt
    2026-02-03T09:00  verspricht K-20 ines "Therme" bis 2026-02-06T12:00, Lieferant Thermotec
    2026-02-07T09:00  erfüllt
    2026-03-02T09:00  K-20 fragt "F-1", Kanal email, an ines
    2026-03-02T10:30  beantwortet, von ines
    2026-03-10T09:00  K-17 fragt "F-2", Kanal email, an lutz, über "Angebot"
    2026-03-11T09:00  K-17 hakt nach "F-3", Kanal email, an lutz
    2026-03-11T15:00  K-20 fragt "F-4", Kanal phone, an ines
    2026-03-05T09:00  meldet sich "F-5" bei K-20, Zweck follow_up, Kanal phone, von ines
    2026-03-09T09:00  Vorfall K-20 "V-1" complaint, von ines
    2026-03-09T10:00  nennt den Grund, von ines, Kanal phone
    2026-02-18T09:00  Vorfall K-17 "V-2" product_claim, Lieferant Thermotec, von lutz
    2026-02-19T09:00  löst
    2026-02-24T09:00  Vorfall K-17 "V-3" product_claim, zu "Angebot", Lieferant Thermotec, von lutz
    2026-02-25T09:00  schließt
    2026-03-06T16:00  verspricht K-17 lutz "Rückruf" bis 2026-03-20T17:00 [wrong] (erfasst 2026-03-09T08:00)
    2026-03-10T08:00  zieht zurück [wrong], mit Grund (erfasst 2026-03-10T08:01)
    2026-02-20T09:00  K-30 geht
"""
HANDS = (
    ("customer.owner_assigned", "2026-02-10T09:00", {"owner": "lutz"}),
    ("customer.owner_assigned", "2026-02-20T09:00", {"owner": "ines"}),
    ("customer.sensitivity_set", "2026-02-21T09:00", {"value": 1.3, "reason": "ruft bei jeder Kleinigkeit an"}),
)
"""What was told of Familie Wolf by hand."""


@pytest.fixture(scope="module", params=ENGINES)
def pages(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "answers", request))
    receipts = home.take(
        [*envelopes(STORY), *(fact(type, time, customer="K-20", **told) for type, time, told in HANDS)]
    )
    assert [each.refused for each in receipts if each.refused] == []
    home.clock.now = at("2026-03-12T07:40")
    yield Home(home.konto)
    home.close()


def _customer(pages: Home, name: str) -> str:
    (row,) = [row for row in pages.customers(READER, CustomersAsked(), 1).rows if row.name == name]
    return row.customer


def test_a_question_stands_once_however_often_it_was_asked(pages):
    found = pages.contacts(READER, ContactsAsked(), 1)
    first, second = found.rows
    assert (first.name, first.about, first.chased, first.owner) == ("Petra Meier", "Angebot", 1, "lutz")
    assert first.at == at("2026-03-10T09:00")
    assert first.target == at("2026-03-11T09:00")
    assert (second.name, second.channel, second.chased) == ("Familie Wolf", "phone", 0)
    assert found.counts == {"open": 2, "unanswered": 0, "late": 0, "answered": 1, "all": 4}


def test_contacts_are_narrowed_by_owner_channel_and_customer(pages):
    assert pages.contacts(READER, ContactsAsked("all", owner="ines"), 1).total == 3
    assert pages.contacts(READER, ContactsAsked("all", channel="phone"), 1).total == 2
    one = pages.contacts(READER, ContactsAsked("all", customer=_customer(pages, "Petra Meier")), 1)
    assert (one.total, one.customer) == (1, "Petra Meier")
    assert pages.contacts(READER, ContactsAsked("all", customer="nobody"), 1).total == 0


def test_answers_are_measured_in_business_time_and_by_channel(pages):
    figures = pages.contact_figures(READER, ContactsAsked())
    assert figures.first_answer == (5400.0, 5400.0, 1)
    assert (figures.in_time.numerator, figures.in_time.denominator) == (1, 2)
    assert (figures.asked_again.numerator, figures.asked_again.denominator) == (1, 4)
    ((channel, spread, target),) = figures.channels
    assert (channel, spread.n, target) == ("email", 1, 28_800)


def test_each_step_of_a_recovery_is_done_missed_or_still_to_come(pages):
    (row,) = pages.incidents(READER, IncidentsAsked(), 1).rows
    assert [(step.name, step.state) for step in row.steps] == [
        ("reason", "done"),
        ("apology", "missed"),
        ("chance", "missed"),
        ("talk", "ahead"),
        ("resolved", "ahead"),
    ]
    assert row.steps[1].at == at("2026-03-10T09:00")


def test_what_was_put_right_counts_so_though_steps_were_left_out(pages):
    closed = pages.incidents(READER, IncidentsAsked("closed"), 1).rows
    (resolved,) = pages.incidents(READER, IncidentsAsked("resolved"), 1).rows
    assert [step.state for step in resolved.steps] == ["left_out"] * 4 + ["done"]
    assert [step.state for step in closed[0].steps] == ["left_out"] * 5


def test_incidents_are_counted_by_state_and_narrowed_by_supplier(pages):
    found = pages.incidents(READER, IncidentsAsked("all", supplier="Thermotec"), 1)
    assert (found.total, found.counts["unresolved"], found.next_steps) == (2, 0, ())
    everything = pages.incidents(READER, IncidentsAsked("all"), 1)
    assert everything.next_steps == (("apology", 1, 1),)
    assert everything.kinds == ("complaint", "product_claim")


def test_figures_of_incidents_say_what_they_rest_on(pages):
    figures = pages.incident_figures(READER, IncidentsAsked())
    assert figures.by_clock == (86_400.0, 86_400.0, 1)
    assert figures.in_business == (28_800.0, 28_800.0, 1)
    assert figures.discipline.numerator == 0
    assert figures.success.denominator == 0


def test_who_left_is_lost_and_who_has_a_grave_open_incident_is_recovering(pages):
    stages = {row.name: row.stage for row in pages.customers(READER, CustomersAsked(), 1).rows}
    assert stages == {"Herr Öz": "lost", "Familie Wolf": "recovering", "Petra Meier": "strained"}
    assert pages.account(READER, _customer(pages, "Familie Wolf"), "month").stage.name == "recovering"


def test_customers_are_listed_by_balance_or_name_and_found_by_a_part_of_it(pages):
    by_balance = pages.customers(READER, CustomersAsked(), 1).rows
    assert [row.balance for row in by_balance] == sorted(row.balance for row in by_balance)
    by_name = [row.name for row in pages.customers(READER, CustomersAsked(order="name"), 1).rows]
    assert by_name == ["Familie Wolf", "Herr Öz", "Petra Meier"]
    assert [row.name for row in pages.customers(READER, CustomersAsked("öz", "name"), 1).rows] == ["Herr Öz"]
    assert pages.customers(READER, CustomersAsked(order="name"), 2).rows == ()


def test_the_list_and_the_account_show_the_same_balance(pages):
    for row in pages.customers(READER, CustomersAsked(), 1).rows:
        account = pages.account(READER, row.customer, "all")
        assert (account.balance, account.stage.name) == (row.balance, row.stage)
        assert account.reliability == row.reliability


def test_the_account_names_what_is_open_who_was_merged_and_how_much_was_a_mistake(pages):
    account = pages.account(READER, _customer(pages, "Petra Meier"), "month")
    assert account.merged == ("P. Meier",)
    assert account.retracted == 1
    assert [row.about for row in account.questions] == ["Angebot"]
    assert account.incidents == ()
    (incident,) = pages.account(READER, _customer(pages, "Familie Wolf"), "month").incidents
    assert incident.kind == "complaint"


def test_the_account_says_who_looks_after_them_since_when_and_when_we_spoke(pages):
    account = pages.account(READER, _customer(pages, "Familie Wolf"), "month")
    assert account.known.owners == (
        Owner("ines", date(2026, 2, 20)),
        Owner("lutz", date(2026, 2, 10)),
        Owner("ines", date(2026, 2, 2)),
    )
    assert account.known.sensitivity_reason == "ruft bei jeder Kleinigkeit an"
    assert account.sensitivity.by_hand
    assert account.known.last_talk == date(2026, 3, 11)
    assert (account.known.usual_days, account.known.silent) == (None, False)
    other = pages.account(READER, _customer(pages, "Herr Öz"), "month").known
    assert (other.owners, other.last_talk, other.sensitivity_reason) == ((), None, None)


def test_the_address_of_a_duplicate_leads_to_the_account_that_has_its_history(pages):
    (duplicate,) = [row[0] for row in pages.konto.views.rows("SELECT customer FROM customers WHERE name = 'P. Meier'")]
    assert pages.account(READER, duplicate, "month").name == "Petra Meier"
    assert pages.timeline(READER, duplicate, TimelineAsked(), 1).name == "Petra Meier"


def test_a_supplier_has_a_card_for_broken_claims_and_a_share_with_its_interval(pages):
    found = pages.suppliers(READER)
    (row,) = found.rows
    assert (row.name, row.card, row.claims, row.claims_ever) == ("Thermotec", "yellow", 2, 2)
    assert row.last_claim == date(2026, 2, 24)
    assert (row.on_time.numerator, row.on_time.denominator) == (1, 2)
    assert (found.months, found.yellow_from, found.red_from) == (12, 2, 4)
    assert sum(each.claims for each in row.months) == row.claims
    assert [each.month for each in row.months if each.claims] == [date(2026, 2, 1)]
    assert (len(row.months), row.months[0].month, row.months[-1].month) == (13, date(2025, 3, 1), date(2026, 3, 1))


def test_every_figure_on_a_suppliers_card_is_as_long_as_the_list_behind_it(pages):
    (row,) = pages.suppliers(READER).rows

    def incidents(since: date, kind: str | None = None) -> int:
        asked = IncidentsAsked("all", supplier=row.name, kind=kind, period=Period(since, date(2999, 12, 31)))
        return pages.incidents(READER, asked).total

    assert incidents(row.claims_since, "product_claim") == row.claims == 2
    assert incidents(row.recent_since) == row.recent
    behind = RecordAsked(supplier=row.name, behind=Behind("on_time_rate"))
    parts = pages.record_of_promises(READER, behind).parts
    assert (parts["counted"], parts["all"]) == (row.on_time.numerator, row.on_time.denominator) == (1, 2)


def test_an_incident_about_a_promise_names_it(pages):
    named = [row for row in pages.incidents(READER, IncidentsAsked("all")).rows if row.promise]
    assert named
    for row in named:
        assert pages.promise(READER, row.promise).row.what == row.promised


def test_the_timeline_strikes_out_what_was_a_mistake_and_says_why_and_when(pages):
    found = pages.timeline(READER, _customer(pages, "Petra Meier"), TimelineAsked(), 1)
    (gone,) = [row for row in found.rows if row.status == "retracted"]
    assert (gone.text, gone.detail, gone.by) == ("Zugesagt: Rückruf", "bis 20. März, 17 Uhr", "lutz")
    assert (gone.at, gone.recorded) == (at("2026-03-06T16:00"), at("2026-03-09T08:00"))
    assert (gone.retracted_at, gone.why) == (at("2026-03-10T08:01"), "weil")
    assert found.retracted == 1
    assert [row.at for row in found.rows] == sorted((row.at for row in found.rows), reverse=True)


def test_the_timeline_of_an_earlier_day_shows_what_was_known_then(pages):
    meier = _customer(pages, "Petra Meier")

    def told(as_of: date | None, known_on: date | None) -> dict[str, str]:
        rows = pages.timeline(READER, meier, TimelineAsked(as_of, known_on), 1).rows
        return {row.text: row.status for row in rows}

    assert told(None, date(2026, 3, 9))["Zugesagt: Rückruf"] == "counts"
    assert "Zugesagt: Rückruf" not in told(None, date(2026, 3, 8))
    assert told(date(2026, 3, 6), None)["Zugesagt: Rückruf"] == "retracted"
    assert "Der Kunde hat gefragt, per E-Mail" not in told(date(2026, 3, 9), None)
    assert told(date(2020, 1, 1), None) == {}


def test_the_timeline_tells_who_answered_and_where_each_fact_came_from(pages):
    rows = pages.timeline(READER, _customer(pages, "Familie Wolf"), TimelineAsked(), 1).rows
    (answer,) = [row for row in rows if row.text.startswith("Beantwortet")]
    assert (answer.by, answer.origin, answer.about) == ("ines", "crm:011", "contact")


def test_of_an_unknown_customer_there_is_neither_account_nor_timeline(pages):
    assert pages.account(READER, "customer-x", "month") is None
    assert pages.timeline(READER, "customer-x", TimelineAsked(), 1) is None


# -- adviser --------------------------------------------------------------------------------------


def _firm_that_taught() -> Iterator[str]:
    """Thirty promises of Lutz, all kept, and thirty of Ines, of which every third was."""
    yield "2026-01-05T08:00  Kunde K-17, namens Petra Meier, zuständig lutz"
    for number in range(30):
        made = at("2026-02-01T09:00") + timedelta(hours=6 * number)
        for who in ("lutz", "ines"):
            kept = who == "lutz" or number % 3 == 0
            end = made + timedelta(days=1 if kept else 3)
            yield f'{local(made)}  verspricht K-17 {who} "{who} {number}" bis {local(made + timedelta(days=2))}'
            yield f'{local(end)}  erfüllt "{who} {number}"'
    yield '2026-03-10T09:00  verspricht K-17 ines "Angebot" bis 2026-03-20T12:00, Plan B'
    yield '2026-03-10T09:00  verspricht K-17 lutz "Wartung" bis 2026-03-20T12:00'


@pytest.fixture(scope="module")
def advised(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder("sqlite", "advised", request))
    receipts = home.take(envelopes("\n".join(_firm_that_taught())))
    assert [each.refused for each in receipts if each.refused] == []
    home.clock.now = at("2026-03-12T07:40")
    yield Home(home.konto)
    home.close()


def test_the_adviser_proposes_who_and_when_and_takes_what_it_is_asked(advised):
    found = advised.advice(READER, AdviceAsked())
    assert (found.people, found.owner, found.due, found.business_days) == (
        ("ines", "lutz"),
        "ines",
        date(2026, 3, 17),
        3,
    )
    assert found.customer is None
    (customer, _) = advised.names(READER, "meier")[0]
    asked = AdviceAsked("lutz", "delivery", date(2026, 3, 20), customer, "serious")
    found = advised.advice(READER, asked)
    assert (found.owner, found.due, found.business_days) == ("lutz", date(2026, 3, 20), 6)
    assert found.customer is not None
    assert found.customer.name == "Petra Meier"
    assert advised.advice(READER, AdviceAsked("nobody", customer="nobody")).customer is None


def test_the_days_have_the_wished_one_among_them_wherever_it_lies(advised):
    advice = advised.advice(READER, AdviceAsked("ines", due=date(2026, 4, 4))).advice
    assert advice is not None
    assert [day.on for day in advice.days if day.wished] == [date(2026, 4, 4)], "a Saturday, and three weeks ahead"
    assert [day.on for day in advice.days][:3] == [date(2026, 3, 12 + n) for n in (1, 4, 5)]
    assert all(day.low < (day.probability or 0) < day.high for day in advice.days)
    assert "Bis 4. April klappt es" in advice.headline


def test_of_whom_most_is_kept_more_is_safe(advised):
    lutz, ines = (advised.advice(READER, AdviceAsked(who)).advice for who in ("lutz", "ines"))
    assert lutz is not None
    assert ines is not None
    assert (lutz.days[0].probability or 0) > (ines.days[0].probability or 0)
    assert not ines.is_safe
    assert "kein Termin sicher" in ines.instead
    assert "Freitag, 13. März" in (ines.wording or "")
    assert "ines hat 1 offene Zusage." in ines.load
    assert lutz.rests_on == 60


def test_a_due_that_is_over_is_refused_in_a_sentence(advised):
    found = advised.advice(READER, AdviceAsked("lutz", due=date(2026, 3, 11)))
    assert found.advice is None
    assert found.refused == "Dieser Termin ist schon vorbei. Bitte nennen Sie einen, der noch kommt."


def test_what_is_at_risk_is_marked_in_the_lists_and_nothing_else(advised):
    rows = {row.what: row for row in advised.promises(READER, PromiseFilter(), 1).rows}
    assert rows["Wartung"].works_out is None
    assert rows["Angebot"].works_out is not None
    assert rows["Angebot"].works_out < 0.6
    assert (rows["Angebot"].plan_b, rows["Wartung"].plan_b) == (True, False)
    account = advised.account(READER, rows["Angebot"].customer, "month")
    assert account is not None
    assert {row.what: row.works_out for row in account.promises} == {what: row.works_out for what, row in rows.items()}


def test_a_home_without_a_person_has_nobody_to_ask_about(request):
    home = open_at(lasting_folder("sqlite", "nobody", request))
    home.clock.now = at("2026-03-12T07:40")
    found = Home(home.konto).advice(READER, AdviceAsked())
    assert (found.people, found.owner, found.advice) == ((), None, None)
    home.close()


def _section(rules: Rules, name: str) -> dict[str, str]:
    sections = [section for group in rules.groups for section in group.sections]
    (found,) = [section for section in sections if section.name == name]
    return {row.meaning: row.value for row in found.rows}


def test_the_rules_that_count_and_a_version_for_later_with_what_it_changes(pages):
    before = pages.rules(READER)
    assert [(each.state, each.start, each.published) for each in before.versions] == [("counts", None, None)]
    assert _section(before, "promise")["Gar nicht gehalten"] == "−8"
    assert before.lateness[-1] == (10.0, -800, "ab 10 Tagen −8")
    assert sum(len(section.rows) for group in before.groups for section in group.sections) == len(RULES)

    later = default_text().replace("broken = -8", "broken = -10")
    pages.konto.publish("rulebook", later, at("2026-04-01T00:00"))
    after = pages.rules(READER)
    assert _section(after, "promise")["Gar nicht gehalten"] == "−8"
    assert [(each.state, each.start) for each in after.versions] == [
        ("later", at("2026-04-01T00:00")),
        ("counts", None),
    ]
    assert after.versions[0].published == at("2026-03-12T07:40")
    assert after.versions[0].changes == (("Zusagen", "Gar nicht gehalten", "−8", "−10"),)


def test_of_two_versions_for_the_same_moment_the_first_never_counted():
    shipped = default_text()
    april, told_on = at("2026-04-01T00:00"), at("2026-03-12T07:40")
    found = [
        Version(None, None, shipped),
        Version(april, told_on, shipped.replace("broken = -8", "broken = -9")),
        Version(april, told_on, shipped.replace("broken = -8", "broken = -10")),
    ]
    rules = told(found, LOCAL_USER, at("2026-05-01T00:00"), translator("de"))
    assert [each.state for each in rules.versions] == ["counts", "past", "replaced"]
    assert [[change.after for change in each.changes] for each in rules.versions] == [["−10"], [], []]


def test_a_version_from_the_beginning_is_compared_with_the_shipped_one():
    shipped = default_text()
    own = Version(None, at("2026-03-12T07:40"), shipped.replace("kept = 4 ", "kept = 5 "))
    rules = told([Version(None, None, shipped), own], LOCAL_USER, at("2026-05-01T00:00"), translator("de"))
    assert [each.state for each in rules.versions] == ["counts", "replaced"]
    assert [change.after for change in rules.versions[0].changes] == ["+5"]


def test_whoever_may_not_read_documents_is_shown_no_rules():
    with pytest.raises(NotAllowed):
        told([Version(None, None, default_text())], Asker(None, frozenset()), at("2026-05-01T00:00"), translator("de"))


def test_contacts_of_long_ago_are_listed_on_demand_but_an_open_question_always(tmp_path):
    home = open_at(tmp_path)
    story = """
        2025-06-02T08:00  Kunde K-1, namens Petra Meier, zuständig ines
        2025-06-02T09:00  K-1 fragt "F-1", Kanal email, an ines
        2025-06-02T10:00  beantwortet, von ines
        2025-06-09T09:00  verspricht K-1 ines "Angebot" bis 2026-06-12T12:00
        2025-06-10T09:00  K-1 fragt "F-2", Kanal phone, an ines, über "Angebot"
        2025-06-10T09:05  pausiert "Angebot" wegen Kunde
        2026-03-02T09:00  K-1 fragt "F-3", Kanal chat, an ines
        2026-03-02T09:30  beantwortet, von ines
    """
    assert not [each.refused for each in home.take(envelopes(story)) if each.refused]
    home.clock.now = at("2026-03-12T07:40")
    pages = Home(home.konto)

    lately = pages.contacts(READER, ContactsAsked("all"))
    assert (lately.since, lately.channels) == (date(2025, 12, 11), ("chat",))
    assert lately.counts == {"open": 1, "unanswered": 0, "late": 0, "answered": 1, "all": 1}
    assert [row.channel for row in lately.rows] == ["chat"]
    assert [row.channel for row in pages.contacts(READER, ContactsAsked("open")).rows] == ["phone"]

    for whole in (
        ContactsAsked("all", lately=False),
        ContactsAsked("all", customer=_customer(pages, "Petra Meier")),
    ):
        found = pages.contacts(READER, whole)
        assert (found.since, found.total, found.counts["open"]) == (None, 3, 1)
    home.close()
