"""What it costs to note who looked: every customer asked for once, with and without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count as count_up
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from api import questions
from api.asked import AsOf
from api.calls import Call
from bench import facts
from bench.pair import Pair
from domain.journal import Journal
from wiring.asking import Asking
from wiring.home import Konto, open_home
from wiring.importing import import_file
from words import translator


def noting(folder: Path, count: int) -> Pair:
    """One customer after the other as the API answers it, each look a new one, against the same with nothing noted.

    Without HTTP around it, which takes longer than both.
    """
    file, home = folder / "facts.jsonl", folder / "home"
    facts.write(file, facts.envelopes(count))
    with open_home(home, environment={}) as konto:
        import_file(konto, file)
        konto.catch_up()
        own = [row[0] for row in konto.views.rows("SELECT id FROM customers WHERE survivor = customer")]
    rounds = count_up()

    def asked(note: Callable[..., None] | None) -> float:
        with open_home(home, environment={}) as konto:
            # Somebody else each time: nobody's look is the same as one before.
            caller = replace(konto, door="api", key=f"{next(rounds):010x}")
            konto.catch_up()
            if note is None:
                return _seconds(caller, own)
            with patch.object(Journal, "note", note):
                return _seconds(caller, own)

    return Pair(lambda: asked(None), lambda: asked(lambda self, look, now: None), len(own))


def _seconds(konto: Konto, own: list[str]) -> float:
    asking = Asking(konto, konto.clock(), translator("en"), page="customer")
    started = perf_counter()
    for each in own:
        questions.of_customer(Call(asking, "", {"customer": each}, AsOf.of([]), b""))
    return perf_counter() - started
