"""What was recorded by mistake stays in the log and counts nowhere; what is impossible without it waits."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from domain.fact import Fact
from domain.history import FactRetracted
from domain.lives import standing
from domain.record import Receipt
from tests.controls import EXAMPLES
from tests.homes import Home, open_at
from tests.notation import Data, at, envelopes

NOW = at("2026-04-01T12:00")
LATER = NOW + timedelta(days=1)

MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-09T09:00 [made]'
MOVED = '2026-03-03T09:00  verschiebt "Angebot" auf 2026-03-10 [moved]'
KEPT = '2026-03-04T09:00  erfüllt "Angebot" [kept]'
MADE_ANEW = '2026-03-02T10:00  verspricht K-17 lutz "Angebot" bis 2026-03-06 [made anew]'


def facts(*lines: str) -> list[Data]:
    return list(envelopes("\n".join(lines)))


def take(home: Home, *lines: str) -> list[Receipt]:
    """All at once, in this order."""
    return home.take_as_they_come(facts(*lines), NOW)


def statuses(receipts: list[Receipt]) -> list[str]:
    return [receipt.status for receipt in receipts]


def retracts(id: str, named: str = "gone") -> str:
    return f"2026-03-20T09:00  zieht zurück [{id}] [{named}]"


def streams(home: Home) -> dict[str, list[Fact]]:
    """All facts of customers, by stream, in their sources' words."""
    found: dict[str, list[Fact]] = {}
    for fact in home.konto.log.page(0, 1000):
        if fact.customer:
            found.setdefault(fact.stream, []).append(fact)
    return found


def counting(home: Home) -> list[str]:
    """The ids of the facts that count."""
    stand = [fact for history in streams(home).values() for fact in standing(history)]
    return sorted(fact.id for fact in home.konto.log.opened(stand))


def waiting(home: Home) -> list[tuple[str, str]]:
    return sorted((each.fact.id, each.reason) for each in home.konto.log.parked())


# -- it counts no more ----------------------------------------------------------------------------------


def test_a_retracted_fact_stays_in_the_log_beside_its_retraction_and_counts_no_more(home: Home):
    assert statuses(take(home, MADE, KEPT, retracts("kept"))) == ["recorded"] * 3
    ((stream, history),) = streams(home).items()
    assert stream.startswith("promise-")
    assert [fact.id for fact in home.konto.log.opened(history)] == ["made", "kept", "gone"]
    assert counting(home) == ["made"]


def test_a_retraction_concerns_the_customer_of_the_fact_and_its_reason_lies_in_their_vault(home: Home):
    told = facts(KEPT, MADE, f"{retracts('kept')}")
    told[2]["data"]["reason"] = "Frau Meier rief an: es fehlt noch etwas."
    home.take_as_they_come(told, NOW)
    (history,) = streams(home).values()
    (sealed,) = [fact for fact in history if isinstance(fact.data, FactRetracted)]
    assert sealed.customer == history[0].customer
    assert b"Meier" not in b"".join(row.state for row in home.konto.log.rows(0, 10))
    (opened,) = home.konto.log.opened([sealed])
    assert opened.data.reason == told[2]["data"]["reason"]  # type: ignore[attr-defined]
    assert opened.data.retracts.model_dump() == {"source": "crm", "id": "kept"}  # type: ignore[attr-defined]


def test_a_correction_comes_under_an_id_of_its_own_and_the_same_id_stays_taken(home: Home):
    take(home, MADE, KEPT, retracts("kept"))
    corrected = '2026-03-06T09:00  erfüllt "Angebot" [{id}]'
    same, other = take(home, corrected.format(id="kept"), corrected.format(id="kept, corrected"))
    assert (same.status, same.refused and same.refused.code) == ("refused", "other_content")
    assert other.status == "recorded"
    assert counting(home) == ["kept, corrected", "made"]


def test_the_retracted_fact_told_again_is_already_there_and_does_not_count_again(home: Home):
    take(home, MADE, KEPT, retracts("kept"))
    assert statuses(take(home, MADE, KEPT, retracts("kept"))) == ["already"] * 3
    assert counting(home) == ["made"]


def test_the_same_retraction_with_other_content_is_refused(home: Home):
    take(home, MADE, KEPT, retracts("kept"))
    (receipt,) = take(home, retracts("made"))
    assert (receipt.status, receipt.refused and receipt.refused.code) == ("refused", "other_content")
    assert receipt.refused is not None
    assert receipt.refused.params["fields"] == "data.retracts"


def test_what_a_retracted_fact_forbade_is_possible_again(home: Home):
    broken = '2026-03-06T09:00  bricht "Angebot" [broken]'
    assert statuses(take(home, MADE, KEPT, broken)) == ["recorded", "recorded", "refused"]
    assert statuses(take(home, retracts("kept"), broken)) == ["recorded", "recorded"]
    assert counting(home) == ["broken", "made"]


