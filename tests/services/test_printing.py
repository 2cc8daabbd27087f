"""A statement on paper: the same lines and figures as everywhere, every text as text, and a file that lasts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from domain.errors import Refused
from domain.roles import Asker
from projections import statements
from projections.filters import Moment
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from wiring.asking import Asking
from wiring.printing import press, statement
from words import format, translator

NOW = at("2026-03-12T07:40")
HOSTILE = '#strong[x] *fett* _k_ $x^2$ `c` @ref <l> [a](http://a.b) \\ // "q" #import "x": * 王 😀 عربي'
STORY = """
    2026-02-02T08:00  Kunde K-17, namens Petra Meier, zuständig lutz
    2026-02-02T08:02  Kunde K-20, namens Familie Wolf, zuständig ines
    2026-02-02T09:00  verspricht K-17 lutz "Angebot" bis 2026-02-05T12:00
    2026-02-04T09:00  erfüllt
    2026-02-06T09:00  verspricht K-17 lutz "Therme liefern" bis 2026-02-10T12:00
    2026-02-12T09:00  erfüllt (erfasst 2026-03-05T08:00)
    2026-03-02T09:00  K-17 fragt "F-1", Kanal email, an lutz
    2026-03-02T10:30  beantwortet, von lutz
    2026-03-06T09:00  verspricht K-17 lutz "Rückruf" bis 2026-03-11T12:00
    2026-03-09T09:00  verspricht K-17 ines "Wartung" bis 2026-03-20
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = open_at(tmp_path_factory.mktemp("printed"))
    receipts = home.take(envelopes(STORY))
    assert [each.refused for each in receipts if each.refused] == []
    home.clock.now = NOW
    yield home
    home.close()


def _asking(home: Home, lang: str = "de") -> Asking:
    return Asking(home.konto, NOW, translator(lang))


def _customer(home: Home, own_id: str) -> str:
    return str(home.rows(f"SELECT customer FROM customers WHERE id = '{own_id}'")[0][0])


