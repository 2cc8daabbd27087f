"""An alert of which something can no longer be read stops no other one, and is not sent again and again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.alerts import test_escalation
from tests.alerts.firm import DUE, PEOPLE, Mailed, mailed
from tests.alerts.post_office import PostOffice
from tests.damaged.damage import damaged, newest
from tests.notation import at, envelopes
from wiring.worker import run_tick

TWO = """
2026-03-02T08:00  Kunde K-17, namens Meier
2026-03-02T08:01  Kunde K-18, namens Wolf
2026-03-02T09:00  verspricht K-17 ines "Angebot schicken" bis 2026-03-12T16:00
2026-03-02T09:01  verspricht K-18 ines "Therme liefern" bis 2026-03-12T16:00
"""


@pytest.fixture
def firm(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, text=TWO)
    yield firm
    firm.home.close()


def raised(firm: Mailed) -> list[str]:
    """One alert about each of the two promises, by the name of its customer."""
    firm.home.clock.now = DUE + timedelta(minutes=1)
    newly = run_tick(firm.home.konto)
    customers = {row[0]: row[1] for row in firm.home.rows("SELECT customer, name FROM customers")}
    found = {customers[each.occasion.customer]: each.alert for each in newly}
    return [found["Meier"], found["Wolf"]]


def test_the_others_leave_and_it_leaves_once_as_soon_as_it_can_be_read(firm: Mailed, post_office: PostOffice):
    ours, other = raised(firm)
    with damaged(firm.home.konto, [newest(firm.home.konto, ours)]):
        for _ in range(5):
            firm.send_all()
            firm.later(minutes=30)
        (mail,) = post_office.mails
        assert "Wolf" in mail.text
        assert firm.state(other) == "delivered"
        assert firm.state(ours) == "raised", "still to be sent, which konto doctor tells"
    firm.later(hours=2)
    firm.send_all()
    assert ["Meier" in each.text for each in post_office.mails] == [False, True]
    assert firm.state(ours) == "delivered"


def test_what_ended_is_cleared_for_all_others(firm: Mailed):
    ours, other = raised(firm)
    firm.send_all()
    story = '2026-03-12T17:00  erfüllt "Angebot schicken"\n2026-03-12T17:01  erfüllt "Therme liefern"'
    firm.home.take(envelopes(TWO + story))
    with damaged(firm.home.konto, [newest(firm.home.konto, ours)]):
        firm.home.clock.now = at("2026-03-12T18:00")
        run_tick(firm.home.konto)
        firm.home.konto.catch_up()
        assert firm.events(other)[-1] == "alert.cleared"
    run_tick(firm.home.konto)
    assert firm.events(ours)[-1] == "alert.cleared"


def test_of_a_digest_the_others_leave(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, text=TWO, people=PEOPLE.replace('id = "ines"', 'id = "ines"\ndigest = true'))
    ours, other = raised(firm)
    with damaged(firm.home.konto, [newest(firm.home.konto, ours)]):
        firm.home.clock.now = at("2026-03-13T09:00")
        for _ in range(3):
            firm.send_all()
            firm.later(minutes=20)
        assert firm.state(other) == "delivered"
        assert len(post_office.mails) == 1
    firm.home.close()


def test_who_else_is_to_know_hears_of_all_others(folder: Path, post_office: PostOffice):
    """Passed on where nobody takes note: one that cannot be read is not, and the check goes on."""
    firm = mailed(folder, post_office, text=TWO, people=test_escalation.FIRM)
    ours, other = raised(firm)
    firm.send_all()
    with damaged(firm.home.konto, [newest(firm.home.konto, ours)]):
        for moment in ("2026-03-13T09:30", "2026-03-13T12:00", "2026-03-13T16:00"):
            firm.home.clock.now = at(moment)
            run_tick(firm.home.konto)
            firm.send_all()
        assert "alert.escalated" in firm.events(other)
    assert "alert.escalated" not in firm.events(ours)
    firm.home.close()
