"""Numbers, yes and no, and texts are read as the mapping declares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from intake.reading import Reading

ENGLISH = Reading()
GERMAN = Reading(decimal=",")
GROUPED = Reading(decimal=",", thousands=".")
UNDECLARED = Reading(unsure=True)


@pytest.mark.parametrize(
    ("reading", "text", "number"),
    [
        (ENGLISH, "5", 5),
        (ENGLISH, " -5.50 ", -5.5),
        (ENGLISH, "1234.56", 1234.56),
        (ENGLISH, 7, 7),
        (ENGLISH, 7.25, 7.25),
        (UNDECLARED, "1.23", 1.23),
        (UNDECLARED, "0.125", 0.125),
        (UNDECLARED, "1234.567", 1234.567),
        (UNDECLARED.with_(None, ".", None), "1.234", 1.234),
        (GERMAN, "1234,56", 1234.56),
        (GERMAN, 7.25, 7.25),
        (GROUPED, "1.234,56", 1234.56),
        (GROUPED, "1.234", 1234),
        (GROUPED, "1234", 1234),
        (Reading(thousands=","), "1,234,567.8", 1234567.8),
        (Reading(decimal=",", thousands=" "), "1 234,5", 1234.5),
        (Reading(decimal=",", thousands=" "), "1\u202f234\u00a0567,5", 1234567.5),
        (Reading(thousands="'"), "1'234.5", 1234.5),
    ],
)
def test_a_number_is_read_with_the_declared_signs(reading, text, number):
    found = reading.number(text)
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize(
    ("reading", "text", "hint"),
    [
        (ENGLISH, "1.234,56", 'decimal = ","'),
        (ENGLISH, "1234,56", 'decimal = ","'),
        (ENGLISH, "1,234.56", 'thousands = ","'),
        (GERMAN, "1,234.56", 'decimal = "."'),
        (GERMAN, "1.234,56", 'thousands = "."'),
        (GERMAN, "1.234", 'decimal = "."'),
        (GROUPED, "1.23,4", "decimal and thousands"),
        (GROUPED, "12.3", 'decimal = "."'),
        (UNDECLARED, "1.234", "can be 1234"),
        (UNDECLARED, "-12.000", "can be -12000"),
        (ENGLISH, "12,50 €", "decimal and thousands"),
        (ENGLISH, "1e5", "decimal and thousands"),
        (ENGLISH, "٣", "decimal and thousands"),
        (ENGLISH, "five", "decimal and thousands"),
        (ENGLISH, "", "decimal and thousands"),
        (ENGLISH, "nan", "decimal and thousands"),
    ],
)
def test_a_number_with_other_signs_is_refused_with_the_declaration_that_would_help(reading, text, hint):
    with pytest.raises(Refused) as caught:
        reading.number(text)
    assert caught.value.code == "not_a_number"
    assert hint in str(caught.value)


def test_a_number_too_large_for_the_store_is_refused():
    with pytest.raises(Refused) as caught:
        ENGLISH.number("9223372036854775808")
    assert caught.value.code == "out_of_range"


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False))
def test_german_and_english_ways_of_writing_a_number_give_the_same(amount):
    english = f"{amount:,.2f}"
    german = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert GROUPED.number(german) == Reading(thousands=",").number(english) == float(amount)


def test_yes_and_no_are_the_declared_words():
    assert [ENGLISH.yes_no(word) for word in ("true", "JA", "1", True)] == [True] * 4
    assert [ENGLISH.yes_no(word) for word in ("False", "nein", "0", False, 0)] == [False] * 5
    with pytest.raises(Refused) as caught:
        ENGLISH.yes_no("vielleicht")
    assert caught.value.code == "unknown_value"
    assert Reading(yes=frozenset({"x"}), no=frozenset({"-"})).yes_no("X") is True


def test_a_text_stays_as_it_is():
    for text in ("=HYPERLINK(1)", "+49 821 1", "@x", "\tx", " padded ", "'; DROP TABLE", "<script>", "{{7*7}}", "a\nb"):
        assert ENGLISH.text(text) == text
    assert ENGLISH.text("a\r\nb") == "a\nb"
    assert [ENGLISH.text(number) for number in (8, 8.0, 8.5, True)] == ["8", "8", "8.5", "true"]


@pytest.mark.parametrize(
    ("text", "code_point"),
    [("a\x00b", "U+0000"), ("a\x1bb", "U+001B"), ("a\u202eb", "U+202E"), ("a\rb", "U+000D"), ("\x85", "U+0085")],
)
def test_a_character_that_hides_something_is_refused_by_its_code_point(text, code_point):
    with pytest.raises(Refused) as caught:
        ENGLISH.text(text)
    assert caught.value.code == "forbidden_character"
    assert caught.value.params["code_point"] == code_point


@pytest.mark.parametrize("value", [["a"], {"a": 1}, None])
def test_a_list_or_object_is_no_text(value):
    with pytest.raises(Refused) as caught:
        ENGLISH.text(value)
    assert caught.value.code == "wrong_type"
