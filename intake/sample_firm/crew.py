"""Who is there to do the work: the cause of the bad quarter, and why it gets better.

Rolf Seitz retires, Mehmet Yildiz is left to do the work of two, until Jonas Hägele is hired. And for some months
Lutz Brandt moves every quotation, always in time: nobody is told too late, and nobody gets what was said at first.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

BAD_QUARTER = (243, 152)
"""First and last day of the bad quarter, in days before `until`."""
MOVING_DATES = (150, 22)
"""Likewise of the months in which Lutz moves his quotations."""


class Crew:
    def __init__(self, today: date, rng: Random) -> None:
        self.rng = rng
        self.rolf_retires, self.recovered = (today - timedelta(days=days) for days in BAD_QUARTER)
        self.jonas_starts = self.recovered - timedelta(days=12)
        self.moving, self.moved = (today - timedelta(days=days) for days in MOVING_DATES)

    def is_short(self, day: date) -> bool:
        """Whether the day lies in the bad quarter."""
        return self.rolf_retires <= day <= self.recovered

    def overbooked(self, name: str, day: date) -> bool:
        return name == "mehmet" and self.is_short(day)

    def only_moves(self, name: str, day: date) -> bool:
        """Whether somebody puts off every quotation that is due on this day."""
        return name == "lutz" and self.moving <= day <= self.moved

    def there(self, name: str, day: date) -> str:
        """The same person, or whoever does their work while they are not with the firm."""
        if name == "rolf" and day >= self.rolf_retires:
            return "mehmet"
        return "mehmet" if name == "jonas" and day < self.jonas_starts else name

    def doer(self, role: str, made: date, due: date) -> str:
        """Who takes on the work of this role when it is promised on one day for another."""
        if role == "office":
            return self.rng.choices(("sevda", "karin"), (9, 1))[0]
        if role == "sales":
            return self.rng.choices(("lutz", "karin"), (7, 3))[0]
        if role == "bath":
            return self.rng.choices(("anton", "mehmet"), (5, 5 if self.is_short(due) else 0))[0]
        if due < self.rolf_retires:
            return self.rng.choice(("mehmet", "rolf"))
        if made < self.jonas_starts:
            return self.rng.choices(("mehmet", "anton"), (9, 1))[0]
        return self.rng.choices(("mehmet", "jonas"), (5, 6))[0]

    def looks_after(self, segment: str, day: date) -> str:
        """The owner of a customer of this segment who came on this day."""
        if segment == "manager":
            return self.rng.choice(("karin", "lutz"))
        if segment == "business":
            return self.rng.choice(("lutz", "sevda", "karin"))
        fitter = "rolf" if day < self.rolf_retires else "jonas"
        return self.rng.choices(("lutz", "sevda", "mehmet", "anton", fitter), (5, 3, 2, 2, 1))[0]
