"""A message as it leaves the house, and how it is told to whom."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from words import Translator


class Message(NamedTuple):
    """`subject` is the same for all messages about one thing, so that mail programs keep them together; `title` says
    what is the matter. Both are one line. `html` is the text for those who see more."""

    subject: str
    title: str
    text: str
    html: str = ""


class Telling(NamedTuple):
    """How one matter is told to one reader, in their zone and language.

    `page` is the address of the page about it, `acknowledge` the one that takes note of it; "" where there is none.
    `late`: nobody looked earlier. `not_acknowledged_by`: who was told before, if this is an escalation.
    `for_whom`: who is away, if a stand-in reads it.
    """

    now: datetime
    zone: ZoneInfo
    t: Translator
    page: str = ""
    acknowledge: str = ""
    late: bool = False
    not_acknowledged_by: str | None = None
    for_whom: str | None = None
