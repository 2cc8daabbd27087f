"""What cannot be projected stops only whom it concerns; once it can be, the tables are as if it always could."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.fact import Fact
from domain.vocabulary import parse
from projections import promises, quarantine
from projections.follow import Follower
from projections.tables import Views
from tests.damaged.damage import GARBAGE, put
from tests.homes import Home, bare, open_at
from tests.notation import at, envelopes
from tests.projections import test_follow
from tests.projections.test_follow import contents, empty_views, told
from tests.properties import test_any_order as any_order
from tests.stores import NewFolder
from wiring import checking
from wiring.home import Konto

NOW = at("2026-04-01T12:00")
STORY = """
2026-03-02T08:00  Kunde K-1, namens Frau Meier
2026-03-02T08:10  Kunde K-2, namens Herr Wolf
2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-04T09:00
2026-03-02T09:30  verspricht K-2 ines "Therme" bis 2026-03-05T09:00
2026-03-03T09:00  erfüllt "Angebot"
2026-03-03T10:00  verspricht K-1 ines "Rohr" bis 2026-03-09T09:00 [bad]
2026-03-04T09:00  erfüllt "Therme"
2026-03-05T09:00  erfüllt "Rohr"
2026-03-06T09:00  verspricht K-1 ines "Bad" bis 2026-03-20T09:00
"""


@pytest.fixture
def home(new_folder: NewFolder) -> Iterator[Home]:
    home = open_at(new_folder())
    yield home
    home.close()


def stored(konto: Konto, position: int) -> bytes:
    (row,) = konto.log.rows_at([position])
    return bytes(row.state)


def record(home: Home, facts: Any) -> None:
    home.clock.now = NOW
    for fact in facts:
        (receipt,) = home.konto.record([parse(bare(fact), now=NOW)])
        assert receipt.status == "recorded"


def position_of(konto: Konto, promise: str) -> int:
    (receipt,) = [fact for fact in konto.log.page(0, 20_000) if fact.key == konto.log.ids.fact("crm", promise)]
    return receipt.position


def shown(views: Views) -> dict[str, Any]:
    """All but the tree over the log: that bytes were changed for a while stays in it, as it should."""
    return {name: rows for name, rows in contents(views).items() if name != "tiles"}


def anew(konto: Konto, folder: Path) -> dict[str, Any]:
    with empty_views(folder / "anew.db") as views:
        Follower(konto.log, views).catch_up()
        found = shown(views)
    (folder / "anew.db").unlink()
    return found


# -- one that nobody can read ----------------------------------------------------------------------------


def test_one_unreadable_event_stops_its_customer_and_nobody_else(home: Home, tmp_path: Path):
    record(home, envelopes(STORY))
    konto = home.konto
    bad = position_of(konto, "bad")
    sound = stored(konto, bad)
    put(konto, bad, GARBAGE)
    konto.catch_up()
    (stopped,) = quarantine.stopped(konto.views)
    assert (stopped.position, stopped.reason, stopped.waiting) == (bad, "unreadable_event", 3)
    named = dict(home.rows("SELECT customer, name FROM customers"))
    assert named[stopped.customer] == "Frau Meier"
    # Whoever else there is goes on, and hers say what was known before.
    outcomes = home.rows("SELECT outcome FROM promises WHERE at_until = 9223372036854775807 ORDER BY outcome")
    assert outcomes == [("kept",), ("kept",)]
    assert konto.views.position() == konto.log.head()

    put(konto, bad, sound)
    assert konto.follower.try_again() == 0
    assert quarantine.stopped(konto.views) == []
    assert shown(konto.views) == anew(konto, tmp_path)


@pytest.mark.parametrize("page_size", [1, 2, 5, 1000])
def test_in_whatever_pages_the_log_is_followed_the_same_waits(tmp_path: Path, page_size: int):
    home = open_at(tmp_path / "home")
    record(home, envelopes(STORY))
    put(home.konto, position_of(home.konto, "bad"), GARBAGE)
    with empty_views(tmp_path / "paged.db") as views, empty_views(tmp_path / "whole.db") as whole:
        Follower(home.konto.log, views).catch_up(page_size=page_size)
        Follower(home.konto.log, whole).catch_up()
        assert shown(views) == shown(whole)
    home.konto.rebuild(processes=1)
    rebuilt = shown(home.konto.views)
    with empty_views(tmp_path / "again.db") as views:
        Follower(home.konto.log, views).catch_up(page_size=page_size)
        assert shown(views) == rebuilt
    home.konto.rebuild(processes=2)
    assert shown(home.konto.views) == rebuilt
    assert len(quarantine.stopped(home.konto.views)) == 1
    home.close()


@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 100))])
def test_of_facts_of_every_type_any_may_be_unreadable_and_after_it_was_mended_all_is_as_ever(tmp_path: Path, seed: int):
    """Customers who are merged, promises begun for the wrong one, alerts: whatever hangs together stands together."""
    home, chance = open_at(tmp_path / "home"), random.Random(seed)
    home.take(told("\n".join(any_order.told())))
    konto = home.konto
    whole = shown(konto.views)
    broken = sorted(chance.sample(range(1, konto.log.head() + 1), 4))
    sound = {position: stored(konto, position) for position in broken}
    for position in broken:
        put(konto, position, GARBAGE)
    with empty_views(tmp_path / "paged.db") as views:
        follower = Follower(konto.log, views)
        follower.catch_up(page_size=chance.choice([1, 7, 50]))
        held = {row[0] for row in views.rows("SELECT position FROM quarantined")}
        assert set(broken) <= held
        with konto.built_beside("check") as rebuilt:
            assert [each for each in checking.compared(views, rebuilt) if each.code == "different"] == []
        assert follower.try_again() > 0  # nothing has changed
        assert {row[0] for row in views.rows("SELECT position FROM quarantined")} == held
        for position in broken:
            put(konto, position, sound[position])
        assert follower.try_again() == 0
        assert shown(views) == whole
    home.close()


def test_a_rebuild_by_itself_frees_what_can_be_read_again(home: Home):
    record(home, envelopes(STORY))
    konto = home.konto
    bad = position_of(konto, "bad")
    sound = stored(konto, bad)
    put(konto, bad, GARBAGE)
    konto.rebuild()
    assert len(quarantine.stopped(konto.views)) == 1
    put(konto, bad, sound)
    konto.rebuild()
    assert quarantine.stopped(konto.views) == []


def test_followers_who_share_out_the_customers_hold_what_one_alone_would(tmp_path: Path):
    home = open_at(tmp_path / "home")
    record(home, envelopes(STORY))
    put(home.konto, position_of(home.konto, "bad"), GARBAGE)
    with empty_views(tmp_path / "one.db") as one, empty_views(tmp_path / "three.db") as three:
        Follower(home.konto.log, one).catch_up()
        shared = Follower(home.konto.log, three)
        shared.share_out(3)
        shared.catch_up(page_size=2)
        assert shown(three) == shown(one)
        assert quarantine.count(three) == (1, 0)
    home.close()


# -- one on which a fold fails -----------------------------------------------------------------------------


def failing(monkeypatch: pytest.MonkeyPatch, trouble: Callable[[], Exception]) -> None:
    """A fault of ours: a promise with an amount breaks the fold, as long as it counts."""
    sound = promises.apply

    def apply(cursor: Any, page: Any) -> None:
        for family in page.families:
            for each in family.relationships.values():
                for stream in each.promises.values():
                    if any(_is_bad(fact) for fact in stream):
                        raise trouble()
        sound(cursor, page)

    monkeypatch.setattr(promises, "apply", apply)


def _is_bad(fact: Fact) -> bool:
    return getattr(fact.data, "amount", None) is not None


BAD = '2026-03-07T09:00  verspricht K-1 ines "teuer" bis 2026-03-20T09:00, Preis 100 EUR [dear]'


def test_a_fault_of_ours_stops_one_customer_and_to_take_the_fact_back_frees_them(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    failing(monkeypatch, lambda: ZeroDivisionError("Frau Meier"))
    record(home, [*envelopes(STORY), *told(BAD)])
    konto = home.konto
    konto.catch_up()
    (stopped,) = quarantine.stopped(konto.views)
    assert (stopped.reason, stopped.type, stopped.waiting) == ("ZeroDivisionError", "promise.made", 1)
    mark = f"{abs(hash(BAD)) % 10_000}/"
    taken_back = {
        "source": "crm",
        "id": "back",
        "specversion": "1.0",
        "type": "fact.retracted",
        "time": "2026-03-08T09:00:00+01:00",
        "data": {"retracts": {"source": "crm", "id": f"{mark}dear"}},
    }
    record(home, [taken_back])
    konto.catch_up()
    assert quarantine.stopped(konto.views) == []
    assert shown(konto.views) == anew(konto, tmp_path)


def test_a_document_that_comes_while_somebody_stands_still_counts_for_all_of_theirs(home: Home, tmp_path: Path):
    record(home, envelopes(STORY))
    konto = home.konto
    bad = position_of(konto, "bad")
    sound = stored(konto, bad)
    put(konto, bad, GARBAGE)
    konto.catch_up()
    home.clock.now = at("2026-03-12T08:00")
    konto.publish("calendars", test_follow.SHORT_DAYS)
    konto.catch_up()
    put(konto, bad, sound)
    assert konto.follower.try_again() == 0
    assert shown(konto.views) == anew(konto, tmp_path)


def test_who_cannot_be_folded_under_a_new_document_stands_still_and_goes_on_when_it_can(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    record(home, envelopes(STORY))
    konto = home.konto
    konto.catch_up()
    before = shown(konto.views)
    with monkeypatch.context() as broken:
        sound = promises.apply

        def apply(cursor: Any, page: Any) -> None:
            if page.refolded and not page.first:
                raise ZeroDivisionError
            sound(cursor, page)

        broken.setattr(promises, "apply", apply)
        home.clock.now = at("2026-03-12T08:00")
        konto.publish("calendars", test_follow.SHORT_DAYS)
        konto.catch_up()
        stopped = quarantine.stopped(konto.views)
        assert [(each.type, each.reason, each.waiting) for each in stopped] == [
            ("document.published", "ZeroDivisionError", 0)
        ] * len(stopped)
        assert stopped
        assert {name: shown(konto.views)[name] for name in ("promises", "lines")} == {
            name: before[name] for name in ("promises", "lines")
        }
        konto.follower.try_again()
        assert quarantine.count(konto.views).all == len(stopped), "it still fails"
    konto.follower.try_again()
    assert quarantine.count(konto.views) == (0, 0)
    assert shown(konto.views) == anew(konto, tmp_path)


@pytest.mark.parametrize("trouble", [OSError("disk full"), MemoryError()], ids=["disk", "memory"])
def test_what_no_fact_can_do_about_stops_everything_and_nobody_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception
):
    home = open_at(tmp_path)
    failing(monkeypatch, lambda: trouble)
    record(home, [*envelopes(STORY), *told(BAD)])
    before = home.konto.views.position()
    with pytest.raises(type(trouble)):
        home.konto.catch_up()
    assert home.konto.views.position() == before
    assert quarantine.stopped(home.konto.views) == []
    home.close()


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_one_in_ten_thousand(tmp_path: Path, count: int):
    """All but one are projected, that one is shown, and after it was mended all is as a rebuild makes it."""
    home = open_at(tmp_path / "home")
    lines = "\n".join(
        f'2026-03-02T09:00  verspricht K-{n} ines "P{n}" bis 2026-03-04T09:00 [p{n}]' for n in range(count)
    )
    home.take_as_they_come(list(envelopes(lines)), NOW)
    konto = home.konto
    bad = position_of(konto, f"p{count // 2}")
    sound = stored(konto, bad)
    put(konto, bad, GARBAGE)
    konto.rebuild()
    assert home.rows("SELECT COUNT(DISTINCT promise) FROM promises") == [(count - 1,)]
    assert [each.position for each in quarantine.stopped(konto.views)] == [bad]
    put(konto, bad, sound)
    konto.follower.try_again()
    assert home.rows("SELECT COUNT(DISTINCT promise) FROM promises") == [(count,)]
    assert shown(konto.views) == anew(konto, tmp_path)
    home.close()


# -- recording goes on ---------------------------------------------------------------------------------------


def test_of_many_facts_only_those_are_refused_whose_promise_cannot_be_read(home: Home):
    record(home, envelopes(STORY))
    konto = home.konto
    bad = position_of(konto, "bad")
    put(konto, bad, GARBAGE)
    more = [
        *told('2026-03-10T09:00  verspricht K-9 ines "neu" bis 2026-03-20T09:00'),
        {**list(envelopes(STORY))[7], "id": "again"},  # fulfils "Rohr" once more
        *(each for each in envelopes(STORY) if each["id"] == "bad"),
    ]
    home.clock.now = NOW
    new, fulfilled, repeated = konto.record([parse(bare(each), now=NOW) for each in more])
    assert new.status == "recorded"
    for receipt in (fulfilled, repeated):
        assert receipt.status == "refused"
        assert receipt.refused is not None
        assert receipt.refused.code == "unreadable_event"
        assert str(bad) in str(receipt.refused)


def test_a_damaged_rulebook_does_not_stop_the_firm(home: Home):
    record(home, envelopes(STORY))
    konto = home.konto
    konto.publish("people", "around_the_clock = true\n")
    konto.catch_up()
    (document,) = [row.position for row in konto.log.rows(0, 1000) if row.stream == "document-people"]
    put(konto, document, GARBAGE)
    konto.rebuild()
    home.clock.now += timedelta(hours=1)
    assert konto.publish_changed_files() == ["people"]  # what counted last is published once more
    (stopped,) = quarantine.stopped(konto.views)
    assert stopped.stream == "document-people"
    assert quarantine.count(konto.views) == (0, 1)
    assert home.rows("SELECT COUNT(*) FROM customers WHERE name IS NOT NULL") == [(2,)]
