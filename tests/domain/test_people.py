"""The people document: names, stand-ins, managers, quiet hours, and who may see what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.documents import DocumentRefused, load
from domain.people import People, default, default_text
from domain.roles import LOCAL_USER

BERLIN = ZoneInfo("Europe/Berlin")

FIRM = """\
manager = "karin"
shared_inbox = "info@example.com"
quiet_hours = "19:00-07:00"

[[persons]]
id = "karin"
name = "Karin Roth"
email = "karin@example.com"
roles = ["owner", "manager", "admin"]

[[persons]]
id = "ines"
name = "Ines Vogt"
email = "Ines.Vogt@example.com"
aliases = ["ivogt", "Müller-Vogt"]
team = "Kundendienst"
stand_in = "lutz"
away = [{ from = 2026-08-03, to = 2026-08-14 }, { from = 2026-09-01T12:00:00+02:00, to = 2026-09-01 }]
quiet_hours = "12:00-13:00"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
team = "Kundendienst"
stand_in = "olga"
away = [{ from = 2026-08-10, to = 2026-08-21 }]
digest = true
channels = ["email", "werkstatt_chat"]
email = "lutz@example.com"

[[persons]]
id = "olga"
name = "Olga Petrenko"
stand_in = "ines"
language = "en"
zone = "Europe/London"
away = [{ from = 2026-08-12, to = 2026-08-12 }]

