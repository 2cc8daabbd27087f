"""Copies of checkpoints in places where whoever could change the log cannot change them: a folder, a mail, a program.

A place that does not take one gets the newest at the next try; that it has none yet is shown by konto doctor.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from domain import checkpoints
from domain.checkpoints import Copy, Kept
from projections import merkle
from verifier.attestation import KEY, LATEST, NEXT_KEY, place_of
from verifier.note import BadNote, checkpoint, opened, unchecked
from verifier.tiles import HEIGHT, frontier, of_size, place
from verifier.tree import HASH_BYTES
from wiring import attesting
from wiring.home import Konto
from wiring.settings import EMAIL
from words import N_, translator
from words.format import moment_to_keep, number
from workers.channels import Channels, Envelope, NotDelivered
from workers.messages import Message

FOLDER, MAIL, WEBHOOK = "folder", "mail", "webhook"
SUBJECT = N_("Checkpoint of the trust account")
TITLE = N_("Checkpoint over {n} events")
TEXT = N_(
    "Please keep this text where nobody who looks after the trust account can change it. It attests everything that "
    "was recorded up to {moment}: with it, every later change to one of these {n} events is found.\n\n"
    "To check: konto audit verify --checkpoint FILE, where FILE holds the lines below, down to the last one.\n\n{note}"
)


class NotCopied(Exception):
    """The reason is a code; it holds nothing personal."""


@dataclass(frozen=True)
class Place:
    name: str
    every: timedelta
    give: Callable[[Kept, Copy], None]
    """The newest checkpoint, and what is there. Raises NotCopied."""


def copy_out(konto: Konto, channels: Channels, now: datetime) -> list[Copy]:
    """Gives every place the newest checkpoint that it has not got; answers how all of them stand."""
    newest = attesting.newest(konto)
    with konto.log.store.reading() as cursor:
        known = checkpoints.copies(cursor)
    copies = []
    for each in places(konto, channels):
        copy = known.get(each.name, Copy(each.name))
        if newest is not None and _is_due(copy, newest, each, now):
            copy = _given(each, copy, newest, now)
            with konto.log.store.writing() as writing:
                checkpoints.note_copy(writing, copy)
        copies.append(copy)
    return copies


def _is_due(copy: Copy, newest: Kept, place: Place, now: datetime) -> bool:
    """One of the same size is new if it names another key."""
    if copy.at is None:
        return True
    return (newest.size > copy.size or newest.at > copy.at) and now - copy.at >= place.every


def _given(place: Place, copy: Copy, newest: Kept, now: datetime) -> Copy:
    try:
        place.give(newest, copy)
    except NotCopied as trouble:
        return copy._replace(failing_since=copy.failing_since or now, trouble=str(trouble))
    return Copy(place.name, newest.size, now)


def places(konto: Konto, channels: Channels) -> Iterator[Place]:
    audit = konto.settings.audit
    if audit.folder is not None:
        folder = Path(audit.folder)
        yield Place(FOLDER, timedelta(0), lambda kept, copy: _into_folder(konto, folder, kept, copy.size))
    if audit.mail is not None:
        address = audit.mail
        yield Place(
            MAIL,
            timedelta(hours=audit.mail_hours),
            lambda kept, copy: _send(konto, channels, EMAIL, address, kept, copy),
        )
    if audit.webhook is not None:
        name = audit.webhook
        yield Place(WEBHOOK, timedelta(0), lambda kept, copy: _send(konto, channels, name, "", kept, copy))


# -- a folder -----------------------------------------------------------------------------------------


def _into_folder(konto: Konto, folder: Path, kept: Kept, before: int) -> None:
    """Hashes first, then the checkpoint that vouches for them; what is full stays as it is."""
    trusted = attesting.keys(konto).public
    try:
        before = _fitting(konto, folder, before)
        with konto.views.store.reading() as cursor:
            read = merkle.read(cursor)
            for level, index, width in of_size(kept.size):
                if index >= before >> HEIGHT * (level + 1):
                    _put(folder / place(level, index, width), read(level, index)[: width * HASH_BYTES])
        _put(folder / KEY, "".join(f"{key}\n" for key in trusted).encode())
        with konto.log.store.reading() as cursor:
            # All of them: one in between may name the key of those that follow.
            for each in checkpoints.since(cursor, before):
                _put(folder / place_of(each.size), each.note.encode())
        _put(folder / LATEST, kept.note.encode())
    except OSError as error:
        raise NotCopied(f"errno_{error.errno}") from None


def _fitting(konto: Konto, folder: Path, before: int) -> int:
    """The size of what lies there. Raises NotCopied where it is of another log, or of what this log once was."""
    if not (folder / LATEST).exists():
        return 0
    try:
        there = checkpoint(opened((folder / LATEST).read_text("utf-8"), attesting.keys(konto).public)[0])
        with konto.views.store.reading() as cursor:
            if frontier(merkle.read(cursor), there.size).root() != there.root:
                raise NotCopied("log_changed")
    except (BadNote, UnicodeDecodeError):
        raise NotCopied("other_log") from None
    except LookupError:
        raise NotCopied("log_changed") from None
    return there.size


def _put(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.new")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


# -- a message ----------------------------------------------------------------------------------------


def _send(konto: Konto, channels: Channels, channel: str, address: str, kept: Kept, copy: Copy) -> None:
    """The newest, and before it those in between that name the key of what follows."""
    try:
        for each in (*_naming_keys(konto, kept, copy), kept):
            channels[channel].send(_envelope(konto, address, each))
    except NotDelivered as trouble:
        raise NotCopied(trouble.reason) from None


def _naming_keys(konto: Konto, kept: Kept, copy: Copy) -> Iterator[Kept]:
    with konto.log.store.reading() as cursor:
        between = checkpoints.since(cursor, copy.size)
    for each in between:
        is_new = copy.at is None or each.at > copy.at
        if is_new and each.size < kept.size and checkpoint(unchecked(each.note)).said(NEXT_KEY) is not None:
            yield each


def _envelope(konto: Konto, address: str, kept: Kept) -> Envelope:
    message_id = f"<checkpoint-{kept.size}-{hashlib.sha256(kept.note.encode()).hexdigest()[:16]}@vertrauenskonto>"
    return Envelope("", address, message_id, _message(konto, kept), kept.at, "checkpoint", kind="checkpoint")


def _message(konto: Konto, kept: Kept) -> Message:
    t = translator(konto.settings.language)
    n, at = number(kept.size, t.lang), moment_to_keep(kept.at, ZoneInfo(konto.settings.zone), t.lang)
    text = t.gettext(TEXT).format(n=n, moment=at, note=kept.note)
    return Message(t.gettext(SUBJECT), t.gettext(TITLE).format(n=n), text)
