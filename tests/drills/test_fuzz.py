"""The readers that `python3 run.py fuzz` tries for as long as it is asked to; here with what they begin with."""

from __future__ import annotations

import importlib.util
from contextlib import suppress
from pathlib import Path

import pytest

from domain.errors import Refused
from drills import fuzz


@pytest.mark.parametrize("name", fuzz.READERS)
def test_every_reader_takes_what_it_begins_with(name: str):
    samples = list(fuzz.SAMPLES[name]())
    read, taken = fuzz.READERS[name](), 0
    for sample in samples:
        with suppress(Refused):
            read(sample)
            taken += 1
    assert taken, "else nothing is tried but what is refused at the door"


@pytest.mark.skipif(importlib.util.find_spec("atheris") is not None, reason="the fuzzer is here")
def test_a_fuzzer_that_could_not_run_has_shown_nothing(tmp_path: Path):
    found = fuzz.fuzzed("sentences", seconds=1, seed=1, kept=tmp_path)
    assert (found.ok, found.tried) == (False, 0)
    assert "atheris" in str(found.more["said"])


def test_a_reader_that_there_is_not_is_named(capsys: pytest.CaptureFixture[str]):
    assert fuzz.main(["tabels"]) == 2
    assert "tabels" in capsys.readouterr().err
