"""A real home on disk for tests: facts come in at the moments at which they say they were recorded."""

from __future__ import annotations

import atexit
import functools
import os
import random
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from domain.record import Receipt
from domain.vocabulary import parse
from projections.filters import Filter, Moment
from projections.kpis import Question
from projections.promises import PromiseRow, listed
from tests import folders
from tests.by_hand import recorded_at, time_of
from tests.notation import Data, at
from wiring.home import Konto, open_home

SOON = timedelta(minutes=1)


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: at("2026-01-01"))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Home:
    konto: Konto
    clock: Clock

    def take(self, envelopes: Iterable[Data]) -> list[Receipt]:
        """Each fact in order of recording (at the moment named, else a minute after it happened)."""
        receipts: list[Receipt] = []
        arriving = sorted((stamped(each) for each in envelopes), key=recorded_at)
        for moment, together in groupby(arriving, key=recorded_at):
            self.clock.now = moment
            receipts += self.konto.record([parse(bare(each), now=moment) for each in together])
        self.konto.catch_up()
        return receipts

    def take_as_they_come(self, envelopes: Sequence[Data], now: datetime) -> list[Receipt]:
        """In this very order, all at one moment."""
        self.clock.now = now
        receipts = self.konto.record([parse(bare(each), now=now) for each in envelopes])
        self.konto.catch_up()
        return receipts

    def listed(self, moment: str | datetime, *, known: datetime | None = None, **more: Any) -> list[PromiseRow]:
        if "where" in more:
            more["filter"] = Filter(more.pop("where"))
        return listed(self.konto.library, self.konto.asker, Moment(at(moment), known), **more)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.konto.views.rows(sql)]

    def close(self) -> None:
        self.konto.close()


def question(moment: str | datetime, *, known: datetime | None = None, **more: Any) -> Question:
    if "where" in more:
        more["filter"] = Filter(more.pop("where"))
    for name in ("start", "end"):
        if more.get(name) is not None:
            more[name] = at(more[name])
    return Question(Moment(at(moment), known), **more)


def stamped(envelope: Data) -> Data:
    return {"recorded": (time_of(envelope) + SOON).isoformat(), **envelope}


def bare(envelope: Data) -> Data:
    return {name: value for name, value in envelope.items() if name != "recorded"}


def open_at(folder: Path, *, seed: int = 0) -> Home:
    """With keys from a seed, so that two homes give the same internal ids."""
    clock, entropy = Clock(), random.Random(seed)
    if not folder.exists() or not any(folder.iterdir()):
        # Begun a thousand times with the same seed, it is the same to the byte: copied in a fifth of the time.
        begun, entropy_then = _begun(seed)
        shutil.copytree(begun, folder, dirs_exist_ok=True)
        entropy.setstate(entropy_then)
    return Home(open_home(folder, environment={}, clock=clock, entropy=entropy.randbytes, prepare=True), clock)


@functools.cache
def _begun(seed: int) -> tuple[Path, tuple[Any, ...]]:
    """A home in files in which nothing was recorded, and where its random numbers have come to."""
    below = TemporaryDirectory(prefix="konto-begun-", dir=os.environ.get(folders.PLACE))
    atexit.register(below.cleanup)
    folder, entropy = Path(below.name) / "home", random.Random(seed)
    folder.mkdir(mode=0o700)
    open_home(folder, environment={}, clock=Clock(), entropy=entropy.randbytes, prepare=True).close()
    return folder, entropy.getstate()
