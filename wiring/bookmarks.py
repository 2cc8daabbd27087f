"""How far each folder of a mailbox has been read, and whether it could be: a small file for each in HOME/mail.

The file says no more than that. If it is lost, the mailbox is read once more from its beginning, and every mail is
recognised by its id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Any, NamedTuple, Self

FOLDER = "mail"


class Place(NamedTuple):
    """The last mail that was read; it means something as long as the server keeps the same `validity`."""

    validity: int
    uid: int


@dataclass(frozen=True)
class Bookmark:
    """`account` tells this mailbox from another one of the same name; `places` go by internal ids of folders."""

    account: str
    places: Mapping[str, Place] = field(default_factory=dict)
    read_at: datetime | None = None
    failing_since: datetime | None = None
    trouble: str | None = None

    def read(self, places: Mapping[str, Place], at: datetime) -> Self:
        return replace(self, places=dict(places), read_at=at, failing_since=None, trouble=None)

    def failed(self, trouble: str, at: datetime) -> Self:
        return replace(self, failing_since=self.failing_since or at, trouble=trouble)


def place_of(home: Path, name: str) -> Path:
    return home / FOLDER / f"{name}.json"


def load(home: Path, name: str, account: str) -> Bookmark:
    """A new one where there is none, or none that can be read, or that of another account."""
    try:
        told = json.loads(place_of(home, name).read_text("utf-8"))
        found = Bookmark(
            account=str(told["account"]),
            places={str(folder): Place(int(each[0]), int(each[1])) for folder, each in told["places"].items()},
            read_at=_instant(told["read_at"]),
            failing_since=_instant(told["failing_since"]),
            trouble=told["trouble"],
        )
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return Bookmark(account)
    return found if found.account == account else Bookmark(account)


def save(home: Path, name: str, bookmark: Bookmark) -> None:
    """Whole or not at all."""
    file = place_of(home, name)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    told: dict[str, Any] = {
        "account": bookmark.account,
        "places": {folder: list(place) for folder, place in bookmark.places.items()},
        "read_at": bookmark.read_at.isoformat() if bookmark.read_at else None,
        "failing_since": bookmark.failing_since.isoformat() if bookmark.failing_since else None,
        "trouble": bookmark.trouble,
    }
    handle, draft = mkstemp(prefix=f"{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(told, stream, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, file)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(draft)
        raise


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
