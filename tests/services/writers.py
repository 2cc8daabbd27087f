"""What the processes of the test with many writers do: apart from it, so that each starts quickly."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder

from domain.vocabulary import parse
from tests.notation import at
from tests.servers.recorders import recorder_at
from wiring.home import Konto, open_home
from wiring.importing import import_file

NOW = at("2026-04-01T12:00")
TOGETHER = 20
"""Facts of one transaction."""


def write_or_follow(folder: str, number: int, writer: int, facts: int) -> int:
    """A writer, every second of which brings a file; with a negative number a process that projects until so many facts
    are there."""
    with open_home(Path(folder), environment={}, clock=lambda: NOW) as konto:
        if number < 0:
            done = 0
            while (done < facts and konto.views.position() < konto.log.head()) or len(konto.log.rows(0, facts)) < facts:
                done += konto.catch_up()
                time.sleep(0.01)
            konto.catch_up()
            return 0
        if writer % 2:
            return imported(konto, [made(f"{number}/{writer}/{n}") for n in range(facts)], f"{number}-{writer}.jsonl")
        recorded = 0
        for start in range(0, facts, TOGETHER):
            told = [made(f"{number}/{writer}/{start + n}") for n in range(TOGETHER)]
            recorded += sum(each.status == "recorded" for each in konto.record([parse(each, now=NOW) for each in told]))
        return recorded


def imported(konto: Konto, told: list[dict[str, Any]], name: str) -> int:
    """As a file: a thousand facts a transaction."""
    file = konto.home / name
    file.write_text("".join(json.dumps(each) + "\n" for each in told), encoding="utf-8")
    return import_file(konto, file, valid_only=True).recorded


def writers_ended(konto: Konto, facts: int) -> bool:
    with konto.log.store.reading() as cursor:
        return bool(cursor.execute("SELECT COUNT(*) FROM received").one()[0] == facts)


def made(name: str) -> dict[str, Any]:
    data = {"promise": name, "customer": f"K-{name[:-1]}", "by": "ines", "due": "2026-05-04T10:00:00Z"}
    return {
        "specversion": "1.0",
        "source": "crm",
        "id": name,
        "type": "promise.made",
        "time": "2026-03-30T09:00:00Z",
        "data": data,
    }


def control_recorder(url: str, *, unsafe: bool) -> PostgresApplicationRecorder:
    """The library's own, with or without the switch that the product refuses."""
    return recorder_at(url, schema="control", enable_db_functions=unsafe, pool_size=1)


def write_control(url: str, unsafe: bool, name: str, events: int) -> int:
    recorder = control_recorder(url, unsafe=unsafe)
    for number in range(events):
        recorder.insert_events([StoredEvent(f"{name}/{number}", 1, "made", b"{}")])
    recorder.datastore.close()
    return events
