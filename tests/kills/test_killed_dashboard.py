"""kill -9 of the dashboard while somebody works with it in a real browser; `python3 run.py drill dashboard --long`."""

from __future__ import annotations

from pathlib import Path

from drills.dashboard import killed
from tests.dashboard.camera import in_a_browser

pytestmark = in_a_browser


def test_a_dashboard_killed_after_a_click_loses_nothing_that_its_page_said_yes_to(tmp_path: Path):
    found = killed(tmp_path, kills=2, seed=1)
    assert found.ok, found.sentence
    assert found.more["heard"]
