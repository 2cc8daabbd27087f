"""Real orders of a Brazilian marketplace: what comes out is what its reference says, in whatever order it came in.

Times are UTC; an estimated delivery date is a promise until the end of that day. The records lie beside the
project and are never copied into it.
"""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain import account, rulebook
from domain.reliability import Reliability
from domain.roles import LOCAL_USER
from domain.rulebook import hundredths
from projections import customers, statements
from projections.follow import FOLDED
from projections.statements import Evidence, instant, posting
from tests.cli.home import Konto
from tests.stores import ENGINES, lasting_folder
from wiring.home import open_home

DATA = Path(__file__).parents[3] / "shared" / "data"
MAPPINGS = Path(__file__).parent / "olist"
FILES = ("orders", "order_items", "order_reviews")
AS_OF = "2018-11-01T00:00:00Z"
FIRST_ORDERS, ALL = 500, 1_000_000
"""The comparison of two homes takes so many in the suite, all of them behind the marker."""

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not (DATA / "olist_orders.csv.gz").exists(), reason=f"the records are not at {DATA}"),
]


def take(konto: Konto, folder: Path, *names: str) -> dict:
    """The answers of the imports, summed up."""
    total: dict = defaultdict(int)
    for name in names:
        arguments = [str(folder / f"olist_{name}.csv.gz"), "--mapping", str(MAPPINGS / f"{name}.toml")]
        answer = konto("import", *arguments, "--valid-only", "--json", "--lang", "en").json
        total["errors"] = [*(total["errors"] or []), *answer.pop("errors", [])]
        for field, number in answer.items():
            total[field] += number
    return total


@pytest.fixture(scope="module", params=ENGINES)
def olist(request: pytest.FixtureRequest) -> Konto:
    """One home in each store for all tests of this file."""
    konto = Konto(lasting_folder(request.param, "olist", request), now=datetime.now(UTC)).prepared()
    taken = take(konto, DATA, *FILES)
    assert (taken["recorded"], taken["refused"], taken["parked"]) == (36_467, 3, 0)
    konto.imported = taken  # type: ignore[attr-defined]
    return konto


@pytest.fixture(scope="module")
def reference() -> dict:
    return json.loads((DATA / "olist.reference.json").read_text("utf-8"))


def figure(konto: Konto, name: str, *options: str) -> dict:
    (group,) = konto("kpi", name, "--as-of", AS_OF, "--json", *options).json["groups"]
    return group["kpis"][name]


def test_the_three_hand_overs_before_the_purchase_are_refused_and_named(olist):
    errors = olist.imported["errors"]
    assert [each["row"] for each in errors] == [950, 2850, 7245]
    assert {each["code"] for each in errors} == {"rule"}
    assert all("lies before the promise was made" in each["hint"] for each in errors)
    (file,) = (olist.home / "refused").glob("*.jsonl")
    refused = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [each["row"] for each in refused] == [950, 2850, 7245]
    assert all(each["fact"]["type"] == "promise.fulfilled" for each in refused)


def test_4822_of_8134_deliveries_were_kept(olist, reference):
    share = figure(olist, "on_time_rate", "--where", "kind=delivery")
    assert (share["numerator"], share["denominator"]) == (reference["kept_day"], 8134) == (4822, 8134)


def test_what_came_late_was_160_hours_late_in_the_middle(olist, reference):
    late = figure(olist, "lateness_hours", "--where", "kind=delivery")
    assert late["n"] == reference["late_n"] == 342
    assert late["median"] == 160.78125
    assert late["p90"] == pytest.approx(586.880028, abs=0.001)
    assert late["max"] == pytest.approx(reference["late_hours"]["max"], abs=0.0001)


def test_5744_of_7359_hand_overs_were_kept(olist):
    share = figure(olist, "on_time_rate", "--where", "kind=other")
    assert (share["numerator"], share["denominator"]) == (5744, 7359)


def test_the_months_of_the_dues_have_the_numerators_of_the_reference(olist, reference):
    series = figure(olist, "on_time_rate", "--where", "kind=delivery", "--per", "month")
    kept = {each["period"]: each["numerator"] for each in series if each["numerator"]}
    assert kept == {month: numbers[1] for month, numbers in reference["by_due_month"].items() if numbers[1]}
    assert sum(each["denominator"] for each in series) == 8134


def test_without_the_cancelled_ones_1098_were_overdue_in_march(olist, reference):
    asked = ("promises", "--state", "overdue", "--where", "kind=delivery", "--count", "--json", "--as-of")
    for day, counts in reference["overdue_asof"].items():
        # Cancelled and unavailable ones are broken at the end of their day, so they are overdue never.
        assert olist(*asked, f"{day}T00:00:00Z").json == {"count": counts["excl_canceled_unavailable"]}, day
    assert olist(*asked, "2018-03-01T00:00:00Z").json == {"count": 1098}


