"""`konto contacts`, `incidents`, `merge`, `separate`, `audit timeline`, and figures, as scripts and people use them."""

from __future__ import annotations

import pytest

from tests.cli.home import Fact, Konto, fact


def asked(id: str, time: str, customer: str = "K-17", **data: object) -> Fact:
    return fact("contact.inbound", time, f"{id}/asked", contact=id, customer=customer, channel="email", **data)


def answered(id: str, time: str, **data: object) -> Fact:
    return fact("contact.answered", time, f"{id}/answered/{time}", contact=id, by="ines", **data)


FIRM = [
    fact("customer.registered", "2026-03-02T08:00", customer="K-17", name="Helga Meier", owner="ines"),
    asked("C-1", "2026-03-02T09:00"),
    answered("C-1", "2026-03-02T11:00"),
    asked("C-2", "2026-03-03T09:00"),
    answered("C-2", "2026-03-04T11:00"),
    asked("C-3", "2026-03-05T09:00"),
    asked("C-4", "2026-03-12T08:30", chases="C-3", thread="T-1"),
    fact("contact.outbound", "2026-03-06T09:00", "C-5", contact="C-5", customer="K-17", purpose="needs", by="lutz"),
    fact("incident.reported", "2026-03-10T10:00", "V-1/r", incident="V-1", customer="K-17", text="Heizung kalt"),
    fact("incident.explained", "2026-03-10T11:00", "V-1/e", incident="V-1"),
    fact("incident.reported", "2026-03-09T10:00", "V-2/r", incident="V-2", customer="K-17", kind="forgotten"),
    fact("incident.resolved", "2026-03-09T15:00", "V-2/s", incident="V-2"),
    fact("incident.reported", "2026-03-04T10:00", "V-3/r", incident="V-3", customer="K-17", severity="minor"),
    fact("incident.closed", "2026-03-05T15:00", "V-3/c", incident="V-3"),
]


@pytest.fixture
def firm(konto: Konto) -> Konto:
    assert konto.took(FIRM)["recorded"] == len(FIRM)
    return konto


def ids(answer: list[dict], name: str) -> list[str]:
    return sorted(row[name] for row in answer)


def test_questions_are_listed_by_state_as_of_any_moment(firm):
    states = {row["contact"]: row["state"] for row in firm("contacts", "--json").json}
    assert states == {"C-1": "answered", "C-2": "late", "C-3": "unanswered", "C-4": "open", "C-5": None}
    for state, expected in (("open", ["C-4"]), ("answered", ["C-1"]), ("late", ["C-2"]), ("unanswered", ["C-3"])):
        assert ids(firm("contacts", "--state", state, "--json").json, "contact") == expected
        assert firm("contacts", "--state", state, "--count", "--json").json == {"count": 1}
    then = firm("contacts", "--as-of", "2026-03-03T12:00:00+01:00", "--state", "open", "--json").json
    assert ids(then, "contact") == ["C-2"]
    assert then[0]["customer"] == "K-17"
    assert then[0]["target"] == "2026-03-04T08:00:00Z"


def test_a_contact_names_who_answers_whether_it_chases_and_how_long_it_took(firm):
    rows = {row["contact"]: row for row in firm("contacts", "--json").json}
    assert rows["C-1"]["answered_business_hours"] == 2.0
    assert rows["C-4"]["chases"] is True
    assert (rows["C-5"]["direction"], rows["C-5"]["purpose"], rows["C-5"]["owner"]) == ("outbound", "needs", "lutz")
    assert {rows[id]["owner"] for id in ("C-1", "C-3")} == {"ines"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [("open", ["V-1", "V-2"]), ("unresolved", ["V-1"]), ("resolved", ["V-2"]), ("closed", ["V-3"])],
)
def test_incidents_are_listed_by_state(firm, state, expected):
    assert ids(firm("incidents", "--state", state, "--json").json, "incident") == expected
    assert firm("incidents", "--state", state, "--count").out.strip() == str(len(expected))


