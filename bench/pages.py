"""How long the pages' questions take in a large firm, against the same questions in one with 10,000 facts.

Both firms have as much to do on a day; the large one has a longer past and more customers. Some customers have gone,
some ask, some things go wrong, and all of it ends just now. `python -m bench.pages --facts N` says it page by page,
and how long a page takes to run again.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from streamlit.logger import set_log_level

from bench import facts
from bench.fed import common
from bench.pair import Pair
from dashboard import data
from dashboard.answers.home import Home
from dashboard.answers.kept import Kept
from dashboard.periods import chosen
from dashboard.shapes.asking import Reader
from dashboard.shapes.contacts import ContactsAsked
from dashboard.shapes.customers import CustomersAsked
from dashboard.shapes.deliveries import DeliveriesAsked
from dashboard.shapes.incidents import IncidentsAsked
from dashboard.shapes.overview import OverviewAsked
from dashboard.shapes.promises import PromiseFilter
from dashboard.shapes.timeline import TimelineAsked
from tests.dashboard.reading import opened
from wiring import logs
from wiring.home import open_home, system_clock
from wiring.importing import import_file
from wiring.settings import LogSettings

SMALL = 10_000
PROMISED_S = 0.3
"""So long a page may take to run again, half of the times."""
ROUNDS = 5
READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))
ASKING, GOING_WRONG = 0.25, 0.02
"""After so many of the promises the customer asks something, or something goes wrong."""

Question = Callable[[], object]
Clock = Callable[[], datetime]


def every(folder: Path, count: int) -> Pair:
    """All questions of all pages, one after the other, against the same with 10,000 facts."""
    large, small = questions(firm(folder, count)), questions(firm(folder, SMALL))
    return Pair(lambda: _seconds(large.values()), lambda: _seconds(small.values()), len(large))


def reruns(folder: Path, count: int) -> Pair:
    """A page run again, the median over all pages, against what is promised."""
    home = firm(folder, count)
    return Pair(lambda: median(rerun_s(home).values()), lambda: PROMISED_S, 1)


def firm(folder: Path, count: int, clock: Clock = system_clock) -> Home:
    place = common(folder) / f"firm-{count}"
    new = not place.exists()
    konto = open_home(place, environment={}, clock=clock)
    if new:
        file = folder / f"facts-{count}.jsonl"
        facts.write(file, envelopes(count, clock()))
        import_file(konto, file)
        konto.catch_up(processes=None)
    return Home(konto)


def envelopes(count: int, end: datetime, seed: int = 2) -> list[dict[str, Any]]:
    """The facts of a firm, the last one at `end`."""
    told = facts.envelopes(round(count * 0.83))
    later = end - timedelta(minutes=1) - datetime.fromisoformat(told[-1]["time"])
    moved = [_moved(each, later) for each in told]
    beside = [each for fact in moved for each in _beside(fact, Random(f"{seed} {fact['id']}"))]
    whole = sorted(
        (each for each in (*moved, *beside) if each["time"] < end.isoformat()), key=lambda each: each["time"]
    )
    return whole[:count]


def _moved(fact: dict[str, Any], later: timedelta) -> dict[str, Any]:
    told = {**fact, "time": (datetime.fromisoformat(fact["time"]) + later).isoformat(), "data": dict(fact["data"])}
    if "due" in told["data"]:
        told["data"]["due"] = (datetime.fromisoformat(told["data"]["due"]) + later).isoformat()
    return told


def _beside(fact: dict[str, Any], rng: Random) -> Iterator[dict[str, Any]]:
    if fact["type"] != "promise.made":
        return
    name, made = fact["data"]["promise"], datetime.fromisoformat(fact["time"])
    customer, owner = fact["data"]["customer"], fact["data"]["by"]

    def told(what: str, type: str, hours: float, **data: Any) -> dict[str, Any]:
        time = (made + timedelta(hours=hours)).isoformat()
        return {**fact, "id": f"{name}/{what}", "type": type, "time": time, "data": data}

    if rng.random() < ASKING:
        asked = f"C-{name}"
        yield told("asked", "contact.inbound", 30, contact=asked, customer=customer, channel="email", to=owner)
        if rng.random() < 0.95:
            yield told("answered", "contact.answered", 30 + 20 * rng.random(), contact=asked, by=owner)
    if rng.random() < GOING_WRONG:
        wrong = f"V-{name}"
        yield told("wrong", "incident.reported", 60, incident=wrong, customer=customer, kind="complaint", by=owner)
        yield told("reason", "incident.explained", 62, incident=wrong, by=owner)
        yield told("resolved", "incident.resolved", 90, incident=wrong)
        yield told("closed", "incident.closed", 91, incident=wrong)


def questions(home: Home) -> Mapping[str, Question]:
    """What each page asks, by the page and what is chosen on it."""
    customer = home.konto.views.row("SELECT customer FROM customers ORDER BY sort_name LIMIT 1")[0]
    second = 2
    overview = OverviewAsked(*chosen("13w", "before", home.now().astimezone(READER.zone).date()))

    def anew(ask: Question) -> object:
        home.kept, home.lately, home.overviews, home.by_customers = Kept(), Kept(), Kept(), Kept()
        return ask()

    return {
        "firm": lambda: home.firm(READER),
        "morning": lambda: anew(lambda: home.morning(READER, None)),
        "adviser: names": lambda: home.names(READER, "mer 12"),
        "accounts: lowest balance": lambda: home.customers(READER, CustomersAsked()),
        "accounts: second page": lambda: home.customers(READER, CustomersAsked(), second),
        "accounts: fell most": lambda: home.customers(READER, CustomersAsked(order="change")),
        "accounts: thinnest buffer": lambda: home.customers(READER, CustomersAsked(order="buffer")),
        "accounts: by name": lambda: home.customers(READER, CustomersAsked(order="name")),
        "accounts: long not heard of": lambda: home.customers(READER, CustomersAsked(order="silent")),
        "accounts: search": lambda: home.customers(READER, CustomersAsked("mer 12")),
        "account": lambda: home.account(READER, customer, "quarter"),
        "promises": lambda: home.promises(READER, PromiseFilter()),
        "contacts": lambda: home.contacts(READER, ContactsAsked()),
        "contacts: figures": lambda: home.contact_figures(READER, ContactsAsked()),
        "incidents": lambda: home.incidents(READER, IncidentsAsked()),
        "incidents: figures": lambda: home.incident_figures(READER, IncidentsAsked()),
        "timeline": lambda: home.timeline(READER, customer, TimelineAsked()),
        "overview": lambda: anew(lambda: home.overview(READER, overview)),
        "overview: customer by customer": lambda: anew(lambda: home.by_customer(READER, overview)),
        "team": lambda: home.team(READER),
        "deliveries": lambda: home.deliveries(READER, DeliveriesAsked()),
        "suppliers": lambda: home.suppliers(READER),
        "rules": lambda: home.rules(READER),
    }


PAGES = (
    "morning", "adviser", "account", "promises", "contacts", "incidents", "timeline", "overview", "team", "deliveries",
    "suppliers", "rules", "meaning", "what-if",
)  # fmt: skip


def rerun_s(home: Home, rounds: int = 3) -> dict[str, float]:
    """Seconds in which each page runs again under Streamlit's own test, after its first run."""
    data.use(home)
    set_log_level("error")  # Streamlit warns of every page that no browser asked for
    return {page: median(_timed(opened(page).run) for _ in range(rounds)) for page in PAGES}


