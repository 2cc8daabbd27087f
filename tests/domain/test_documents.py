"""The three documents: read strictly, refused with line and remedy, kept in versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import perf_counter
from types import ModuleType
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from domain import business_time, calendars, documents, local_time, people
from domain.documents import Document, DocumentRefused, Items, Part, Versions, lines_of, load
from domain.errors import Refused
from domain.fact import Label
from words import translator


class Size(Part):
    width: int
    depth: float = 1.0


class Shelf(Part):
    size: Size
    books: Items[Label] = ()


class Library(Document):
    name: Label
    open: bool = True
    days: Items[int] = ()
    shelves: Items[Shelf] = ()
    rooms: dict[str, Size] = Field(default_factory=dict)
    closes: int | Literal["never"] = "never"

    def contradictions(self):
        for number, shelf in enumerate(self.shelves):
            if shelf.size.width < 0:
                place = ("shelves", number, "size", "width")
                yield DocumentRefused("too_narrow", "A shelf of {found} is too narrow.", place, found=shelf.size.width)


GOOD = """\
name = "Stadtbücherei"   # Kommentar
days = [
  1,
  2,  # zwei

  3,
]

[[shelves]]
size = { width = 3, depth = 2 }
books = ["a",
  "b"]

[[shelves]]
books = []
[shelves.size]
width = 4

[rooms."Saal 1"]
width = 9
"""


def findings(text: str, model: type[Document] = Library) -> list[tuple[int, str, str]]:
    with pytest.raises(DocumentRefused) as refused:
        load(text, model)
    return [(each.line, each.path, each.code) for each in refused.value.findings]


def sentence(text: str, model: type[Document] = Library) -> str:
    with pytest.raises(DocumentRefused) as refused:
        load(text, model)
    return str(refused.value)


# -- reading ------------------------------------------------------------------------------------------


def test_a_good_document_comes_out_as_immutable_data():
    library = load(GOOD, Library)
    assert library.days == (1, 2, 3)
    assert library.shelves[1].size == Size(width=4)
    assert library.rooms["Saal 1"].width == 9
    with pytest.raises(ValueError, match="frozen"):
        library.name = "x"  # type: ignore[misc]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted():
    assert load("\ufeff" + GOOD.replace("\n", "\r\n"), Library) == load(GOOD, Library)
    assert findings("\ufeff" + GOOD.replace("\n", "\r\n").replace("width = 9", 'width = "9"'))[0][0] == 20


def test_every_finding_comes_with_its_line_in_order_of_lines():
    text = GOOD.replace("width = 3", 'width = "3"').replace("width = 9", "width = true").replace("  2,", '  "2",')
    assert findings(text) == [
        (4, "days.1", "wrong_type"),
        (10, "shelves.0.size.width", "wrong_type"),
        (20, "rooms.Saal 1.width", "wrong_type"),
    ]


def test_the_second_book_in_a_list_over_two_lines_is_found_on_its_line():
    assert findings(GOOD.replace('  "b"]', "  7]")) == [(12, "shelves.0.books.1", "wrong_type")]


def test_what_is_missing_is_reported_where_its_section_begins():
    assert findings(GOOD.replace("width = 4", "")) == [(16, "shelves.1.size.width", "missing")]
    assert findings(GOOD.replace('name = "Stadtbücherei"', "")) == [(1, "name", "missing")]
    assert "“name” is missing" in sentence("open = true")


def test_an_unknown_key_names_the_one_that_was_probably_meant():
    text = GOOD.replace("width = 4", "widht = 4\nwidth = 4")
    assert findings(text) == [(17, "shelves.1.size.widht", "unknown_field")]
    assert sentence(text).endswith("“widht” is not known here. Possible is: width.")
    assert "Possible is: closes, days, name, open, rooms, shelves." in sentence(GOOD.replace("[rooms.", "[zzzz."))


def test_a_value_that_may_have_two_forms_is_told_both_at_its_own_place():
    assert findings('name = "x"\ncloses = "18"') == [
        (2, "closes", "wrong_type"),
        (2, "closes", "unknown_value"),
    ]


def test_contradictions_have_lines_too():
    text = GOOD.replace("width = 3", "width = -3").replace("width = 4", "width = -4")
    assert findings(text) == [
        (10, "shelves.0.size.width", "too_narrow"),
        (17, "shelves.1.size.width", "too_narrow"),
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ('"5"', "wrong_type"),
        ("5.5", "wrong_type"),
        ("true", "wrong_type"),
        ("[5]", "wrong_type"),
        ("{}", "wrong_type"),
    ],
)
def test_only_a_whole_number_is_a_whole_number(value, code):
    assert findings(GOOD.replace("width = 4", f"width = {value}")) == [(17, "shelves.1.size.width", code)]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_numbers_without_end_are_refused(value):
    assert findings(GOOD.replace("depth = 2", f"depth = {value}")) == [(10, "shelves.0.size.depth", "not_a_number")]


def test_a_value_where_a_section_or_a_list_belongs_is_shown():
    assert sentence('name = "x"\nshelves = 5').endswith("A list in square brackets is needed here, not 5.")
    assert sentence('name = "x"\nshelves = [5]').endswith("names and values is needed here, not 5.")
    assert sentence('name = "x"\nrooms = "ä"').endswith('names and values is needed here, not "ä".')


# -- what is no TOML -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "text_constant"),
    [
        ('name = "a"\nname = "b"\n', 2, documents.DOUBLED),
        ('name = "a"\n[rooms]\n[rooms]\n', 3, documents.DOUBLED),
        ('name = "a"\ndays = [1,\n2,\n', 2, documents.UNCLOSED),
        ('days = [1,\n2,\n]\nname = "a\nopen = true\n', 4, documents.UNCLOSED),
        ('days = [1]\nname = """a\nopen = true\n\n\n', 2, documents.UNCLOSED),
        ("\n[rooms\nopen = true", 2, documents.UNCLOSED),
        ('\nname "a"', 2, documents.NO_EQUALS_SIGN),
        ("name = 2026-02-30", 1, documents.NO_DATE),
        ("open = true\nname = Bücherei\n", 2, documents.UNREADABLE),
        ("open = true, name = 1\n", 1, documents.UNREADABLE),
        ("days = " + "[" * 100_000, 1, documents.TOO_DEEP),
    ],
)
def test_what_cannot_be_read_is_refused_with_line_and_a_plain_sentence(text, line, text_constant):
    with pytest.raises(DocumentRefused) as refused:
        load(text, Library)
    assert (refused.value.code, refused.value.line, refused.value.text) == ("not_toml", line, text_constant)


