"""A log with so many events, all of one small firm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice

from tests.homes import Home
from tests.notation import Data, at

BEGINS = at("2026-03-02T08:00")


def recorded(home: Home, events: int) -> None:
    """Brings the log to this many events."""
    head = home.konto.log.head()
    home.take(list(islice(_told(), head, events)))
    assert home.konto.log.head() == events


def _told() -> Iterator[Data]:
    """Every tenth promise is moved; each is kept two days later."""
    for number in count():
        promise, time = f"P-{number}", BEGINS + timedelta(minutes=number)
        if number % 10 == 0:
            yield _fact(f"c{number}", "customer.registered", time, customer=f"K-{number // 10}", name=f"Firma {number}")
        yield _fact(
            f"m{number}", "promise.made", time, promise=promise, customer=f"K-{number // 10}",
            due=(time + timedelta(days=3)).isoformat(), what=f"Angebot {number}", by="ines",
        )  # fmt: skip
        yield _fact(f"f{number}", "promise.fulfilled", time + timedelta(seconds=30), promise=promise)


def _fact(id: str, type: str, time: datetime, **data: object) -> Data:
    return {"specversion": "1.0", "source": "crm", "id": id, "type": type, "time": time.isoformat(), "data": data}
