"""The reference itself: small histories whose figures and accounts can be worked out on paper."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import by_hand
from tests.by_hand import Firm, Hours, figure
from tests.by_hand.account import beta_quantile
from tests.notation import Data, at, envelopes

Told = Callable[..., Firm]
SOME = timedelta(hours=1)


def recorded(text: str) -> list[Data]:
    return [{"recorded": each["time"], **each} for each in envelopes(text)]


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Told:
    """The firm in the test's docstring."""
    facts = recorded(request.function.__doc__ or "")
    return lambda known=None, **more: Firm(facts, at(known) if known else None, **more)


def lines(firm: Firm, moment: str, customer: str = "K-17") -> list[tuple[str, float]]:
    return [(each.rule, each.points / 100) for each in firm.account(customer).statement(at(moment)).lines]


def clock(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(ZoneInfo("Europe/Berlin")).strftime("%m-%d %H:%M")


# -- which facts count ------------------------------------------------------------------------------


def test_what_was_retracted_counts_nowhere_until_the_retraction_is_retracted(told: Told) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-04T09:00 [made]
    2026-03-03T09:00  erfüllt [done]
    2026-03-05T09:00  zieht zurück [made] [mistake]
    2026-03-06T09:00  zieht zurück [mistake]
    """

    def states(known: str) -> list[str]:
        return [each.state for each in told(known).promises(at("2026-03-03T12:00"))]

    assert states("2026-03-04") == ["kept"]
    assert states("2026-03-05T12:00") == []  # and with the making its fulfilment
    assert states("2026-03-06T12:00") == ["kept"]


def test_two_who_are_one_were_always_one_as_far_as_it_was_known(told: Told) -> None:
    """
    2026-03-01T09:00  Kunde K-17, zuständig ines
    2026-03-01T10:00  Kunde K-18, zuständig lutz
    2026-03-02T09:00  K-18 empfiehlt uns
    2026-03-10T09:00  führt K-17 und K-18 zusammen
    2026-03-20T09:00  trennt K-17 und K-18
    """
    assert lines(told("2026-03-09"), "2026-03-05") == []
    # as if all had named the survivor, so somebody else looks after them since K-18 was registered
    assert lines(told("2026-03-12"), "2026-03-05") == [("owner_changed", -1), ("referral", 6)]
    assert lines(told(), "2026-03-05", "K-18") == [("referral", 6)]


def test_where_two_systems_tell_of_the_same_number_they_mean_two_promises() -> None:
    made = recorded('2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-04T09:00')
    (other,) = recorded("2026-03-02T10:00  fragt K-17 um Rückmeldung, über crm:A [asked]")
    assert [each["whose"] for each in by_hand.counting(made)] == ["K-17"]
    both = by_hand.counting([*made, {**made[0], "source": "shop"}, {**other, "source": "shop"}])
    assert [each["data"].get("promise", each["data"].get("about")) for each in both] == ["crm:A", "shop:A", "crm:A"]


def test_business_time_knows_a_land_days_of_ones_own_and_pauses() -> None:
    bw = Hours(land="BW", own={(12, 24): (), (12, 31): [("08:00", "10:00")]})
    assert bw.open_time(at("2026-01-05T16:00"), at("2026-01-07T09:00")) == 2 * SOME  # Epiphany in between
    assert bw.open_time(at("2026-12-24"), at("2027-01-01")) == (3 * 8 + 2) * SOME  # Mon to Wed and two hours
    assert bw.used_up(at("2026-03-02T09:00"), 4 * SOME) == at("2026-03-02T14:00")
    waits = [(at("2026-03-02T10:00"), at("2026-03-03T10:00"))]
    assert bw.used_up(at("2026-03-02T09:00"), 4 * SOME, waits) == at("2026-03-03T14:00")
    assert bw.used_up(at("2026-03-02T09:00"), SOME, waits) == at("2026-03-02T10:00")
    assert bw.used_up(at("2026-03-02T09:00"), 4 * SOME, [(at("2026-03-02T10:00"), None)]) is None
    assert bw.end_of_next_business_day(at("2026-03-06T18:00")) == at("2026-03-10")


# -- questions --------------------------------------------------------------------------------------


def test_a_question_is_one_thread_long_and_ends_with_the_first_answer_by_a_person(told: Told) -> None:
    """
    2026-03-02T09:00  K-17 fragt "1", Kanal email, Faden T-1, an ines
    2026-03-02T10:00  K-17 hakt nach "2" zu "1", Kanal email, Faden T-1
    2026-03-02T10:30  beantwortet "1", automatisch
    2026-03-03T09:00  beantwortet "2", von lutz
    2026-03-03T10:00  K-17 fragt "3", Kanal phone
    2026-03-03T15:01  beantwortet, von ines
    2026-03-04T09:00  K-17 fragt "4", Kanal email, Faden T-1
    2026-03-04T09:00  K-17 fragt "5", Kanal email, braucht keine Antwort
    """
    firm, moment = told(), at("2026-03-06T09:00")
    found = firm.questions(moment)
    assert [(each.contacts, clock(each.target), each.state) for each in found] == [
        (["1", "2"], "03-03 09:00", "answered"),
        (["3"], "03-03 15:00", "late"),
        (["4"], "03-05 09:00", "unanswered"),
    ]
    assert [(each.id, each.state, each.owner) for each in firm.contacts(moment)] == [
        ("1", "answered", "lutz"), ("2", "answered", "lutz"), ("3", "late", "ines"), ("4", "unanswered", None),
        ("5", None, None),
    ]  # fmt: skip
    assert figure(firm, "answered_in_time", moment) == (1, 3)
    assert figure(firm, "first_answer_hours", moment) == [pytest.approx(4 + 1 / 60), 8]
    assert figure(firm, "chase_rate", moment) == (1, 5)
    assert by_hand.by(firm, "answered_in_time", "owner", moment) == {"lutz": (1, 1), "ines": (0, 1), None: (0, 1)}
    assert lines(firm, "2026-03-06T08:59") == [("chased", -2), ("answered_in_time", 1), ("answered_late", -0.98)]
    # two withdrawals stood before it, and the chase was no reaction to any: 5 ÷ 5.2
    assert lines(firm, "2026-03-06T09:00")[-1] == ("never_answered", -2.88)


def test_the_clock_of_a_question_stands_while_the_customer_lets_wait_what_it_is_about(told: Told) -> None:
    """
    2026-03-02T08:00  verspricht K-17 ines "A" bis 2026-04-01T09:00
    2026-03-02T09:00  K-17 fragt "1", Kanal email, über "A"
    2026-03-02T10:00  pausiert "A" wegen Kunde
    2026-03-04T10:00  setzt "A" fort wegen Kunde
    """
    ((before,), (after,)) = (told().questions(at(day)) for day in ("2026-03-03", "2026-03-05"))
    assert (before.target, before.state) == (None, "open")
    assert clock(after.target) == "03-05 09:00"


# -- incidents --------------------------------------------------------------------------------------


def test_recovery_restores_up_to_60_percent_in_its_order(told: Told) -> None:
    """
    2026-03-09T10:00  Vorfall K-17 "V" complaint, ernst, von ines
    2026-03-09T15:00  nennt den Grund
    2026-03-10T09:00  spricht persönlich
    2026-03-10T10:00  entschuldigt sich
    2026-03-10T11:00  bittet um neue Chance
    2026-03-10T12:00  bietet an
    2026-03-10T13:00  Angebot angenommen
    2026-03-12T10:00  spricht persönlich
    2026-03-12T11:00  löst
    """
    firm = told()
    assert lines(firm, "2026-03-13") == [
        ("incident", -16), ("reason_given", 1), ("apologised", 1), ("chance_asked", 1), ("offer_accepted", 2),
        ("talked", 3), ("resolved", 1.6),
    ]  # fmt: skip
    assert firm.account("K-17").statement(at("2026-03-13")).lines[-1].factors == {"recovery_cap": 0.8}
    assert figure(firm, "recovery_discipline", at("2026-03-12T09:59")) == (0, 0)
    assert figure(firm, "recovery_discipline", at("2026-03-12T10:00")) == (1, 1)
    assert figure(firm, "resolution_hours", at("2026-03-13")) == [73]
    assert figure(firm, "resolution_business_hours", at("2026-03-13")) == [25]
    assert firm.account("K-17").stage(at("2026-03-12")) == "recovering"
    # -16 + 9.6 fades, but is far from 0 even after 90 days
    assert figure(firm, "recovery_success", at("2026-06-08")) == (0, 1)


def test_an_incident_costs_what_exceeds_the_withdrawals_of_its_promise_at_every_moment(told: Told) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-04T09:00, beabsichtigt
    2026-03-03T09:00  Vorfall K-17 "V" missed_appointment, selbst gemeldet, zu "A"
    2026-03-03T10:00  nennt den Grund
    2026-03-05T09:00  bricht "A"
    """
    firm = told()
    assert lines(firm, "2026-03-03T12:00") == [("incident", -4), ("reason_given", 1)]
    # overdue by half a day: -2.50, half of it since it was intended; 5 ÷ 5.1 since a withdrawal stood before the due
    assert lines(firm, "2026-03-04T21:00") == [("incident", -2.75), ("reason_given", 1), ("overdue", -1.23)]
    assert lines(firm, "2026-03-06")[0] == ("incident", 0)


def test_the_same_again_within_180_days_gives_back_30_percent_and_an_untruth_nothing(told: Told) -> None:
    """
    2026-03-02T09:00  Empfindlichkeit K-17 1
    2026-03-09T10:00  Vorfall K-17 "V" forgotten, gering
    2026-03-16T10:00  Vorfall K-17 "W" forgotten, gering
    2026-03-16T11:00  nennt den Grund
    2026-03-16T12:00  entschuldigt sich
    2026-03-17T10:00  Vorfall K-17 "X" untruth
    2026-03-17T11:00  nennt den Grund
    """
    assert lines(told(), "2026-03-18") == [
        ("incident", -4), ("incident", -4), ("reason_given", 1), ("apologised", 0.2), ("untruth", -32),
    ]  # fmt: skip
    assert told().account("K-17").statement(at("2027-03-18")).lines[-1].counts == -3200


# -- contacts, follow-ups, silence ------------------------------------------------------------------


def test_a_follow_up_is_in_time_until_midnight_of_the_next_business_day(told: Told) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06T12:00, Art delivery
    2026-03-02T09:00  verspricht K-17 ines "B" bis 2026-03-06T12:00, Art delivery
    2026-03-02T09:30  meldet sich bei K-17, Zweck needs, von ines
    2026-03-06T11:00  erfüllt "A"
    2026-03-06T11:30  erfüllt "B"
    2026-03-09T23:59  meldet sich bei K-17, Zweck follow_up, über "A", von lutz
    2026-03-10T08:00  meldet sich bei K-17, Zweck follow_up, von lutz
    2026-03-10T08:00  meldet sich bei K-17, Zweck news, von lutz
    2026-04-01T09:30  meldet sich bei K-17, Zweck needs, von lutz
    2026-04-01T10:30  meldet sich bei K-17, Zweck needs, von lutz
    """
    firm = told()
    assert figure(firm, "follow_up_rate", at("2026-03-09T23:59")) == (0, 0)
    assert figure(firm, "follow_up_rate", at("2026-03-10")) == (1, 2)
    assert figure(firm, "needs_first_rate", at("2026-03-10")) == (0, 1)
    assert [line for line in lines(firm, "2026-04-02") if line[0] != "kept"] == [
        ("needs", 1), ("follow_up", 2), ("needs", 1)  # but nothing after 29 days and 23 hours
    ]  # fmt: skip
    assert figure(firm, "continuity", at("2026-04-02")) == [5 / 8]


def test_a_customer_is_silent_after_two_and_a_half_times_the_usual_gap(told: Told) -> None:
    """
    2026-03-02T09:00  Kunde K-17
    2026-03-02T09:00  K-17 fragt, Kanal email
    2026-03-12T09:00  meldet sich bei K-17, Kanal phone
    2026-03-15T09:00  meldet sich bei K-17, Kanal email
    2026-03-16T09:00  K-17 fragt, Kanal email
    2026-03-30T09:00  K-17 fragt, Kanal email
    2026-03-30T09:00  Kunde K-18, ist prospect
    """
    # gaps of 10, 4 and 14 days, without the mail that nobody has to have read
    assert figure(told(), "silence", at("2026-04-24T09:00")) == (0, 1)
    assert figure(told(), "silence", at("2026-04-24T09:01")) == (1, 1)
    assert figure(told("2026-03-20"), "silence", at("2026-05-15T10:01")) == (1, 1)  # 60 days, once in summer


def test_detractors_are_the_disappointed_even_when_they_have_left(told: Told) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-06T12:00
    2026-03-05T09:00  bricht "A"
    2026-03-06T09:00  K-17 geht
    2026-03-06T09:00  Rückmeldung K-18 2
    2026-03-06T09:00  K-19 empfiehlt uns
    2026-03-06T09:00  Kunde K-20
    2026-03-06T10:00  K-20 geht
    """
    assert figure(told(), "detractor_rate", at("2026-03-07")) == (2, 3)
    assert figure(told(), "referral_rate", at("2026-03-07")) == (1, 2)
    april = {"start": at("2026-04-01"), "end": at("2026-05-01")}
    assert figure(told(), "detractor_rate", at("2026-07-01"), **april) == (0, 2)


def test_equal_service_is_half_the_mean_difference_by_the_mean() -> None:
    assert by_hand.gini([1, 1, 1]) == 0
    assert by_hand.gini([1, 3]) == pytest.approx(0.25)
    assert by_hand.gini([]) is None


# -- the account ------------------------------------------------------------------------------------


def test_a_small_account_adds_up_to_its_balance_its_buffer_and_its_stage(told: Told) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-04T12:00
    2026-03-02T09:00  verspricht K-17 ines "B" bis 2026-03-04T12:00
    2026-03-04T12:00  erfüllt "A"
    """
    statement = told().account("K-17").statement(at("2026-03-06T12:00"))
    found = {each.rule: (each.base, each.factors, each.points, each.counts) for each in statement.lines}
    assert found == {
        "kept": (400, {"newness": 2}, 800, 797),  # 800 · 2^(-2/365)
        "overdue": (-400, {}, -400, -400),
    }
    assert (statement.balance, statement.buffer, statement.stage) == (397, 397 / 400, "new")
    trust = statement.reliability
    assert trust.rests_on == 1
    kept = 2 ** (-2 / 180)
    assert trust.expected == pytest.approx((kept + 1.6) / (kept + 2))


def test_sensitivity_is_learned_from_reactions_within_30_days_and_the_rate_of_its_time(told: Told) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-04T12:00
    2026-03-03T09:00  bricht "A"
    2026-03-04T09:00  K-17 hakt nach "1" zu "A", Kanal email
    2026-04-01T00:00  Quoten 2026-03 0.9 0.3
    2026-04-02T09:00  Rückmeldung K-17 1
    2026-04-20T09:00  Rückmeldung K-17 1
    """
    statement = told().account("K-17").statement(at("2026-04-20T10:00"))
    said = {(line.rule, clock(line.time)): line.factors.get("sensitivity", 1) for line in statement.lines}
    assert said == {
        ("broken", "03-03 09:00"): 1,
        ("chased", "03-04 09:00"): 5 / 5.1,
        ("never_answered", "03-06 09:00"): 6 / 5.2,
        ("feedback", "04-02 09:00"): 6 / 5.3,  # never answered 27 days ago: a reaction, from the next line on
        ("feedback", "04-20 09:00"): 7 / 5.6,  # and 0.3 for the first feedback, of April
    }
    assert (statement.sensitivity.reactions, statement.sensitivity.expected) == (3, pytest.approx(0.9))


def test_the_rates_of_a_month_are_those_of_the_whole_log_at_its_end(told: Told) -> None:
    """
    2026-03-02T09:00  verspricht K-17 ines "A" bis 2026-03-04T12:00
    2026-03-03T09:00  bricht "A"
    2026-03-04T09:00  Rückmeldung K-17 1
    2026-03-04T09:00  verspricht K-18 ines "B" bis 2026-03-05T12:00
    2026-03-05T12:00  erfüllt "B"
    2026-04-02T09:00  Rückmeldung K-17 1
    """
    assert told().rates("2026-03") == (1 / 2, 1 / 2)
    assert told().rates("2026-02") == (0.8, 0.1)


def test_the_bounds_of_a_beta_distribution() -> None:
    assert beta_quantile(0.05, 1, 1) == pytest.approx(0.05)
    assert beta_quantile(0.95, 3, 1) == pytest.approx(0.95 ** (1 / 3))
    assert beta_quantile(0.05, 2, 2) == pytest.approx(0.135350362)


# -- what must hold of every history ----------------------------------------------------------------


HISTORIES = [test.__doc__ for name, test in list(globals().items()) if name.startswith("test_") and test.__doc__]


@pytest.mark.parametrize("history", HISTORIES)
def test_nothing_depends_on_the_order_of_arrival_or_on_what_came_later(history: str) -> None:
    facts = recorded(history)
    moment = sorted(by_hand.time_of(each) for each in facts)[len(facts) * 2 // 3]
    at_any_moment = ("customer.merged", "customer.separated", "fact.retracted")
    until = [each for each in facts if by_hand.time_of(each) <= moment or each["type"] in at_any_moment]
    whole = Firm(facts)
    for firm in (Firm(random.Random(1).sample(facts, len(facts))), Firm(until)):
        for name in by_hand.FIGURES:
            assert figure(firm, name, moment) == figure(whole, name, moment)
        for customer in firm.everybody:
            assert firm.account(customer).statement(moment) == whole.account(customer).statement(moment)
