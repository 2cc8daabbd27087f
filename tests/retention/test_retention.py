"""How long data is kept: the longest of a customer's facts counts, from the end of its calendar year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.document import DocumentPublished
from domain.errors import Refused
from domain.retention import CLASSES, TYPES, YEARS, Kept, Retention, retention
from domain.roles import Asker, NotAllowed, Role
from domain.vocabulary import FACTS
from projections import customers
from projections.retained import Due
from tests.homes import Home
from tests.notation import Data, at
from wiring import checking, erasing, retaining
from wiring.settings import RetentionSettings, read

BERLIN = ZoneInfo("Europe/Berlin")
SHIPPED = retention({}, {}, BERLIN, FACTS)


def fact(type: str, time: str, **data: object) -> Data:
    named = f"{type}/{data.get('promise') or data.get('contact') or data.get('customer')}/{time}"
    return {"specversion": "1.0", "source": "crm", "id": named, "type": type, "time": time, "data": data}


def knows(home: Home, *facts: Data, now: str) -> None:
    home.take([{**each, "recorded": each["time"]} for each in facts])
    home.clock.now = at(now)


def due(home: Home) -> dict[str, Due]:
    return {str(each.id): each for each in retaining.due(home.konto)}


REGISTERED = fact("customer.registered", "2020-02-01T10:00:00+01:00", customer="K-1", name="Quitte GmbH")
ASKED = fact("contact.inbound", "2020-12-31T23:30:00+01:00", contact="C-1", customer="K-1", needs_answer=False)


# -- the rule --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "until"),
    [("alongside", 2021), ("relationship", 2024), ("letters", 2027), ("vouchers", 2029), ("books", 2031)],
)
def test_years_count_from_the_end_of_the_calendar_year(kind: str, until: int):
    for last in ("2020-01-01T00:00:00+01:00", "2020-12-31T23:59:59+01:00"):
        found = SHIPPED.until({kind: datetime.fromisoformat(last)})  # type: ignore[dict-item]
        assert found == Kept(datetime(until, 1, 1, tzinfo=BERLIN), kind)


def test_the_year_is_that_of_the_firms_zone():
    just_before = datetime.fromisoformat("2020-12-31T22:59:59+00:00")
    assert SHIPPED.until({"relationship": just_before}).until.year == 2024
    assert SHIPPED.until({"relationship": just_before + timedelta(seconds=1)}).until.year == 2025


def test_the_class_that_lasts_longest_counts_and_not_the_one_with_most_years():
    last = {"letters": datetime(2018, 5, 1, tzinfo=BERLIN), "relationship": datetime(2024, 5, 1, tzinfo=BERLIN)}
    assert SHIPPED.until(last) == Kept(datetime(2028, 1, 1, tzinfo=BERLIN), "relationship")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", CLASSES)
def test_the_bound_for_the_engine_says_the_same_as_the_rule(kind: str):
    now = datetime(2026, 7, 1, 12, tzinfo=BERLIN)
    bound = SHIPPED.over_before(kind, now)  # type: ignore[arg-type]
    for last in (bound - timedelta(microseconds=1), bound):
        over = SHIPPED.until({kind: last}).until <= now  # type: ignore[dict-item]
        assert over == (last < bound)


def test_every_type_has_a_class_and_no_type_is_a_voucher_unless_the_firm_says_so():
    assert SHIPPED.types.keys() == FACTS.keys()
    assert set(TYPES) <= set(FACTS)
    assert SHIPPED.of("promise.made") == "letters"
    assert SHIPPED.of("contact.inbound") == "relationship"
    assert SHIPPED.of(DocumentPublished.type_name) == "books"
    assert "vouchers" not in SHIPPED.types.values()
    assert YEARS == {"alongside": 0, "relationship": 3, "letters": 6, "vouchers": 8, "books": 10}


# -- who is due ------------------------------------------------------------------------------------------------


@pytest.mark.long_on_postgres
def test_a_customer_is_due_from_the_first_instant_of_the_year_on(home: Home):
    knows(home, REGISTERED, ASKED, now="2023-12-31T23:59:59")
    assert due(home) == {}
    home.clock.now = datetime(2024, 1, 1, tzinfo=BERLIN)
    found = due(home)["K-1"]
    assert (found.name, found.by, found.stopped_by) == ("Quitte GmbH", "relationship", ())
    assert (found.since, found.last) == (datetime(2024, 1, 1, tzinfo=BERLIN), datetime.fromisoformat(ASKED["time"]))


def promised(*, until: str | None = "promise.fulfilled") -> list[Data]:
    made = fact(
        "promise.made", "2020-03-01T10:00:00+01:00", promise="P-1", customer="K-1", due="2020-04-01T10:00:00+02:00"
    )
    ended = [] if until is None else [fact(until, "2020-03-30T10:00:00+02:00", promise="P-1")]
    return [REGISTERED, made, *ended]


def test_a_promise_is_kept_as_long_as_a_commercial_letter(home: Home):
    knows(home, *promised(), now="2026-12-31T22:00:00")
    assert due(home) == {}
    home.clock.now = at("2027-01-01T12:00")
    assert due(home)["K-1"].by == "letters"


def test_an_open_promise_stops_it_and_is_named(home: Home):
    knows(home, *promised(until=None), now="2027-06-01T10:00")
    assert due(home)["K-1"].stopped_by == ("open_promise",)
    assert retaining.planned(home.konto, retaining.due(home.konto)).parties == ()


def test_a_hold_stops_it_while_it_stands(home: Home):
    knows(home, REGISTERED, now="2026-06-01T10:00")
    party = customers.find(home.konto.library, home.konto.asker, "K-1")
    erasing.hold(home.konto, party, "claims: lawsuit", at("2026-07-01"))
    assert due(home)["K-1"].stopped_by == ("hold",)
    home.clock.now = at("2026-07-02")
    assert due(home)["K-1"].stopped_by == ()


@pytest.mark.long_on_postgres
def test_what_only_describes_prolongs_nothing(home: Home):
    changed = fact("customer.changed", "2025-02-01T10:00:00+01:00", customer="K-1", phone="1")
    knows(home, REGISTERED, ASKED, changed, now="2025-12-01T10:00")
    assert due(home) == {}
    home.clock.now = at("2026-01-02T10:00")
    assert due(home)["K-1"].by == "alongside"


def test_who_was_merged_is_one_with_the_other(home: Home):
    twin = fact("customer.registered", "2019-02-01T10:00:00+01:00", customer="K-2", name="Quitte")
    merged = fact("customer.merged", "2020-03-01T10:00:00+01:00", customer="K-1", duplicate="K-2")
    late = fact("contact.inbound", "2022-05-01T10:00:00+02:00", contact="C-2", customer="K-2", needs_answer=False)
    knows(home, twin, REGISTERED, merged, late, now="2025-06-01T10:00")
    assert due(home) == {}
    home.clock.now = at("2026-01-02T10:00")
    assert list(due(home)) == ["K-1"]
    party = customers.find(home.konto.library, home.konto.asker, "K-1")
    erasing.hold(home.konto, customers.merged_into(home.konto.library, party.customer)[0], "claims: x", None)
    assert due(home)["K-1"].stopped_by == ("hold",)


@pytest.mark.long_on_postgres
def test_what_was_recorded_by_mistake_is_not_forgotten_for_ever(home: Home):
    mistake = fact("fact.retracted", "2020-02-02T10:00:00+01:00", retracts={"source": "crm", "id": REGISTERED["id"]})
    knows(home, REGISTERED, mistake, now="2026-06-01T10:00")
    assert len(retaining.due(home.konto)) == 1


@pytest.mark.long_on_postgres
def test_settings_move_the_bounds(home: Home):
    knows(home, *promised(), now="2024-06-01T10:00")
    assert due(home) == {}
    for chosen in (
        RetentionSettings(letters_years=2),
        RetentionSettings(types={"promise.made": "relationship", "promise.fulfilled": "relationship"}),
    ):
        home.konto = replace(home.konto, settings=home.konto.settings.model_copy(update={"retention": chosen}))
        assert list(due(home)) == ["K-1"]


def test_the_engine_and_the_rule_agree_on_a_mixed_firm(home: Home):
    facts: list[Data] = []
    expected: dict[str, dict[str, datetime]] = {}
    for number in range(60):
        customer, year = f"K-{number}", 2012 + number % 13
        facts.append(fact("customer.registered", f"{year}-03-01T10:00:00+01:00", customer=customer, name=f"F{number}"))
        last = {"relationship": datetime(year, 3, 1, 10, tzinfo=BERLIN)}
        if number % 3 == 0:
            told = datetime(year, 5, 2, 10, tzinfo=BERLIN)
            facts.append(fact("request.declined", told.isoformat(), customer=customer, what="x", reason="y"))
            last["letters"] = told
        if number % 4 == 0:
            told = datetime(min(year + number % 5, 2025), 6, 2, 10, tzinfo=BERLIN)
            facts.append(fact("customer.changed", told.isoformat(), customer=customer, phone="1"))
            last["alongside"] = told
        expected[customer] = last
    knows(home, *facts, now="2026-06-01T10:00")
    now = home.clock.now
    kept = {customer: SHIPPED.until(last) for customer, last in expected.items()}  # type: ignore[arg-type]
    over = {customer: each for customer, each in kept.items() if each.until <= now}
    assert 10 < len(over) < 60
    assert {customer: Kept(each.since, each.by) for customer, each in due(home).items()} == over
    assert [each.since for each in retaining.due(home.konto)] == sorted(each.until for each in over.values())


# -- who may see it --------------------------------------------------------------------------------------------


@pytest.mark.long_on_postgres
@pytest.mark.parametrize(("role", "sees"), [("admin", True), ("auditor", True), ("manager", True), ("owner", False)])
def test_who_may_audit_may_list_it_and_an_owner_may_not(home: Home, role: Role, sees: bool):
    knows(home, REGISTERED, now="2026-06-01T10:00")
    konto = replace(home.konto, asker=Asker("ines", frozenset({role})))
    if sees:
        assert retaining.due(konto)[0].name == "Quitte GmbH"
    else:
        with pytest.raises(NotAllowed):
            retaining.due(konto)


@pytest.mark.long_on_postgres
@pytest.mark.parametrize("role", ["auditor", "manager", "owner"])
def test_only_an_admin_erases_them(home: Home, role: Role):
    knows(home, REGISTERED, now="2026-06-01T10:00")
    found = retaining.due(home.konto)
    konto = replace(home.konto, asker=Asker("ines", frozenset({role})))
    with pytest.raises(NotAllowed):
        retaining.planned(konto, found)


# -- erasing them ----------------------------------------------------------------------------------------------


def many(n: int) -> Sequence[Data]:
    return [
        fact(
            "customer.registered", "2020-02-01T10:00:00+01:00", customer=f"K-{number}", name=f"Quittenkompott {number}"
        )
        for number in range(n)
    ]


def test_all_who_are_due_go_together_and_the_others_stay(home: Home):
    stays = fact("customer.registered", "2025-02-01T10:00:00+01:00", customer="K-9", name="Birnbaum")
    knows(home, *many(3), stays, now="2026-06-01T10:00")
    log = [tuple(row) for row in home.konto.log.rows(0, 100)]
    head, found = home.konto.log.head(), retaining.due(home.konto)
    done = retaining.erase(home.konto, retaining.planned(home.konto, found), head)
    assert len(done.customers) == done.facts == 3
    assert [tuple(row) for row in home.konto.log.rows(0, 100)] == log
    assert retaining.due(home.konto) == []
    assert {each.ground for each in erasing.listed(erasing.place(home.konto))} == {"not_needed"}
    assert len(erasing.place(home.konto).read_text("utf-8").splitlines()) == 3
    said = repr(home.konto.log.opened(home.konto.log.page(0, 100)))
    assert "Birnbaum" in said
    assert "Quittenkompott" not in said
    assert list(checking.findings(home.konto)) == []


def test_whoever_came_back_meanwhile_is_not_erased(home: Home):
    knows(home, *many(2), now="2026-06-01T10:00")
    head, found = home.konto.log.head(), retaining.due(home.konto)
    plan = retaining.planned(home.konto, found)
    back = fact("contact.inbound", "2026-06-01T08:00:00+00:00", contact="C-7", customer="K-1", needs_answer=False)
    home.take_as_they_come([back], home.clock.now)
    with pytest.raises(Refused) as refused:
        retaining.erase(home.konto, plan, head)
    assert refused.value.code == "changed_meanwhile"
    assert not erasing.place(home.konto).exists()
    assert [each.id for each in retaining.due(home.konto)] == ["K-0"]


# -- settings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[retention.types]\n"promise.mode" = "letters"\n', "promise.made"),
        ('[retention.types]\n"promise.made" = "leters"\n', "leters"),
        ("[retention]\nletters_years = -1\n", "letters_years"),
        ("[retention]\nletters_years = 6.5\n", "letters_years"),
        ("[retention]\nletter_years = 6\n", "letters_years"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(tmp_path: Path, text: str, said: str):
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(tmp_path, {})
    assert said in f"{refused.value.path} {refused.value}"


def test_years_come_from_the_environment_too(tmp_path: Path):
    settings = read(tmp_path, {"KONTO_RETENTION_LETTERS_YEARS": "8"})
    found: Retention = retaining.of(settings)
    assert (found.years["letters"], found.years["relationship"]) == (8, 3)
