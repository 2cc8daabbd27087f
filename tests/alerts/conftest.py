"""A real home, a firm of a few people, and a real mail server for what is sent to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.alerts.post_office import PostOffice


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    with office.open():
        yield office
