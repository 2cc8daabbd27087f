"""Files of the home in which an erased person may stand: messages put into a folder, and rows that were refused."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from domain.erasure import Traces, readings
from domain.ids import Ids
from domain.store.locks import held

MESSAGES, REFUSED = "outgoing", "refused"
SHORTEST = 3
"""Shorter words stand in many texts; rows with such an id are found by their facts instead."""


def files(home: Path, ids: Ids, traces: Traces, words: Collection[str]) -> list[Path]:
    """Whole files, since each is a copy of what lies elsewhere; what belongs to one refused file goes together."""
    named = pattern(words)
    found = [each for each in _in(home / MESSAGES) if _is_about(each, traces) or (named and named.search(_mail(each)))]
    told = {_stem(each) for each in _in(home / REFUSED) if _tells(each, ids, traces, named)}
    return [*found, *(each for each in _in(home / REFUSED) if _stem(each) in told)]


def remove(home: Path, ids: Ids, traces: Traces, words: Collection[str]) -> int:
    """How many files; tables that somebody began beside the live ones and left go without being counted."""
    found = files(home, ids, traces, words)
    for each in found:
        each.unlink(missing_ok=True)
    for lock in home.glob("views.*.lock"):
        with held(lock) as nobody_else:
            if nobody_else:
                for name in ("", "-wal", "-shm", "-journal"):
                    lock.with_suffix(f".db{name}").unlink(missing_ok=True)
    return len(found)


def pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Finds any of the words, as words of their own, in capital or small letters."""
    long = sorted({" ".join(word.split()) for word in words if len(word) >= SHORTEST}, key=len, reverse=True)
    if not long:
        return None
    parts = (r"\s+".join(map(re.escape, word.split())) for word in long)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def first(words: Iterable[str], text: str) -> str | None:
    """The first of the words that the text names."""
    named = pattern(words)
    found = named.search(text) if named else None
    return found[0] if found else None


def _in(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []


def _stem(file: Path) -> str:
    return file.name.removesuffix(file.suffix)


# -- messages -------------------------------------------------------------------------------------------


def _is_about(file: Path, traces: Traces) -> bool:
    """By its Message-ID, whatever it says."""
    return any(each.strip("<>").partition("@")[0] == file.stem for each in traces.messages)


def _mail(file: Path) -> str:
    mail = message_from_bytes(_bytes(file), policy=default)
    assert isinstance(mail, EmailMessage)
    parts = [str(value) for value in mail.values()]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            parts.append(str(part.get_content()))
    return "\n".join(parts)


# -- refused rows ---------------------------------------------------------------------------------------


def _tells(file: Path, ids: Ids, traces: Traces, named: re.Pattern[str] | None) -> bool:
    text = _bytes(file).decode("utf-8", "replace")
    if named and named.search(text):
        return True
    return any(_concerns(fact, ids, traces) for fact in _facts(text))


def _facts(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        with suppress(ValueError):
            told = json.loads(line)
            fact = told.get("fact") if isinstance(told, dict) else None
            if isinstance(fact, dict):
                yield fact


def _concerns(fact: dict[str, Any], ids: Ids, traces: Traces) -> bool:
    source, data = fact.get("source"), fact.get("data")
    if not isinstance(source, str) or not isinstance(data, dict):
        return False
    theirs = traces.customers | traces.streams
    kinds = {
        "customer": "customer",
        "duplicate": "customer",
        **{each: each for each in ("promise", "contact", "incident")},
    }
    return any(
        thing in theirs
        for name, kind in kinds.items()
        if isinstance(value := data.get(name), str)
        for thing in readings(ids, source, kind, value)
    )


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # sent on, or removed by its owner, since it was listed
        return b""