def _timed(run: Question) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def _seconds(asked: Iterable[Question]) -> float:
    return sum(_timed(each) for each in asked)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--facts", type=int, metavar="N", default=100_000, help="how many (default 100000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the firms are made, or lie already")
    asked = parser.parse_args(arguments)
    logs.configure(LogSettings(level="warning"))
    with TemporaryDirectory() as folder:
        place = asked.keep or Path(folder)
        place.mkdir(exist_ok=True)
        large, small = firm(place, asked.facts), firm(place, SMALL)
        gc.freeze()  # as the dashboard does when it has loaded
        answers = _by_question(questions(large), questions(small))
        again = {page: round(1_000 * seconds) for page, seconds in rerun_s(large).items()}
    print(json.dumps({"questions": answers, "reruns_ms": again, "median_ms": median(again.values())}, indent=2))
    return 0


def _by_question(large: Mapping[str, Question], small: Mapping[str, Question]) -> list[dict[str, Any]]:
    """Asked in turn, what grows most first."""
    rows = []
    for name in large:
        pairs = [(_timed(large[name]), _timed(small[name])) for _ in range(ROUNDS)]
        ours, limit = (1_000 * median(each) for each in zip(*pairs, strict=True))
        rows.append({"name": name, "ms": round(ours, 1), "small_ms": round(limit, 1), "ratio": round(ours / limit, 2)})
    everything = {key: round(sum(row[key] for row in rows), 1) for key in ("ms", "small_ms")}
    total = {"name": "everything", **everything, "ratio": round(everything["ms"] / everything["small_ms"], 2)}
    return [total, *sorted(rows, key=lambda row: -row["ratio"])]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
