"""JSON is read strictly: what two readers could understand differently is refused, with its path."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused
from intake import json_text


def refused(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        json_text.parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ('{"a": {"b": 1, "b": 2}}', "duplicate_key", "a.b"),
        ('{"a": [1, NaN]}', "not_a_number", "a.1"),
        ('{"a": Infinity}', "not_a_number", "a"),
        ('{"a": -Infinity}', "not_a_number", "a"),
        ('{"a": 1e400}', "out_of_range", "a"),
        ('{"a": [{"b": 9223372036854775808}]}', "out_of_range", "a.0.b"),
        ('{"a": -9223372036854775809}', "out_of_range", "a"),
        ('{"a": ' + "9" * 5000 + "}", "out_of_range", "a"),
        ('{"a": "\\ud800"}', "encoding", "a"),
        ('{"a": {"\\udfff": 1}}', "encoding", "a"),
        ("[" * 65 + "]" * 65, "too_deep", ""),
        ('{"a":' * 65 + "1" + "}" * 65, "too_deep", ""),
        ('{"a": 1', "not_json", ""),
        ("", "not_json", ""),
        ("{'a': 1}", "not_json", ""),
    ],
)
def test_what_is_not_acceptable_is_named_with_its_path(text, code, path):
    found = refused(text)
    assert (found.code, found.path) == (code, path)
    assert found.text.format(**found.params)


def test_everything_wrong_in_one_text_is_named_at_once():
    found = refused('{"a": NaN, "b": {"c": 1, "c": 1e999}}')
    findings = {(each.code, each.path) for each in (found, *found.also)}
    assert findings == {("not_a_number", "a"), ("duplicate_key", "b.c")}


def test_what_is_at_the_limit_is_accepted():
    assert json_text.parse("[" * 64 + "]" * 64)
    assert json_text.parse('["' + "[" * 1000 + '"]') == ["[" * 1000], "brackets within a text do not nest"
    assert json_text.parse("[9223372036854775807, -9223372036854775808]")
    assert json_text.parse('"\\ud83d\\ude00"') == "😀"


def test_a_hundred_thousand_brackets_are_refused_at_once():
    start = time.perf_counter()
    assert refused("[" * 100_000).code == "too_deep"
    assert refused('{"a":"' + '\\"' * 400_000 + "[" * 100).code == "not_json"
    assert time.perf_counter() - start < 2


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(plain)
def test_sound_json_comes_back_as_it_was(value):
    assert json_text.parse(json.dumps(value)) == value


# -- read at once, or with care -----------------------------------------------------------------------

keys = st.sampled_from(["a", "b", "\\u0061", "ä", "", " a", 'q\\"', "\\\\"])
leaves = st.sampled_from(
    ["1", "-0", "1.0", "1E5", "9223372036854775807", "9223372036854775808", "123456789012345678901", "1e400", "NaN",
     "true", "null", '""', '"x"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\"a\\": 1"', '"a:b"', '"\t"', "01"]
)  # fmt: skip
colons = st.sampled_from([":", " : ", "\t:\n"])


def objects(inner):
    pairs = st.lists(st.tuples(keys, colons, inner), max_size=4)
    return pairs.map(lambda told: "{" + ", ".join(f'"{key}"{colon}{value}' for key, colon, value in told) + "}")


texts = st.recursive(
    leaves, lambda inner: objects(inner) | st.lists(inner, max_size=3).map(lambda told: f"[{','.join(told)}]")
)


def outcome(read, text):
    """The value with the kinds of its numbers, or every finding in words."""
    try:
        return repr(read(text))
    except Refused as found:
        return [(each.code, each.path, str(each)) for each in (found, *found.also)]


@given(texts)
def test_what_is_read_at_once_is_what_is_read_with_care_and_refused_in_the_same_words(text):
    """Keys that stand there twice, numbers beyond all limits, halves of characters, quotation marks within texts."""
    assert outcome(json_text.parse, text) == outcome(lambda it: json_text._with_care(it, json_text.MOST_FIELDS), text)


def test_a_usual_line_is_read_at_once_and_a_key_that_stands_twice_never():
    usual = (
        '{"id": "P-1/made", "time": "2026-03-02T09:00:00+01:00", "data": {"what": "Über: uns", "parts": [1, 2.5, "x"]}}'
    )
    assert json_text._at_once(usual, json_text.MOST_FIELDS) == json.loads(usual)
    for twice in ('{"a": 1, "a": 1}', '{"a": {"b": "x", "b" : "x"}}', '[{"": 1, "":2}]'):
        assert json_text._at_once(twice, json_text.MOST_FIELDS) is json_text._UNUSUAL
