"""Promises that a part of the test suite shows: a drill of them runs these tests, in their long forms if asked to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from drills.firm import ROOT
from drills.result import Drill, Result


def of_tests(*places: str, processes: int = 2) -> Drill:
    """Every test in these files, or by its name in one. One that fails is `missed`; `tried` counts those that ran."""

    missing = [place for place in places if not (ROOT / place.partition("::")[0]).exists()]
    assert not missing, missing

    def drill(folder: Path, *, long: bool, seed: int) -> Result:
        report = folder / "report.xml"
        began = time.monotonic()
        process = subprocess.run(
            command(places, report, long=long, processes=processes),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": str(seed)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return counted(report, process.stdout, time.monotonic() - began)

    return drill


def command(places: Sequence[str], report: Path, *, long: bool, processes: int) -> list[str]:
    kept = report.with_name("kept")
    asked = ["-m", "long or not long"] if long else []
    ours = ["-c", str(ROOT / "pyproject.toml"), "-n", str(processes), "-p", "no:cacheprovider"]
    return [sys.executable, "-m", "pytest", *ours, f"--basetemp={kept}", f"--junitxml={report}", *asked, *places]


def counted(report: Path, said: str, seconds: float) -> Result:
    """What a report of tests says. Without one, or without a test in it, something is wrong with the drill itself."""
    ran, failed, skipped = 0, [], 0
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else ():  # our own file
        kinds = {each.tag for each in case}
        if "skipped" in kinds:
            skipped += 1
            continue
        ran += 1
        if kinds & {"failure", "error"}:
            failed.append(f"{case.get('classname')}::{case.get('name')}")
    more: dict[str, object] = {"skipped": skipped, "seconds": round(seconds, 1)}
    if failed:
        more["failed"] = failed
    if not ran:
        more["said"] = said[-2_000:]
    return Result(tried=ran, lost=0, doubled=0, missed=len(failed) if ran else 1, more=more)


LAPTOP: Mapping[str, Drill] = {
    "one_home": of_tests("tests/services/test_one_home.py"),
    "older_version": of_tests("tests/cli/test_konto_newer_store.py"),
}
DRILLS: Mapping[str, Mapping[str, Drill]] = {
    "writers": {
        "both_stores": of_tests("tests/services/test_parallel_writers.py"),
        "followers": of_tests("tests/services/test_sharing_out.py"),
    },
    "mail_servers": {
        "hanging_and_refusing": of_tests("tests/alerts/test_replies.py", "tests/services/test_rude_mail_servers.py"),
        "away": of_tests("tests/alerts/test_channel_health.py"),
    },
    "upgrades": {"side_by_side": of_tests("tests/layouts/test_two_versions.py")},
    "statements": {
        "page": of_tests(
            "tests/projections/test_follow.py::test_a_page_that_breaks_off_at_any_statement_is_as_if_it_had_never_begun",
            "tests/projections/test_follow.py::test_a_rebuild_that_breaks_off_at_any_statement_changes_nothing",
        )
    },
    "doors": {
        "pages": of_tests("tests/dashboard/test_who_may_see_what.py", "tests/dashboard/test_signing_in.py",
                          "tests/dashboard/test_login.py"),
        "api": of_tests("tests/api/test_who_may_what.py"),
    },
    "tampering": {
        "log": of_tests("tests/audit/test_manipulations.py"),
        "proofs": of_tests("tests/verifier"),
    },
    "rebuild": {
        "while_others_write": of_tests("tests/layouts/test_exchange.py"),
        "sends_nothing": of_tests(
            "tests/projections/test_follow.py::test_a_rebuild_while_two_others_import_gives_the_same_tables_and_sends_nothing"
        ),
    },
    "bad_inputs": {"every_door": of_tests("tests/bad_inputs")},
    "quarantine": {
        "one_customer": of_tests("tests/projections/test_quarantine.py"),
        "everybody_else": of_tests("tests/damaged", "tests/alerts/test_damaged.py"),
    },
    "old_facts": {"upcasts": of_tests("tests/log/test_upcasting.py"), "golden_logs": of_tests("tests/golden")},
    "any_order": {"shuffles": of_tests("tests/properties/test_any_order.py")},
    "deadlines": {"clock_changes": of_tests("tests/domain/test_business_time.py")},
    "erased": {"canaries": of_tests("tests/erasing")},
    "backups": {"under_load": of_tests("tests/backups")},
    "secrets": {
        "logs": of_tests("tests/services/test_logs_and_metrics.py"),
        "channels": of_tests("tests/alerts/test_secrets.py"),
    },
    "keys": {"wrong_ones": of_tests("tests/api/test_keys_at_the_door.py")},
    "store_away": {"api": of_tests("tests/api/test_store_away.py")},
    "restarts": {
        "database": of_tests("tests/services/test_starts_and_restarts.py"),
        "queue": of_tests("tests/services/test_workers.py"),
    },
}  # fmt: skip
