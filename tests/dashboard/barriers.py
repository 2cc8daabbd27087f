"""What keeps somebody with a screen reader or weak eyes from a page, as axe finds it (WCAG 2.2, A and AA)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.waiting import wait_for


class Known(NamedTuple):
    """A barrier in what Streamlit itself draws: the rule, the part of the page in which it is, and what it is."""

    rule: str
    part: str
    what: str


STREAMLITS_OWN: Final = (
    Known("list", "stSidebarNavItems", "the menu keeps its groups between the list and its entries"),
    Known("listitem", "stSidebarNavItems", "the entries of the menu, for the same reason"),
    Known("svg-img-alt", "stMetricChart", "the small line of a figure; its values stand in the figure"),
    Known("presentation-role-conflict", "stFileUploaderDropzone", "the field for a file says twice what it is"),
)
PARTS: Final = """target => { const parts = [];
  for (let at = document.querySelector(target); at; at = at.parentElement) parts.push(at.dataset.testid);
  return parts }"""


def barriers(page: Page) -> list[str]:
    """Of what is ours: the rule, the element, and what to do about it."""
    return _ours(page, Axe().run(page).response["violations"])


def too_pale_in_the_dark(page: Page) -> list[str]:
    """Of a page that was looked at in the light: in the dark nothing but its colours is different."""
    page.emulate_media(color_scheme="dark")
    # Streamlit changes them in the page, without asking the server again.
    wait_for(lambda: page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == "dark")
    options = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
    found = _ours(page, page.evaluate("options => axe.run(options)", options)["violations"])
    page.emulate_media(color_scheme="light")
    return found


def _ours(page: Page, found: list[dict[str, Any]]) -> list[str]:
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        for parts in [page.evaluate(PARTS, node["target"][0])]
        if not any(known.rule == rule["id"] and known.part in parts for known in STREAMLITS_OWN)
    ]


HEADINGS: Final = "[...document.querySelectorAll('h1, h2, h3, h4')].map(each => Number(each.tagName[1]))"


def headings(page: Page) -> list[int]:
    """The levels of a page's headings, in their order."""
    return list(page.evaluate(HEADINGS))
