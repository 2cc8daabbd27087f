"""A key is shown once, known by its digest, and counts until it is revoked or has expired."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from domain.access_key import AccessKey, KeyCreated, KeyRevoked, Token, event, new_token, opens, state, token
from domain.ids import Ids
from tests.notation import at

NOW = at("2026-03-12T09:00")
DAY = timedelta(days=1)
MADE = new_token(random.Random(1).randbytes)


def made(**more: object) -> AccessKey:
    data = {"digest": MADE.digest, "scopes": ("read",), "roles": ("manager",), "by": "local", **more}
    return AccessKey(MADE.name, KeyCreated.model_validate(data), NOW)


def test_a_key_has_256_random_bits_and_a_name_that_is_no_secret():
    drawn: list[int] = []

    def entropy(count: int) -> bytes:
        drawn.append(count)
        return bytes(count)

    blank = new_token(entropy)
    assert drawn == [5, 32]
    assert blank.text == "konto_0000000000_" + "A" * 43
    assert token(MADE.text) == MADE
    assert MADE.text.startswith(f"konto_{MADE.name}_")


@pytest.mark.parametrize(
    "text", ["", "konto_", MADE.text[:-1], MADE.text + "A", MADE.text.upper(), f" {MADE.text}", "ü"]
)
def test_what_cannot_be_a_key_is_none(text: str):
    assert token(text) is None


def test_one_bit_off_and_it_is_another_key():
    assert opens(made(), MADE, NOW)
    for place in range(len(MADE.text)):
        other = chr(ord(MADE.text[place]) ^ 1)
        assert not opens(made(), Token(MADE.name, MADE.text[:place] + other + MADE.text[place + 1 :]), NOW)
    assert not opens(None, MADE, NOW)


def test_it_counts_until_the_moment_at_which_it_expires():
    key = made(expires=NOW + DAY)
    assert opens(key, MADE, NOW + DAY - timedelta(microseconds=1))
    assert not opens(key, MADE, NOW + DAY)


def test_once_revoked_it_opens_nothing():
    ids = Ids(b"x" * 32)
    facts = [event(ids, MADE.name, made().data, NOW), event(ids, MADE.name, KeyRevoked(by="local"), NOW + DAY)]
    assert [fact.stream for fact in facts] == [f"key-{MADE.name}"] * 2
    assert opens(state(MADE.name, facts[:1]), MADE, NOW)
    revoked = state(MADE.name, facts)
    assert revoked is not None
    assert (revoked.revoked, opens(revoked, MADE, NOW + DAY)) == (NOW + DAY, False)
    assert state(MADE.name, []) is None
