"""A command line with a home of its own, a clock that stands still, and facts in one line each."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer
from typer.testing import CliRunner

from wiring.commands.konto import app
from wiring.shell import World

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 9, tzinfo=BERLIN)
"""A Thursday morning."""

COMMAND = typer.main.get_command(app)
"""Made once: that takes longer than most calls."""

Fact = dict[str, Any]


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Konto:
    """`konto("kpi", "--json").json`; every call must end with `code`, or says what it said."""

    home: Path
    now: datetime = NOW
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, code: int = 0) -> Answer:
        world = World(self.environment, clock=lambda: self.now)
        edited = {file: file.stat().st_mtime for file in self.home.glob("*.toml")}
        ended = 0
        with CliRunner().isolation() as (out, err, _):
            try:
                COMMAND.main(["--home", str(self.home), *arguments], prog_name="konto", obj=world)
            except SystemExit as end:
                ended = int(end.code or 0)
            sys.stdout.flush()
            sys.stderr.flush()
            answer = Answer(ended, out.getvalue().decode(), err.getvalue().decode())
        for file in self.home.glob("*.toml"):
            if edited.get(file) != file.stat().st_mtime:
                # The files live in the time of this clock, too.
                os.utime(file, (self.now.timestamp(),) * 2)
        assert ended == code, f"{arguments} ended with {ended}:\n{answer.out}{answer.err}"
        return answer

    def prepared(self) -> Konto:
        """Needed where its store is a database."""
        self("migrate")
        return self

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def took(self, facts: list[Fact], *options: str) -> Any:
        """The answer of `konto import` about these facts."""
        file = self.home.parent / "facts.jsonl"
        file.write_text("".join(json.dumps(fact) + "\n" for fact in facts), encoding="utf-8")
        return self("import", str(file), "--json", *options).json


def fact(type: str, time: str, id: str | None = None, source: str = "crm", **data: Any) -> Fact:
    """A fact as a source sends it; `time` is Berlin's, such as 2026-03-02T09:00."""
    at = datetime.fromisoformat(time).replace(tzinfo=BERLIN).isoformat()
    named = data.get("promise") or data.get("customer") or "x"
    own = id or f"{named}/{type.partition('.')[2]}/{time}"
    return {"specversion": "1.0", "source": source, "id": own, "type": type, "time": at, "data": data}
