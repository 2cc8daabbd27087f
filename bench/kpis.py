"""The figures of promises of a year, by owner: from the tables, against pandas over a table that lies in memory.

Both give the same ten figures of the same promises; pandas has what it needs of them loaded before the clock starts,
its words as categories. `kpi_all` asks the tables for all figures that there are, of contacts, incidents and customers
as well, against the same limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

from bench.fed import home_of
from bench.pair import Pair
from projections import kpis
from projections.filters import Moment
from projections.kpis import Question
from projections.tables import ALWAYS, instant, micros
from wiring.home import Konto

YEAR = timedelta(days=365)
OF_PROMISES = tuple(each.name for each in kpis.promises.FIGURES)
COLUMNS = (
    "owner", "belongs_at", "at_from", "at_until", "overdue_from", "first_overdue_from", "outcome", "first_outcome",
    "moves_in_time", "moves_late", "notice_in_time", "settled_at", "counting_due", "degree", "late_us", "kind",
    "amount", "charged", "late_business_s",
)  # fmt: skip
WORDS = ("owner", "outcome", "first_outcome", "kind")


def of_promises(folder: Path, count: int) -> Pair:
    return pair(home_of(folder, count), OF_PROMISES)


def of_everything(folder: Path, count: int) -> Pair:
    return pair(home_of(folder, count), ())


def pair(konto: Konto, names: Sequence[str]) -> Pair:
    moment = instant(konto.views.row("SELECT MAX(time) FROM timeline")[0])
    assert moment is not None
    question = Question(Moment(moment), start=moment - YEAR, end=moment, by="owner")
    table = loaded(konto)
    ours = {group.key: group.figures for group in kpis.reckoned(konto.library, konto.asker, question, OF_PROMISES)}
    _must_agree(ours, by_pandas(table, moment))

    def answered() -> float:
        started = perf_counter()
        assert kpis.reckoned(konto.library, konto.asker, question, names)
        return perf_counter() - started

    def limit() -> float:
        started = perf_counter()
        assert len(by_pandas(table, moment))
        return perf_counter() - started

    return Pair(answered, limit, len(table))


def loaded(konto: Konto) -> pd.DataFrame:
    rows = konto.views.rows(
        f"SELECT (SELECT name FROM persons n WHERE n.person = p.owner), {', '.join(COLUMNS[1:])} FROM promises p "
        f"WHERE known_until = {ALWAYS}"
    )
    table = pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(COLUMNS))
    return table.astype({name: "category" if name in WORDS else "float64" for name in COLUMNS})


def by_pandas(table: pd.DataFrame, moment: datetime) -> pd.DataFrame:
    """The figures by owner, as somebody who knows pandas would write them."""
    now, start = micros(moment), micros(moment - YEAR)
    of_year = table[
        (table.belongs_at >= start) & (table.belongs_at < now) & (table.at_from <= now) & (table.at_until > now)
    ]
    overdue, open_ = of_year.overdue_from <= now, of_year.outcome.isna()
    counted = ~open_ & (of_year.outcome != "released") | (open_ & overdue)
    first_open = of_year.first_outcome.isna()
    late = of_year.outcome == "kept_late"
    worse = late | (of_year.outcome == "broken") | (open_ & overdue)
    worse |= (of_year.outcome == "partial") & (of_year.settled_at > of_year.counting_due)
    withdrawn, moved = of_year.outcome == "withdrawn", of_year.moves_in_time + of_year.moves_late > 0
    due = moved | withdrawn | worse
    kept, fulfilled = of_year.outcome == "kept", of_year.degree.notna()
    asked = of_year.assign(
        counted=counted,
        kept=kept,
        first_counted=~first_open & (of_year.first_outcome != "released")
        | (first_open & (of_year.first_overdue_from <= now)),
        first_kept=of_year.first_outcome == "kept",
        due=due,
        given=due & (of_year.moves_late == 0) & ~worse & (~withdrawn | (of_year.notice_in_time == 1)),
        fulfilled=fulfilled,
        exceeded=kept & (of_year.degree > 1),
        broken=of_year.outcome == "broken",
        withdrawn=withdrawn,
        partial=of_year.outcome == "partial",
    )
    by_owner = asked.groupby("owner", observed=True)
    sums = by_owner[list(asked.columns[len(COLUMNS) :])].sum()
    lateness = asked[late].groupby("owner", observed=True)[["late_us", "late_business_s"]].quantile([0.5, 0.9])
    longest = asked[late].groupby("owner", observed=True)[["late_us", "late_business_s"]].max()
    priced = asked[(asked.kind == "price") & (asked.amount > 0) & asked.charged.notna()]
    accuracy = (priced.charged / priced.amount).groupby(priced.owner, observed=True).quantile([0.5, 0.9])
    return pd.DataFrame(
        {
            "on_time_rate": sums.kept / sums.counted,
            "strict_on_time_rate": sums.first_kept / sums.first_counted,
            "timely_notice_rate": sums.given / sums.due,
            "over_fulfilment_rate": sums.exceeded / sums.fulfilled,
            "broken_rate": sums.broken / sums.counted,
            "withdrawn_rate": sums.withdrawn / sums.counted,
            "partial_rate": sums.partial / sums.counted,
            "fulfilment_degree": by_owner.degree.mean(),
            "late": lateness.late_us.unstack()[0.5],
            "longest": longest.late_us,
            "accuracy": accuracy.unstack()[0.5] if len(accuracy) else None,
        }
    )


def _must_agree(ours: Any, theirs: pd.DataFrame) -> None:
    """Else the limit would do other work than we do."""
    for owner, row in theirs.iterrows():
        for name in ("on_time_rate", "strict_on_time_rate", "timely_notice_rate", "broken_rate"):
            found = ours[owner][name].value
            assert (found is None and pd.isna(row[name])) or abs(found - row[name]) < 1e-9, (owner, name)
