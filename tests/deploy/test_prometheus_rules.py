"""The rules for Prometheus speak of figures that there are."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tests.homes import open_at
from tests.notation import at, envelopes
from wiring import backing_up
from wiring.metrics import Figures
from wiring.services import Services
from wiring.settings import BackupSettings

RULES = Path(__file__).parents[2] / "deploy" / "prometheus-rules.yml"


def test_every_rule_names_figures_that_are_told_and_says_what_is_the_matter(tmp_path: Path):
    home = open_at(tmp_path / "home")
    home.take_as_they_come(list(envelopes("2026-03-01T08:00  Kunde K-1, namens Meier")), at("2026-03-12T09:00"))
    backing_up.back_up(home.konto, tmp_path / "backups")
    settings = home.konto.settings.model_copy(update={"backup": BackupSettings(folder=str(tmp_path / "backups"))})
    figures = Figures(Services(replace(home.konto, settings=settings)))
    # A counter is told with `_total` behind its name.
    told = {f"{each.name}_total" if each.type == "counter" else each.name for each in figures.collect()}
    rules = re.findall(
        r"- alert: (\w+)\n +expr: (.+)\n(?: +for: .+\n)? +annotations:\n +summary: (.+)\n", RULES.read_text()
    )
    assert len(rules) == RULES.read_text().count("- alert:") == 8
    for name, expression, summary in rules:
        named = re.findall(r"konto_[a-z_]+", expression)
        assert named, name
        assert set(named) <= told, name
        assert summary.endswith("."), name
    home.close()
