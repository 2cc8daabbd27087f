"""The keyed hash that is reckoned in halves is HMAC-SHA256, as everybody else reckons it."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import Ids
from domain.keyed import Keyed


@given(key=st.binary(max_size=200), texts=st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_it_is_the_first_half_of_hmac_sha256_for_keys_and_texts_of_any_length(key: bytes, texts: list[bytes]):
    keyed = Keyed(key)
    assert [keyed(text) for text in texts] == [hmac.digest(key, text, "sha256").hex()[:32] for text in texts]


@given(source=st.text(max_size=20), id=st.text(max_size=20))
def test_internal_ids_are_what_they_were_in_every_log_so_far(source: str, id: str):
    secret = b"secret of a test"

    def before(*parts: str) -> str:
        return hmac.digest(secret, "\0".join(parts).encode(), "sha256").hex()[:32]

    ids = Ids(secret)
    assert ids.fact(source, id) == before("fact", source, id)
    assert ids.thing(source, id) == before("thing", source, id)
    assert ids.of("alert", source, id) == before("alert", source, id)


def test_a_person_is_the_same_however_case_width_and_blanks_are_written():
    ids = Ids(b"secret of a test")
    assert ids.person("Ines  Ｋeller ") == ids.person("ines keller") != ids.person("ines kellner")
    assert ids.person("ines keller") == f"person-{ids.of('person', 'ines keller')}"