def test_hidden_direction_marks_and_halves_of_characters_are_refused_by_code_point():
    assert findings('open = true\nname = "a\u202eb"')[0] == (2, "", "forbidden_character")
    assert "U+202E" in sentence('open = true\n# \u202e\nname = "ab"')
    assert "U+DC80" in sentence('name = "a\udc80"')
    assert findings('name = "a\\u0000b"') == [(1, "name", "forbidden_character")]


def test_a_document_of_more_than_a_million_characters_is_refused_before_it_is_read():
    assert findings("# " + "x" * 1_000_000)[0][2] == "too_long"


def test_a_long_document_with_a_mistake_at_its_end_is_refused_within_two_seconds():
    lines = [f'[rooms."{number}"]\nwidth = {number}\n' for number in range(3000)]
    books = ",\n".join(f'"{number}"' for number in range(3000))
    text = f'name = "x"\n{"".join(lines)}[[shelves]]\nsize = {{ width = "1" }}\nbooks = [\n{books}, 7]\n'
    began = perf_counter()
    found = findings(text)
    assert found == [
        (6003, "shelves.0.size.width", "wrong_type"),
        (9004, "shelves.0.books.3000", "wrong_type"),
    ]
    assert perf_counter() - began < 2


# -- lines -----------------------------------------------------------------------------------------------


def test_lines_are_found_through_dotted_keys_lists_of_tables_and_long_texts():
    text = '''
a.b.c = 1
long = """
x = 1
]
"""
[[t]]
k = [ [1, 2],
  [3,
   4],
 5 ]
[[t.inner]]
z = 1
[[t.inner]]
"z.z" = { p = 1, q = [ { r = 2 } ] }
m = { p = 1, q = [ 1,
  2 ] }
[[t]]
[t.inner]
y = 0
'''
    lines = lines_of(text)
    assert lines[("a", "b", "c")] == 2
    assert lines[("long",)] == 3
    assert lines[("t", 0)] == 7
    assert [lines[("t", 0, "k", number)] for number in range(3)] == [8, 9, 11]
    assert lines[("t", 0, "inner", 0, "z")] == 13
    assert lines[("t", 0, "inner", 1)] == 14
    assert lines[("t", 0, "inner", 1, "z.z", "q", 0, "r")] == 15
    assert lines[("t", 0, "inner", 1, "m", "q", 1)] == 16
    assert lines[("t", 1)] == 18
    assert lines[("t", 1, "inner", "y")] == 20


# -- versions ----------------------------------------------------------------------------------------------

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def test_a_version_counts_from_the_very_instant_it_starts():
    versions = Versions("shipped").published(day(10), "second")
    assert versions.at(day(10) - timedelta(microseconds=1)) == "shipped"
    assert versions.at(day(10)) == "second"
    assert versions.starts() == (day(10),)


def test_versions_count_in_order_of_their_starts_however_they_were_published():
    versions = Versions("shipped").published(day(20), "c").published(day(10), "b")
    assert [versions.at(day(number)) for number in (0, 10, 19, 20)] == ["shipped", "b", "b", "c"]


def test_of_two_versions_with_one_start_the_one_published_later_counts():
    versions = Versions("shipped").published(day(10), "b").published(day(10), "b again")
    assert versions.at(day(11)) == "b again"
    assert versions.starts() == (day(10),)
    assert Versions("shipped").published(None, "x").published(None, "y").at(day(-10_000)) == "y"


def test_a_version_from_the_beginning_takes_the_place_of_the_shipped_one_and_leaves_the_others():
    versions = Versions("shipped").published(day(10), "b")
    earlier = versions.published(None, "first")
    assert (earlier.at(day(0)), earlier.at(day(10))) == ("first", "b")
    assert versions.at(day(0)) == "shipped", "versions are immutable"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers()), max_size=20), st.integers(-1, 31))
def test_the_version_at_an_instant_is_the_last_published_of_the_last_start_before_it(published, moment):
    versions = Versions(-1)
    for start, value in published:
        versions = versions.published(day(start), value)
    expected = {start: value for start, value in published if start <= moment}
    assert versions.at(day(moment)) == (expected[max(expected)] if expected else -1)


# -- words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [business_time, local_time, documents, calendars, people])
def test_every_sentence_of_these_modules_has_a_german_text(module: ModuleType):
    sentences = [text for name, text in vars(module).items() if name.isupper() and isinstance(text, str)]
    german = translator("de")
    assert sentences
    assert [text for text in sentences if german.gettext(text) == text] == []


def test_a_finding_can_be_said_in_german_with_its_line():
    with pytest.raises(Refused) as refused:
        load('name = "x"\nopne = true', Library)
    said = translator("de").gettext(refused.value.text).format(**refused.value.params)
    assert said == "„opne“ ist hier nicht bekannt. Möglich ist: open."
