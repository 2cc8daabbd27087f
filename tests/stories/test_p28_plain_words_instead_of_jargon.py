"""P28: Plain words instead of jargon (000): what people read in German and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from domain.account import SENTENCES
from projections import telling
from projections.kpis import DEFINITIONS
from words import translator

ROOT = Path(__file__).parents[2]
JARGON = re.compile(
    r"\b(KPIs?|SLAs?|Tickets?|NPS|CSAT|churn|leads?|upsell\w*|touchpoints?|stakeholders?|workflows?|pipelines?|"
    r"customer journey|backlogs?|escalations?|events?|payloads?|timestamps?|A-Kunden?|B-Kunden?|"
    r"C-Kunden?)\b",
    re.IGNORECASE,
)
GUILT = re.compile(r"\b(versäumt|schuld|versagt|schlampig|guilty|blame|failed to)\b|!", re.IGNORECASE)


def read_by_users() -> Iterator[tuple[str, str]]:
    """Every sentence of a page, message, alert or refusal with its file, in English and in German."""
    for file in sorted((ROOT / "words" / "de").glob("*.po")):
        with file.open("rb") as lines:
            for message in read_po(lines, locale="de"):
                if not message.id:
                    continue  # the header
                forms = [*((message.id,) if isinstance(message.id, str) else message.id)]
                forms += [*((message.string,) if isinstance(message.string, str) else message.string)]
                yield from ((file.name, re.sub(r"\{\w*\}|`[^`]*`|“[^”]*”", "", form)) for form in forms if form)


@pytest.mark.parametrize("file", ["dashboard.po", "figures.po", "rules.po", "timeline.po"])
def test_no_sentence_for_users_needs_a_dictionary(file: str) -> None:
    said = [sentence for name, sentence in read_by_users() if name == file]
    assert len(said) > 20, "the search found the sentences"
    assert [sentence for sentence in said if JARGON.search(sentence)] == []


def test_nobody_is_blamed_and_nobody_is_shouted_at() -> None:
    assert [sentence for _, sentence in read_by_users() if GUILT.search(sentence)] == []


def test_every_line_of_a_statement_every_fact_and_every_figure_has_its_sentence_in_both_languages() -> None:
    german = translator("de")
    for sentence in (
        *SENTENCES.values(),
        *telling.SENTENCES.values(),
        *(definition.sentence for definition in DEFINITIONS.values()),
    ):
        assert not JARGON.search(sentence), sentence
        assert german.gettext(sentence) != sentence or not re.search(r"[a-z]", re.sub(r"\{\w+\}", "", sentence)), (
            sentence
        )


def test_a_figure_is_said_in_one_sentence_that_says_of_what() -> None:
    for name, definition in DEFINITIONS.items():
        assert definition.sentence.endswith("."), name
        assert len(definition.sentence.split()) >= 5, name