[[teams]]
name = "Kundendienst"
manager = "lutz"
escalation = ["olga", "karin"]
"""


def firm(text: str = FIRM) -> People:
    return load(text, People)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def findings(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(DocumentRefused) as refused:
        firm(text)
    return [(each.line, each.path, each.code) for each in refused.value.findings]


def refused(text: str) -> Sequence[Any]:
    with pytest.raises(DocumentRefused) as error:
        firm(text)
    return error.value.findings


def ids(people: tuple[object, ...]) -> list[str]:
    return [person.id for person in people]  # type: ignore[attr-defined]


# -- what ships -----------------------------------------------------------------------------------------


def test_as_shipped_nobody_is_named_and_one_local_user_has_every_role():
    people = default()
    assert (people.persons, people.teams, people.manager, people.shared_inbox) == ((), (), None, None)
    assert people.find("anybody") is None
    assert people.stand_in_for("anybody", at("2026-08-03T09:00")) is None
    assert LOCAL_USER.roles == {"owner", "manager", "auditor", "admin"}


def test_the_shipped_file_shows_by_example_what_works_when_its_number_signs_are_taken_away():
    text = "\n".join(
        line.removeprefix("# ") if " = " in line or "[[" in line else line for line in default_text().split("\n")
    ).replace("\n#\n", "\n\n")
    people = firm(text)
    assert ids(people.persons) == ["karin", "ines"]
    assert people.find("Vogt, Ines") == people.find("ines")
    assert people.manager_of(person="ines") == people.find("karin")
    assert people.shared_inbox == "info@example.com"
    ines = people.find("ines")
    assert (people.digest_at, people.most_an_hour, people.around_the_clock) == (7.5 * 3600, 10, True)
    assert (ines.digest, ines.digest_at, ines.most_an_hour, ines.around_the_clock) == (True, 6.75 * 3600, 4, False)


# -- finding --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["ines", "INES", "ines.vogt@example.com", "ivogt", "IVogt", "MÜLLER-VOGT", "Mu\u0308ller-Vogt"]
)
def test_a_person_is_found_by_id_address_or_user_name_in_any_spelling(name):
    found = firm().find(name)
    assert found is not None
    assert found.id == "ines"


def test_a_person_is_not_found_by_a_part_of_a_name_or_by_nobody():
    assert [firm().find(name) for name in ("ine", "Ines Vogt", "", None)] == [None] * 4


def test_the_team_of_a_person_and_of_a_stranger():
    people = firm()
    assert [people.team_of(name) for name in ("ivogt", "olga", "nobody", None)] == [
        "Kundendienst",
        None,
        None,
        None,
    ]
    assert people.team("KUNDENDIENST") == people.teams[0]


# -- managers -------------------------------------------------------------------------------------------


def test_the_chain_goes_from_the_teams_manager_over_its_escalation_to_the_firms_manager():
    people = firm()
    assert ids(people.escalation_of(person="ines")) == ["lutz", "olga", "karin"]
    assert ids(people.escalation_of(team="Kundendienst")) == ["lutz", "olga", "karin"]
    assert people.manager_of(person="ines").id == "lutz"


def test_nobody_is_their_own_manager():
    people = firm()
    assert people.manager_of(person="lutz").id == "olga"
    assert people.manager_of(person="karin") is None


def test_whoever_has_no_team_or_is_unknown_has_the_firms_manager():
    people = firm()
    assert [people.manager_of(person=name).id for name in ("olga", "nobody", None)] == ["karin"] * 3
    assert people.manager_of(team="nobody's").id == "karin"
    assert default().manager_of(person="x") is None


def test_the_team_that_answers_goes_before_the_persons_own():
    people = firm(FIRM + '\n[[teams]]\nname = "Montage"\nmanager = "olga"\n')
    assert people.manager_of(person="ines", team="Montage").id == "olga"


# -- stand-ins ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ("2026-08-02T23:59:59", "ines"),
        ("2026-08-03T00:00:00", "lutz"),
        ("2026-08-10T09:00:00", "olga"),
        ("2026-08-14T23:59:59", "olga"),
        ("2026-08-15T00:00:00", "ines"),
        ("2026-09-01T11:59:59", "ines"),
        ("2026-09-01T12:00:00", "lutz"),
        ("2026-09-02T00:00:00", "ines"),
    ],
)
def test_while_somebody_is_away_the_first_of_the_chain_who_is_there_stands_in(moment, there):
    assert firm().stand_in_for("ines", at(moment)).id == there


def test_a_circle_of_people_who_are_all_away_ends_with_nobody():
    assert firm().stand_in_for("ines", at("2026-08-12T09:00")) is None


def test_a_chain_that_ends_with_somebody_away_ends_with_nobody():
    text = FIRM.replace('stand_in = "olga"\n', "")
    assert firm(text).stand_in_for("ines", at("2026-08-10T09:00")) is None


def test_the_days_of_an_absence_are_those_of_the_persons_own_zone():
    people = firm()
    assert people.stand_in_for("olga", at("2026-08-12T00:30")).id == "olga", "still the 11th in London"
    assert people.is_away(people.find("olga"), at("2026-08-13T00:30"))


# -- quiet hours ----------------------------------------------------------------------------------------


def test_quiet_hours_may_pass_midnight_and_say_when_they_end():
    people = firm()
    karin = people.find("karin")
    end = at("2026-06-02T07:00")
    assert people.quiet_until(karin, at("2026-06-01T18:59:59")) is None
    assert people.quiet_until(karin, at("2026-06-01T19:00")) == end
    assert people.quiet_until(karin, at("2026-06-02T03:00")) == end
    assert people.quiet_until(karin, end) is None


def test_own_quiet_hours_take_the_place_of_the_firms():
    people = firm()
    ines = people.find("ines")
    assert people.quiet_until(ines, at("2026-06-01T20:00")) is None
    assert people.quiet_until(ines, at("2026-06-01T12:30")) == at("2026-06-01T13:00")


def test_quiet_hours_end_by_the_clock_on_the_wall_after_a_clock_change():
    people = firm()
    karin = people.find("karin")
    assert people.quiet_until(karin, at("2026-03-28T22:00")) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert people.quiet_until(karin, at("2026-10-24T22:00")) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_quiet_hours_and_absences_follow_the_persons_own_zone():
    people = firm()
    assert people.quiet_until(people.find("olga"), at("2026-06-01T19:30")) is None, "half past six in London"


def test_somebody_without_an_address_cannot_be_reached_by_email():
    people = firm()
    assert people.find("olga").reachable_by == ()
    assert people.find("lutz").reachable_by == ("email", "werkstatt_chat")


# -- how messages come ------------------------------------------------------------------------------------


def test_as_shipped_the_daily_message_comes_at_half_past_seven_and_at_most_ten_an_hour_in_business_time():
    people = default()
    assert (people.digest_at, people.most_an_hour, people.around_the_clock) == (7 * 3600 + 30 * 60, 10, False)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("00:00", 0), ("07:30", 27_000), ("7:30", 27_000), (" 07:30 ", 27_000), ("19:05", 68_700), ("23:59", 86_340)],
)
def test_the_hour_of_the_daily_message_is_a_time_of_the_day(written: str, seconds: int):
    assert firm(f'digest_at = "{written}"\n').digest_at == seconds


def test_a_persons_own_hour_takes_the_place_of_the_firms_also_at_midnight():
    people = firm('digest_at = "09:00"\n' + FIRM.replace("digest = true", 'digest = true\ndigest_at = "00:00"'))
    day = date(2026, 6, 1)
    assert people.digest_on(people.find("lutz"), day) == at("2026-06-01T00:00")
    assert people.digest_on(people.find("karin"), day) == at("2026-06-01T09:00")
    assert people.digest_on(people.find("olga"), day) == at("2026-06-01T09:00", ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("written", "day", "comes"),
    [
        ("07:30", "2026-03-28", "2026-03-28T06:30"),
        ("07:30", "2026-03-29", "2026-03-29T05:30"),  # an hour earlier by UTC, the same on the wall
        ("02:30", "2026-03-29", "2026-03-29T01:00"),  # there is no half past two: at three, when the gap ends
        ("07:30", "2026-10-24", "2026-10-24T05:30"),
        ("07:30", "2026-10-25", "2026-10-25T06:30"),
        ("02:30", "2026-10-25", "2026-10-25T00:30"),  # there are two: the first
    ],
)
def test_the_daily_message_comes_by_the_clock_on_the_wall_over_both_clock_changes(written: str, day: str, comes: str):
    people = firm(f'digest_at = "{written}"\n' + FIRM)
    found = people.digest_on(people.find("lutz"), date.fromisoformat(day))
    assert found == datetime.fromisoformat(comes).replace(tzinfo=UTC)


NO_TIME = '“{}” is no time of the day. Please write it as HH:MM, like "07:30".'


@pytest.mark.parametrize(
    "written",
    ['"25:00"', '"24:00"', '"7:60"', '"0730"', '"halb acht"', '"07:30-08:00"', '"٠٧:٣٠"', '""', "7", "7.5"],
)
@pytest.mark.parametrize("place", ["firm", "person"])
def test_what_is_no_time_of_the_day_is_refused_as_it_was_written(written: str, place: str):
    line = f"digest_at = {written}\n"
    text = line + FIRM if place == "firm" else FIRM.replace("digest = true\n", line)
    (finding,) = refused(text)
    assert (finding.path, finding.code) == (
        "digest_at" if place == "firm" else "persons.2.digest_at",
        "not_a_clock_time",
    )
    assert str(finding).endswith(NO_TIME.format(written.strip('"')))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("most_an_hour = 0", "0 is too small; at least 1 is possible."),
        ("most_an_hour = -1", "-1 is too small; at least 1 is possible."),
        ("most_an_hour = 100001", "100001 is too large; at most 100000 is possible."),
        ('most_an_hour = "abc"', 'A whole number is needed here, not "abc".'),
        ("most_an_hour = 2.5", "A whole number is needed here, not 2.5."),
        ("most_an_hour = true", "A whole number is needed here, not true."),
        ('around_the_clock = "abc"', 'true or false is needed here, not "abc".'),
        ("around_the_clock = 0", "true or false is needed here, not 0."),
    ],
)
@pytest.mark.parametrize("place", ["firm", "person"])
def test_how_many_an_hour_is_a_number_from_1_on_and_around_the_clock_is_yes_or_no(line: str, sentence: str, place: str):
    text = f"{line}\n{FIRM}" if place == "firm" else FIRM.replace("digest = true", line)
    (finding,) = refused(text)
    key = line.partition(" ")[0]
    path = key if place == "firm" else f"persons.2.{key}"
    assert (finding.path, str(finding).partition(": ")[2]) == (path, f"{path}: {sentence}")


@pytest.mark.parametrize("most", [1, 100_000])
def test_one_an_hour_is_the_least_and_a_hundred_thousand_the_most(most: int):
    assert firm(f"most_an_hour = {most}\n").most_an_hour == most


# -- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ('manager = "karin"', 'manager = "karina"', "manager", "unknown_person"),
        ('shared_inbox = "info@example.com"', 'shared_inbox = "info"', "shared_inbox", "not_an_address"),
        ('"19:00-07:00"', '"19-19"', "quiet_hours", "empty_span"),
        ('"19:00-07:00"', '"nachts"', "quiet_hours", "not_a_window"),
        ('"owner", "manager", "admin"', '"owner", "chef"', "persons.0.roles.1", "unknown_value"),
        ('team = "Kundendienst"', 'team = "Kundendients"', "persons.1.team", "unknown_team"),
        ('stand_in = "lutz"', 'stand_in = "luzt"', "persons.1.stand_in", "unknown_person"),
        ('stand_in = "lutz"', 'stand_in = "IVOGT"', "persons.1.stand_in", "own_stand_in"),
        ('"12:00-13:00"', "12", "persons.1.quiet_hours", "not_a_window"),
        ("digest = true", 'digest = "ja"', "persons.2.digest", "wrong_type"),
        ('"werkstatt_chat"', '"slack://geheim"', "persons.2.channels.1", "secret_in_document"),
        ('language = "en"', 'language = "fr"', "persons.3.language", "unknown_value"),
        ('zone = "Europe/London"', 'zone = "London"', "persons.3.zone", "unknown_zone"),
        ("to = 2026-08-12", "to = 2026-08-11", "persons.3.away.0", "reversed_days"),
        ("to = 2026-08-12", "till = 2026-08-12", "persons.3.away.0.till", "unknown_field"),
        (
            "from = 2026-09-01T12:00:00+02:00",
            "from = 2026-09-01T12:00:00",
            "persons.1.away.1.from",
            "zone_missing",
        ),
        ('manager = "lutz"', 'manager = "Lutz Brandt"', "teams.0.manager", "unknown_person"),
        ('"olga", "karin"]', '"olga", "karla"]', "teams.0.escalation.1", "unknown_person"),
        ('id = "olga"', 'id = "olga"\npassword = "x"', "persons.3.password", "unknown_field"),
    ],
)
def test_a_mistake_is_refused_with_its_line(old, new, path, code):
    text = FIRM.replace(old, new, 1)
    line = FIRM[: FIRM.index(old)].count("\n") + new.count("\n") + 1
    assert (line, path, code) in findings(text)


def test_one_name_for_two_people_is_refused():
    text = FIRM.replace('name = "Olga Petrenko"', 'name = "Olga Petrenko"\naliases = ["IVOGT"]')
    line = text[: text.index('id = "olga"')].count("\n")
    assert findings(text) == [(line, "persons.3", "doubled_name")]
    with pytest.raises(DocumentRefused) as refused:
        firm(text)
    assert str(refused.value).endswith("“ivogt” means both ines and olga. Please let it stand with one of the two.")


def test_a_team_that_stands_there_twice_is_refused():
    assert [each[1:] for each in findings(FIRM + '\n[[teams]]\nname = "kundendienst"\n')] == [
        ("teams.1.name", "doubled_team")
    ]


def test_whoever_asks_for_emails_needs_an_address():
    text = FIRM.replace('email = "lutz@example.com"\n', "")
    assert [each[1:] for each in findings(text)] == [("persons.2.channels", "no_address")]


def test_all_mistakes_are_named_at_once():
    text = FIRM.replace('manager = "karin"', 'manager = "x"').replace('stand_in = "lutz"', 'stand_in = "y"')
    assert [each[1] for each in findings(text)] == ["manager", "persons.1.stand_in"]
