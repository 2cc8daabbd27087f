"""What a promise teaches: by whom, and from when it is certain whether it was kept."""

from __future__ import annotations

import pytest

from domain.experience import experience
from domain.outcome import steps
from tests.notation import Given, at, local


@pytest.fixture
def taught(given: Given):
    """What the only promise of the docstring teaches."""

    def read():
        relationship, steering = given().relationship(), given().steering
        (history,) = relationship.promises.values()
        return experience(list(steps(history, steering)), relationship.customer, steering)

    return read


def known(found) -> tuple[bool, str | None, str | None]:
    return found.kept, local(found.known_at), local(found.ended_at)


def test_kept_is_known_when_it_is_fulfilled(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
    2026-03-03T09:00  erfüllt
    """
    assert known(taught()) == (True, "2026-03-03T09:00", "2026-03-03T09:00")


def test_late_is_known_at_the_due_and_not_only_when_it_ends(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
    2026-03-09T09:00  erfüllt
    """
    assert known(taught()) == (False, "2026-03-04T09:00", "2026-03-09T09:00")


def test_an_open_one_will_be_known_at_its_due_if_nothing_happens(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
    """
    assert known(taught()) == (False, "2026-03-04T09:00", None)


def test_an_untimely_move_does_not_put_off_the_date_that_counts(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
    2026-03-04T08:30  verschiebt auf 2026-03-06T09:00
    2026-03-05T09:00  erfüllt
    """
    assert known(taught()) == (False, "2026-03-04T09:00", "2026-03-05T09:00")


def test_a_timely_move_does(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-06T09:00
    2026-03-03T09:00  verschiebt auf 2026-03-10T09:00
    2026-03-09T09:00  erfüllt
    """
    assert known(taught()) == (True, "2026-03-09T09:00", "2026-03-09T09:00")


def test_while_the_customer_lets_us_wait_no_date_passes(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
    2026-03-03T09:00  pausiert wegen Kunde
    """
    assert known(taught()) == (False, None, None)


def test_a_waived_promise_teaches_nothing(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00
    2026-03-03T09:00  erlässt
    """
    assert known(taught()) == (False, None, "2026-03-03T09:00")


def test_what_was_taken_back_is_not_kept(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-06T09:00
    2026-03-03T09:00  nimmt zurück
    """
    assert known(taught()) == (False, "2026-03-03T09:00", "2026-03-03T09:00")


def test_an_undated_one_is_known_when_it_ends(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A"
    2026-03-03T09:00  bricht
    """
    found = taught()
    assert known(found) == (False, "2026-03-03T09:00", "2026-03-03T09:00")
    assert found.proposal.lead_days is None


def test_it_is_who_promised_that_counts_as_the_promise_was_when_it_was_made(taught):
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-04T09:00, Art delivery, ernst
    2026-03-02T10:00  übergibt "A" an jonas
    2026-03-02T11:00  beschreibt "A", Art callback
    2026-03-03T09:00  erfüllt
    """
    found = taught().proposal
    assert (found.owner, found.kind, found.severity) == ("ines", "delivery", "serious")
    assert found.made_at == at("2026-03-02T09:00")


def test_the_lead_is_business_time_and_the_day_that_of_the_due(taught):
    """
    2026-03-05T13:00  verspricht K-1 ines "A" bis 2026-03-09
    """
    found = taught().proposal
    # Thursday 13 to 17, Friday and Monday whole, 8 hours each.
    assert found.lead_days == 2.5
    assert found.weekday == 0, "Monday, although the date ends at Tuesday's first instant"
