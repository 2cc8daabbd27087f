"""An adviser that is told what is new says the same as one that is taught everything."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.advice import Adviser, Event
from domain.experience import Proposal
from projections import taught
from projections.advice import learned
from projections.taught import Taught
from tests.homes import Home, open_at
from tests.notation import at, envelopes, local
from tests.stores import lasting_folder

HOURS = 6
FIRST = at("2026-02-02T08:00")


def _story(many: int) -> Iterator[str]:
    """A promise every few hours; some kept, some late, some never settled."""
    draw = random.Random(1)
    for number in range(many):
        made = FIRST + timedelta(hours=HOURS * number)
        yield f'{local(made)}  verspricht K-{number % 7} {draw.choice(("ines", "lutz"))} "{number}" bis ' + str(
            local(made + timedelta(days=2))
        )
        if draw.random() < 0.9:
            yield f'{local(made + timedelta(hours=draw.choice((20, 40, 60, 90))))}  erfüllt "{number}"'


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder("sqlite", "taught", request))
    home.take(envelopes("\n".join(_story(80))))
    yield home
    home.close()


def said(adviser: Adviser, now: datetime) -> list[float | None]:
    proposals = (
        Proposal(now, None, None, "normal", kind, f"customer-{lead}", lead, 2)
        for kind in ("other", "delivery")
        for lead in (0.5, 4.0)
    )
    return [*(adviser.probability(each) for each in proposals), adviser.memory_days, *adviser.open.values()]


def ask(taught: Taught, moment: datetime) -> tuple[Adviser, list[float | None]]:
    with taught.adviser(moment) as adviser:
        return adviser, said(adviser, moment)


def anew(home: Home, moment: datetime) -> list[float | None]:
    return said(learned(home.konto.library, moment), moment)


@pytest.mark.parametrize("step", [timedelta(minutes=30), timedelta(hours=5), timedelta(days=3)])
def test_it_says_what_one_says_who_was_taught_everything(home: Home, step: timedelta) -> None:
    taught, now = Taught(home.konto.library), FIRST + timedelta(days=15)
    for _ in range(8):
        earlier, now = now - timedelta(days=7), now + step
        assert ask(taught, earlier)[1] == anew(home, earlier)
        assert ask(taught, now)[1] == anew(home, now)


def test_one_of_now_and_one_of_a_week_ago_go_on_side_by_side(home: Home) -> None:
    taught, now = Taught(home.konto.library), FIRST + timedelta(days=15)
    week = timedelta(days=7)
    before, after = ask(taught, now - week)[0], ask(taught, now)[0]
    assert before is not after
    for hours in range(1, 30):
        moment = now + timedelta(hours=hours)
        assert ask(taught, moment - week)[0] is before
        assert ask(taught, moment)[0] is after


def test_what_is_recorded_later_is_told_beside_if_it_happened_later(home: Home) -> None:
    taught, now = Taught(home.konto.library), FIRST + timedelta(days=19)
    ask(taught, now - timedelta(days=7))
    first = ask(taught, now)[0]
    made = now + timedelta(minutes=30)
    home.take(envelopes(f'{local(made)}  verspricht K-9 ines "neu" bis {local(made + timedelta(days=1))}'))
    later = now + timedelta(hours=1)
    assert ask(taught, later) == (first, anew(home, later))


def test_what_happened_before_is_taught_anew(home: Home) -> None:
    taught, now = Taught(home.konto.library), FIRST + timedelta(days=19)
    first = ask(taught, now)[0]
    long_ago = FIRST + timedelta(days=3)
    home.take(
        envelopes(
            f"""
            {local(long_ago)}  verspricht K-9 ines "alt" bis {local(long_ago + timedelta(days=1))} [old]
            {local(long_ago + timedelta(hours=3))}  erfüllt "alt" [done]
            """
        )
    )
    adviser, found = ask(taught, now)
    assert adviser is not first
    assert found == anew(home, now)


@pytest.mark.parametrize("quiet", [timedelta(days=40), timedelta(days=-1)], ids=["after a quiet time", "before all"])
def test_what_is_recorded_late_after_the_last_thing_it_heard_is_told_as_well(home: Home, quiet: timedelta) -> None:
    """It had been asked about a moment after it, and knew of nothing then."""
    taught, now = Taught(home.konto.library), FIRST + quiet
    ask(taught, now)
    made = now - timedelta(hours=20)
    home.take(
        envelopes(
            f"""
            {local(made)}  verspricht K-9 ines "spät erfasst" bis {local(made + timedelta(days=1))} [late]
            {local(now + timedelta(hours=1))}  erfüllt "spät erfasst" [late-done]
            """
        )
    )
    for moment in (now, now + timedelta(hours=2)):
        assert ask(taught, moment)[1] == anew(home, moment)


def test_other_rules_are_taught_anew(home: Home) -> None:
    taught, now = Taught(home.konto.library), FIRST + timedelta(days=19)
    ask(taught, now)
    home.clock.now = now + timedelta(hours=1)
    rules = (home.konto.home / "rulebook.toml").read_text("utf-8")
    home.konto.publish("rulebook", rules.replace("weight_of_firm = 2 ", "weight_of_firm = 9 "))
    home.konto.catch_up()
    later = now + timedelta(hours=2)
    assert ask(taught, later)[1] == anew(home, later) != anew(home, now)
    assert ask(taught, now)[1] == anew(home, now), "before they counted the old ones did"


def test_a_moment_between_two_things_that_happened_needs_no_other_adviser(home: Home) -> None:
    taught, now = Taught(home.konto.library), FIRST + timedelta(days=30)
    first = ask(taught, now)[0]
    assert ask(taught, now - timedelta(minutes=10))[0] is first, "nothing happened in between"
    assert ask(taught, now - timedelta(days=20))[0] is not first


# -- kept for whoever starts anew ---------------------------------------------------------------------

NOW = FIRST + timedelta(days=20)


@pytest.fixture
def much(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home in which sixty things to tell are many, and after five days they are settled."""
    monkeypatch.setattr(taught, "LONG", 60)
    monkeypatch.setattr(taught, "SETTLED", timedelta(days=5))
    return home


