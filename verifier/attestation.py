"""Checkpoints that lie in files: which of them can be believed, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from verifier.checking import Attested
from verifier.note import BadNote, Checkpoint, PublicKey, checkpoint, opened, public_key, unchecked
from verifier.tiles import Read, of_folder

FOLDER, LATEST, KEY = "checkpoints", "checkpoint", "key.txt"
NEXT_KEY = "next-key"
"""A checkpoint by the key so far names the one that follows it."""


class Note(NamedTuple):
    """A checkpoint as it was found; `tiles` are the leaves that lay beside it."""

    where: str
    text: str
    tiles: Sequence[Read] = ()


class Believed(NamedTuple):
    attested: tuple[Attested, ...]
    damaged: tuple[str, ...]
    """Where those lie that are no checkpoints, of another log, or signed by nobody whose key is known."""


def place_of(size: int) -> str:
    """The file of a checkpoint of so many events, below the folder."""
    return f"{FOLDER}/{size:012d}.txt"


def found_in(path: Path) -> Iterator[Note]:
    """The one in a file, or all of a folder. Raises OSError."""
    if not path.is_dir():
        yield _read(path, ())
        return
    # A tile that was not full yet lies there under its width at the time: of all sizes the newest counts.
    tiles = (of_folder(path, _size(path)),)
    for file in (*sorted((path / FOLDER).glob("*.txt")), path / LATEST):
        if file.is_file():
            yield _read(file, tiles)


def _read(file: Path, tiles: Sequence[Read]) -> Note:
    return Note(str(file), file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n"), tiles)


def _size(folder: Path) -> int:
    try:
        return checkpoint(unchecked((folder / LATEST).read_text("utf-8"))).size
    except (OSError, UnicodeDecodeError, BadNote):
        return 0


def believed(notes: Iterable[Note], keys: Iterable[PublicKey], origin: str | None = None) -> Believed:
    """`origin` None: the log of the keys. A key that an earlier one has named counts as well."""
    known = list(keys)
    read, damaged = list[tuple[Checkpoint, Note]](), list[str]()
    for note in sorted(notes, key=_order):
        try:
            text, by = opened(note.text, known)
            found = checkpoint(text)
            following = found.said(NEXT_KEY)
            named = [] if following is None else [public_key(following)]
        except BadNote:
            damaged.append(note.where)
            continue
        if found.origin != (origin or by[0].name):
            damaged.append(note.where)
            continue
        known += named
        read.append((found, note))
    return Believed(tuple(Attested(each, note.tiles) for each, note in read), tuple(damaged))


def _order(note: Note) -> int:
    """By size as it says, which is not believed yet: an earlier one may name the key of a later one."""
    lines = note.text.split("\n", 2)
    return int(lines[1]) if len(lines) > 1 and lines[1].isdecimal() and len(lines[1]) < 20 else 0


def keys_in(text: str) -> list[PublicKey]:
    """One a line; empty lines are passed over. Raises BadNote."""
    return [public_key(line) for line in text.splitlines() if line.strip()]