def test_an_incident_says_which_step_of_recovery_is_done_and_which_is_next_by_when(firm):
    row = next(row for row in firm("incidents", "--json").json if row["incident"] == "V-1")
    assert row["next_step"] == "apology"
    assert row["steps"]["reason"] == {"due": "2026-03-10T14:00:00Z", "done": "2026-03-10T10:00:00Z"}
    assert row["steps"]["apology"] == {"due": "2026-03-11T09:00:00Z", "done": None}
    out = firm("incidents", "--lang", "de").out
    assert "Heizung kalt (V-1)" in out
    assert "sich entschuldigen, bis " in out


def test_an_unknown_state_is_refused_with_the_possible_ones(firm):
    for command, possible in (("contacts", "unanswered"), ("incidents", "unresolved")):
        answer = firm(command, "--state", "lost", "--lang", "en", code=2)
        assert "There is no state “lost”" in answer.err
        assert possible in answer.err


def test_people_read_how_long_customers_wait_and_scripts_get_numbers(firm):
    (group,) = firm("kpi", "first_answer_hours", "answered_in_time", "chase_rate", "incident_rate", "--json").json[
        "groups"
    ]
    kpis = group["kpis"]
    assert kpis["first_answer_hours"] == {"median": 6.0, "p90": 9.2, "max": 10.0, "n": 2}
    assert (kpis["answered_in_time"]["numerator"], kpis["answered_in_time"]["denominator"]) == (1, 3)
    assert (kpis["chase_rate"]["numerator"], kpis["chase_rate"]["denominator"]) == (1, 4)
    assert kpis["incident_rate"] == {"value": None, "numerator": 3, "denominator": 0}
    assert "Noch keine Aussage: erst 2 Anfragen." in firm("kpi", "first_answer_hours", "--lang", "de").out


def test_the_list_behind_a_figure_is_one_of_what_it_counts(firm):
    assert ids(firm("kpi", "answered_in_time", "--list", "--json").json, "contact") == ["C-1", "C-2", "C-3"]
    assert ids(firm("kpi", "resolution_hours", "--list", "--json").json, "incident") == ["V-2"]
    assert firm("kpi", "silence", "--list", "--json").json == [
        {"customer": "K-17", "customer_name": "Helga Meier", "counts": False}
    ]


# -- two numbers, one customer --------------------------------------------------------------------------


@pytest.fixture
def twins(konto: Konto) -> Konto:
    facts = [
        fact("customer.registered", "2026-03-02T08:00", customer="K-17", name="Helga Meier"),
        fact("customer.registered", "2026-03-02T08:00", customer="K-204", name="H. Meier", source="shop"),
        fact("referral.given", "2026-03-03T09:00", customer="K-17"),
        fact("referral.given", "2026-03-04T09:00", customer="K-204", source="shop"),
    ]
    konto.took(facts)
    return konto


def balance(konto: Konto, customer: str, *options: str) -> float:
    return konto("statement", customer, "--as-of", "2026-03-04T09:00:00+01:00", "--json", *options).json["balance"]


def test_what_is_merged_counts_for_the_survivor_at_every_moment_and_can_be_undone(twins):
    apart = balance(twins, "K-17"), balance(twins, "K-204")
    answer = twins("merge", "K-17", "shop:K-204", "--json").json
    assert (answer["customer"], answer["duplicate"], answer["merged"]) == ("crm:K-17", "shop:K-204", True)
    assert balance(twins, "K-17") == balance(twins, "K-204") == pytest.approx(sum(apart))
    twins.later(minutes=5)
    given_out = [line for line in twins("export", "--customer", "K-17").out.splitlines() if "referral.given" in line]
    assert len(given_out) == 2, "an export of the survivor has the duplicate's facts too"
    assert balance(twins, "K-17", "--known-on", "2026-03-12T08:59:00+01:00") == 0.0, "nothing was known then"
    twins("separate", "K-17", "K-204", "--json")
    assert (balance(twins, "K-17"), balance(twins, "K-204")) == apart
    assert twins("check", "--json").json["ok"]


def test_merging_twice_with_oneself_or_in_a_circle_is_refused_in_a_sentence(twins):
    assert "sind schon eins" in twins("merge", "K-17", "K-17", code=2).err
    twins("merge", "K-17", "K-204")
    assert "sind schon eins" in twins("merge", "K-204", "K-17", code=2).err
    assert "nicht mit K-17 zusammengeführt" in twins("separate", "K-17", "K-99", code=2).err


