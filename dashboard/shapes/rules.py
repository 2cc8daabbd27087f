"""The rulebook in words, and its versions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

VersionState = Literal["counts", "later", "past", "replaced"]
"""How a version stands: counts today, only later, no longer, or another took its place before it counted."""


class RuleRow(NamedTuple):
    """One rule: its value and meaning in words, the practices with their articles, and what else speaks for it."""

    value: str
    meaning: str
    origin: str
    finding: str
    deed: int
    """Of a deed its points, in hundredths; else 0."""


class RuleSection(NamedTuple):
    name: str
    title: str
    rows: tuple[RuleRow, ...]


class RuleGroup(NamedTuple):
    """Sections that are read together."""

    title: str
    sections: tuple[RuleSection, ...]


class RuleChange(NamedTuple):
    """A rule of which a version gives another value than the version before."""

    section: str
    meaning: str
    before: str
    after: str


class RuleVersion(NamedTuple):
    """`start` None: from the beginning; `published` None: as shipped."""

    start: datetime | None
    published: datetime | None
    state: VersionState
    changes: tuple[RuleChange, ...]


class LatenessStep(NamedTuple):
    """What it costs to be so many days late; between two steps the points fall in a straight line."""

    days: float
    points: int
    said: str


class Rules(NamedTuple):
    """The rulebook that counts now, and its versions: the one that begins last first."""

    groups: tuple[RuleGroup, ...]
    lateness: tuple[LatenessStep, ...]
    practices: tuple[tuple[str, str], ...]
    versions: tuple[RuleVersion, ...]
    may_publish: bool
    may_propose: bool
    """Whether the reader may let a rulebook be fitted to what customers did."""
