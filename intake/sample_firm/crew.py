"""Who is there to do the work: the cause of the bad quarter, and why it gets better.

Rolf Seitz retires, Mehmet Yildiz is left to do the work of two, until Jonas Hägele is hired.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

BAD_QUARTER = (243, 152)
"""First and last day of the bad quarter, in days before `until`."""


class Crew:
    def __init__(self, today: date, rng: Random) -> None:
        self.rng = rng
        self.rolf_retires, self.recovered = (today - timedelta(days=days) for days in BAD_QUARTER)
        self.jonas_starts = self.recovered - timedelta(days=12)

    def is_short(self, day: date) -> bool:
        """Whether the day lies in the bad quarter."""
        return self.rolf_retires <= day <= self.recovered

    def overbooked(self, name: str, day: date) -> bool:
        return name == "mehmet" and self.is_short(day)

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
