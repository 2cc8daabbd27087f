"""P5: Better no promise than one that is not kept; never promise what you cannot do (001, 004)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from projections import advice, advice_words
from projections.advice import Wanted
from tests.homes import Home
from tests.notation import BERLIN, Data, Given, at
from tests.stories.asking import KNOWN_AND_ORDINARY, employ, noticed, told, words
from words import translator


def total(given: Given, text: str) -> float:
    return sum(points for _, points in given(text, KNOWN_AND_ORDINARY).lines("2026-04-20"))


MADE = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00'


def test_an_honest_no_or_no_promise_at_all_is_better_than_a_hasty_one(given: Given) -> None:
    hasty = total(given, f"{MADE}\n2026-03-06T12:00  bricht")
    no = total(given, "2026-03-02T09:00  lehnt ab K-17, mit Grund, mit Alternative")
    assert (hasty, no) == (-8, 2)
    assert hasty < 0 < no


def test_two_kept_promises_do_not_make_up_for_more_than_one_broken(given: Given) -> None:
    kept = "".join(
        f'2026-03-02T09:00  verspricht K-17 ines "Z{n}"\n2026-03-03T09:00  erfüllt "Z{n}"\n' for n in range(2)
    )
    assert total(given, kept) + total(given, f"{MADE}\n2026-03-06T12:00  bricht") == 0


def test_who_only_intends_or_estimates_says_so_and_it_costs_half(given: Given) -> None:
    for said in ("beabsichtigt", "geschätzt"):
        assert total(given, f"{MADE}, {said}\n2026-03-06T12:00  bricht") == -4
        assert total(given, f"{MADE}, {said}\n2026-03-06T12:00  erfüllt") == 4, "and earns in full when it is kept"


def test_without_a_date_nothing_is_ever_late(given: Given) -> None:
    history = given('2026-03-02T09:00  verspricht K-17 ines "Irgendwann"', KNOWN_AND_ORDINARY)
    assert history.outcome("2036-03-02") == "open"
    assert history.lines("2036-03-02") == []


def test_whoever_asks_first_learns_that_a_hasty_date_is_rarely_kept_and_which_one_is_safe(home: Home) -> None:
    """Ines keeps what she has five days for, and hardly ever what should be done by tomorrow."""
    home.take(fact for number in range(150) for fact in _promised(number, hasty=number % 2 == 0))
    home.clock.now = at("2026-06-08T08:00")
    library, asker = home.konto.library, home.konto.asker

    def asked_for(due: str) -> advice.Advice:
        wanted = Wanted("ines", "delivery", at(due))
        return advice.advise(library, asker, wanted, home.clock(), BERLIN)

    hasty, roomy = asked_for("2026-06-09T00:00"), asked_for("2026-06-17T00:00")
    assert hasty.estimate.probability < 0.5 < 0.9 < roomy.estimate.probability
    assert hasty.safe is not None
    assert hasty.safe.on == roomy.safe.on
    assert date(2026, 6, 9) < hasty.safe.on <= date(2026, 6, 15)
    said = advice_words.sentences(hasty, library, translator("de"), BERLIN)
    assert said[0].startswith("Bis heute klappt es nach unserer Erfahrung in ")
    assert "Mit " in said[0]
    assert said[0].endswith("wären es 9 von 10.")


def test_whoever_has_more_in_hand_than_ever_went_well_hears_of_it_before_promising_more(
    home: Home, given: Given
) -> None:
    """Two at once went well in January, in March it becomes three."""
    january = "".join(
        f'2026-01-12T09:00  verspricht K-17 ines "J-{n}" bis 2026-01-20T12:00\n2026-01-19T09:00  erfüllt "J-{n}"\n'
        for n in range(2)
    )
    march = "".join(f'2026-03-0{n}T09:00  verspricht K-17 ines "M-{n}" bis 2026-04-20T12:00\n' for n in (2, 3, 4))
    employ(home)
    home.take(given(january + march).envelopes)
    assert told(home, "2026-03-03T09:00", "overload") == []
    (overload,) = noticed(home, "2026-03-04T09:00", "overload")
    assert "In Monaten, die gut liefen, waren es höchstens 2." in words(home, overload)
    assert "sagen Sie vorerst nichts Neues zu" in words(home, overload)


def _promised(number: int, *, hasty: bool) -> Iterator[Data]:
    made = at("2026-01-05T09:00") + timedelta(days=number)
    due = made + timedelta(hours=8 if hasty else 7 * 24)
    ended = due + timedelta(hours=3 if hasty else -3)
    ends = {"promise.made": made, "promise.fulfilled": ended}
    data = {"promise.made": {"customer": "K-17", "by": "ines", "kind": "delivery", "due": due.isoformat()}}
    for type, time in ends.items():
        told = {"specversion": "1.0", "source": "crm", "type": type, "id": f"{number}/{type}", "time": time.isoformat()}
        yield {**told, "data": {"promise": f"P-{number}", **data.get(type, {})}}
