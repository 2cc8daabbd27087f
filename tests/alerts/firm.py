"""The firm of these tests: who is there, and a promise that somebody is to hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import drills.firm
from domain.alert import LASTING
from projections import outbox
from projections.subjects import own_name
from tests.alerts.post_office import HOST, PostOffice
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from wiring.worker import dispatch, run_tick, sender
from workers.delivery import Sender
from workers.dispatch import Dispatch
from workers.tick import Newly

PEOPLE = """
[[persons]]
id = "ines"
name = "Ines Vogt"
email = "ines@example.com"

[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
"""

DUE = at("2026-03-12T16:00")
PROMISED = """
2026-03-02T08:00  Kunde K-17, namens Meier
2026-03-02T09:00  verspricht K-17 ines "Angebot schicken" bis 2026-03-12T16:00
"""


def ticked(home: Home, moment: str | datetime) -> list[tuple[str, str]]:
    """Rule and subject of what this check newly raises, the most urgent first, its clock set to the moment."""
    home.clock.now = at(moment)
    return [(each.occasion.rule, named(home, each.occasion.subject)) for each in to_do(run_tick(home.konto))]


def to_do(newly: list[Newly]) -> list[Newly]:
    """Without what lasts, such as that trust is low: those rules have tables of their own."""
    return [each for each in newly if each.occasion.rule not in LASTING]


def named(home: Home, subject: str) -> str:
    return own_name(home.konto.library, home.konto.steering, subject, home.clock.now)


def patient(home: Home) -> None:
    """Nobody's trust is low so soon: what a test does not ask about is not raised."""
    text = (home.konto.home / "rulebook.toml").read_text("utf-8")
    home.konto.publish("rulebook", drills.firm.patient(text))


@dataclass
class Mailed:
    """A home whose messages go to a mail server."""

    home: Home
    sender: Sender
    dispatch: Dispatch
    office: PostOffice

    def raised(self, moment: datetime = DUE + timedelta(minutes=1)) -> str:
        """The one alert that the check raises then, ready to leave."""
        self.home.clock.now = moment
        (newly,) = run_tick(self.home.konto)
        self.dispatch.release(moment)
        return newly.alert

    def ready(self) -> list[str]:
        """The messages that may be sent now, after a look at what may leave."""
        self.dispatch.release(self.home.clock.now)
        return outbox.ready(self.home.konto.views, self.home.clock.now)

    def send_all(self) -> None:
        self.sender.deliver_several(self.ready())

    def row(self, alert: str) -> dict[str, Any]:
        names = ("state", "reason", "attempts", "channel", "sent_to")
        (row,) = self.home.rows(f"SELECT {', '.join(names)} FROM alerts WHERE alert = '{alert}'")
        return dict(zip(names, row, strict=True))

    def state(self, alert: str) -> str:
        return str(self.row(alert)["state"])

    def later(self, **delta: float) -> None:
        self.home.clock.now += timedelta(**delta)

    def events(self, alert: str) -> list[str]:
        return [fact.type for fact in self.home.konto.log.histories([alert])[alert]]


def mailed(
    folder: Path,
    office: PostOffice,
    *,
    settings: str = "",
    people: str = PEOPLE,
    text: str = PROMISED,
    patience: float = 10,
) -> Mailed:
    """A home that has heard the story, with the mail server as its own, which it waits for ``patience`` seconds."""
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / "settings.toml"
    store = file.read_text("utf-8") if file.exists() else ""
    mail = f'[mail]\nhost = "{HOST}"\nport = {office.port}\nsecurity = "none"\ntimeout_seconds = {patience}\n'
    file.write_text(store + mail + settings, encoding="utf-8")
    home = open_at(folder)
    home.clock.now = at("2026-03-01")
    home.konto.publish("people", people)
    patient(home)
    home.take(envelopes(text))
    return Mailed(home, sender(home.konto), dispatch(home.konto), office)
