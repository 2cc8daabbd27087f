"""A rulebook with other weights reads like the one before: order and comments stay, the changes say why."""

from __future__ import annotations

from domain.calibration import weights_of, with_weights
from domain.documents import load
from domain.rulebook import Rulebook, default, default_text
from domain.rulebook_text import with_weights as written

BOOK = default()
CHANGED = with_weights(
    BOOK, {**weights_of(BOOK), "promise.broken": -912, "promise.late.1": -355, "answers.never": -250}
)
NOTES = {("promise", "broken"): ["so far −8,00; 412 Fälle"], ("promise", "late"): ["0: 80 Fälle", "1: 90 Fälle"]}


def test_it_is_the_wanted_rulebook_and_only_the_changed_lines_differ() -> None:
    text = written(default_text(), CHANGED, NOTES)
    assert load(text, Rulebook) == CHANGED
    before, after = default_text().split("\n"), text.split("\n")
    assert [line for line in before if line not in after] == [
        line for line in before if line.startswith(("broken =", "late = [[", "never ="))
    ]
    assert [line for line in after if line not in before] == [
        "# 0: 80 Fälle",
        "# 1: 90 Fälle",
        "late = [[0, -2], [1, -3.55], [3, -5], [5, -7.5], [10, -8]]",
        "# so far −8,00; 412 Fälle",
        "broken = -9.12",
        *(line for line in after if line.startswith("never =")),
    ]


def test_a_comment_behind_a_value_stays_behind_it() -> None:
    (line,) = (line for line in default_text().split("\n") if line.startswith("kept ="))
    text = written(default_text(), with_weights(BOOK, {**weights_of(BOOK), "promise.kept": 388}), {})
    (changed,) = (line for line in text.split("\n") if line.startswith("kept ="))
    assert changed.partition("#")[2] == line.partition("#")[2] != ""
    assert changed.startswith("kept = 3.88 ")


def test_a_note_may_stand_above_what_stays_as_it_is() -> None:
    text = written(default_text(), BOOK, {("answers", "never"): ["12 Fälle, weniger als 20: bleibt, wie es ist."]})
    assert load(text, Rulebook) == BOOK
    assert "# 12 Fälle, weniger als 20: bleibt, wie es ist.\nnever = -3" in text


def test_a_table_over_several_lines_is_replaced_whole() -> None:
    broad = default_text().replace("late = [[0, -2], [1, -3],", "late = [\n  [0, -2],  # sofort\n  [1, -3],")
    assert load(written(broad, CHANGED, {}), Rulebook) == CHANGED


def test_one_from_before_a_section_came_is_written_anew() -> None:
    start = default_text().index("[answers]")
    older = default_text()[:start] + default_text()[default_text().index("\n[", start) :]
    assert load(older, Rulebook) == BOOK
    assert load(written(older, CHANGED, NOTES), Rulebook) == CHANGED