def listening(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Everything that any adviser hears from now on."""
    heard: list[Event] = []
    hear = Adviser.hear

    def listen(self: Adviser, event: Event) -> None:
        heard.append(event)
        hear(self, event)

    monkeypatch.setattr(Adviser, "hear", listen)
    return heard


def test_whoever_starts_anew_goes_on_from_what_another_one_kept(
    much: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "adviser"
    first = ask(Taught(much.konto.library, file), NOW)
    heard = listening(monkeypatch)
    second = ask(Taught(much.konto.library, file), NOW)
    assert heard
    assert all(event.at > NOW - timedelta(days=5) for event in heard)
    assert second[1] == first[1] == anew(much, NOW)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "damage",
    # Named, since an archive holds the second in which it was made.
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"no archive", id="no archive"),
        pytest.param(gzip.compress(b"[1"), id="broken off"),
        pytest.param(gzip.compress(b"{}"), id="says nothing"),
    ],
)
def test_a_file_that_cannot_be_read_costs_time_and_nothing_else(much: Home, tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "adviser"
    ask(Taught(much.konto.library, file), NOW)
    file.write_bytes(damage)
    assert ask(Taught(much.konto.library, file), NOW)[1] == anew(much, NOW)
    assert ask(Taught(much.konto.library, tmp_path / "missing" / "adviser"), NOW)[1] == anew(much, NOW)


def test_what_is_told_later_of_a_time_before_lets_a_kept_one_count_no_more(much: Home, tmp_path: Path) -> None:
    file = tmp_path / "adviser"
    ask(Taught(much.konto.library, file), NOW)
    long_ago = FIRST + timedelta(days=3)
    story = f"""
        {local(long_ago)}  verspricht K-9 ines "alt" bis {local(long_ago + timedelta(days=1))} [old]
        {local(long_ago + timedelta(hours=3))}  erfüllt "alt" [done]
    """
    much.take(envelopes(story))
    assert ask(Taught(much.konto.library, file), NOW)[1] == anew(much, NOW)
    much.take(envelopes(f'{local(NOW)}  bricht "79"'))
    later = NOW + timedelta(hours=1)
    assert ask(Taught(much.konto.library, file), later)[1] == anew(much, later)


def test_what_happens_and_is_described_lately_leaves_the_kept_one_as_it_is(much: Home, tmp_path: Path) -> None:
    file = tmp_path / "adviser"
    ask(Taught(much.konto.library, file), NOW)
    before = file.read_bytes()
    much.take(envelopes(f'{local(NOW)}  verspricht K-9 ines "neu" bis {local(NOW + timedelta(days=1))}'))
    later = NOW + timedelta(hours=1)
    assert ask(Taught(much.konto.library, file), later)[1] == anew(much, later)
    assert file.read_bytes() == before
