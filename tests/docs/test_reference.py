"""The reference pages are what the code says: nothing undocumented, nothing out of date."""

from __future__ import annotations

import importlib.util
import tomllib
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

from domain.customer import CustomerRegistered
from domain.vocabulary import FACTS, envelope, parse
from tests.controls import EXAMPLES, NOW

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_reference_generate", REFERENCE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generator()


@pytest.mark.parametrize("name", [f"{name}.md" for name in generate.PAGES])
def test_the_page_is_what_the_code_says_now(name):
    made = generate.pages()[name]
    assert (REFERENCE / name).read_text("utf-8") == made, "please run: python docs/reference/generate.py"


# -- an undocumented thing is found -------------------------------------------------------------------


def _meanings_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: str) -> None:
    text = (REFERENCE / "meanings.toml").read_text("utf-8")
    assert gone in text
    (tmp_path / "meanings.toml").write_text(text.replace(gone, ""), encoding="utf-8")
    monkeypatch.setattr(generate, "HERE", tmp_path)


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ('plan_b = "what is done if it does not work out"\n', "plan_b"),
        ('asked_by = "who wished it"\n', "asked_by"),
        ('overdue = "the due has passed, and the promise is open"\n', "overdue"),
        (
            '"worker.threads" = { meaning = "how many messages are sent at the same time", unit = "threads" }\n',
            "threads",
        ),
        ('rebuild = { json = \'`{"events", "seconds"}`\' }\n', "rebuild"),
    ],
)
def test_what_has_no_meaning_is_named(monkeypatch, tmp_path, gone, named):
    _meanings_without(monkeypatch, tmp_path, gone)
    with pytest.raises(generate.Undocumented, match=named):
        generate.pages()


def test_a_rule_without_words_is_named_and_so_are_words_without_a_rule(monkeypatch):
    monkeypatch.delitem(generate.RULES, "customer.referral")
    with pytest.raises(generate.Undocumented, match="referral"):
        generate.pages()
    monkeypatch.setitem(generate.RULES, "customer.referral", generate.RULES["promise.kept"])
    monkeypatch.setitem(generate.RULES, "promise.long_gone", generate.RULES["promise.kept"])
    with pytest.raises(generate.Undocumented, match="long_gone"):
        generate.pages()


def test_a_figure_without_a_meaning_is_named(monkeypatch, tmp_path):
    written = tomllib.loads((REFERENCE / "meanings.toml").read_text("utf-8"))["figures"]["referral_rate"]
    gone = f'[figures.referral_rate]\nunit = "{written["unit"]}"\ncounts = "{written["counts"]}"\n'
    _meanings_without(monkeypatch, tmp_path, gone)
    with pytest.raises(generate.Undocumented, match="referral_rate"):
        generate.pages()


def test_a_meaning_for_something_that_no_longer_exists_is_named(monkeypatch, tmp_path):
    text = (REFERENCE / "meanings.toml").read_text("utf-8")
    text = text.replace("[settings]\n", '[settings]\nlong_gone = { meaning = "nothing" }\n')
    (tmp_path / "meanings.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(generate, "HERE", tmp_path)
    with pytest.raises(generate.Undocumented, match="long_gone"):
        generate.pages()


def test_a_sentence_without_german_is_named():
    with pytest.raises(generate.Undocumented, match="Nobody has translated this"):
        generate.german("Nobody has translated this.")


# -- what the pages say of a field --------------------------------------------------------------------


def test_a_field_is_shown_with_its_type_default_and_seal():
    page = (REFERENCE / "facts.md").read_text("utf-8")
    section = page[page.index("## `promise.made`") :].split("\n## ")[0]
    assert "| `due` | date, or time with offset | – | – |" in section
    assert "| `promise` | text, one line, at most 300 characters | **yes** | id |" in section
    assert "| `what` | text, one line, at most 500 characters | – | personal |" in section
    assert "| `by` | text, one line, at most 200 characters | – | person |" in section
    assert '| `binding` | `firm`, `intended`, `estimate` | default `"firm"` | – |' in section
    assert "| `currency` | text of the form `^[A-Z]{3}$` | – | – |" in section


def test_limits_of_numbers_are_shown():
    page = (REFERENCE / "facts.md").read_text("utf-8")
    assert "| `degree` | number from 0 to 1,000 | default `1.0` | – |" in page
    assert "| `value` | number from 0.5 to 2 | **yes** | – |" in page


# -- the agreed examples ------------------------------------------------------------------------------


def test_there_is_one_agreed_example_of_every_fact():
    assert set(EXAMPLES) == set(FACTS)


@pytest.mark.parametrize("type", sorted(FACTS))
def test_an_agreed_example_is_a_fact(type):
    fact = parse(EXAMPLES[type], now=NOW)
    assert fact.type == type
    again = parse(envelope(fact), now=NOW)
    assert (again.data, again.time, again.zone) == (fact.data, fact.time, fact.zone)


def test_the_examples_lie_in_the_past_of_their_own_now():
    assert max(datetime.fromisoformat(each["time"]) for each in EXAMPLES.values()) < NOW
    assert isinstance(parse(EXAMPLES["customer.registered"], now=NOW).data, CustomerRegistered)
