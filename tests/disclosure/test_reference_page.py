"""What the reference says about the file is what the file is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.vocabulary import FACTS
from projections.withholding import REASONS
from wiring.told import disclosure, information, statement

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "access-export.md").read_text("utf-8")
FORMS = {
    "The file": disclosure.Access,
    "`information`": information.Information,
    "`information.controller`": information.Controller,
    "`identity`": disclosure.Who,
    "`facts`": disclosure.Told,
    "`facts.retracted`": disclosure.Taken,
    "`waiting`": disclosure.Waits,
    "`derived`": disclosure.Derived,
    "`derived.account`": disclosure.Standing,
    "`derived.account.reliability`": statement.Trust,
    "`derived.account.sensitivity`": statement.Sensitivity,
    "`derived.account.lines`": statement.StatementLine,
    "`derived.promises`": disclosure.Promised,
    "`derived.contacts`": disclosure.Asked,
    "`derived.incidents`": disclosure.Mended,
    "`derived.rhythm`": disclosure.Spoken,
    "`derived.rhythm.habits`": disclosure.Habit,
    "`derived.estimates`": disclosure.Estimate,
    "`derived.alerts`": disclosure.Warned,
    "`derived.alerts.became`": disclosure.Became,
    "`colleagues`": disclosure.Colleague,
    "`withheld`": disclosure.Left,
}


def _sections() -> dict[str, list[str]]:
    """The fields in the table below each heading."""
    parts = re.split(r"^##+ (.+)$", PAGE, flags=re.MULTILINE)[1:]
    return {
        heading: re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.mark.parametrize("heading", list(FORMS))
def test_every_field_stands_there_in_its_order_and_no_other(heading):
    assert _sections()[heading] == list(FORMS[heading].__annotations__)


def test_no_part_of_the_file_is_missing():
    assert set(_sections()) == set(FORMS)


def test_format_version_and_reasons_are_those_of_the_code():
    assert f"always `{disclosure.FORMAT}`" in PAGE
    assert f"| `version` | {disclosure.VERSION} |" in PAGE
    assert all(f"`{reason}`" in PAGE for reason in REASONS)
    assert "contact.outbound" in FACTS