def test_every_review_is_there_and_the_bad_ones_are_as_many(olist, reference):
    with opened(olist) as konto:
        (row,) = konto.views.rows(
            "SELECT COUNT(*), SUM(CASE WHEN normalised <= 0.25 THEN 1 ELSE 0 END) FROM timeline "
            "WHERE type = 'feedback.given'"
        )
    assert tuple(row) == (reference["reviews"]["rows"], reference["reviews"]["bad"])


def test_what_every_customer_s_lines_count_adds_up_to_the_balance_at_any_moment(olist, monkeypatch):
    # Reliability stands beside the balance, and reckoning it 24,000 times would take a minute.
    monkeypatch.setattr(statements, "reliability", lambda *_: Reliability(None, 0.0, 1.0, 0))
    with opened(olist) as konto:
        steering, library = konto.steering, konto.library
        parties = customers.listed(library, LOCAL_USER, limit=100_000)
        lines, _ = bulk(konto)
        assert len(parties) == 8135
        moments = [datetime(2017, 6, 1, tzinfo=UTC), datetime(2018, 3, 1, 12, 30, tzinfo=UTC), olist.now]
        for at in moments:
            seen = 0
            for party in parties:
                own = lines[party.customer]
                read = statements.read(party, own, [], steering, at)
                assert sum(line.counts for line in read.lines) == read.balance
                assert read.balance == account.balance(own, at, steering.rulebooks)
                seen += bool(read.lines)
            assert seen > (100 if at == moments[0] else 4000), f"only {seen} customers had lines at {at}"


def test_base_times_factors_are_the_points_of_every_line_of_every_customer(olist):
    with opened(olist) as konto:
        rulebooks = konto.steering.rulebooks
        for own in bulk(konto)[0].values():
            for line in own:
                at = olist.now if line.provisional or line.against else line.time
                points = float(line.base_at(at, rulebooks))
                for factor in line.factors:
                    points *= factor.value
                assert hundredths(points / 100) == line.points_at(at, rulebooks), line


SINCE = "2018-04-17T00:00:00Z"
PARTS = """
title = "Of how many items an order consists"
source = "olist"
zone = "UTC"
time_format = "%Y-%m-%d %H:%M:%S"

[rows]
group_by = "order_id"

[lookup.order]
file = "olist_orders.csv.gz"
key = "order_id"

[[fact]]
type = "promise.changed"
id = "{order_id}/parts"
time = "order.order_purchase_timestamp"
[fact.data]
promise = "order_id"
parts = "length(rows)"
"""


@pytest.mark.long
def test_how_many_things_an_order_consists_of_foresees_bad_reviews_better(olist, tmp_path):
    if not (olist.home / "events.db").exists():
        pytest.skip("a home in a database is not copied")
    konto = Konto(Path(shutil.copytree(olist.home, tmp_path / "copy")), now=datetime.now(UTC))
    mapping = tmp_path / "parts.toml"
    mapping.write_text(PARTS, encoding="utf-8")
    taken = konto("import", str(DATA / "olist_order_items.csv.gz"), "--mapping", str(mapping), "--json").json
    assert (taken["recorded"], taken["refused"]) == (7_360, 0)
    found = konto("backtest", "account", "--since", SINCE, "--json").json
    assert found["all"]["auc"] > 0.859
    assert 0.73 > found["fulfilled"]["auc"] > 0.66
    assert found["fulfilled"]["log_loss"] < 0.33


def _foreseen(olist):
    return olist("backtest", "account", "--since", SINCE, "--json").json


def test_the_account_foresees_bad_reviews(olist):
    found = _foreseen(olist)
    assert (found["all"]["n"], found["fulfilled"]["n"]) == (2_403, 1_686)
    assert found["all"]["auc"] > 0.83
    assert 0.73 > found["fulfilled"]["auc"] > 0.60, "more would be a leak"
    for group in ("all", "fulfilled"):
        assert found[group]["log_loss"] < found[group]["naive"]["log_loss"]


@pytest.mark.long
def test_the_account_foresees_bad_reviews_better_once_it_is_calibrated(olist, tmp_path):
    before = _foreseen(olist)
    out = tmp_path / "fitted.toml"
    found = olist("calibrate", "--until", SINCE, "--out", str(out), "--json").json
    assert {each["weight"]: each["cases"] for each in found["weights"] if each["cases"]} == {
        "promise.kept": 3162, "promise.broken": 948, "promise.late.0": 104, "promise.late.1": 1216,
        "promise.late.2": 327, "promise.late.3": 105, "promise.late.4": 13,
    }  # fmt: skip
    assert found["later"]["better"], "by more than chance"
    after = found["later"]["new"]
    for group in ("all", "fulfilled"):
        assert after[group]["auc"] > before[group]["auc"] - 0.01
    assert after["fulfilled"]["log_loss"] < before["fulfilled"]["log_loss"]
    assert after["all"]["log_loss"] < before["all"]["log_loss"] + 0.002
    assert rulebook.load(out.read_text("utf-8"), rulebook.Rulebook) != rulebook.default()


