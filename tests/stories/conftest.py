"""Stories are told in a real home: SQLite files, the product's own wiring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import Home, open_at


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = open_at(tmp_path / "home")
    yield opened
    opened.close()
