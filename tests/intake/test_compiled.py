"""An expression means what JMESPath says it means: the library's own interpreter is the judge."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jmespath.visitor import Options

from intake.compiled import compiled
from intake.functions import Functions
from intake.reading import Reading

FUNCTIONS = Functions(Reading())

EXPRESSIONS = [
    "a", "a.b", "a.b.c", '"ä b"', "@", "a[0]", "a[-1]", "a[5]", "a[-5]", "a[1:]", "a[::-1]", "a[:2].b",
    "a[]", "a[].b", "a[][]", "a[*]", "a[*].b", "a[*].b.c", "a[*][0]", "a[].b[]", "*", "a.*", "a.*.b", "*.b",
    "a | b", "a[].b | [0]", "a[0][0]", "a.b[0].c[?a].b | [0].c",
    "a[?b]", "a[?b == 'x']", "a[?b == 'x'].c", "a[?b > `1`].c | [0]", "a[?!b]", "a[?b && c || @]", "a[?b[0]]",
    "a[?b.c == c]", "a == b", "a != b", "a == `0`", "a == `false`", "a == `null`", "a == 'x'", "a == `[]`",
    "a < `1`", "a >= b", "a < 'x'", "a && b", "a || b", "!a", "!(a && b)", "a || b || c", "(a || b).c",
    "[a, b]", "[a, b.c][0]", "a.[b, c]", "{x: a, y: b.c}", "a.{x: b}", "a[].[b, c]", "a[].{x: b}",
    "`1`", "'x'", "`{\"b\": 1}`.b", "length(a)", "not_null(a, b, c)", "type(a)", "to_array(a)", "a[].type(b)",
    "map(&b, a)", "sort_by(a[?type(@) == 'object' && type(b) == 'string'], &b)", "a[*].to_string(@)",
    "max_by(a[?type(@) == 'object' && type(b) == 'number'], &b).c", "join('-', a[?type(@) == 'string'])",
    "keys(a || `{}`)",
]  # fmt: skip

names = st.sampled_from(["a", "b", "c", "ä b"])
leaf = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x", "y", "1"])
value = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


def outcome(run: Any) -> Any:
    try:
        return run()
    except (jmespath.exceptions.JMESPathError, TypeError) as error:
        # A number compared with a text: the library lets Python's own error through.
        return "refused", type(error) is TypeError or isinstance(error, jmespath.exceptions.JMESPathError)


@pytest.mark.parametrize("text", EXPRESSIONS)
@settings(max_examples=12, deadline=None)
@given(data=st.dictionaries(names, value, max_size=4))
def test_a_compiled_expression_gives_what_the_library_gives(text, data):
    parsed = jmespath.compile(text)
    expected = outcome(lambda: parsed.search(data, options=Options(custom_functions=FUNCTIONS)))
    found = outcome(lambda: compiled(parsed.parsed, FUNCTIONS)(data))
    assert (found, type(found)) == (expected, type(expected))
