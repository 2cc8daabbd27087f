"""Events as lines, for whoever has no database."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.events import Event, Unreadable, event_of, leaf, line, of_file

ODD = Event(-3, "promise-ü\udcff", 7, "promise.made", b"\xff\x00{")


def test_an_event_comes_back_from_its_line_byte_for_byte_whatever_it_holds(tmp_path: Path):
    plain = Event(1, "promise-1", 1, "promise.made", '{"a":"ü"}'.encode())
    file = tmp_path / "log.jsonl"
    file.write_text('{"log":"original"}\n' + line(plain) + line(ODD) + '{"table":"vault","row":[]}\n', encoding="utf-8")

    assert list(of_file(file)()) == [plain, ODD]
    assert leaf(event_of(line(ODD).encode())) == leaf(ODD)


@pytest.mark.parametrize(
    "text",
    [
        b"no json",
        b"[1]",
        b'{"position":1}',
        b'{"position":"1","stream":"s","version":1,"topic":"t","state":"{}"}',
        b'{"position":36893488147419103232,"stream":"s","version":1,"topic":"t","state":"{}"}',
        b'{"position":1,"stream":"s","version":1e400,"topic":"t","state":"{}"}',
        b'{"position":1,"stream":"s","version":1,"topic":"t","state_base64":"?"}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_event_is_named(tmp_path: Path, text: bytes):
    file = tmp_path / "log.jsonl"
    file.write_bytes(line(ODD).encode() + text + b"\n")

    with pytest.raises(Unreadable):
        event_of(text)
    with pytest.raises(Unreadable, match=r"log\.jsonl: 2"):
        list(of_file(file)())


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(Unreadable, match="no-such"):
        of_file(tmp_path / "no-such")
