"""What each role may see and do, as one table says it."""

from __future__ import annotations

from typing import get_args

import pytest

from domain.roles import LOCAL_USER, MAY, Asker, NotAllowed, What, allowed, may, scope

READING = (
    "customers", "promises", "contacts", "incidents", "suppliers", "figures", "advice", "tests", "alerts", "documents",
    "audit", "looks", "figures_per_person",
)  # fmt: skip
DOING = (
    "record", "merge", "acknowledge", "deliveries", "publish_rulebook", "publish_calendars", "publish_people", "keys",
    "connectors", "erase", "access", "open_figures",
)  # fmt: skip
TABLE = {
    # reading: in the order of READING; doing: what is named is allowed
    "owner": (
        ["own", "own", "own", "own", "all", "own", "own", None, "own", "all", None, None, None],
        {"record": "own", "acknowledge": "own"},
    ),
    "manager": (
        [*["all"] * 11, None, "all"],
        dict.fromkeys(
            (
                "record",
                "merge",
                "acknowledge",
                "deliveries",
                "publish_rulebook",
                "publish_calendars",
                "publish_people",
            ),
            "all",
        ),
    ),
    "auditor": ([*["all"] * 12, None], {}),
    "admin": (
        ["all", None, None, None, None, None, None, None, "all", "all", "all", "all", None],
        dict.fromkeys(
            ("merge", "deliveries", "publish_people", "keys", "connectors", "erase", "access", "open_figures"), "all"
        ),
    ),
}


def asker(*roles: str) -> Asker:
    return Asker("somebody", frozenset(roles))  # type: ignore[arg-type]


@pytest.mark.parametrize("role", list(TABLE))
def test_each_role_reaches_exactly_as_far_as_the_table_says(role):
    reading, doing = TABLE[role]
    assert [scope(asker(role), what) for what in READING] == reading
    assert {what: scope(asker(role), what) for what in DOING if may(asker(role), what)} == doing
    assert set(MAY[role]) <= {*READING, *DOING} == set(get_args(What))


def test_an_auditor_reads_everything_but_figures_of_one_of_us_and_changes_nothing():
    assert {what for what in READING if scope(asker("auditor"), what) != "all"} == {"figures_per_person"}
    assert not any(may(asker("auditor"), what) for what in DOING)


def test_whoever_has_two_roles_reaches_as_far_as_the_wider_one():
    assert scope(asker("owner", "auditor"), "customers") == "all"
    assert scope(asker("owner", "auditor"), "record") == "own"


def test_without_a_role_or_with_an_unknown_one_nothing_is_allowed():
    for nobody in (asker(), asker("chef")):
        assert not any(may(nobody, what) for what in (*READING, *DOING))
    assert not may(LOCAL_USER, "anything_else")
    assert all(scope(LOCAL_USER, what) == "all" for what in (*READING, *DOING))


def test_what_is_not_allowed_is_refused_by_name():
    assert allowed(asker("owner"), "customers") == "own"
    with pytest.raises(NotAllowed) as refused:
        allowed(asker("owner"), "audit")
    assert (refused.value.code, refused.value.what) == ("not_allowed", "audit")
