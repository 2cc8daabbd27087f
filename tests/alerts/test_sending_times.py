"""When messages leave: in business time, outside quiet hours, some once a day, and never too many in an hour."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from projections import outbox
from tests.alerts.firm import Mailed, mailed
from tests.alerts.post_office import PostOffice
from tests.notation import at, envelopes, local
from wiring.worker import run_tick

INES = """
[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
"""


def promises(count: int, due: str = "2026-03-12T16:00", by: str = "ines") -> str:
    return "\n".join(f'2026-03-02T09:00  verspricht K-{n} {by} "P-{n}" bis {due}' for n in range(count))


def leaves(firm: Mailed, raised: str, looks: list[str]) -> list[str]:
    """At which of these moments messages left, after a check at `raised`."""
    firm.home.clock.now = at(raised)
    assert run_tick(firm.home.konto)
    left = []
    for moment in looks:
        firm.home.clock.now = at(moment)
        before = len(firm.office.mails)
        firm.send_all()
        if len(firm.office.mails) > before:
            left.append(moment)
    return left


# -- business time --------------------------------------------------------------------------------------

FRIDAY_EVENING = '2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-13T18:00'


@pytest.mark.parametrize(
    ("people", "looks", "left"),
    [
        ("", ["2026-03-13T18:00", "2026-03-14T10:00", "2026-03-16T07:59", "2026-03-16T08:00"], ["2026-03-16T08:00"]),
        ("around_the_clock = true\n", ["2026-03-13T18:00", "2026-03-16T08:00"], ["2026-03-13T18:00"]),
        (
            'quiet_hours = "17:00-09:30"\n',
            ["2026-03-16T08:00", "2026-03-16T09:29", "2026-03-16T09:30"],
            ["2026-03-16T09:30"],
        ),
        (
            'around_the_clock = true\nquiet_hours = "17:00-09:30"\n',
            ["2026-03-13T18:00", "2026-03-14T09:29", "2026-03-14T09:30"],
            ["2026-03-14T09:30"],
        ),
        # quiet from closing to the afternoon: the opening after noon is the first that is not quiet
        ('quiet_hours = "17:00-13:00"\n', ["2026-03-16T08:00", "2026-03-16T13:00"], ["2026-03-16T13:00"]),
    ],
)
def test_raised_on_friday_evening_it_leaves_when_its_reader_works(
    folder: Path, post_office: PostOffice, people: str, looks: list[str], left: list[str]
):
    firm = mailed(folder, post_office, people=people + INES, text=FRIDAY_EVENING)
    assert leaves(firm, "2026-03-13T18:00", looks) == left
    firm.home.close()


def test_whoever_has_no_hour_that_is_not_quiet_is_written_to_at_the_next_opening(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, people='quiet_hours = "06:00-20:00"\n' + INES, text=FRIDAY_EVENING)
    assert leaves(firm, "2026-03-13T18:00", ["2026-03-13T19:00", "2026-03-16T08:00"]) == ["2026-03-16T08:00"]
    firm.home.close()


# -- one message a day ------------------------------------------------------------------------------------

DAILY = INES + "digest = true\n"


def test_the_daily_message_holds_everything_since_the_last_one(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, people=DAILY, text=promises(5))
    looks = ["2026-03-12T16:00", "2026-03-12T17:30", "2026-03-13T07:29", "2026-03-13T07:30", "2026-03-13T08:00"]
    assert leaves(firm, "2026-03-12T16:00", looks) == ["2026-03-13T07:30"]
    (mail,) = post_office.mails
    assert firm.home.rows("SELECT state, COUNT(*) FROM alerts GROUP BY state") == [("delivered", 5)]
    assert firm.home.rows("SELECT alerts FROM messages") == [(5,)]
    assert mail.id.startswith("<bundle-")
    firm.home.close()


@pytest.mark.parametrize(
    ("people", "comes"),
    [
        ("", "2026-03-16T07:30"),  # nobody works on the week-end
        ('digest_at = "10:15"\n', "2026-03-16T10:15"),
        ('quiet_hours = "19:00-09:00"\n', "2026-03-16T09:00"),
        ("around_the_clock = true\n", "2026-03-14T07:30"),
    ],
)
def test_the_daily_message_comes_on_the_next_business_day_at_its_hour(
    folder: Path, post_office: PostOffice, people: str, comes: str
):
    firm = mailed(folder, post_office, people=people + DAILY, text=promises(2, "2026-03-13T16:00"))
    looks = ["2026-03-13T17:00", "2026-03-14T07:29"]
    looks += [local(at(comes) - timedelta(minutes=1)) or "", comes]
    assert leaves(firm, "2026-03-13T16:00", sorted(set(looks))) == [comes]
    firm.home.close()


def test_what_could_no_longer_be_done_by_then_comes_at_once(folder: Path, post_office: PostOffice):
    """The last call holds until Wednesday at four, the daily message comes on Thursday."""
    firm = mailed(folder, post_office, people=DAILY, text=promises(1))
    assert leaves(firm, "2026-03-11T11:00", ["2026-03-11T11:00", "2026-03-12T07:30"]) == [
        "2026-03-11T11:00",
        "2026-03-12T07:30",  # the reminder that it is due soon, which could wait
    ]
    firm.home.close()


# -- so many an hour ----------------------------------------------------------------------------------------


def test_of_many_alerts_the_urgent_come_singly_and_the_rest_together(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, people="most_an_hour = 4\n" + INES, text=promises(20))
    firm.home.take(envelopes('2026-03-12T15:00  K-0 hakt nach "F-1" zu "P-0", Kanal email, an ines [chase]'))
    firm.home.clock.now = at("2026-03-12T16:00")
    assert len(run_tick(firm.home.konto)) == 21
    firm.send_all()
    assert len(post_office.mails) == 4
    sizes = firm.home.rows("SELECT alerts FROM messages ORDER BY alerts")
    assert sizes == [(1,), (1,), (1,), (18,)]
    assert Counter(row[0] for row in firm.home.rows("SELECT state FROM alerts")) == {"delivered": 21}
    first = firm.home.rows("SELECT rule FROM alerts WHERE alert IN (SELECT message FROM messages) ORDER BY rule")
    assert first == [("chased",), ("overdue",), ("overdue",)], "who had to ask again comes before what is overdue"
    firm.home.close()


def test_what_comes_within_the_hour_waits_until_it_is_over(folder: Path, post_office: PostOffice):
    text = promises(3, "2026-03-12T14:00") + "\n" + promises(5, "2026-03-12T14:20").replace("P-", "Q-")
    firm = mailed(folder, post_office, people="most_an_hour = 2\n" + INES, text=text)
    assert leaves(firm, "2026-03-12T14:00", ["2026-03-12T14:00"]) == ["2026-03-12T14:00"]
    assert len(post_office.mails) == 2
    looks = ["2026-03-12T14:20", "2026-03-12T14:59", "2026-03-12T15:00"]
    assert leaves(firm, "2026-03-12T14:20", looks) == ["2026-03-12T15:00"]
    assert [row[0] for row in firm.home.rows("SELECT alerts FROM messages ORDER BY sent_at, alerts")] == [1, 7, 1, 4]
    firm.home.close()


def test_each_has_an_hour_of_their_own(folder: Path, post_office: PostOffice):
    people = "most_an_hour = 3\n" + INES + INES.replace("ines", "lutz").replace("Ines", "Lutz") + "most_an_hour = 1\n"
    text = promises(10) + "\n" + promises(10, by="lutz").replace("P-", "Q-")
    firm = mailed(folder, post_office, people=people, text=text)
    firm.home.clock.now = at("2026-03-12T16:00")
    run_tick(firm.home.konto)
    firm.send_all()
    assert Counter(mail.to[0] for mail in post_office.mails) == {"ines@example.com": 3, "lutz@example.com": 1}
    assert Counter(row[0] for row in firm.home.rows("SELECT state FROM alerts")) == {"delivered": 20}
    firm.home.close()


def test_a_bundle_that_failed_goes_out_once_more_as_the_same_message(folder: Path, post_office: PostOffice):
    """Also when something new has come meanwhile: that goes out by itself."""
    firm = mailed(folder, post_office, people="most_an_hour = 1\n" + INES, text=promises(3, "2026-03-12T14:00"))
    firm.home.clock.now = at("2026-03-12T14:00")
    run_tick(firm.home.konto)
    post_office.replies = ["451 try again later"]
    firm.send_all()
    assert post_office.mails == []
    firm.home.take(envelopes('2026-03-12T13:59  verspricht K-9 ines "Neu" bis 2026-03-12T14:00:10 [new]'))
    firm.later(minutes=1)
    run_tick(firm.home.konto)
    firm.send_all()
    (mail,) = post_office.mails
    assert firm.home.rows("SELECT message, alerts FROM messages") == [(mail.id.strip("<>").partition("@")[0], 3)]
    firm.later(hours=1, minutes=-2)
    firm.send_all()
    assert len(post_office.mails) == 1
    firm.later(minutes=2)
    firm.send_all()
    assert [row[0] for row in firm.home.rows("SELECT alerts FROM messages ORDER BY alerts")] == [1, 3]
    firm.home.close()


def test_what_ended_meanwhile_is_left_out_of_a_bundle(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, people="most_an_hour = 1\n" + INES, text=promises(3))
    firm.home.clock.now = at("2026-03-12T16:00")
    run_tick(firm.home.konto)
    messages = firm.ready()
    firm.home.take(envelopes('2026-03-12T15:59  erfüllt "P-1" [kept]'))
    for message in messages:
        firm.sender.deliver(message)
    states = Counter(row[0] for row in firm.home.rows("SELECT state FROM alerts"))
    assert states == {"delivered": 2, "no_longer_needed": 1}
    assert firm.home.rows("SELECT alerts FROM messages") == [(2,)]
    firm.home.close()


def test_what_may_leave_is_the_same_after_all_tables_were_built_anew(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, people="most_an_hour = 2\n" + INES, text=promises(5))
    firm.home.clock.now = at("2026-03-12T16:00")
    run_tick(firm.home.konto)
    ready = firm.ready()
    columns = ", ".join((*outbox.FROM_THE_LOG, *outbox.KEPT))
    before = sorted(firm.home.rows(f"SELECT {columns} FROM outbox"))
    firm.home.konto.rebuild()
    assert sorted(firm.home.rows(f"SELECT {columns} FROM outbox")) == before
    assert firm.ready() == ready
    firm.home.close()
