"""Calendars become facts: made, moved, taken back, each told when the invitation was sent; nothing is claimed kept."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.appointments.appointment import name, named, short
from tests.intake.calendars import KNOWN, MEIER, NOW, OURS, SENT, Book, calendar, event, in_short

TIME = ":20260320T080000Z"
MADE = ("promise.made", "a", "2026-03-10T08:00:00Z", "2026-03-20T08:00:00Z")


@pytest.fixture
def book() -> Book:
    return Book()


# -- made -----------------------------------------------------------------------------------------------


def test_an_appointment_with_a_customer_is_a_promise_made_when_the_invitation_was_sent(book):
    (fact,) = book.take(calendar(event("a", TIME, r"SUMMARY:Wartung\, Keller", "DESCRIPTION:geheim")))
    assert fact == {
        "specversion": "1.0",
        "source": "calendar",
        "id": "ines/a/made",
        "type": "promise.made",
        "time": "2026-03-10T08:00:00Z",
        "data": {
            "promise": "a",
            "customer": "crm:K-17",
            "kind": "appointment",
            "due": "2026-03-20T08:00:00Z",
            "what": "Wartung, Keller",
            "by": "ines",
        },
    }


def test_the_same_calendar_again_tells_nothing_new(book):
    body = calendar(event("a", TIME), event("b", TIME, "RRULE:FREQ=WEEKLY;COUNT=3"))
    assert len(book.take(body)) == 4
    assert book.take(body) == []
    assert (book.telling.read, book.telling.already) == (4, 4)


@pytest.mark.parametrize(
    ("lines", "sent", "made"),
    [
        (["CREATED:20260301T080000Z"], "DTSTAMP:20260310T080000Z", "2026-03-01T08:00:00Z"),
        (["CREATED:20260301T080000Z", "SEQUENCE:2"], "DTSTAMP:20260310T080000Z", "2026-03-10T08:00:00Z"),
        (["LAST-MODIFIED:20260308T080000Z"], "DTSTAMP:20260312T075900Z", "2026-03-08T08:00:00Z"),
        (["CREATED:00001231T000000Z", "LAST-MODIFIED:16010101T000000Z"], "DTSTAMP:20260310T080000Z",
         "2026-03-10T08:00:00Z"),
        ([], "DTSTAMP:20270101T080000Z", "2026-03-12T08:00:00Z"),
        ([], "", "2026-03-12T08:00:00Z"),
    ],
    ids=["created", "created, but changed since", "last modified", "years that cannot be meant", "ahead", "unsaid"],
)  # fmt: skip
def test_when_it_was_told_is_what_the_calendar_says_and_never_ahead_of_now(book, lines, sent, made):
    (fact,) = book.take(calendar(event("a", TIME, *lines, sent=sent)))
    assert fact["time"] == made


def test_of_an_invitation_the_time_of_sending_counts_before_that_of_writing(book):
    body = calendar(event("a", TIME, "LAST-MODIFIED:20260308T080000Z"), about=["METHOD:REQUEST"])
    assert book.take(body, whole=False)[0]["time"] == "2026-03-10T08:00:00Z"


def test_a_whole_day_is_due_as_a_date_and_ends_in_the_declared_zone(book):
    book.zone = "Europe/Vienna"
    (fact,) = book.take(calendar(event("a", ";VALUE=DATE:20260312")))
    assert (fact["data"]["due"], fact["zone"]) == ("2026-03-12", "Europe/Vienna")


# -- with whom ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "people", "lines"),
    [
        ("private", (OURS, MEIER), ["CLASS:PRIVATE"]),
        ("private", (OURS, MEIER), ["CLASS:CONFIDENTIAL"]),
        ("free", (OURS, MEIER), ["TRANSP:TRANSPARENT"]),
        ("tentative", (OURS, MEIER), ["STATUS:TENTATIVE"]),
        ("cancelled", (OURS, MEIER), ["STATUS:CANCELLED"]),
        ("nobody", (), []),
        ("all_ours", (OURS, "ATTENDEE:mailto:lutz@firm.example"), []),
        ("unknown", (OURS, "ATTENDEE:mailto:who@example.org"), []),
        ("ambiguous", (OURS, "ATTENDEE:mailto:info@example.com"), []),
        ("declined", (OURS, "ATTENDEE;PARTSTAT=DECLINED:mailto:meier@example.com"), []),
        ("nobody", ("ATTENDEE;CUTYPE=ROOM:mailto:room@example.com",), []),
    ],
)
def test_what_is_no_promise_to_a_customer_is_left_out_with_the_reason(book, why, people, lines):
    assert book.take(calendar(event("a", TIME, *lines, people=people))) == []
    assert book.telling.left_out == Counter({why: 1})


def test_what_our_own_feed_says_is_a_promise_already(book):
    assert book.take(calendar(event("p-1@vertrauenskonto", TIME))) == []
    assert book.telling.left_out == Counter({"own_feed": 1})


def test_what_is_over_when_it_is_first_heard_of_is_no_promise_any_more(book):
    body = calendar(
        event("a", ":20260312T075900Z"), event("b", ":20200102T080000Z"), event("c", ";VALUE=DATE:20260311")
    )
    assert book.take(body) == []
    assert (book.telling.read, book.telling.left_out) == (3, Counter({"over": 2})), "the one long over was not read"


@pytest.mark.parametrize(
    "people",
    [
        ["ORGANIZER:MAILTO:Meier@Example.com", "ATTENDEE:mailto:lutz@firm.example"],
        ["ATTENDEE;CN=\"Meier; Bau, KG\";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:meier@\r\n example.com"],
        ["ATTENDEE;EMAIL=meier@example.com:urn:uuid:1-2-3"],
        ["ATTENDEE:mailto:who@example.org", MEIER],
    ],
)  # fmt: skip
def test_a_customer_is_known_by_their_address_however_it_is_written(book, people):
    assert book.take(calendar(event("a", TIME, people=people)))[0]["data"]["customer"] == "crm:K-17"


def test_whoever_of_us_takes_part_answers_for_it_else_whose_calendar_it_is():
    both = calendar(
        event("a", TIME, people=[MEIER, "ATTENDEE:mailto:lutz@firm.example"]), event("b", TIME, people=[MEIER])
    )
    book = Book(known=KNOWN._replace(whose="ines"))
    assert [fact["data"]["by"] for fact in book.take(both)] == ["lutz", "ines"]


def test_whoever_says_whose_the_appointments_are_is_believed():
    book = Book(known=KNOWN._replace(customer="K-99"))
    (fact,) = book.take(calendar(event("a", TIME, people=())))
    assert fact["data"]["customer"] == "K-99"


def test_where_nobody_is_invited_by_mail_the_customers_number_in_the_title_says_it(book):
    (fact,) = book.take(calendar(event("a", TIME, "SUMMARY:Wartung [K-17] [Keller]", people=())))
    assert (fact["data"]["customer"], fact["data"]["what"]) == ("crm:K-17", "Wartung [K-17] [Keller]")
    assert book.take(calendar(event("b", TIME, "SUMMARY:Wartung [7]", people=())), whole=False) == []
    assert book.take(calendar(event("c", TIME, "SUMMARY:Wartung [K-99]", people=())), whole=False) == []
    assert book.telling.left_out == Counter({"nobody": 1})


# -- moved ----------------------------------------------------------------------------------------------


def test_another_beginning_is_a_move_told_when_the_new_invitation_was_sent(book):
    book.take(calendar(event("a", TIME)))
    moved = event("a", ":20260323T100000Z", "SEQUENCE:1", sent="DTSTAMP:20260311T120000Z")
    assert in_short(book.take(calendar(moved))) == [
        ("promise.renegotiated", "a", "2026-03-11T12:00:00Z", "2026-03-23T10:00:00Z")
    ]
    assert book.take(calendar(moved)) == []


def test_a_move_is_told_now_where_the_calendar_says_nothing_newer(book):
    book.take(calendar(event("a", TIME)))
    assert book.take(calendar(event("a", ":20260323T100000Z")))[0]["time"] == "2026-03-12T08:00:00Z"


def test_there_and_back_again_is_two_moves(book):
    book.take(calendar(event("a", TIME)))
    book.take(calendar(event("a", ":20260323T100000Z", sent="DTSTAMP:20260311T080000Z")))
    back = book.take(calendar(event("a", TIME, sent="DTSTAMP:20260311T100000Z")))
    assert in_short(back) == [("promise.renegotiated", "a", "2026-03-11T10:00:00Z", "2026-03-20T08:00:00Z")]


def test_what_the_customer_moves_who_had_invited_us_they_asked_for(book):
    people = ["ORGANIZER:mailto:meier@example.com", "ATTENDEE:mailto:ines@firm.example"]
    book.take(calendar(event("a", TIME, people=people)))
    (fact,) = book.take(calendar(event("a", ":20260323T100000Z", people=people, sent="DTSTAMP:20260311T080000Z")))
    assert fact["data"] == {"promise": "a", "due": "2026-03-23T10:00:00Z", "asked_by": "customer"}


def test_another_title_describes_it_better(book):
    book.take(calendar(event("a", TIME, "SUMMARY:Wartung")))
    (fact,) = book.take(calendar(event("a", TIME, "SUMMARY:Wartung und Filter")))
    assert (fact["type"], fact["data"]["what"]) == ("promise.changed", "Wartung und Filter")


def test_the_title_of_what_has_become_private_is_nobodys_business(book):
    book.take(calendar(event("a", TIME, "SUMMARY:Wartung")))
    assert book.take(calendar(event("a", TIME, "SUMMARY:Scheidung", "CLASS:PRIVATE"))) == []


def test_whoever_tidies_up_what_is_over_tells_nobody_anything(book):
    book.take(calendar(event("a", TIME), event("b", TIME)))
    book.now = NOW + timedelta(days=9)
    tidied = event("a", ":20260320T090000Z", sent="DTSTAMP:20260321T070000Z")
    assert book.take(calendar(tidied)) == [], "moved a little afterwards, and the other one deleted"
    cancelled = event("a", TIME, "STATUS:CANCELLED", sent="DTSTAMP:20260321T070000Z")
    assert book.take(calendar(cancelled)) == []


def test_what_was_missed_and_is_made_up_for_later_was_moved_too_late(book):
    book.take(calendar(event("a", TIME)))
    book.now = NOW + timedelta(days=9)
    again = calendar(event("a", ":20260325T080000Z", sent="DTSTAMP:20260320T160000Z"))
    assert in_short(book.take(again)) == [("promise.renegotiated", "a", "2026-03-20T16:00:00Z", "2026-03-25T08:00:00Z")]


# -- taken back -----------------------------------------------------------------------------------------


def test_cancelled_is_taken_back_when_the_cancellation_was_sent(book):
    book.take(calendar(event("a", TIME)))
    off = event("a", TIME, "STATUS:CANCELLED", "SEQUENCE:1", sent="DTSTAMP:20260311T090000Z")
    assert in_short(book.take(calendar(off))) == [("promise.withdrawn", "a", "2026-03-11T09:00:00Z", None)]
    assert book.take(calendar(off)) == []


def test_a_sent_cancellation_takes_back_what_it_names(book):
    book.take(calendar(event("a", TIME), event("b", TIME)))
    off = calendar(event("a", TIME, sent="DTSTAMP:20260311T090000Z"), about=["METHOD:CANCEL"])
    assert in_short(book.take(off, whole=False)) == [("promise.withdrawn", "a", "2026-03-11T09:00:00Z", None)]


def test_what_the_customer_cancels_they_release_us_from(book):
    people = ["ORGANIZER:mailto:meier@example.com", "ATTENDEE:mailto:ines@firm.example"]
    book.take(calendar(event("a", TIME, people=people)))
    (fact,) = book.take(calendar(event("a", TIME, "STATUS:CANCELLED", people=people, sent="DTSTAMP:20260311T090000Z")))
    assert fact["type"] == "promise.released"


def test_a_customer_who_declines_releases_us(book):
    book.take(calendar(event("a", TIME)))
    no = [OURS, "ATTENDEE;PARTSTAT=DECLINED:mailto:meier@example.com"]
    (fact,) = book.take(calendar(event("a", TIME, people=no)))
    assert (fact["type"], fact["time"]) == ("promise.released", "2026-03-12T08:00:00Z")


def test_an_answer_or_a_proposal_changes_nothing_but_for_the_customers_no(book):
    book.take(calendar(event("a", TIME, "SUMMARY:Wartung"), event("b", TIME)))

    def comes(method: str, *lines: str, start: str = TIME, uid: str = "a") -> list[str]:
        body = calendar(
            event(uid, start, people=[OURS, *lines], sent="DTSTAMP:20260311T090000Z"), about=[f"METHOD:{method}"]
        )
        return [fact["type"] for fact in book.take(body, whole=False)]

    yes, no = (f"ATTENDEE;PARTSTAT={answer}:mailto:meier@example.com" for answer in ("ACCEPTED", "DECLINED"))
    assert comes("COUNTER", MEIER, start=":20260323T100000Z") == []
    assert comes("REPLY", yes) == []
    assert comes("REPLY", no, uid="unknown") == []
    assert book.telling.left_out == Counter({"answer": 1})
    assert comes("REPLY", no) == ["promise.released"]


def test_what_vanished_is_taken_back_only_where_the_calendar_was_read_whole_and_it_lay_ahead(book):
    body = calendar(event("a", TIME), event("b", TIME), event("soon", ":20260312T090000Z"))
    book.take(body)
    broken = calendar(event("b", TIME), event("c", ""))
    book.now = NOW + timedelta(hours=2)
    assert book.take(broken) == []
    assert in_short(book.take(calendar(event("b", TIME)))) == [
        ("promise.withdrawn", "a", "2026-03-12T10:00:00Z", None)
    ], "the one of nine o'clock is over"


def test_what_another_calendar_told_of_is_not_missed_in_this_one(book):
    book.take(calendar(event("a", TIME)))
    book.calendar = "lutz"
    assert book.take(calendar(event("b", TIME, people=[OURS]))) == []


def test_a_copy_that_was_not_brought_up_to_date_changes_nothing(book):
    book.take(calendar(event("a", TIME)))
    book.take(calendar(event("a", ":20260323T100000Z", sent="DTSTAMP:20260311T120000Z")))
    book.calendar = "lutz"
    assert book.take(calendar(event("a", TIME))) == []
    newer = event("a", ":20260324T100000Z", sent="DTSTAMP:20260311T150000Z")
    assert in_short(book.take(calendar(newer))) == [
        ("promise.renegotiated", "a", "2026-03-11T15:00:00Z", "2026-03-24T10:00:00Z")
    ]


def test_what_was_taken_back_and_stands_there_anew_is_a_new_promise(book):
    book.take(calendar(event("a", TIME)))
    book.take(calendar(event("a", TIME, "STATUS:CANCELLED", sent="DTSTAMP:20260311T090000Z")))
    assert book.take(calendar(event("a", TIME))) == [], "an old copy"
    again = calendar(event("a", TIME, sent="DTSTAMP:20260311T140000Z"))
    assert in_short(book.take(again)) == [("promise.made", "a+2", "2026-03-11T14:00:00Z", "2026-03-20T08:00:00Z")]
    assert book.take(again) == []


# -- recurring ------------------------------------------------------------------------------------------

WEEKLY = event("w", ";TZID=Europe/Berlin:20260306T090000", "RRULE:FREQ=WEEKLY")


def test_each_of_a_recurring_one_is_a_promise_up_to_the_horizon_at_the_same_time_of_the_clock(book):
    book.horizon_days = 22
    assert [(fact["data"]["promise"], fact["data"]["due"]) for fact in book.take(calendar(WEEKLY))] == [
        ("w/20260313T080000Z", "2026-03-13T08:00:00Z"),
        ("w/20260320T080000Z", "2026-03-20T08:00:00Z"),
        ("w/20260327T080000Z", "2026-03-27T08:00:00Z"),
        ("w/20260403T070000Z", "2026-04-03T07:00:00Z"),
    ]
    assert book.telling.left_out == Counter()
    book.now += timedelta(days=7)
    (nearer,) = book.take(calendar(WEEKLY))
    assert nearer["data"]["promise"] == "w/20260410T070000Z"


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (["RRULE:FREQ=WEEKLY;COUNT=3"], [13, 20]),
        (["RRULE:FREQ=WEEKLY;UNTIL=20260320"], [13]),
        (["RRULE:FREQ=WEEKLY;UNTIL=20260320T080000Z"], [13, 20]),
        (["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=W. Europe Standard Time:20260313T090000"], [20, 27]),
        (["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20260313T080000Z,20260320T080000Z"], [27]),
        (["RDATE;TZID=Europe/Berlin:20260317T090000,20260318T090000"], [17, 18]),
        (["RDATE;VALUE=PERIOD:20260317T080000Z/PT1H"], [17]),
        (["RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=1"], [27]),
    ],
)
def test_it_ends_leaves_out_and_adds_days_as_its_rules_say(book, lines, days):
    made = book.take(calendar(event("w", ";TZID=Europe/Berlin:20260306T090000", *lines)))
    assert [int(fact["data"]["due"][8:10]) for fact in made] == days
    assert all(fact["data"]["due"].startswith("2026-03") for fact in made)


def test_one_of_them_is_moved_and_one_cancelled(book):
    book.horizon_days = 22
    book.take(calendar(WEEKLY))
    moved = event(
        "w", ":20260321T100000Z", "RECURRENCE-ID;TZID=Europe/Berlin:20260320T090000", sent="DTSTAMP:20260311T090000Z"
    )
    off = event(
        "w", ":20260327T080000Z", "RECURRENCE-ID:20260327T080000Z", "STATUS:CANCELLED", sent="DTSTAMP:20260311T090000Z"
    )
    body = calendar(WEEKLY, moved, off)
    assert in_short(book.take(body)) == [
        ("promise.renegotiated", "w/20260320T080000Z", "2026-03-11T09:00:00Z", "2026-03-21T10:00:00Z"),
        ("promise.withdrawn", "w/20260327T080000Z", "2026-03-11T09:00:00Z", None),
    ]
    assert book.take(body) == []


def test_one_that_is_moved_beyond_the_horizon_has_not_vanished(book):
    book.horizon_days = 22
    book.take(calendar(WEEKLY))
    far = event("w", ":20260901T080000Z", "RECURRENCE-ID:20260320T080000Z", sent="DTSTAMP:20260311T090000Z")
    assert in_short(book.take(calendar(WEEKLY, far))) == [
        ("promise.renegotiated", "w/20260320T080000Z", "2026-03-11T09:00:00Z", "2026-09-01T08:00:00Z")
    ]


def test_one_that_is_left_out_from_now_on_is_taken_back_and_the_others_stay(book):
    book.horizon_days = 22
    book.take(calendar(WEEKLY))
    less = WEEKLY.replace("RRULE:", "EXDATE;TZID=Europe/Berlin:20260320T090000\r\nRRULE:")
    assert in_short(book.take(calendar(less))) == [
        ("promise.withdrawn", "w/20260320T080000Z", "2026-03-12T08:00:00Z", None)
    ]


def test_all_of_them_moved_at_once_are_moves_and_no_new_promises(book):
    book.horizon_days = 22
    book.take(calendar(WEEKLY))
    later = WEEKLY.replace("0306T090000", "0307T110000").replace(SENT, "DTSTAMP:20260311T090000Z")
    assert in_short(book.take(calendar(later))) == [
        ("promise.renegotiated", "w/20260313T080000Z", "2026-03-11T09:00:00Z", "2026-03-14T10:00:00Z"),
        ("promise.renegotiated", "w/20260320T080000Z", "2026-03-11T09:00:00Z", "2026-03-21T10:00:00Z"),
        ("promise.renegotiated", "w/20260327T080000Z", "2026-03-11T09:00:00Z", "2026-03-28T10:00:00Z"),
        ("promise.renegotiated", "w/20260403T070000Z", "2026-03-11T09:00:00Z", "2026-04-04T09:00:00Z"),
    ], "also the one that has left the horizon by it"
    assert book.take(calendar(later)) == []


def test_a_series_that_is_changed_from_some_day_on_stays_the_same_promises(book):
    """Google ends the first part and begins another one with a name made of it."""
    book.horizon_days = 22
    first = event("w@google.com", ";TZID=Europe/Berlin:20260306T090000", "RRULE:FREQ=WEEKLY")
    book.take(calendar(first))
    ended = first.replace("FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=20260326T225959Z")
    rest = event("w_R20260327T080000@google.com", ";TZID=Europe/Berlin:20260327T100000", "RRULE:FREQ=WEEKLY", sent="")
    assert [(fact["type"], fact["data"]["due"]) for fact in book.take(calendar(ended, rest))] == [
        ("promise.renegotiated", "2026-03-27T09:00:00Z"),
        ("promise.renegotiated", "2026-04-03T08:00:00Z"),
    ]
    assert book.take(calendar(ended, rest)) == []


def test_a_cancelled_series_takes_back_all_that_lie_ahead(book):
    book.horizon_days = 22
    book.take(calendar(WEEKLY))
    off = calendar(WEEKLY.replace(SENT, "DTSTAMP:20260312T070000Z"), about=["METHOD:CANCEL"])
    assert Counter(fact["type"] for fact in book.take(off, whole=False)) == {"promise.withdrawn": 4}
    assert book.take(off, whole=False) == []


def test_a_cancelled_series_in_a_subscribed_calendar_is_taken_back_once(book):
    book.horizon_days = 22
    book.take(calendar(WEEKLY))
    off = calendar(WEEKLY.replace("RRULE", "STATUS:CANCELLED\r\nRRULE"))
    assert Counter(fact["data"]["promise"] for fact in book.take(off)).most_common(1)[0][1] == 1
    assert book.take(off) == []


# -- whatever happens -----------------------------------------------------------------------------------

DAYS = st.integers(min_value=13, max_value=28)
ENTRY = st.builds(
    lambda uid, day, rule, status, sent: event(
        uid, f":202603{day}T080000Z", *rule, *status, sent=f"DTSTAMP:20260311T{sent:02d}0000Z"
    ),
    st.sampled_from("abc"),
    DAYS,
    st.sampled_from([[], [], ["RRULE:FREQ=WEEKLY;COUNT=3"], ["RRULE:FREQ=DAILY;COUNT=2"]]),
    st.sampled_from([[], [], [], ["STATUS:CANCELLED"], ["STATUS:TENTATIVE"], ["CLASS:PRIVATE"]]),
    st.integers(min_value=0, max_value=23),
)
CALENDARS = st.lists(st.lists(ENTRY, max_size=4, unique_by=lambda entry: entry[16:24]), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(CALENDARS)
def test_however_calendars_change_each_appointment_is_counted_once_and_the_same_again_tells_nothing(calendars):
    """And every history is possible: made first, never anything after it was taken back."""
    book = Book()
    for place, entries in enumerate(calendars):
        book.now = NOW + timedelta(minutes=15 * place)
        body = calendar(*entries)
        told = book.take(body)
        about = {fact["data"]["promise"] for fact in told if fact["type"] != "promise.withdrawn"}
        assert book.telling.already + book.telling.left_out.total() + len(about) <= book.telling.read
        assert book.take(body) == []
        assert book.telling.already + book.telling.left_out.total() == book.telling.read
    for facts in book.told.values():
        assert facts[0]["type"] == "promise.made"
        assert [fact["type"] for fact in facts[1:]].count("promise.made") == 0
        taken_back = [place for place, fact in enumerate(facts) if fact["type"] == "promise.withdrawn"]
        assert taken_back in ([], [len(facts) - 1])
        times = [fact["time"] for fact in facts[1:]]
        assert times == sorted(times)
        assert facts[0]["time"] <= min(times, default=facts[0]["time"])


# -- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts", [("a@x", "", 1), ("a/b@x", "20260320T080000Z", 1), ("a+b", "20260320", 3), ("a", "", 2)]
)
def test_what_a_promise_is_called_says_which_appointment_it_is(parts):
    assert named(name(*parts)) == parts


def test_a_name_that_is_too_long_for_an_id_is_shortened_and_stays_the_same():
    long = "040000008200E00074C5B7101A82E008" * 20
    assert short(long) == short(long) != short(long + "0")
    assert len(short(long)) < 100
    assert short("a@x") == "a@x"
