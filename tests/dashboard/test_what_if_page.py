"""The page *What if?* of a real home, with the processes that help it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dashboard.answers.home import Home
from domain.rulebook import default_text
from tests.dashboard.reading import answered_by, opened, text_of
from tests.homes import open_at
from tests.notation import at
from tests.properties.test_any_order import facts
from wiring.processes import Processes


def test_a_page_has_the_past_reckoned_by_other_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit is then the program that runs: what it shows must not be run once more by those who help."""
    monkeypatch.setattr("wiring.trying.as_many_as_help", lambda events: 2)
    given: list[Any] = []

    def give(processes: Processes, portions: Iterable[Any]) -> None:
        given.extend(portions := list(portions))
        before(processes, portions)

    before = Processes.give
    monkeypatch.setattr(Processes, "give", give)
    home = open_at(tmp_path)
    home.take_as_they_come(facts(), at("2026-05-01"))
    home.clock.now = at("2026-06-01")
    with answered_by(Home(home.konto)):
        app = opened("what-if")
        app.text_area(key="rulebook_field").set_value(
            default_text().replace("half_life_days = 365", "half_life_days = 30")
        ).run()
        app.button(key="reckon").click().run()
    home.close()
    assert not app.exception
    assert "wären anders" in text_of(app)
    assert given, "by others"
