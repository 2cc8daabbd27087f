"""What a spreadsheet shows where it has no value: such a word is refused, never recorded as if somebody wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.errors import Refused
from intake.refusal import in_column
from words import N_

UNCALCULATED = "#FORMULA"
MERGED = "#MERGED"
"""Ours: put in place of cells that a workbook leaves empty although something is meant to stand there."""

WORDS = frozenset(
    {
        "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
        "#BEZUG!", "#NV", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", "#KALK!",
    }
)  # fmt: skip
"""English and German, as Excel writes them into a CSV file."""

WENT_WRONG = N_(
    "“{found}” is what a spreadsheet shows where a formula went wrong. Please mend the formula, or write the value."
)
NO_RESULT = N_(
    "The cell holds a formula without a result. Please open the workbook in Excel, save it, and import it again."
)
IS_MERGED = N_("The cell is merged with another one and has no value of its own. Please undo that and fill every row.")

_OURS = {UNCALCULATED: ("not_calculated", NO_RESULT), MERGED: ("merged_cells", IS_MERGED)}


def refusal_of(values: Mapping[str, Any]) -> Refused | None:
    """Every column in which no value stands, or None."""
    found = [in_column(_refusal(value), column, _shown(value)) for column, value in values.items() if _is_one(value)]
    return Refused.together(found) if found else None


def _is_one(value: Any) -> bool:
    return type(value) is str and value[:1] == "#" and (value in WORDS or value in _OURS)


def _refusal(word: str) -> Refused:
    code, sentence = _OURS.get(word, ("formula_error", WENT_WRONG))
    return Refused(code, sentence, found=_shown(word))


def _shown(word: str) -> str:
    return "" if word in _OURS else word
