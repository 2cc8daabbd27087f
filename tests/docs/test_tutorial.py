"""The tutorial does what it says: every command on the page runs, and prints what stands below it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.reader import typed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
SKIPPED = "# Not run by the test: "
BLOCK = re.compile(r"^```shell\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
BETWEEN = "\x1e"


class Step(NamedTuple):
    """A block of commands and what the page prints below it, "" where it prints nothing."""

    commands: str
    printed: str


def steps() -> list[Step]:
    return [Step(*match.groups(default="")) for match in BLOCK.finditer(PAGE)]


def run_here() -> list[Step]:
    return [step for step in steps() if not step.commands.startswith(SKIPPED)]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block printed, typed one after the other into one shell, as a reader would."""
    script = f"printf '{BETWEEN}'\n".join(step.commands for step in run_here())
    return typed(script, tmp_path_factory.mktemp("tutorial")).split(BETWEEN)


@pytest.mark.parametrize("number", range(len(run_here())))
def test_a_step_prints_what_the_page_says(outputs, number):
    step = run_here()[number]
    if step.printed:
        assert plain(outputs[number]) == plain(step.printed), step.commands


def plain(text: str) -> list[str]:
    """Without what differs from home to home and from year to year: ids, widths of columns, this year's number."""
    text = re.sub(r"customer=(customer-\w+|…)", "customer=…", text)
    text = text.replace(" 2026", "")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line and not set(line) <= {"─"}]


def test_only_what_sets_up_or_runs_on_is_left_out():
    left_out = [step.commands for step in steps() if step.commands.startswith(SKIPPED)]
    assert [block.splitlines()[1] for block in left_out] == ["python3 run.py setup", "konto serve"]


def test_most_steps_show_what_they_print():
    assert len(run_here()) >= 12
    assert sum(bool(step.printed) for step in run_here()) >= 8


def test_it_leads_from_the_set_up_to_the_dashboard():
    said = "".join(step.commands for step in steps())
    order = ["run.py setup", "konto import", "konto statement", "konto kpi", "konto tick", "konto serve"]
    places = [said.index(each) for each in order]
    assert places == sorted(places)


def test_the_minutes_add_up_to_ten():
    assert sum(int(n) for n in re.findall(r"\((\d+) minutes?\)$", PAGE, re.MULTILINE)) == 10
