"""What each role may see and do, as one table says it."""

from __future__ import annotations

import pytest

from domain.roles import LOCAL_USER, MAY, Asker, NotAllowed, allowed, may, scope

READING = (
    "customers", "promises", "contacts", "incidents", "suppliers", "figures", "advice", "tests", "alerts", "documents",
    "audit",
)  # fmt: skip
DOING = (
    "record", "merge", "acknowledge", "deliveries", "publish_rulebook", "publish_calendars", "publish_people", "keys",
    "connectors", "erase", "access",
)  # fmt: skip
TABLE = {
    # reading: in the order of READING; doing: what is named is allowed
    "owner": (
        ["own", "own", "own", "own", "all", "own", "own", None, "own", "all", None],
        {"record": "own", "acknowledge": "own"},
    ),
    "manager": (
        ["all"] * 11,
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
    "auditor": (["all"] * 11, {}),
    "admin": (
        ["all", None, None, None, None, None, None, None, "all", "all", "all"],
        dict.fromkeys(("merge", "deliveries", "publish_people", "keys", "connectors", "erase", "access"), "all"),
    ),
}


def asker(*roles: str) -> Asker:
    return Asker("somebody", frozenset(roles))  # type: ignore[arg-type]


@pytest.mark.parametrize("role", list(TABLE))
def test_each_role_reaches_exactly_as_far_as_the_table_says(role):
    reading, doing = TABLE[role]
    assert [scope(asker(role), what) for what in READING] == reading
    assert {what: scope(asker(role), what) for what in DOING if may(asker(role), what)} == doing
    assert set(MAY[role]) <= {*READING, *DOING}


def test_an_auditor_reads_everything_and_changes_nothing():
    assert all(scope(asker("auditor"), what) == "all" for what in READING)
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
