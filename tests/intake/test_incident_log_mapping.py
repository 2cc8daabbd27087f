"""A log of changes, one row each: assignments, pauses and outcomes come out of the mapping language alone."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path

import pytest

from domain.vocabulary import parse
from intake import mapping

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT.parent / "shared" / "data" / "incident_event_log.csv.gz"
NOW = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not LOG.is_file(), reason="the real records lie in ../shared/data, which is absent"),
]


def counted(path: Path) -> Counter[str]:
    """How many facts of each type a log gives, and of the assignments, how many name a group only."""
    found = Counter[str]()
    built = mapping.load(ROOT / "tests" / "intake" / "incident_log.toml")
    for n, each in enumerate(mapping.facts_of_file(path, built, now=NOW)):
        assert each.envelope is not None, each.refused
        kind, data = each.envelope["type"], each.envelope["data"]
        found[kind] += 1
        found["group only"] += kind == "promise.assigned" and data["by"] is None
        found["by nobody"] += kind == "promise.made" and "by" not in data
        if n % 100 == 0:
            parse(each.envelope, now=NOW)
    return found


def test_every_change_of_a_case_becomes_a_fact_as_a_plain_count_says(tmp_path):
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as lines:
        head = list(islice(lines, 4001))
    (tmp_path / "log.csv").write_text("".join(head), encoding="utf-8")
    cases = defaultdict(list)
    for row in csv.DictReader(head):
        moment = datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
        cases[row["number"]].append(((moment, int(row["sys_mod_count"])), row))
    expected = Counter[str]()
    for case in cases.values():
        rows = [row for _, row in sorted(case, key=lambda each: each[0])]
        expected["promise.made"] += 1
        expected["promise.fulfilled" if rows[-1]["made_sla"] == "true" else "promise.broken"] += 1
        expected["by nobody"] += all(row["assigned_to"] == "?" for row in rows)
        waits = [row["incident_state"] == "Awaiting User Info" for row in rows if row["incident_state"] != "-100"]
        expected["promise.paused"] += waits[0] + sum(now and not before for before, now in pairwise(waits))
        expected["promise.resumed"] += sum(before and not now for before, now in pairwise(waits))
        for before, row in pairwise(rows):
            if any(before[name] != row[name] for name in ("assigned_to", "assignment_group")):
                expected["promise.assigned"] += 1
                expected["group only"] += row["assigned_to"] == "?"
    assert counted(tmp_path / "log.csv") == expected
    assert min(expected.values()) > 10


@pytest.mark.long
def test_the_whole_log_gives_the_numbers_that_are_known_of_it():
    assert counted(LOG) == {
        "promise.made": 17_136, "promise.fulfilled": 9_804, "promise.broken": 7_332, "by nobody": 648,
        "promise.assigned": 24_061, "group only": 6_554, "promise.paused": 4_509, "promise.resumed": 4_509,
    }  # fmt: skip