@pytest.mark.parametrize(
    "line",
    [
        MADE,
        "2026-03-02T09:00  Kunde K-17, ist partner [made]",
        "2026-03-02T09:00  Rückmeldung K-17 5 [made]",
        "2026-03-02T09:00  führt K-17 und K-18 zusammen [made]",
        '2026-03-02T09:00  K-17 fragt "Frage" [made]',
        '2026-03-02T09:00  meldet sich "Anruf" bei K-17 [made]',
        '2026-03-02T09:00  Vorfall K-17 "V-1" complaint [made]',
    ],
)
def test_whatever_was_between_a_customer_and_us_can_be_retracted(home: Home, line: str):
    assert statuses(take(home, line, retracts("made"))) == ["recorded", "recorded"]
    assert counting(home) == []


# -- before what it retracts ----------------------------------------------------------------------------


def test_a_retraction_that_comes_first_waits_for_the_fact_and_is_recorded_after_it(home: Home):
    assert statuses(take(home, MADE, retracts("kept"))) == ["recorded", "parked"]
    assert waiting(home) == [("gone", "")]
    assert counting(home) == ["made"]
    assert statuses(home.take_as_they_come(facts(KEPT), LATER)) == ["recorded"]
    assert waiting(home) == []
    (history,) = streams(home).values()
    assert [(fact.id, fact.recorded) for fact in home.konto.log.opened(history)] == [
        ("made", NOW),
        ("kept", LATER),
        ("gone", LATER),
    ]
    assert counting(home) == ["made"]


def test_a_retraction_of_a_fact_that_is_itself_parked_waits_with_it(home: Home):
    assert statuses(take(home, KEPT, retracts("kept"))) == ["parked", "parked"]
    assert statuses(take(home, MADE)) == ["recorded"]
    assert waiting(home) == []
    assert counting(home) == ["made"]


def test_in_one_batch_whatever_the_order_everything_is_recorded(home: Home):
    assert statuses(take(home, retracts("gone", "doubt"), retracts("kept"), KEPT, MADE)) == ["recorded"] * 4
    assert waiting(home) == []
    assert counting(home) == ["kept", "made"]


def test_in_whatever_order_they_arrive_one_by_one_the_same_facts_count(tmp_path: Path):
    told = facts(MADE, MOVED, KEPT, retracts("moved"), retracts("gone", "doubt"))
    for number, order in enumerate(permutations(told)):
        home = open_at(tmp_path / str(number))
        for envelope in order:
            home.take_as_they_come([envelope], NOW)
        assert counting(home) == ["kept", "made", "moved"]
        assert waiting(home) == []
        home.close()


# -- it counts again --------------------------------------------------------------------------------------


def test_a_retraction_may_be_retracted_and_the_fact_counts_again(home: Home):
    take(home, MADE, KEPT, retracts("kept"))
    assert statuses(take(home, retracts("gone", "doubt"))) == ["recorded"]
    assert counting(home) == ["kept", "made"]


def test_what_waited_for_a_beginning_is_recorded_when_its_retraction_is_retracted(home: Home):
    take(home, MADE, retracts("made"))
    assert statuses(take(home, KEPT)) == ["parked"]
    assert statuses(take(home, retracts("gone", "doubt"))) == ["recorded"]
    assert waiting(home) == []
    assert counting(home) == ["kept", "made"]


# -- a beginning that was a mistake -----------------------------------------------------------------------


def test_after_its_beginning_was_retracted_nothing_of_a_promise_counts_and_what_comes_next_waits(home: Home):
    assert statuses(take(home, MADE, MOVED, retracts("made"))) == ["recorded"] * 3
    assert counting(home) == []
    assert statuses(take(home, KEPT)) == ["parked"]
    assert waiting(home) == [("kept", "")]


def test_made_anew_under_another_fact_id_the_promise_brings_back_what_was_recorded_and_what_waited(home: Home):
    take(home, MADE, MOVED, retracts("made"))
    take(home, KEPT)
    assert statuses(home.take_as_they_come(facts(MADE_ANEW), LATER)) == ["recorded"]
    assert waiting(home) == []
    assert counting(home) == ["kept", "made anew", "moved"]
    recorded = [fact for fact in home.konto.log.opened(home.konto.log.page(0, 100)) if fact.customer]
    assert [(fact.id, fact.recorded) for fact in recorded] == [
        ("made", NOW),
        ("moved", NOW),
        ("gone", NOW),
        ("made anew", LATER),
        ("kept", LATER),
    ]


def test_what_is_impossible_after_the_new_beginning_stays_parked_with_the_reason(home: Home):
    take(home, MADE, retracts("made"))
    take(home, KEPT)
    take(home, '2026-03-05T09:00  verspricht K-17 lutz "Angebot" bis 2026-03-09 [made late]')
    ((id, reason),) = waiting(home)
    assert id == "kept"
    assert "lies before the promise was made: promise.made made late" in reason
    assert counting(home) == ["made late"]


