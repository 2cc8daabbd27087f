"""P16: Customers watch product claims; a supplier who breaks them gets a yellow or red card (004)."""

from __future__ import annotations

from projections import suppliers
from tests.homes import Home
from tests.notation import Given
from tests.stories.asking import KNOWN_AND_ORDINARY, LED, asked, by, employ, noticed, share, told, words

CLAIMS = "".join(
    f'2026-{month:02}-05T09:00  Vorfall K-{month} "V-{month}" product_claim, Lieferant Acme, Produkt T4\n'
    for month in (1, 2, 3, 4)
)


def cards(home: Home, moment: str) -> dict[str, str | None]:
    return {row.supplier: row.card for row in suppliers.listed(*asked(home, moment))}


def test_two_broken_claims_in_a_year_are_a_yellow_card_four_a_red_one_and_cards_expire(
    home: Home, given: Given
) -> None:
    home.take(given(CLAIMS).envelopes)
    through = {
        "2026-01-20": None, "2026-02-20": "yellow", "2026-04-20": "red", "2027-01-20": "yellow", "2027-03-20": None
    }  # fmt: skip
    assert {moment: cards(home, moment)["Acme"] for moment in through} == through


def test_what_went_wrong_otherwise_is_not_the_suppliers_claim(home: Home, given: Given) -> None:
    home.take(given(CLAIMS.replace("product_claim", "wrong_work")).envelopes)
    assert cards(home, "2026-04-20") == {"Acme": None}


def test_the_customer_deducts_a_broken_claim_from_us(given: Given) -> None:
    """We chose the supplier."""
    history = given(CLAIMS.splitlines()[0], KNOWN_AND_ORDINARY)
    assert history.lines() == [("incident", -8.0)]


def test_figures_can_be_had_by_supplier_and_product(home: Home, given: Given) -> None:
    """
    2026-03-02T09:00  verspricht K-1 ines "A" bis 2026-03-06, Lieferant Acme, Produkt T4
    2026-03-09T09:00  erfüllt "A"
    2026-03-02T09:00  verspricht K-1 ines "B" bis 2026-03-06, Lieferant Bolt
    2026-03-06T09:00  erfüllt "B"
    """
    home.take(given().envelopes)
    rates = {key: found.value for key, found in by(home, "supplier", "on_time_rate", "2026-03-20").items()}
    assert rates == {"Acme": 0, "Bolt": 1}
    assert share(home, "on_time_rate", "2026-03-20", where={"product": "T4"}) == (0, 1)


def test_whoever_leads_hears_of_the_yellow_and_of_the_red_card(home: Home, given: Given) -> None:
    employ(home, LED)
    home.take(given(CLAIMS).envelopes)
    assert told(home, "2026-02-05T08:59", "supplier_card") == []
    assert told(home, "2026-02-05T09:00", "supplier_card") == ["karin: Acme"]
    assert told(home, "2026-03-05T09:00", "supplier_card") == [], "the third is no other card"
    (red,) = noticed(home, "2026-04-05T09:00", "supplier_card")
    assert words(home, red).startswith("Acme: 4 gebrochene Produktversprechen in 12 Monaten, zuletzt heute.")