def test_the_same_files_again_record_nothing_new(olist):
    olist.later(minutes=1)
    again = take(olist, DATA, *FILES)
    assert (again["recorded"], again["already"], again["refused"], again["parked"]) == (0, 36_467, 3, 0)
    assert {each["code"] for each in again["errors"]} == {"rule"}


@pytest.mark.long
def test_a_rebuild_makes_the_same_tables(olist):
    def tables() -> dict[str, list]:
        with opened(olist) as konto:
            wanted = FOLDED
            found = {name: [tuple(row) for row in konto.views.rows(f"SELECT * FROM {name}")] for name in wanted}
            return {name: sorted(rows, key=repr) for name, rows in found.items()}

    before = tables()
    assert olist("rebuild", "--json").json["events"] == 36_467
    assert tables() == before


@pytest.mark.parametrize("orders", [FIRST_ORDERS, pytest.param(ALL, marks=pytest.mark.long)])
def test_shuffled_rows_and_files_in_another_order_give_the_same_figures_and_balances(new_folder, tmp_path, orders):
    homes = (Konto(new_folder(name), now=datetime.now(UTC)).prepared() for name in ("straight", "shuffled"))
    straight, shuffled = homes
    first = sample(tmp_path / "in order", None, orders)
    mixed = sample(tmp_path / "mixed", random.Random(11), orders)
    assert first != mixed
    take(straight, tmp_path / "in order", *FILES)
    take(shuffled, tmp_path / "mixed", *reversed(FILES))
    for options in (["--as-of", AS_OF], ["--as-of", "2018-03-01"], ["--as-of", AS_OF, "--per", "month"]):
        assert straight("kpi", *options, "--json").json == shuffled("kpi", *options, "--json").json
    assert accounts(straight) == accounts(shuffled)


# -- helpers ----------------------------------------------------------------------------------------


class opened:
    """The home behind the command line, brought up to date."""

    def __init__(self, konto: Konto) -> None:
        self.konto = open_home(konto.home, environment={}, clock=lambda: konto.now)

    def __enter__(self):
        self.konto.catch_up()
        return self.konto

    def __exit__(self, *_) -> None:
        self.konto.close()


def bulk(konto):
    """All lines and all evidence by customer; asked one by one they would take minutes."""
    lines, evidence = defaultdict(list), defaultdict(list)
    for customer, *row in konto.views.rows(f"SELECT customer, {statements.LINE} FROM lines ORDER BY customer, number"):
        lines[customer].append(posting(row))
    for customer, at, weight in konto.views.rows(
        "SELECT customer, settled_at, weight FROM promises WHERE weight IS NOT NULL AND known_until = "
        f"{statements.ALWAYS} AND at_until = {statements.ALWAYS} ORDER BY settled_at, weight"
    ):
        evidence[customer].append(Evidence(instant(at), weight))
    return lines, evidence


def accounts(home: Konto) -> dict:
    """Balance, reliability and lines of every customer, under their own ids."""
    at = datetime(2018, 11, 1, tzinfo=UTC)
    found = {}
    with opened(home) as konto:
        lines, evidence = bulk(konto)
        for party in customers.listed(konto.library, LOCAL_USER, limit=100_000):
            read = statements.read(party, lines[party.customer], evidence[party.customer], konto.steering, at)
            booked = sorted((line.posting.time, line.posting.rule, line.points, line.counts) for line in read.lines)
            found[party.id] = (read.balance, read.reliability, read.stage, booked)
    return found


def sample(folder: Path, chance: random.Random | None, orders: int) -> list[str]:
    """The first orders with their items and reviews, row by row or shuffled; the ids in the order written."""
    folder.mkdir()
    wanted: set[str] = set()
    for name in FILES:
        with gzip.open(DATA / f"olist_{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            text = file.read()
        head, rows = rows_of(text)
        key = head.split(",").index("order_id")
        ids = [row.split(",")[key].strip('"') for row in rows]
        if name == "orders":
            wanted = set(ids[:orders])
        chosen = [row for row, id in zip(rows, ids, strict=True) if id in wanted]
        if chance is not None:
            chance.shuffle(chosen)
        with gzip.open(folder / f"olist_{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
            file.write("\n".join([head, *chosen]) + "\n")
    return chosen


def rows_of(text: str) -> tuple[str, list[str]]:
    """The header and the rows; a text in quotation marks may run over several lines."""
    head, *lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    rows: list[str] = []
    for line in lines:
        if rows and rows[-1].count('"') % 2:
            rows[-1] += "\n" + line
        else:
            rows.append(line)
    return head, rows