def test_of_two_beginnings_the_first_recorded_counts_when_both_could(home: Home):
    take(home, MADE, retracts("made"), MADE_ANEW, KEPT)
    assert counting(home) == ["kept", "made anew"]
    take(home, retracts("gone", "doubt"))
    assert counting(home) == ["kept", "made"]


@pytest.mark.parametrize(
    ("begun", "next_step", "anew"),
    [
        ('K-17 fragt "Frage" [made]', 'beantwortet "Frage" [step]', 'K-17 fragt "Frage", Kanal phone [anew]'),
        ('Vorfall K-17 "V-1" complaint [made]', 'löst "V-1" [step]', 'Vorfall K-17 "V-1" forgotten [anew]'),
    ],
)
def test_contacts_and_incidents_begin_anew_as_promises_do(home: Home, begun: str, next_step: str, anew: str):
    take(home, f"2026-03-02T09:00  {begun}", retracts("made"))
    assert statuses(take(home, f"2026-03-03T09:00  {next_step}")) == ["parked"]
    assert statuses(take(home, f"2026-03-02T10:00  {anew}")) == ["recorded"]
    assert waiting(home) == []
    assert counting(home) == ["anew", "step"]


def test_a_later_batch_judges_by_what_counts(home: Home):
    """A promise kept by mistake, and whatever comes in afterwards from the CRM's next export."""
    take(home, MADE, KEPT, retracts("kept"))
    moved, broken = take(home, '2026-03-06T09:00  verschiebt "Angebot" auf 2026-03-20', MOVED)
    assert statuses([moved, broken]) == ["recorded", "recorded"]


# -- who names it -----------------------------------------------------------------------------------------


def test_another_source_may_retract_a_fact_by_naming_its_source(home: Home):
    take(home, MADE, KEPT)
    (envelope,) = facts(retracts("kept"))
    (receipt,) = home.take_as_they_come([{**envelope, "source": "helpdesk"}], NOW)
    assert receipt.status == "recorded"
    assert counting(home) == ["made"]


def test_a_retraction_means_the_fact_of_the_source_that_it_names_and_no_other(home: Home):
    take(home, MADE, KEPT)
    (envelope,) = facts(retracts("kept"))
    other = {**envelope, "data": {"retracts": {"source": "helpdesk", "id": "kept"}}}
    assert statuses(home.take_as_they_come([other], NOW)) == ["parked"]
    assert counting(home) == ["kept", "made"]


# -- what cannot be retracted -------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["document.published", "firm.rates_set"])
def test_what_steers_the_product_is_not_retracted(home: Home, type: str):
    steering = dict(EXAMPLES[type])
    if "valid_from" in steering["data"]:
        steering |= {"time": NOW.isoformat(), "data": {**steering["data"], "valid_from": LATER.isoformat()}}
    (retraction,) = facts(retracts("x"))
    retraction["data"] = {"retracts": {"source": steering["source"], "id": steering["id"]}}
    recorded, refused = home.take_as_they_come([steering, retraction], NOW)
    assert statuses([recorded, refused]) == ["recorded", "refused"]
    assert refused.refused is not None
    assert (refused.refused.code, refused.refused.path) == ("rule", "data.retracts")
    assert str(refused.refused) == (
        f"data.retracts: A fact of type {type} cannot be taken out again. "
        "What steers the product is changed by a new version."
    )


def test_a_fact_does_not_retract_itself(home: Home):
    (receipt,) = take(home, retracts("gone"))
    assert receipt.status == "refused"
    assert "cannot retract itself" in str(receipt.refused)
    assert waiting(home) == []


# -- feedback about what was retracted ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begun"),
    [
        ("Angebot", MADE),
        ("Frage", '2026-03-02T09:00  K-17 fragt "Frage" [made]'),
        ("Anruf", '2026-03-02T09:00  meldet sich "Anruf" bei K-17 [made]'),
        ("V-1", '2026-03-02T09:00  Vorfall K-17 "V-1" complaint [made]'),
    ],
)
def test_feedback_without_a_customer_waits_for_what_it_is_about_whatever_that_is(home: Home, name: str, begun: str):
    assert statuses(take(home, f"2026-03-05T09:00  Rückmeldung ? 5, über {name} [praise]")) == ["parked"]
    assert statuses(take(home, begun)) == ["recorded"]
    assert waiting(home) == []
    (thing, feedback) = [fact for history in streams(home).values() for fact in history]
    assert feedback.type == "feedback.given"
    assert feedback.stream == feedback.customer == thing.customer


def test_feedback_about_a_promise_that_was_a_mistake_waits_until_it_is_made_anew(home: Home):
    take(home, MADE, retracts("made"))
    praise = "2026-03-05T09:00  Rückmeldung ? 5, über Angebot [praise]"
    assert statuses(take(home, praise)) == ["parked"]
    take(home, MADE_ANEW)
    assert waiting(home) == []
    assert counting(home) == ["made anew", "praise"]
