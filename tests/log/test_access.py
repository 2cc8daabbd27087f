"""Access keys in a home: only their digests are kept, and what is revoked is refused from the next question on."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import Refused
from domain.roles import Asker, NotAllowed, Role
from projections import access_keys
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from wiring import access

NOW = at("2026-03-12T09:00")
PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"
roles = ["owner"]
"""


@pytest.fixture
def entropy():
    return random.Random(7).randbytes


@pytest.fixture
def known() -> access.Known:
    """What the API keeps of keys from one question to the next."""
    return access.Known()


@pytest.fixture
def staffed(home: Home) -> Home:
    home.clock.now = NOW
    home.konto.publish("people", PEOPLE)
    return home


def test_whoever_comes_with_a_key_has_its_scopes_and_roles(staffed: Home, entropy, known: access.Known):
    token = access.create(staffed.konto, entropy, scopes=["read", "alerts"], roles=["auditor"])
    caller = access.caller(staffed.konto, token.text, known)
    assert caller is not None
    assert (caller.key, caller.scopes) == (token.name, ("read", "alerts"))
    assert caller.asker == Asker(None, frozenset[Role]({"auditor"}))


def test_a_key_of_a_person_has_their_roles_of_the_moment_and_goes_with_them(
    staffed: Home, entropy, known: access.Known
):
    token = access.create(staffed.konto, entropy, scopes=["read"], person="INES@example.com")
    asker = access.caller(staffed.konto, token.text, known)
    assert asker is not None
    assert asker.asker == Asker("ines", frozenset[Role]({"owner"}))
    staffed.clock.now += timedelta(hours=1)
    staffed.konto.publish("people", PEOPLE.replace('"owner"', '"manager"'))
    promoted = access.caller(staffed.konto, token.text, known)
    assert promoted is not None
    assert promoted.asker.roles == {"manager"}
    staffed.clock.now += timedelta(hours=1)
    staffed.konto.publish("people", PEOPLE.replace("ines", "lutz"))
    assert access.caller(staffed.konto, token.text, known) is None


def test_without_a_person_and_roles_it_is_a_managers(staffed: Home, entropy, known: access.Known):
    caller = access.caller(staffed.konto, access.create(staffed.konto, entropy, scopes=["facts:write"]).text, known)
    assert caller is not None
    assert caller.asker == Asker(None, frozenset[Role]({"manager"}))


def test_a_revoked_key_and_an_expired_one_open_nothing(staffed: Home, entropy, known: access.Known):
    konto = staffed.konto
    short = access.create(konto, entropy, scopes=["read"], expires=NOW + timedelta(days=1))
    long = access.create(konto, entropy, scopes=["read"])
    assert access.caller(konto, short.text, known)
    staffed.clock.now += timedelta(days=1)
    assert access.caller(konto, short.text, known) is None
    assert access.caller(konto, long.text, known)
    assert access.revoke(konto, long.name).revoked == staffed.clock.now
    assert access.caller(konto, long.text, known) is None
    staffed.clock.now += timedelta(days=1)
    assert access.revoke(konto, long.name).revoked == NOW + timedelta(days=1), "once more does nothing"
    assert [(each.name, each.counts(staffed.clock.now)) for each in access.listed(konto)] == [
        (short.name, False), (long.name, False)
    ]  # fmt: skip


def test_another_process_refuses_a_revoked_key_at_once(folder: Path, entropy, known: access.Known):
    one, other = open_at(folder), open_at(folder)
    one.clock.now = other.clock.now = NOW
    token = access.create(one.konto, entropy, scopes=["read"])
    assert access.caller(other.konto, token.text, known)
    access.revoke(one.konto, token.name)
    assert access.caller(other.konto, token.text, known) is None
    one.close()
    other.close()


