"""The sample firm behind the pages, in three sizes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dashboard.reading import answered_by
from tests.dashboard.sample import Sample


@pytest.fixture
def firm() -> Iterator[Sample]:
    with answered_by(Sample()) as sample:
        yield sample


@pytest.fixture
def small_firm() -> Iterator[Sample]:
    with answered_by(Sample(3)) as sample:
        yield sample


@pytest.fixture
def empty_firm() -> Iterator[Sample]:
    """It has recorded nothing yet."""
    with answered_by(Sample(0)) as sample:
        yield sample
