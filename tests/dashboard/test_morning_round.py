"""The morning round in a real browser: see, give notice with an alternative, fulfil, answer, undo."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.dashboard.camera import Watched, in_a_browser, settled, sideways

WORDS = {
    "de": (
        "Bescheid geben",
        "Was haben Sie stattdessen",
        "Aufnehmen",
        "verschoben",
        "Erfüllt",
        "Beantwortet",
        "Rückgängig",
    ),
    "en": ("Give notice", "What did you offer instead", "Record it", "moved", "Fulfilled", "Answered", "Undo"),
}

pytestmark = in_a_browser


ROUNDS = (("de", 1440, "ines", "Petra Meier", ""), ("en", 390, "lutz", "Familie Wolf", " 2"))


@pytest.mark.parametrize(("lang", "width", "owner", "customer", "second"), ROUNDS)
def test_the_round_is_done_with_a_click_each(context: BrowserContext, address, lang, width, owner, customer, second):
    notice, instead, record, moved, fulfilled, answered, undo = WORDS[lang]
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    watched = Watched(page)
    page.goto("{0.scheme}://{0.netloc}/morning?lang={1}&owner={2}".format(urlsplit(address), lang, owner))
    settled(page)
    assert sideways(page) == 0

    page.get_by_role("button", name=notice, exact=True).first.click()
    page.get_by_label(instead).fill("Vorab per Telefon")
    page.get_by_role("dialog").get_by_role("button", name=record).click()
    page.get_by_text(f"{customer} · Angebot{second}: {moved}").wait_for()
    page.get_by_role("dialog").wait_for(state="detached")
    settled(page)  # else the button of what was just moved is still there

    page.get_by_role("button", name=fulfilled, exact=True).first.click()
    page.get_by_text(f"{customer} · Wartung{second}:").wait_for()
    settled(page)
    page.get_by_role("button", name=undo, exact=True).click()
    settled(page)
    page.get_by_role("button", name=fulfilled, exact=True).first.click()
    page.get_by_text(f"{customer} · Wartung{second}:").wait_for()
    settled(page)

    page.get_by_role("button", name=answered, exact=True).first.click()
    expect(page.get_by_role("button", name=answered, exact=True)).to_have_count(0)
    # Streamlit leaves what was there until the script has run to its end.
    expect(page.get_by_role("button", name=fulfilled, exact=True)).to_have_count(0)
    assert sideways(page) == 0
    assert (watched.errors, watched.outside) == ([], [])
    page.close()
