"""Whether everything runs: what follows the log, what goes out, what comes in, and who has a key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from dashboard.shapes.people import Away, Missing

Area = Literal["log", "worker", "messages", "doors", "backup", "safety"]
Door = Literal["mailbox", "calendar", "hook"]
DoorState = Literal["well", "late", "never", "failing", "unknown"]


class Note(NamedTuple):
    """One thing about the installation in a sentence, with what to do where it is not `ok`.

    `advice`: nothing is wrong, and something could be better.
    """

    area: Area
    ok: bool
    text: str
    advice: bool = False


class Lag(NamedTuple):
    """How many facts are in the log, up to which one the pages know them, and since when they are behind."""

    head: int
    position: int
    behind_since: datetime | None


class Service(NamedTuple):
    """A part of the worker, by name in code; `last` None: not within the last day."""

    name: str
    last: datetime | None
    instances: int
    well: bool


class DoorRow(NamedTuple):
    """Something that facts come in by. `last` is when it was read last, `failed` since when it cannot be."""

    door: Door
    name: str
    state: DoorState
    last: datetime | None
    failed: datetime | None


class ParkedRow(NamedTuple):
    """A fact that waits; `needs` is what it waits for, as its source calls it. None: it cannot be read, see `why`."""

    fact: str | None
    source: str
    needs: str | None
    since: datetime
    again: bool
    """It was recorded once, and waits again since what it belongs to was retracted."""
    why: str = ""


class RefusedFile(NamedTuple):
    """Rows or messages that were refused, kept in the home to be mended."""

    name: str
    at: datetime
    rows: int | None


class StillRow(NamedTuple):
    """Who or what stands still because of what; `who` None where it is a customer, and not for this reader."""

    who: str | None
    position: int
    why: str
    waiting: int


class KeyRow(NamedTuple):
    """A key for programs, or a calendar feed. `name` is public; the key itself is shown nowhere."""

    name: str
    purpose: str | None
    scopes: tuple[str, ...]
    person: str | None
    created: datetime
    expires: datetime | None
    revoked: datetime | None
    counts: bool


class AwayRow(NamedTuple):
    name: str
    away: Away
    stand_in: str | None


class DocumentRow(NamedTuple):
    """`since` None: from the beginning; `later`: when the next version begins."""

    kind: str
    versions: int
    since: datetime | None
    shipped: bool
    later: datetime | None


class Messages(NamedTuple):
    """Of the last 7 days, and what waits now."""

    raised: int
    delivered: int
    waiting: int
    undeliverable: int
    paused: tuple[str, ...]


class Operations(NamedTuple):
    """None for what the reader's roles do not reach."""

    at: datetime
    notes: tuple[Note, ...]
    lag: Lag
    services: tuple[Service, ...]
    messages: Messages
    doors: tuple[DoorRow, ...] | None
    parked: tuple[ParkedRow, ...]
    parked_total: int
    still: tuple[StillRow, ...]
    still_total: int
    refused: tuple[RefusedFile, ...]
    refused_total: int
    people: int
    away: tuple[AwayRow, ...]
    missing: tuple[Missing, ...]
    keys: tuple[KeyRow, ...] | None
    documents: tuple[DocumentRow, ...] | None
    today: date
