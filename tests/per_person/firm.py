"""A firm with two teams whose people sign in; each has a planted number of promises that came due in March."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.per_person import Opening
from domain.roles import Asker, Role
from tests.dashboard.signed_in import settings
from tests.homes import Home, open_at
from tests.notation import at
from wiring import per_person
from wiring.home import Konto

MARCH, APRIL, DECEMBER = at("2026-03-01"), at("2026-04-01"), at("2026-12-31")
NOW = at("2026-04-02T09:00")

SERVICE = {"anna": (25, 20), "bert": (23, 22), "cem": (30, 15), "dora": (21, 10), "emil": (19, 4), "fay": (22, 7)}
OFFICE = {"gina": (20, 12), "hans": (26, 13)}
PLANTED = {**SERVICE, **OFFICE}
"""By id: how many promises came due in March, and how many of them were kept on time."""
SHOWN = {"anna", "bert", "cem", "fay", "gina", "hans"}
"""Emil has 19; and since his would be what is left of his team's, Dora with the fewest of it is not shown either."""

OTHERS: dict[str, Role] = {"karin": "manager", "alma": "auditor", "ada": "admin"}


def people(of_each: dict[str, list[str]]) -> str:
    """By team; those who look after others belong to none."""
    persons = [(name, "owner", team) for team, names in of_each.items() for name in names]
    lines = ['manager = "karin"']
    for name, role, team in [*persons, *((name, role, None) for name, role in OTHERS.items())]:
        lines += ["[[persons]]", f'id = "{name}"', f'name = "{name.title()}"', f'email = "{name}@example.com"']
        lines += [f'roles = ["{role}"]', *([f'team = "{team}"'] if team else [])]
    for team in of_each:
        lines += ["[[teams]]", f'name = "{team}"', 'manager = "karin"']
    return "\n".join(lines)


TEAMS = {"Service": list(SERVICE), "Office": list(OFFICE)}


def facts(planted: dict[str, tuple[int, int]], team_of: dict[str, str]) -> list[dict[str, Any]]:
    """The first `kept` of each person's promises were fulfilled an hour before they were due, the others never."""
    found: list[dict[str, Any]] = [
        fact("customer.registered", "2026-03-02T08:00", customer="K-1", name="Meier", owner="karin")
    ]
    for name, (n, kept) in planted.items():
        for number in range(n):
            promise = f"{name}-{number}"
            due = at("2026-03-03T12:00") + timedelta(days=number % 28, minutes=number)
            found.append(
                fact("promise.made", "2026-03-02T09:00", promise=promise, customer="K-1", due=due.isoformat(), by=name,
                     team=team_of.get(name))
            )  # fmt: skip
            if number < kept:
                found.append(fact("promise.fulfilled", due - timedelta(hours=1), promise=promise))
    return found


def fact(type: str, time: str | datetime, **data: Any) -> dict[str, Any]:
    moment = at(time) if isinstance(time, str) else time
    known = {name: value for name, value in data.items() if value is not None}
    subject = data.get("promise") or data.get("customer")
    return {"specversion": "1.0", "source": "crm", "id": f"{type}/{subject}", "type": type,
            "time": moment.isoformat(), "data": known}  # fmt: skip


def firm(
    folder: Path,
    planted: dict[str, tuple[int, int]] = PLANTED,
    teams: dict[str, list[str]] = TEAMS,
    *,
    signs_in: bool = True,
    opened: bool = True,
) -> Home:
    if signs_in:
        (folder / "settings.toml").write_text(settings("https://konto.example.com", "https://login.example.com"))
    home = open_at(folder)
    home.clock.now = at("2026-02-20")
    home.konto.publish("people", people(teams))
    if opened:
        home.clock.now = MARCH
        open_figures(home.konto)
    home.take_as_they_come(facts(planted, {name: team for team, names in teams.items() for name in names}), NOW)
    return home


def open_figures(konto: Konto, start: datetime | None = None, end: datetime = DECEMBER) -> Opening:
    return per_person.open_(
        konto, basis="works_agreement", purpose="Help where too much lies on one", start=start, end=end
    )


def asker(name: str) -> Asker:
    return Asker(name, frozenset({OTHERS.get(name, "owner")}))
