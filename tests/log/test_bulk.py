"""A file of facts comes into the log a thousand at a time, and what then stands there is what stood there if each had
come by itself: the same bytes, the same texts under the same keys, the same facts waiting, the same refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench import facts
from domain import writer
from domain.course import Course
from intake import json_text
from tests.homes import Home, open_at
from tests.notation import at
from tests.stores import NewFolder
from wiring import importing
from wiring.importing import NothingRecorded, Summary, import_file

NOW = at("2026-04-01T12:00")
FACTS = 260
TABLES = {
    "received": "SELECT fact, stream, version FROM received ORDER BY fact",
    "vault": "SELECT fact, subject, sealed FROM vault ORDER BY fact",
    "vault_keys": "SELECT subject, wrapped, master FROM vault_keys ORDER BY subject",
    "parked": "SELECT fact, needs, since, sealed FROM parked ORDER BY fact",
    "sources": "SELECT source FROM sources ORDER BY source",
}

Envelope = dict[str, Any]


@pytest.fixture(params=[1, 2, 3])
def messy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A firm's facts as systems send them, not in order: some twice, some with other content, late, impossible, taken
    back, unreadable, in the words of another source."""
    rng = Random(request.param)
    lines = [json.dumps(each, ensure_ascii=rng.random() < 0.5) for each in everything(rng)]
    for _ in range(FACTS // 3):
        one = rng.randrange(len(lines))
        other = min(len(lines) - 1, one + rng.randrange(60))
        lines[one], lines[other] = lines[other], lines[one]
    lines.insert(rng.randrange(len(lines)), '{"specversion": "1.0", "id": "x", "id": "y"}')
    lines.insert(rng.randrange(len(lines)), "no fact at all")
    file = tmp_path / "facts.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def everything(rng: Random) -> Iterator[Envelope]:
    told = facts.envelopes(FACTS, seed=rng.randrange(1000))
    ids = [each["id"] for each in told]
    for number, envelope in enumerate(told):
        yield envelope
        data = envelope["data"]
        match rng.randrange(24):
            case 0:
                yield envelope
            case 1:
                yield {**envelope, "time": "2024-05-05T00:00:00Z"}
            case 2:
                yield {**envelope, "id": f"again/{number}"}
            case 3:
                yield {**envelope, "id": f"odd/{number}", "data": {**data, "nonsense": 1}}
            case 4:
                taken = {"retracts": {"source": "crm", "id": rng.choice(ids)}, "reason": "vertippt"}
                yield {**envelope, "id": f"not/{number}", "type": "fact.retracted", "data": taken}
            case 5:
                one, two = rng.randrange(20), rng.randrange(20)
                both = {"customer": f"K-{one}", "duplicate": f"K-{two}"}
                kind = rng.choice(["customer.merged", "customer.merged", "customer.separated"])
                yield {**envelope, "id": f"one/{number}", "type": kind, "data": both}
            case 6:
                named = {name: f"crm:{data[name]}" for name in ("promise", "customer", "about") if name in data}
                yield {**envelope, "source": "desk", "data": {**data, **named}}
            case 7:
                about = f"P-{rng.randrange(40)}"
                told_of = {
                    "incident": f"I-{rng.randrange(9)}",
                    "customer": "K-1",
                    "promise": about,
                    "text": 'sagt "nein"',
                }
                yield {**envelope, "id": f"i/{number}", "type": "incident.reported", "data": told_of}
            case 8:
                kind = rng.choice(["explained", "resolved", "reopened", "closed"])
                step = {"incident": f"I-{rng.randrange(9)}"}
                yield {**envelope, "id": f"s/{number}", "type": f"incident.{kind}", "data": step}
            case 9:
                asked = {"contact": f"C-{rng.randrange(9)}", "customer": "K-2", "about": f"P-{number}"}
                yield {**envelope, "id": f"c/{number}", "type": "contact.inbound", "data": asked}


def taken(folder: Path, file: Path, *, all_or_nothing: bool = False) -> tuple[Home, Summary]:
    home = open_at(folder)
    home.clock.now = NOW
    try:
        return home, import_file(home.konto, file, valid_only=not all_or_nothing)
    except NothingRecorded as nothing:
        return home, nothing.summary


def told(summary: Summary) -> dict[str, Any]:
    counts = {name: getattr(summary, name) for name in importing.COUNTS}
    refusals = [
        (origin.row, refused.code, str(refused), list(map(str, refused.also))) for origin, refused in summary.refusals
    ]
    return {**counts, "refusals": refusals, "origins": [origin.envelope for origin, _ in summary.refusals]}


def held(home: Home) -> dict[str, Any]:
    """Every byte of the log and of what stands beside it."""
    with home.konto.log.store.reading() as cursor:
        tables = {name: [tuple(row) for row in cursor.execute(sql).all()] for name, sql in TABLES.items()}
    return {"events": home.konto.log.rows(0, 10_000), **tables}


def test_a_file_taken_in_large_portions_leaves_the_very_bytes_that_facts_one_by_one_leave(
    new_folder: NewFolder, messy: Path, monkeypatch: pytest.MonkeyPatch
):
    # Given a file taken fact by fact, each in a transaction of its own, read and judged the long way
    with monkeypatch.context() as slowly:
        slowly.setattr(importing, "CHUNK", 1)
        slowly.setattr(json_text, "_at_once", lambda text, most_fields: json_text._UNUSUAL)
        slowly.setattr(Course, "_goes_on_with", lambda course, fact: False)
        slowly.setattr(Course, "_walk", lambda course: None)
        slow, of_slow = taken(new_folder("slow"), messy)
    # When it is taken in portions, or in portions by somebody who keeps next to nothing in mind
    fast, of_fast = taken(new_folder("fast"), messy)
    monkeypatch.setattr(importing, "CHUNK", 7)
    monkeypatch.setattr(writer, "MOST_STREAMS", 3)
    monkeypatch.setattr(writer, "MOST_KEYS", 2)
    forgetful, of_forgetful = taken(new_folder("forgetful"), messy)
    # Then all three say the same and hold the same.
    assert told(of_fast) == told(of_slow) == told(of_forgetful)
    assert min(of_slow.recorded, of_slow.already, of_slow.parked, of_slow.refused) > 0
    assert held(fast) == held(slow) == held(forgetful)
    for home in (slow, fast, forgetful):
        home.close()


def test_of_a_file_with_a_refused_fact_nothing_stays_and_nothing_is_remembered(
    new_folder: NewFolder, messy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # Given a file that is refused after thousands of its facts were written, in small portions
    monkeypatch.setattr(importing, "CHUNK", 7)
    home, summary = taken(new_folder("home"), messy, all_or_nothing=True)
    assert summary.refused > 0
    assert home.konto.log.head() == 0
    assert not any(rows for name, rows in held(home).items() if name not in ("events", "sources"))
    # When its sound facts come by themselves, to the same process and to one that never saw the others
    sound = tmp_path / "sound.jsonl"
    facts.write(sound, facts.envelopes(60))
    assert import_file(home.konto, sound).recorded == 60
    opened = home.konto.log.opened(home.konto.log.page(0, 100))
    home.close()
    # Then both can read them: no key of the first attempt was used.
    with open_at(home.konto.home).konto as again:
        assert again.log.opened(again.log.page(0, 100)) == opened
        assert all(fact.id for fact in opened)


def test_a_dry_run_leaves_nothing_in_the_log_and_nothing_in_mind(home: Home, tmp_path: Path):
    # Given a file that is only tried
    file = tmp_path / "facts.jsonl"
    facts.write(file, facts.envelopes(60))
    home.clock.now = NOW
    assert import_file(home.konto, file, dry_run=True).recorded == 60
    assert not any(rows for name, rows in held(home).items() if name not in ("events", "sources"))
    # When it is taken by the same process
    assert import_file(home.konto, file).recorded == 60
    # Then its source is noted, and every text can be opened.
    assert ("crm",) in held(home)["sources"]
    assert all(fact.id for fact in home.konto.log.opened(home.konto.log.page(0, 100)))
