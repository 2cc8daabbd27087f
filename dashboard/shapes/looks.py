"""Who looked at a customer's data, who signed in, who was refused."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

SHOWN = 20


class LooksAsked(NamedTuple):
    """At whose data; None: who signed in or was refused, and whose rights were changed, whoever it was about."""

    customer: str | None = None


class LookRow(NamedTuple):
    """One entry of the access journal in the reader's words; `page` are fixed words for what was opened. `at` None: it
    was damaged."""

    at: datetime | None
    who: str
    door: str
    text: str
    page: str


class Looks(NamedTuple):
    """The newest first; `more`: there are earlier ones."""

    rows: tuple[LookRow, ...]
    more: bool
