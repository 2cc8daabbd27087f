"""What every test may ask for."""

from __future__ import annotations

import pytest

from tests.notation import Given

pytest_plugins = ["tests.servers.fixtures", "tests.stores"]


@pytest.fixture
def given(request: pytest.FixtureRequest) -> Given:
    """The history in the test's docstring, in the domain's own notation."""
    return Given(request.function.__doc__ or "")
