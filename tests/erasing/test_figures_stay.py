"""Whoever of a firm is erased, every figure, balance and line is the same afterwards."""

from __future__ import annotations

import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from intake import sample_firm
from projections import customers
from tests.erasing.person import events, figures
from tests.homes import Home, open_at
from tests.kills.runs import running
from tests.notation import at
from wiring import checking, erasing

NOW = at("2026-04-01T12:00")
DAYS, CUSTOMERS = 30, 20


def times(short: int, long: int) -> pytest.MarkDecorator:
    """How many are erased one after the other."""
    cases = [pytest.param(short, id="short"), pytest.param(long, id="long", marks=pytest.mark.long)]
    return pytest.mark.parametrize("times", cases)


def firm(folder: Path, seed: int) -> Home:
    home = open_at(folder)
    facts = sample_firm.facts(seed, DAYS, NOW - timedelta(minutes=1), customers=CUSTOMERS)
    home.take_as_they_come(list(facts), NOW)
    return home


@times(2, 10)
def test_whoever_is_erased_every_figure_stays_and_everything_is_whole(tmp_path: Path, times: int):
    home, chance = firm(tmp_path / "home", seed=7), random.Random(times)
    before, log = figures(home), events(home)
    everybody = customers.listed(home.konto.library, home.konto.asker, limit=None)
    for party in chance.sample(everybody, times):
        erasing.erase(home.konto, erasing.planned(home.konto, party), "consent_withdrawn", "")
        assert figures(home) == before
    assert events(home) == log
    assert list(checking.findings(home.konto)) == []
    left = customers.listed(home.konto.library, home.konto.asker, limit=None)
    assert len(left) == len(everybody)
    assert sum(each.is_erased for each in left) == times
    home.close()


@times(1, 10)
def test_killed_by_force_at_any_moment_it_is_completed_by_whoever_opens_the_home_next(tmp_path: Path, times: int):
    home, chance = firm(tmp_path / "home", seed=8), random.Random(times)
    folder, before = home.konto.home, figures(home)
    parties = [each for each in customers.listed(home.konto.library, home.konto.asker, limit=None) if each.name]
    for party in chance.sample(parties, times):
        home.close()
        command = ["wiring.cli", "--home", str(folder), "erase", f"{party.source}:{party.id}", "--reason", "objected"]
        with running([*command, "--yes"], folder) as process:
            listed = len(erasing.listed(folder / erasing.LIST))
            while process.poll() is None and len(erasing.listed(folder / erasing.LIST)) == listed:
                time.sleep(0.002)
            time.sleep(chance.random() * 0.3)
            process.send_signal(signal.SIGKILL)
        home = open_at(folder)
        home.clock.now = NOW
        home.konto.catch_up()
        assert customers.party(home.konto.library, home.konto.asker, party.customer).is_erased
        assert figures(home) == before
    home.close()
