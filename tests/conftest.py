"""What every test may ask for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator

import pytest

from tests import folders
from tests.notation import Given

pytest_plugins = ["tests.servers.fixtures", "tests.stores"]

# Dozens of processes import the same modules: compiled once, even where Python is told to keep nothing compiled.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
folders.put_into_memory()


LONG_ON_POSTGRES = ("cli", "real", "stories", "test_who_may_what.py", "test_questions.py")
"""Folders and files whose tests are long there: what they ask of the store is tried on it elsewhere."""
LONGEST_FIRST = (
    "test_olist.py",
    "test_browser.py",
    "services",
    "kills",
    "drills",
    "test_stories.py",
    "test_follow.py",
    "test_sample_firm_by_hand.py",
    "real",
    "properties",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None]:
    """The million objects that all modules and tests are made of stay to the end: nobody looks for waste among them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    """At the end all of it goes."""
    gc.unfreeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long and says little more on the second store is left out there unless asked for with -m long."""
    for item in items:
        call = getattr(item, "callspec", None)
        places = {item.path.name, item.path.parent.name}
        told = item.get_closest_marker("long_on_postgres") or places.intersection(LONG_ON_POSTGRES)
        if told and call and "postgres" in call.params.values():
            item.add_marker(pytest.mark.long)
    # Whole files go to one process each: what takes longest first, so that none is left alone with it at the end.
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    places = [item.path.name, item.path.parent.name]
    return min((LONGEST_FIRST.index(place) for place in places if place in LONGEST_FIRST), default=len(LONGEST_FIRST))


@pytest.fixture
def given(request: pytest.FixtureRequest) -> Given:
    """The history in the test's docstring, in the domain's own notation."""
    return Given(request.function.__doc__ or "")