def _text(pdf: bytes) -> str:
    """What stands in it, without any space: where columns meet a reader of PDF may see none."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages).replace(press.BREAK, "")


def _tight(*words: str) -> str:
    return "".join("".join(words).split())


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_line_stands_there_with_its_points_and_the_balance_with_it(home, lang):
    asking, meier = _asking(home, lang), _customer(home, "K-17")
    pdf = statement.pdf(asking, meier, Moment(NOW))
    text, paper = _text(pdf), statement.paper(asking, meier, Moment(NOW))
    konto = home.konto
    read = statements.statement(konto.library, konto.asker, meier, konto.steering, NOW)
    assert len(paper["lines"]) == len(read.lines) + 3, "old balance, what faded, new balance"
    for line, row in zip(read.lines, paper["lines"][1:], strict=False):
        points = format.points(line.points, lang, signed=True, decimals=2)
        assert points in (row["withdrawal"], row["deposit"])
        day = format.day_figures(line.posting.time.astimezone(asking.zone).date(), lang, year=True)
        detail = row["detail"]
        assert _tight(day, row["text"], detail, points, row["balance"]) in text
    new = format.points(read.balance, lang, decimals=2)
    assert paper["lines"][-1]["balance"] == new
    assert _tight({"de": "Neuer Kontostand", "en": "New balance"}[lang], new) in text
    for words in ("Petra Meier", "K-17", "Wartung", "20.03.2026" if lang == "de" else "20/03/2026"):
        assert _tight(words) in text
    assert {"de": "Seite1von1", "en": "Page1of1"}[lang] in text


def test_a_span_begins_with_what_older_lines_still_counted(home):
    asking, meier = _asking(home), _customer(home, "K-17")
    paper = statement.paper(asking, meier, Moment(NOW), date(2026, 3, 1))
    konto = home.konto
    before = statements.statement(
        konto.library, konto.asker, meier, konto.steering, at("2026-02-28T23:59:59.999999")
    ).balance
    assert paper["lines"][0]["balance"] == format.points(before, "de", decimals=2)
    assert [row["day"] for row in paper["lines"][1:-2]] == ["02.03.2026", "11.03.2026"]
    assert paper["lines"][-2]["text"] == "Mit der Zeit verblasst"
    assert "vor dem 01.03.2026" in " ".join(paper["rests"])
    whole = statement.paper(asking, meier, Moment(NOW))
    assert paper["lines"][-1] == whole["lines"][-1]


def test_what_was_recorded_later_is_not_on_a_paper_of_what_we_knew_then(home):
    asking, meier = _asking(home), _customer(home, "K-17")
    then = statement.paper(asking, meier, Moment(at("2026-03-01"), at("2026-03-01")))
    said = [row["text"] for row in then["lines"]]
    assert any(text.startswith("Therme liefern") for text in said)
    assert next(row["detail"] for row in then["lines"] if row["text"].startswith("Therme")).endswith("vorläufig")
    assert "Nur mit dem, was bis zum 01.03.2026 erfasst war" in then["about"][0]
    assert [row["what"] for row in then["promises"]] == ["Therme liefern"]
    assert then["promises"][0]["due"] == "10.02.2026, 12 Uhr, überfällig"


def test_a_customer_without_a_line_has_a_paper_that_says_so(home):
    paper = statement.paper(_asking(home), _customer(home, "K-20"), Moment(NOW))
    assert [row["balance"] for row in paper["lines"]] == ["0", "0"]
    assert paper["below_promises"] == "Keine."
    assert statement.pdf(_asking(home), _customer(home, "K-20"), Moment(NOW)).startswith(b"%PDF")


def test_nobody_prints_the_account_of_another_owner(home):
    seen = Asking(replace(home.konto, asker=Asker("lutz", frozenset({"owner"}))), NOW, translator("de"))
    assert statement.pdf(seen, _customer(home, "K-17"), Moment(NOW))
    with pytest.raises(Refused):
        statement.pdf(seen, _customer(home, "K-20"), Moment(NOW))


def test_the_same_paper_is_the_same_file_for_keeping_with_its_letters_inside(home):
    first, again = (statement.pdf(_asking(home), _customer(home, "K-17"), Moment(NOW)) for _ in range(2))
    assert first == again
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in first
    reader = PdfReader(io.BytesIO(first))
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"], "it can be read aloud"
    assert catalog["/Lang"] == "de"
    assert reader.metadata.title == "Kontoauszug von Petra Meier"
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    files = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert files
    assert all("Plex" in file["/FontName"] and ("/FontFile2" in file or "/FontFile3" in file) for file in files)


# -- any text, any length ---------------------------------------------------------------------------


def _paper(name: str, lines: int = 1) -> dict:
    row = {"day": "12.03.2026", "detail": "", "withdrawal": "−4", "deposit": "", "balance": "23", "bold": False}
    fact = {"label": "Kontostand", "value": "23", "reason": name}
    return {
        "lang": "de", "title": name, "firm": name, "printed": "Auszug", "customer": name, "about": [name],
        "standing": [fact] * 4, "period": "März", "heads": ["Datum", "Vorgang", "Abbuchung", "Gutschrift", "Stand"],
        "lines": [{**row, "text": f"{number}: {name}"} for number in range(lines)],
        "promises_title": "Zusagen", "promise_heads": ["Zusage", "Zuständig", "Bis"],
        "promises": [{"what": name, "owner": name, "due": "morgen"}], "below_promises": "",
        "rests_title": "Beruht auf", "rests": [name], "foot": name[:80], "page": "Seite {n} von {m}",
    }  # fmt: skip


def test_signs_of_any_language_of_marks_are_printed_as_they_are():
    reader = PdfReader(io.BytesIO(press.printed("statement.typ", _paper(HOSTILE), NOW)))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages).replace(press.BREAK, "")
    assert text.count(_tight('#strong[x] *fett* _k_ $x^2$ `c` @ref <l> [a](http://a.b) \\ // "q" #import')) >= 5
    assert "/Annots" not in reader.pages[0], "nothing can be clicked"


def test_what_cannot_be_seen_is_named_and_what_no_font_has_too():
    text = _text(press.printed("statement.typ", _paper("a\x07b\u202ec\u200bd\x00e\nf \U00013000"), NOW))
    assert "a\\x07b\\u202ec\\u200bd\\x00ef" in text.replace("\u200b", "")
    assert "\U00013000" in text or "[U+13000]" in text


def test_a_word_of_ten_thousand_letters_is_broken_and_none_is_lost():
    pdf = press.printed("statement.typ", {**_paper("kurz"), "rests": ["x" * 10_000]}, NOW)
    assert _text(pdf).count("x") == 10_000
    assert len(PdfReader(io.BytesIO(pdf)).pages) < 6


def test_a_thousand_lines_have_their_heads_on_every_page_and_say_how_many_pages_there_are():
    pages = PdfReader(io.BytesIO(press.printed("statement.typ", _paper("Therme", 1000), NOW))).pages
    shown = {n: " ".join(pages[n - 1].extract_text().split()) for n in (1, 2, len(pages) - 1, len(pages))}
    assert len(pages) > 15
    assert all(f"Seite {n} von {len(pages)}" in text for n, text in shown.items())
    assert all("Vorgang Abbuchung Gutschrift" in text for text in list(shown.values())[:-1])
    assert "0: Therme" in shown[1]
    assert "999: Therme" in shown[len(pages) - 1] + shown[len(pages)]
