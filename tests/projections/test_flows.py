"""What a period did to all accounts: it begins and ends at the sum of all balances; every point has a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from domain import account
from domain.roles import Asker
from projections import flows, statements
from projections.flows import Course
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.stores import ENGINES, lasting_folder

STORY = """
    2026-01-05T08:00  Kunde K-1, namens Meier, zuständig ines, Team Büro
    2026-01-05T08:01  Kunde K-2, namens Wolf, zuständig lutz, Team Montage
    2026-01-05T09:00  verspricht K-1 ines "Angebot" bis 2026-01-08T16:00
    2026-01-08T15:00  erfüllt "Angebot"
    2026-01-12T09:00  verspricht K-2 lutz "Therme" bis 2026-01-20T12:00
    2026-02-10T09:00  erfüllt "Therme"
    2026-02-02T09:00  verspricht K-2 lutz "Rohr" bis 2026-02-25T12:00
    2026-02-03T09:00  verspricht K-1 ines "Rückruf" bis 2026-02-05T12:00
    2026-02-05T11:00  erfüllt "Rückruf"
    2026-02-16T09:00  Vorfall K-1 "V-1" untruth, von ines
    2026-02-20T09:00  K-1 fragt "F-1", Kanal email, an ines
    2026-02-20T10:00  beantwortet, von ines
"""
FEBRUARY = (at("2026-02-01"), at("2026-03-01"))


@pytest.fixture(scope="module", params=ENGINES)
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    home = open_at(lasting_folder(request.param, "flows", request))
    assert [each.refused for each in home.take(envelopes(STORY)) if each.refused] == []
    home.clock.now = at("2026-03-12")
    yield home
    home.close()


def _course(home: Home, team: str | None = None) -> Course:
    return flows.course(home.konto.library, home.konto.asker, *FEBRUARY, team)


def test_it_begins_and_ends_at_the_sum_of_all_balances(home: Home) -> None:
    """But for the rounding of each line, which no account as a whole has: by half a hundredth for each."""
    konto, found = home.konto, _course(home)
    rulebooks = konto.steering.rulebooks
    lines = statements.lines_of_all(konto.views, [row[0] for row in konto.views.rows("SELECT customer FROM customers")])
    before = FEBRUARY[0] - datetime.resolution
    rounding = sum(map(len, lines.values())) / 2
    opening, closing = (
        sum(account.balance(each, at, rulebooks) for each in lines.values()) for at in (before, FEBRUARY[1])
    )
    assert found.opening == pytest.approx(opening, abs=rounding)
    assert found.closing == pytest.approx(closing, abs=rounding)
    assert rounding < 5


def test_every_point_between_them_has_a_reason(home: Home) -> None:
    found = _course(home)
    assert dict(found.deposits) == {"kept": 800, "answered_in_time": 100}
    assert set(found.withdrawals) == {"fulfilled_late", "untruth"}
    came = sum(found.deposits.values()) + sum(found.withdrawals.values())
    assert found.opening + came + found.overdue + found.faded == found.closing
    assert found.postings == 4


def test_what_overdue_promises_cost_ends_when_they_are_settled_and_others_take_their_place(home: Home) -> None:
    """In January the boiler is eleven days late (-8), at the end of February the pipe three and a half (-5.6)."""
    assert 200 < _course(home).overdue < 300
    assert _course(home, "Büro").overdue == 0


def test_trust_fades_a_little_in_a_month_and_never_grows_by_itself(home: Home) -> None:
    assert -100 < _course(home, "Büro").faded < 0


def test_one_team_and_all_others_make_up_the_firm(home: Home) -> None:
    together, office, fitters = _course(home), _course(home, "Büro"), _course(home, "Montage")
    assert together.closing == office.closing + fitters.closing
    assert _course(home, "Vertrieb") == (0, {}, {}, 0, 0, 0, 0)


def test_an_owner_sees_what_came_onto_the_accounts_of_their_own_customers(home: Home) -> None:
    ines = Asker("ines", frozenset({"owner"}))
    own = flows.course(home.konto.library, ines, *FEBRUARY)
    assert own == _course(home, "Büro")
