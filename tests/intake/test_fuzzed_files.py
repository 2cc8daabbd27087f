"""Whatever bytes a file holds, it gives rows, or says in a sentence why not; nothing else is raised."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused
from intake import exported
from intake.files import ENDINGS, read_facts, read_rows

FACT = b'{"specversion":"1.0","source":"crm","id":"1","type":"promise.made","time":"2026-03-02T09:00:00Z","data":{}}\n'
TABLE = 'source,id,"a;b",\tc\r\n1,"zwei\nZeilen",=3,"""4"""\r\nü,,,\r\n'.encode()
BEGINNINGS = (b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"[", b"{", FACT, TABLE)
whatever = st.builds(
    lambda beginning, places, more: changed(beginning, places) + more,
    st.sampled_from(BEGINNINGS),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6),
    st.binary(max_size=300) | st.text(max_size=120).map(lambda text: text.encode("utf-8", "surrogatepass")),
)


def changed(content: bytes, places: list[tuple[int, int]]) -> bytes:
    """Some bytes are others than they were."""
    found = bytearray(content)
    for place, byte in places:
        if place < len(found):
            found[place] = byte
    return bytes(found)


@pytest.mark.parametrize("ending", [*sorted(ENDINGS), ".csv.gz", ".jsonl.gz"])
@given(content=whatever)
@settings(max_examples=60, deadline=None)
def test_whatever_a_file_holds_it_gives_rows_or_a_sentence(ending: str, content: bytes):
    with NamedTemporaryFile(suffix=ending) as file:
        file.write(content)
        file.flush()
        for reader in (read_rows, read_facts, lambda path: exported.read(path, known="csv, jsonl")):
            with suppress(Refused):
                for row in reader(Path(file.name)):
                    assert row is not None
