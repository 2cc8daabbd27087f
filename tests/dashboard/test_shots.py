"""The pictures of all pages leave none out."""

from __future__ import annotations

import ast
import inspect

from dashboard import places
from tests.shots import IN_THE_DARK, PAGES


def addresses() -> dict[str, bool]:
    """Of every page, and whether it is the one that opens first: that one has no address of its own."""
    calls = [each for each in ast.walk(ast.parse(inspect.getsource(places))) if isinstance(each, ast.Call)]
    named = [{word.arg: word.value for word in call.keywords} for call in calls]
    return {ast.literal_eval(each["url_path"]): "default" in each for each in named if "url_path" in each}


def test_every_page_is_photographed():
    photographed = {path.partition("?")[0] for path in PAGES.values()}
    assert len(addresses()) > 10
    assert {"/" if first else f"/{name}" for name, first in addresses().items()} <= photographed


def test_some_pages_are_photographed_in_the_dark():
    assert set(IN_THE_DARK) < set(PAGES)
