"""Signed notes as C2SP has them."""

from __future__ import annotations

from random import Random

import pytest

from verifier.note import (
    BadNote,
    Checkpoint,
    PublicKey,
    SigningKey,
    checkpoint,
    opened,
    public_key,
    signed,
)

KEY = SigningKey("vertrauenskonto/7f3a", bytes(range(32)))
OTHER = SigningKey("vertrauenskonto/7f3a", bytes(range(1, 33)))
SAID = Checkpoint(KEY.name, 20_852_163, bytes(range(32)), ("position 20852170", "time 2026-11-29T03:00:00+00:00"))
NOTE = signed(SAID.text(), [KEY])

# From the specification's own example (C2SP signed-note).
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_example_of_the_specification_is_read_and_its_key_confirmed():
    text, by = opened(EXAMPLE, [public_key(EXAMPLE_KEY)])

    assert text.endswith("what your problem is.\n")
    assert [str(key) for key in by] == [EXAMPLE_KEY]


def test_a_checkpoint_has_origin_size_and_root_in_lines_of_their_own():
    assert NOTE.splitlines()[:6] == [
        "vertrauenskonto/7f3a",
        "20852163",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "position 20852170",
        "time 2026-11-29T03:00:00+00:00",
        "",
    ]
    assert NOTE.splitlines()[6].startswith("— vertrauenskonto/7f3a ")


def test_what_was_signed_comes_back_with_what_stands_beside():
    text, by = opened(NOTE, [KEY.public])

    assert checkpoint(text) == SAID
    assert by == (KEY.public,)
    assert SAID.said("position") == "20852170"
    assert SAID.said("posit") is None


def test_a_public_key_is_one_line_and_comes_back():
    assert public_key(f"{KEY.public}\n") == KEY.public
    assert str(KEY.seed.hex()) not in repr(KEY)


def test_a_note_by_two_keys_is_good_to_whoever_knows_one_of_them():
    both = signed(SAID.text(), [KEY, OTHER])

    assert opened(both, [KEY.public])[1] == (KEY.public,)
    assert opened(both, [OTHER.public])[1] == (OTHER.public,)
    assert opened(both, [KEY.public, OTHER.public])[1] == (KEY.public, OTHER.public)


def test_a_stranger_has_signed_nothing():
    with pytest.raises(BadNote, match="signature"):
        opened(NOTE, [OTHER.public])


def test_every_changed_character_of_a_note_is_refused():
    rng = Random(3)
    for place, was in enumerate(NOTE):
        changed = NOTE[:place] + rng.choice([each for each in "aZ0+/=\n \t—" if each != was]) + NOTE[place + 1 :]
        with pytest.raises(BadNote):
            checkpoint(opened(changed, [KEY.public])[0])
    for place in range(len(NOTE)):
        with pytest.raises(BadNote):
            checkpoint(opened(NOTE[:place] + NOTE[place + 1 :], [KEY.public])[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "origin\n",
        "origin\n1\n",
        "origin\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n1\nAAEC\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(BadNote, match="checkpoint"):
        checkpoint(text)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        "name+00000000",
        EXAMPLE_KEY.replace("c74f20a3", "c74f20a4"),
        EXAMPLE_KEY.replace("ARpc", "AhpC"),
        EXAMPLE_KEY.replace("PeterNeumann", "Peter Neumann"),
        EXAMPLE_KEY[:-4],
    ],
)
def test_what_is_no_public_key_is_refused(line: str):
    with pytest.raises(BadNote, match="key"):
        public_key(line)


def test_a_text_with_control_characters_is_never_signed():
    with pytest.raises(BadNote, match="text"):
        signed("origin\n1\tx\n", [KEY])
    with pytest.raises(BadNote, match="text"):
        signed("no line break at its end", [KEY])


def test_an_endless_text_is_not_read():
    with pytest.raises(BadNote, match="text"):
        opened("x\n" * 1_000_000 + NOTE, [KEY.public])


def test_keys_of_one_name_differ_by_their_ids():
    assert KEY.public.id != OTHER.public.id
    assert PublicKey("else", KEY.public.key).id != KEY.public.id
