"""A period of days, and the period that it is compared with."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Period(NamedTuple):
    """Both days are included."""

    since: date
    until: date
