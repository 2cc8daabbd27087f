"""What vault and tree cost an import, and how fast a log is verified."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from bench import facts
from bench.pair import Pair
from domain.vault import MasterKey, SubjectKey
from projections import merkle
from verifier.checking import check
from verifier.events import of_sqlite
from wiring.home import open_home
from wiring.importing import import_file


def vault_and_tree(folder: Path, count: int) -> Pair:
    """Facts from a file until every table is up to date, against the same with nothing sealed and no tree grown."""
    file = folder / "facts.jsonl"
    facts.write(file, facts.envelopes(count))
    rounds = iter(range(1_000))

    def imported() -> float:
        with open_home(folder / f"audit-{next(rounds)}", environment={}) as konto:
            started = perf_counter()
            import_file(konto, file)
            konto.catch_up()
            seconds = perf_counter() - started
            assert konto.log.head() == count
            return seconds

    def without() -> float:
        with _nothing_sealed(), patch.object(merkle, "append", lambda cursor, rows: None):
            return imported()

    return Pair(imported, without, count)


@contextmanager
def _nothing_sealed() -> Iterator[None]:
    """No text is encrypted or authenticated; what is stored takes as much room as before."""
    with (
        patch.object(SubjectKey, "seal_text", lambda self, fact_key, text, nonce: nonce),
        patch.object(SubjectKey, "mac_text", lambda self, text: "0" * 32),
        patch.object(SubjectKey, "open", lambda self, fact_key, sealed: {"id": fact_key}),
        patch.object(MasterKey, "wrap", lambda self, subject_key: subject_key.key),
        patch.object(MasterKey, "unwrap", lambda self, subject, wrapped: SubjectKey(subject, bytes(wrapped))),
    ):
        yield


def verify(folder: Path, count: int) -> Pair:
    """The whole log against checkpoints, against reading every event and hashing its state."""
    file = folder / "facts.jsonl"
    facts.write(file, facts.envelopes(count))
    home = folder / "verified"
    with open_home(home, environment={}) as konto:
        import_file(konto, file)

    def ours() -> float:
        started = perf_counter()
        assert check(of_sqlite(home / "events.db"), []).size == count
        return perf_counter() - started

    def limit() -> float:
        started = perf_counter()
        with closing(sqlite3.connect(home / "events.db")) as connection:
            rows = connection.execute("SELECT * FROM stored_events ORDER BY rowid")
            assert sum(1 for row in rows if sha256(row[3]).digest()) == count
        return perf_counter() - started

    return Pair(ours, limit, count)
