"""What every released version wrote is read by this one, and gives the answers that were given then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.golden.make import ANSWERS, HERE, NOW, answers
from tests.homes import Clock
from wiring import backing_up, from_backup
from wiring.home import open_home

VERSIONS = sorted(each.parent.name for each in HERE.glob(f"*/{ANSWERS}"))


def test_there_is_one_at_least():
    assert VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_log_of_every_version_comes_back_whole_and_answers_as_it_did(tmp_path: Path, version: str):
    backup = backing_up.read(HERE / version)
    from_backup.put_back(backup, tmp_path, {}, entropy=lambda n: bytes(n), erased=None)
    with open_home(tmp_path, environment={}, clock=Clock(NOW), prepare=True) as konto:
        assert list(from_backup.troubles(konto, backup)) == []
    expected = json.loads((HERE / version / ANSWERS).read_text("utf-8"))
    found = answers(tmp_path)
    assert found.keys() == expected.keys()
    for question, answer in expected.items():
        # A later version may say more; what was said is said as it was.
        assert _as_far_as_known(found[question], answer) == answer, question


def _as_far_as_known(found: object, known: object) -> object:
    if isinstance(found, dict) and isinstance(known, dict):
        return {name: _as_far_as_known(found.get(name), value) for name, value in known.items()}
    if isinstance(found, list) and isinstance(known, list) and len(found) == len(known):
        return [_as_far_as_known(*each) for each in zip(found, known, strict=True)]
    return found