def test_a_key_is_read_once_as_long_as_nothing_is_noted_of_it(
    staffed: Home, entropy, known: access.Known, monkeypatch: pytest.MonkeyPatch
):
    token = access.create(staffed.konto, entropy, scopes=["read"])
    read: list[str] = []
    history = access._key
    monkeypatch.setattr(access, "_key", lambda konto, name: read.append(name) or history(konto, name))
    assert access.caller(staffed.konto, token.text, known)
    assert access.caller(staffed.konto, token.text, known)
    assert access.caller(staffed.konto, "konto_aaaaaaaa_nobody", known) is None
    assert read == [token.name]
    access.revoke(staffed.konto, token.name)
    read.clear()
    assert access.caller(staffed.konto, token.text, known) is None
    assert read == [token.name]


def test_no_key_and_no_purpose_stands_in_the_log_in_clear(staffed: Home, entropy):
    konto = staffed.konto
    token = access.create(konto, entropy, scopes=["read"], purpose="Zobelzauber", person="ines")
    stored = b"".join(row.state for row in konto.log.rows(0, 1_000))
    for secret in (token.text, token.text.rpartition("_")[2], "Zobelzauber", '"ines"'):
        assert secret.encode() not in stored
    assert token.digest.encode() in stored
    assert [each.data.purpose for each in access.listed(konto)] == ["Zobelzauber"]


def test_a_rebuild_finds_every_key_again(staffed: Home, entropy):
    konto = staffed.konto
    names = {access.create(konto, entropy, scopes=["read"]).name for _ in range(3)}
    konto.rebuild()
    assert {each.name for each in access.listed(konto)} == names


def test_only_who_looks_after_keys_makes_and_sees_them(staffed: Home, entropy):
    for role in ("owner", "manager", "auditor"):
        konto = replace(staffed.konto, asker=Asker("ines", frozenset[Role]({role})))  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            access.create(konto, entropy, scopes=["admin"])
        with pytest.raises(NotAllowed):
            access.revoke(konto, "0" * 10)
        with pytest.raises(NotAllowed):
            access_keys.listed(konto.log, konto.views, konto.asker)
    admin = replace(staffed.konto, asker=Asker("ines", frozenset[Role]({"admin"})))
    token = access.create(admin, entropy, scopes=["read"])
    (made,) = access.listed(admin)
    assert (made.name, made.data.by) == (token.name, admin.log.ids.person("ines"))


def test_a_key_that_nothing_is_said_of_is_refused(staffed: Home, entropy):
    konto = staffed.konto
    for code, more in (
        ("missing", {"scopes": []}),
        ("in_the_past", {"scopes": ["read"], "expires": NOW}),
        ("unknown_person", {"scopes": ["read"], "person": "niemand"}),
    ):
        with pytest.raises(Refused) as refused:
            access.create(konto, entropy, **more)  # type: ignore[arg-type]
        assert refused.value.code == code
    with pytest.raises(Refused, match="no key"):
        access.revoke(konto, "gibtsnicht")


def test_a_key_made_before_the_first_rulebook_does_not_keep_it_from_counting_from_the_beginning(home: Home, entropy):
    """What was published before the first fact counts for all that is brought in later; a key is no fact."""
    home.clock.now = NOW
    access.create(home.konto, entropy, scopes=["facts:write"])
    text = (home.konto.home / "rulebook.toml").read_text("utf-8")
    home.konto.publish("rulebook", text.replace("thin_buffer = 2", "thin_buffer = 5"))
    home.take(envelopes('2026-01-05T09:00  verspricht K-1 ines "A" bis 2026-01-09T12:00'))
    rulebooks = home.konto.steering.rulebooks
    assert [rulebooks.at(each).alerts.thin_buffer for each in (at("2026-01-01"), NOW)] == [5, 5]


def test_keys_do_not_keep_a_document_from_counting_from_an_earlier_moment(staffed: Home, entropy):
    """Nothing was judged yet that it could judge anew."""
    access.create(staffed.konto, entropy, scopes=["read"])
    with staffed.konto.log.writing(keep=False) as writer:
        assert not writer.knows_of_anything_from(at("2020-01-01"))
