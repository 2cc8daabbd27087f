"""A real home, a firm of a few people, and a real mail server for what is sent to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.post_office import PostOffice
from tests.homes import Home, open_at


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = open_at(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    with office.open():
        yield office