def test_one_address_in_two_systems_is_one_customer_where_the_setting_says_so(konto):
    facts = [
        fact("customer.registered", "2026-03-02T08:00", customer="K-17", email="helga@example.com"),
        fact("customer.registered", "2026-03-02T09:00", customer="S-4", email="Helga@example.com", source="shop"),
        fact("customer.registered", "2026-03-02T10:00", customer="K-18", email="helga@example.com"),
        fact("referral.given", "2026-03-04T09:00", customer="S-4", source="shop"),
    ]
    konto.took(facts)
    assert balance(konto, "K-17") == 0.0, "nobody said that addresses are verified"
    with (konto.home / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write("[customers]\nmerge_equal_addresses = true\n")
    konto("tick")
    assert balance(konto, "K-17") == balance(konto, "S-4") == 6.0
    assert balance(konto, "K-18") == 0.0, "of one source, two numbers are two customers"
    konto("separate", "K-17", "S-4")
    konto("tick")
    assert balance(konto, "K-17") == 0.0, "whom somebody separated stays apart"


# -- the timeline -----------------------------------------------------------------------------------------


def test_the_timeline_holds_both_times_and_strikes_through_what_was_retracted(firm):
    firm.later(hours=1)
    mistaken = {"source": "crm", "id": "V-2/s"}
    firm.took([fact("fact.retracted", "2026-03-12T09:30", "oops", retracts=mistaken, reason="Falscher Vorfall")])
    rows = {row["id"]: row for row in firm("audit", "timeline", "K-17", "--json", "--lang", "de").json}
    assert (rows["V-2/s"]["status"], rows["V-2/s"]["retracted_by"]) == ("retracted", "oops")
    assert rows["V-1/r"] == {
        "time": "2026-03-10T09:00:00Z", "recorded": "2026-03-12T08:00:00Z", "type": "incident.reported",
        "status": "counts", "text": "Vorfall: Heizung kalt", "source": "crm", "id": "V-1/r",
        "data": {"incident": "V-1", "customer": "K-17", "text": "Heizung kalt"}, "retracted_by": None,
    }  # fmt: skip
    assert "Fehleingabe, zurückgezogen: Falscher Vorfall" in firm("audit", "timeline", "K-17", "--lang", "de").out
    before = firm("audit", "timeline", "K-17", "--known-on", "2026-03-12T08:30:00Z", "--json").json
    assert {row["status"] for row in before} == {"counts"}
    early = firm("audit", "timeline", "K-17", "--as-of", "2026-03-03", "--json").json
    assert [row["id"] for row in early if row["type"] == "contact.inbound"] == ["C-1/asked"]


def test_what_waits_again_is_shown_as_parked(firm):
    firm.later(hours=1)
    firm.took([fact("fact.retracted", "2026-03-12T09:30", "oops", retracts={"source": "crm", "id": "V-2/r"})])
    (waiting,) = firm("parked", "--json").json
    assert (waiting["id"], waiting["needs"]) == ("V-2/s", "V-2")
    assert ids(firm("incidents", "--json").json, "incident") == ["V-1", "V-3"]
    rows = {row["id"]: row["status"] for row in firm("audit", "timeline", "K-17", "--json").json}
    assert (rows["V-2/r"], rows["V-2/s"], rows["oops"]) == ("retracted", "parked", "counts")
    firm.took([fact("incident.reported", "2026-03-09T11:00", "V-2/anew", incident="V-2", customer="K-17")])
    assert firm("parked", "--json").json == []
    assert ids(firm("incidents", "--state", "resolved", "--json").json, "incident") == ["V-2"]
    assert firm("check", "--json").json["ok"]


def test_a_tick_sets_the_firms_rates_of_the_months_that_have_ended_once(firm):
    firm("tick")
    firm("tick")
    rates = [row for row in firm("export").out.splitlines() if "firm.rates_set" in row]
    assert rates == [], "no month has ended since the first fact"
    firm.later(days=30)
    firm("tick")
    firm.later(days=30)
    firm("tick")
    months = [row for row in firm("export").out.splitlines() if "firm.rates_set" in row]
    assert len(months) == 2
    assert '"month":"2026-03"' in months[0].replace(" ", "")
