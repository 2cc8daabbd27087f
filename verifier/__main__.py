"""`python -m verifier`: checks a log, or a proof, with nothing but checkpoints and public keys.

Exit codes: 0 all is as attested, 1 something is not, 2 it could not be checked.
"""

from __future__ import annotations

import argparse
import json
import locale
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from verifier import journal
from verifier.attestation import Believed, believed, found_in, keys_in
from verifier.checking import check
from verifier.events import Events, Unreadable, of_file, of_postgres
from verifier.note import BadNote, PublicKey
from verifier.proof import shown
from verifier.tree import BadProof

OK, NOT_OK, UNCHECKED = 0, 1, 2


class Trouble(Exception):
    """Why nothing could be checked, in the user's language."""


def main(arguments: Sequence[str]) -> int:
    asked = _parser().parse_args(arguments)
    try:
        return _proof(asked) if asked.proof else _log(asked)
    except (Trouble, Unreadable) as trouble:
        print(trouble, file=sys.stderr)
        return UNCHECKED


def _log(asked: argparse.Namespace) -> int:
    events, keys = _events(asked), _keys(asked.key)
    notes = [note for place in asked.checkpoint for note in _found(place)]
    found: Believed = believed(notes, keys)
    report, looks = check(events, found.attested), _journal(asked, found)
    is_ok = report.is_ok and not found.damaged and bool(found.attested) and (looks is None or looks.is_ok)
    told = None if looks is None else looks.told()
    _say({**report.told(), "ok": is_ok, "journal": told, "damaged": list(found.damaged)})
    return OK if is_ok else NOT_OK


def _proof(asked: argparse.Namespace) -> int:
    try:
        found = shown(asked.proof.read_text("utf-8"), _keys(asked.key))
    except (BadProof, BadNote) as wrong:
        _say({"ok": False, "wrong": str(wrong)})
        return NOT_OK
    except (OSError, UnicodeDecodeError):
        raise Trouble(_said(f"{asked.proof} ist nicht zu lesen.", f"{asked.proof} cannot be read.")) from None
    event = found.event
    _say(
        {
            "ok": True,
            "position": event.position,
            "stream": event.stream,
            "version": event.version,
            "topic": event.topic,
            "state": event.state.decode("utf-8", "backslashreplace"),
            "size": found.checkpoint.size,
            "attested_at": found.checkpoint.said("time"),
        }
    )
    return OK


def _events(asked: argparse.Namespace) -> Events:
    if asked.postgres:
        return of_postgres(asked.postgres, asked.schema)
    if asked.log is None:
        raise Trouble(
            _said(
                "Es fehlt, was geprüft werden soll: events.db, ein Export, oder --postgres URL.",
                "What is to be checked is missing: events.db, an export, or --postgres URL.",
            )
        )
    return of_file(asked.log)


def _journal(asked: argparse.Namespace, found: Believed) -> journal.Report | None:
    """The access journal where one is named, or lies beside; None where there is none to check."""
    heads = journal.heads_of(each.checkpoint for each in found.attested)
    if asked.journal is not None:
        of = journal.of_sqlite if _is_sqlite(asked.journal) else journal.of_lines
        return journal.check(of(asked.journal), heads)
    if not heads:
        return None
    if asked.postgres:
        return journal.check(journal.of_postgres(asked.postgres, f"{asked.schema}_journal"), heads)
    if not _is_sqlite(asked.log):
        return journal.check(journal.of_lines(asked.log), heads)
    beside = asked.log.with_name("journal.db")
    return journal.check(journal.of_sqlite(beside), heads) if beside.exists() else None


def _is_sqlite(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(16).startswith(b"SQLite format 3")
    except OSError as trouble:
        raise Unreadable(f"{file}: {trouble.strerror}") from None


def _keys(told: Sequence[str]) -> list[PublicKey]:
    keys = list[PublicKey]()
    for each in told:
        file = Path(each)
        try:
            keys += keys_in(file.read_text("utf-8") if file.is_file() else each)
        except (BadNote, OSError, UnicodeDecodeError):
            raise Trouble(_said(f"„{each}“ ist kein öffentlicher Schlüssel.", f"“{each}” is no public key.")) from None
    return keys


def _found(place: Path) -> list[Any]:
    try:
        found = list(found_in(place))
    except OSError:
        found = []
    if not found:
        raise Trouble(_said(f"In {place} liegt kein Prüfpunkt.", f"There is no checkpoint in {place}."))
    return found


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=2))


def _said(german: str, english: str) -> str:
    language = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return german if language.lower().startswith("de") else english


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verifier", description=__doc__)
    parser.add_argument("log", nargs="?", type=Path, help="events.db, or an export of its lines")
    parser.add_argument("--postgres", metavar="URL", help="the database, where the log lies in PostgreSQL")
    parser.add_argument("--schema", default="vertrauenskonto", help="its schema (default vertrauenskonto)")
    parser.add_argument(
        "--journal",
        metavar="FILE",
        type=Path,
        help="the access journal: journal.db, or an export; else as it lies beside",
    )
    parser.add_argument("--proof", metavar="FILE", type=Path, help="a proof of one event, instead of a log")
    parser.add_argument(
        "--checkpoint", metavar="FILE|DIR", type=Path, action="append", default=[], help="that lay elsewhere"
    )
    parser.add_argument("--key", metavar="KEY|FILE", action="append", required=True, help="the public key")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
