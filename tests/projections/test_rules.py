"""The rulebook as people read it: every key has its words, and every value its form."""

from __future__ import annotations

import re

import pytest

from domain.errors import Refused
from domain.roles import LOCAL_USER, Asker
from domain.rulebook import Late, Rulebook, default
from projections import rule_words, rules
from tests.notation import rulebook
from words import translator

GERMAN, ENGLISH = translator("de"), translator("en")
KEYS = [
    f"{section}.{key}"
    for section, part in Rulebook.model_fields.items()
    for key in part.annotation.model_fields  # type: ignore[union-attr]
]


def _values(t=GERMAN):
    return {f"{rule.section}.{rule.key}": rule for rule in rules.read(LOCAL_USER, default(), t)}


def test_every_key_of_the_rulebook_has_words_and_all_words_belong_to_a_key():
    assert set(rule_words.RULES) == set(KEYS)
    assert list(rule_words.SECTIONS) == list(Rulebook.model_fields)
    assert sorted(name for group in rule_words.GROUPS for name in group.sections) == sorted(rule_words.SECTIONS)


def test_every_rule_says_where_it_comes_from_and_every_practice_named_has_its_sentence():
    assert all(words.practices or words.finding for words in rule_words.RULES.values())
    named = {practice for words in rule_words.RULES.values() for practice in words.practices}
    assert named == set(rule_words.PRACTICES)
    articles = {article for words in rule_words.RULES.values() for article in words.articles}
    assert articles == {"000", "001", "002", "003", "004"}


@pytest.mark.parametrize(
    ("key", "german", "english"),
    [
        ("promise.kept", "+4", "+4"),
        ("promise.broken", "−8", "−8"),
        ("promise.moved_in_time", "0", "0"),
        ("promise.price_tolerance", "5\u00a0%", "5%"),
        (
            "promise.late",
            "sofort −2, nach 1 Tag −3, nach 3 Tagen −5, nach 5 Tagen −7,5, ab 10 Tagen −8",
            "at once −2, after 1 day −3, after 3 days −5, after 5 days −7.5, from 10 days on −8",
        ),
        ("notice.most_hours", "8 Stunden", "8 hours"),
        ("answers.channel_hours", "am Telefon 4 Stunden, im Chat 4 Stunden", "by phone 4 hours, by chat 4 hours"),
        ("answers.given_up_after", "2-mal so lange", "2 times as long"),
        ("contacts.follow_up_kinds", "Lieferung", "delivery"),
        ("sensitivity.least", "0,5-fach", "0.5 times"),
        ("fading.half_life_days", "365 Tage", "365 days"),
        ("advice.memory_days", "7, 14, 30, 90 oder 180 Tage", "7, 14, 30, 90 or 180 days"),
        ("alerts.last_call_hours", "4 Stunden", "4 hours"),
        ("alerts.unanswered_at", "50\u00a0%", "50%"),
        ("alerts.fall_points", "15 Punkte", "15 points"),
        ("alerts.thin_buffer", "2 Abbuchungen", "2 withdrawals"),
        ("alerts.drift_weeks", "26 Wochen", "26 weeks"),
        ("alerts.not_escalated", "kein Hinweis", "no alert"),
        ("calibration.prior_spread", "±\u00a010\u00a0%", "±\u00a010%"),
        ("stage.lost_below", "−20 Punkte", "−20 points"),
    ],
)
def test_a_value_is_written_as_people_write_it(key, german, english):
    assert (_values()[key].value, _values(ENGLISH)[key].value) == (german, english)


def test_scripts_get_values_as_the_file_has_them():
    values = _values()
    assert values["promise.kept"].plain == 4.0
    assert values["promise.late"].plain == [[0, -2], [1, -3], [3, -5], [5, -7.5], [10, -8]]
    assert values["fading.half_life_days"].plain == 365
    assert values["contacts.follow_up_kinds"].plain == ["delivery"]


def test_points_with_hundredths_are_not_rounded_and_odd_values_have_a_form_too():
    odd = rulebook(
        promise={"broken": -753, "late": Late((0.0,), (-100,))},
        fading={"half_life_days": "none"},
        answers={"channel_hours": {}, "target_hours": 1},
        contacts={"follow_up_kinds": ()},
        advice={"memory_days": (30,)},
        alerts={"not_escalated": ("due_soon", "overload")},
    )
    found = {f"{rule.section}.{rule.key}": rule.value for rule in rules.read(LOCAL_USER, odd, GERMAN)}
    assert found["promise.broken"] == "−7,53"
    assert found["promise.late"] == "sofort −1"
    assert found["fading.half_life_days"] == "nie"
    assert (found["answers.target_hours"], found["answers.channel_hours"]) == ("1 Stunde", "nirgends")
    assert found["alerts.not_escalated"] == "bald fällig, mehr offen als je bewältigt"
    assert (found["contacts.follow_up_kinds"], found["advice.memory_days"]) == ("keine Art", "30 Tage")


def test_what_another_version_changes_is_named_with_old_and_new():
    other = rulebook(promise={"broken": -1000}, cards={"months": 1})
    assert rules.changes(LOCAL_USER, default(), other, GERMAN) == [
        ("promise", "broken", "Gar nicht gehalten", "−8", "−10"),
        ("cards", "months", "So lange zählen gebrochene Produktversprechen", "12 Monate", "1 Monat"),
    ]
    assert rules.changes(LOCAL_USER, default(), default(), GERMAN) == []


def test_whoever_may_not_read_documents_reads_no_rules():
    with pytest.raises(Refused):
        rules.read(Asker(None, frozenset()), default(), GERMAN)


def test_a_section_is_called_as_people_call_it_and_no_name_from_the_file_slips_in():
    assert rules.title("notice", GERMAN) == "Wann ein Bescheid rechtzeitig ist"
    for t in (GERMAN, ENGLISH):
        for rule in rules.read(LOCAL_USER, default(), t):
            assert not re.search(r"_|`|\{", f"{rule.meaning} {rule.value} {rule.finding}")
